"""Laws of the phrases that say what differs."""

from hypothesis import given
from hypothesis import strategies as st

from hierbench.provenance import differences
from hierbench.shown import printable

NAMES = st.text("abcdef_", min_size=1, max_size=4)
LEAVES = st.one_of(st.integers(), st.text(max_size=5), st.booleans(), st.just("x" * 200))
RECORDS = st.dictionaries(NAMES, st.one_of(LEAVES, st.dictionaries(NAMES, LEAVES, min_size=1)))


@given(RECORDS)
def test_differences_of_equals_are_none(record):
    assert differences(record, record) == []


@given(RECORDS, RECORDS)
def test_differences_are_as_many_both_ways(first, second):
    assert len(differences(first, second)) == len(differences(second, first))


@given(RECORDS, RECORDS)
def test_differences_are_none_only_of_equals(first, second):
    assert (differences(first, second) == []) == (first == second)


@given(RECORDS, NAMES, NAMES)
def test_differences_name_the_one_that_was_planted(record, part, key):
    now = {**record, part: {key: "now"}}
    then = {**record, part: {key: "then"}}
    assert differences(then, now) == [f"{part}.{key} then -> now"]


@given(st.text())
def test_printable_has_no_control_characters(text):
    assert printable(text).isprintable()


@given(RECORDS, RECORDS)
def test_differences_are_one_line_each(first, second):
    assert all(phrase.isprintable() for phrase in differences(first, second))


def test_differences_shorten_a_hash():
    assert differences({"a": "0" * 64}, {"a": None}) == ["a 000000000000... -> nothing"]


def test_differences_of_lists_say_what_came_and_went():
    assert differences({"a": ["x", "y"]}, {"a": ["y", "z"]}) == ["a -x +z"]


def test_differences_of_lists_see_their_order():
    assert differences({"a": ["x", "y"]}, {"a": ["y", "x"]}) == ["a in another order"]
