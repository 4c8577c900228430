"""Text in Markdown stays text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierbench.comparison.text import TextTable, in_markdown
from hierbench.markdown import code, inline, paragraph

HOSTILE = "<script>alert(1)</script> | `x` [a](javascript:b) **c** &lt; \n# d"


def cells_of(line):
    """Return the cells of a line of a table, as GitHub's Markdown splits it."""
    return line.replace("\\|", "").strip("|").split("|")


def test_a_hostile_text_stays_in_its_cell():
    text = in_markdown(TextTable(HOSTILE, ("a", "b"), 1, ((HOSTILE, "1"), ("c", "2"))))
    lines = text.splitlines()
    assert len(lines) == 6
    assert all(len(cells_of(line)) == 2 for line in lines[2:])
    assert "<script" not in text
    assert "](" not in text


@given(st.text())
def test_any_text_is_one_cell(text):
    line = f"| {inline(text)} |"
    assert len(line.splitlines()) <= 1
    assert len(cells_of(line)) == 1


@given(st.text())
def test_no_text_opens_a_tag(text):
    assert "<s" not in inline(text.replace("<", "<s"))


@given(st.text(alphabet="`ab", min_size=1))
def test_code_ends_where_it_should(text):
    """No run of backticks inside is as long as the fence, so none of them ends the code."""
    fence, inner = re.fullmatch(r"(`+)( ?)(.*?)\2\1", code(text)).group(1, 3)
    assert inner == text
    assert fence not in re.findall("`+", text)


@pytest.mark.parametrize("start", ["# a", "- a", "> a", "1. a", "+ a", "=== a", "~~~ a"])
def test_a_paragraph_begins_no_block(start):
    assert paragraph(start).lstrip("0123456789").startswith("\\")


@pytest.mark.parametrize(
    "sentence",
    [
        "123 [101, 150] and <0.01",
        "see `hierbench show abc`.",
        "r_hat_max is 1.01",
        "    hierbench x",
    ],
)
def test_our_own_sentences_stay(sentence):
    assert paragraph(sentence) == sentence
