import numpy as np
import pytest
import xarray as xr

from hierbench.samplers.statistics import TYPES, Evaluations, arrays_of, fit_of_steps, renamed

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


STEPS = {name: np.arange(10.0).reshape(2, 5) for name in TYPES}
EVALUATIONS = Evaluations(per_draw=1, per_chain=7)


def steps():
    """Return 2 chains of 5 steps, the first 3 of them the warm-up."""
    return fit_of_steps({"alpha": np.zeros((2, 5, 4))}, STEPS, 3, (1.5, 2.5), EVALUATIONS)


def test_fit_of_steps_parts_the_warmup_from_the_draws():
    fit = steps()
    assert (fit.warmup_posterior["alpha"].shape, fit.posterior["alpha"].shape) == (
        (2, 3, 4),
        (2, 2, 4),
    )
    assert fit.warmup_sample_stats["energy"].tolist() == [[0, 1, 2], [5, 6, 7]]
    assert fit.sample_stats["energy"].tolist() == [[3, 4], [8, 9]]


def test_fit_of_steps_has_our_types():
    assert {name: value.dtype for name, value in steps().sample_stats.items()} == TYPES


def test_gradients_of_the_warmup_have_what_a_chain_evaluates_beside_its_draws():
    assert steps().gradients_tune == (0 + 1 + 2 + 5 + 6 + 7) + 6 * 1 + 2 * 7


def test_gradients_of_the_draws_have_what_each_evaluates_at_its_start():
    assert steps().gradients_draw == (3 + 4 + 8 + 9) + 4 * 1
