"""The run of the tests itself: its order, what it says it leaves out, and how its waits end."""

from itertools import groupby
from types import SimpleNamespace

import pytest

from tests.order import pytest_make_parametrize_id, shuffled
from tests.sharing import scope_of
from tests.summary import reasons
from tests.waiting import until

ITEMS = [
    SimpleNamespace(nodeid=f"tests/{module}.py::test_{number}")
    for module in "abcdef"
    for number in range(5)
]


def module_of(item):
    return item.nodeid.partition("::")[0]


def test_shuffled_is_another_order_of_the_same_tests():
    found = shuffled(ITEMS, 1)
    assert found != ITEMS
    assert sorted(found, key=ITEMS.index) == ITEMS


def test_shuffled_keeps_a_modules_tests_together():
    assert len(list(groupby(shuffled(ITEMS, 1), key=module_of))) == 6


def test_shuffled_is_the_same_for_a_seed_and_another_for_another():
    assert shuffled(ITEMS, 1) == shuffled(ITEMS, 1) != shuffled(ITEMS, 2)


def test_bytes_are_named_by_their_place_not_by_what_they_hold():
    assert pytest_make_parametrize_id(b"\x1f\x8b\x08", "data") == "data"
    assert pytest_make_parametrize_id("text", "data") is None


@pytest.mark.parametrize(
    ("nodeid", "scope"),
    [
        ("tests/unit/test_a.py::test_b[x/y::z]", "tests/unit/test_a.py"),
        ("tests/integration/test_a.py::test_b[x/y]", "tests/integration/test_a.py"),
        ("tests/integration/sweeps/test_a.py::test_b[x/y]", "tests/integration/sweeps"),
    ],
)
def test_worker_runs_a_file_or_a_folder_of_integration(nodeid, scope):
    assert scope_of(nodeid) == scope


def test_reasons_are_a_line_each_the_most_frequent_first():
    skipped = ["Skipped: jax", "Skipped: stan", "Skipped: jax"]
    reports = [SimpleNamespace(longrepr=("file.py", 1, why)) for why in skipped]
    assert reasons(reports) == ["2 skipped: jax", "1 skipped: stan"]


def test_wait_that_ends_in_vain_says_what_it_waited_for():
    with pytest.raises(AssertionError, match=r"waited 0\.02 s in vain for the end of days"):
        until(lambda: False, "the end of days", seconds=0.02)


def test_wait_ends_by_its_event():
    looks = iter([0, 0, 7])
    assert until(lambda: next(looks), "a number") == 7
