"""Records that cross modules: names of entries, and hashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierbench.records import Axes, RunStatus, fingerprint_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


AXES = Axes(
    {
        "alpha": ("group",),
        "theta": ("year", "group"),
        "bare": ("place",),
        "both": ("group", "place"),
    },
    {"group": ("a", "b"), "year": ("1990", "2000", "2010")},
)


@pytest.mark.parametrize(
    ("name", "shape", "names"),
    [
        ("alpha", (2,), ["alpha[a]", "alpha[b]"]),
        ("alpha", (), ["alpha"]),
        ("theta", (3, 2), [f"theta[{y}, {g}]" for y in ("1990", "2000", "2010") for g in "ab"]),
        ("bare", (3,), ["bare[0]", "bare[1]", "bare[2]"]),
        ("both", (2, 2), ["both[a, 0]", "both[a, 1]", "both[b, 0]", "both[b, 1]"]),
        ("unknown", (2,), ["unknown[0]", "unknown[1]"]),
        ("unknown", (1, 2), ["unknown[0, 0]", "unknown[0, 1]"]),
        ("alpha", (3,), ["alpha[0]", "alpha[1]", "alpha[2]"]),
        ("alpha", (0,), []),
    ],
)
def test_axes_name_every_entry_in_order(name, shape, names):
    """By its labels, or numbered where a dim has none or others than the draws have."""
    assert AXES.names(name, shape) == names


def test_axes_refuse_a_variable_of_other_dims():
    with pytest.raises(ValueError, match="zip"):
        AXES.names("alpha", (2, 2))


def test_run_status_is_mlflows_word():
    assert f"{RunStatus.KILLED}" == "KILLED"


@given(st.dictionaries(st.text(), JSON))
def test_fingerprint_does_not_depend_on_the_order_of_keys(content):
    turned = dict(reversed(content.items()))
    assert fingerprint_of(turned) == fingerprint_of(content)


@given(JSON, JSON)
def test_fingerprint_of_lists_depends_on_their_order(first, second):
    same = repr(first) == repr(second)
    assert same or fingerprint_of([first, second]) != fingerprint_of([second, first])


def test_fingerprint_is_32_hexadecimal_digits():
    assert len(fingerprint_of({"a": 1})) == 32
    int(fingerprint_of({"a": 1}), 16)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_fingerprint_refuses_what_is_no_json(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        fingerprint_of({"a": value})
