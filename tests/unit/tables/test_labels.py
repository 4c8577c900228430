import pytest

from hierbench.tables.labels import UNUSABLE, alike_sentence


@pytest.mark.parametrize(
    "labels", [["Ulm", "Bonn"], ["Ulm", "Ulm"], [], ["a1", "a2"], ["é", "e"]], ids=str
)
def test_labels_that_are_told_apart(labels):
    assert alike_sentence("towns", labels) is None


@pytest.mark.parametrize(
    "pair",
    [("Ulm", "ULM"), ("Ulm", " Ulm"), ("New Ulm", "NewUlm"), ("a b", "a\u00a0b"), ("é", "e\u0301")],
)
def test_labels_that_look_alike(pair):
    sentence = alike_sentence("towns", [*pair, "Bonn"])
    assert sentence.startswith(f"towns: {pair[0]!r}, {pair[1]!r} differ by blanks or case alone")


def test_a_few_are_listed_and_the_others_counted():
    labels = [form for town in "abcde" for form in (town, town.upper())]
    assert "'a', 'A'; 'b', 'B'; 'c', 'C'; and 2 more differ" in alike_sentence("towns", labels)


@pytest.mark.parametrize("text", ["Zürich", "中野区", "שלום", "a\u200db", "🏠", "a\u00a0b"])
def test_texts_of_every_script_are_labels(text):
    assert not UNUSABLE.search(text)
