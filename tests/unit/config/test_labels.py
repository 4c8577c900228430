"""A list of labels is one parameter, and comes back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from hierbench.config.labels import joined, split

LABELS = st.lists(st.text(alphabet=r"a,\e ") | st.text())


@given(LABELS)
def test_labels_come_back(labels):
    assert split(joined(labels)) == labels


def test_plain_labels_look_as_they_always_did():
    assert joined(["01067", "Zoë"]) == "01067,Zoë"
    assert split("01067,Zoë") == ["01067", "Zoë"]


@given(st.text())
def test_any_text_is_read(text):
    assert all(isinstance(label, str) for label in split(text))
