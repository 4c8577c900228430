import numpy as np
import pytest
import xarray as xr

from hierbench.samplers.statistics import TYPES, arrays_of, renamed

OURS_TO_THEIRS = {name: f"their_{name}" for name in TYPES}


def group(dtype=np.float64):
    """Return every statistic as a sampler might give it, 2 chains of 3 draws."""
    values = np.arange(6).reshape(2, 3).astype(dtype)
    dims = ("chain", "draw")
    return xr.DataTree(xr.Dataset(dict.fromkeys(OURS_TO_THEIRS.values(), (dims, values))))


def test_renamed_has_our_names():
    assert list(renamed(group(), OURS_TO_THEIRS)) == list(TYPES)


@pytest.mark.parametrize("dtype", [np.float64, np.uint64, np.int32])
def test_renamed_has_our_types(dtype):
    found = renamed(group(dtype), OURS_TO_THEIRS)
    assert {name: value.dtype for name, value in found.items()} == TYPES


def test_renamed_keeps_the_values():
    found = renamed(group(), OURS_TO_THEIRS)
    assert found["energy"].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_renamed_missing_statistic_is_named():
    with pytest.raises(KeyError, match="their_energy"):
        renamed(group(), {**OURS_TO_THEIRS, "energy": "their_energy_2"})


def test_arrays_of_keeps_every_variable():
    tree = xr.DataTree(xr.Dataset({"alpha": (("chain", "draw", "g"), np.ones((2, 3, 4)))}))
    assert {name: value.shape for name, value in arrays_of(tree).items()} == {"alpha": (2, 3, 4)}
