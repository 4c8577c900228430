"""Plans of calibrations, and verdicts on ranks that were made by hand."""

import numpy as np
import pytest

from hierbench.errors import ConfigError
from hierbench.models.homes import MODEL
from hierbench.models.homes.designs import DESIGNS
from hierbench.validation.calibration import Ranks, judge, plan_calibration
from hierbench.validation.designs import NOT_UNIFORM, UNIFORM

SMALL, FUNNEL = DESIGNS["small"], DESIGNS["funnel"]
NAMES = ("mu_alpha", "sigma_alpha", "alpha[g01]")


@pytest.fixture(scope="module")
def plan():
    return plan_calibration(MODEL, SMALL, 2, ["parameterization=marginal,correlated"])


def ranks_of(*, tilted=None, **keys):
    """Return 200 uniform ranks per estimand, those of `tilted` drawn to the upper end."""
    rng = np.random.default_rng(17)
    ranks = rng.integers(0, 100, (200, len(NAMES)))
    if tilted is not None:
        ranks[:, NAMES.index(tilted)] = np.floor(100 * rng.beta(2, 1, 200))
    return Ranks(NAMES, ranks, 99, **keys)


def test_plan_has_a_cell_for_each_form_and_simulation(plan):
    found = [(cell.form.name, cell.config.data.seed, cell.config.seed) for cell in plan.cells]
    assert sorted(found) == sorted(
        (form, number, number) for form in ("marginal", "correlated") for number in (1, 2)
    )


def test_plan_draws_the_truth_from_the_model_that_is_fitted(plan):
    assert {cell.form.variant: cell.config.data.model for cell in plan.cells} == {
        "independent": "independent",
        "correlated": "correlated",
    }


def test_plan_meets_all_forms_of_a_model_with_the_same_data():
    forms = plan_calibration(MODEL, SMALL, 1, ["parameterization=centered,marginal"]).cells
    assert len({cell.dataset.arrays_sha256 for cell in forms}) == 1


def test_plan_takes_every_form_of_the_design():
    forms = {cell.form.name for cell in plan_calibration(MODEL, FUNNEL, 1, []).cells}
    assert forms == set(FUNNEL.expected)


def test_plan_takes_a_users_sampler():
    (cell,) = plan_calibration(
        MODEL, SMALL, 1, ["parameterization=marginal", "sampler.tune=7"]
    ).cells
    assert cell.settings.tune == 7


@pytest.mark.parametrize("override", ["data.rows=90", "prior.sigma=3", "seed=4", "data=ames"])
def test_plan_refuses_to_change_the_design(override):
    with pytest.raises(ConfigError, match=f"^{override}: the design of a calibration fixes it"):
        plan_calibration(MODEL, SMALL, 1, [override])


def test_plan_refuses_a_form_that_the_design_does_not_have():
    with pytest.raises(ConfigError, match="this design calibrates varying_sigma, centered, "):
        plan_calibration(MODEL, FUNNEL, 1, ["parameterization=correlated"])


@pytest.mark.parametrize("number", [0, 10_001])
def test_plan_refuses_a_number_out_of_range(number):
    with pytest.raises(ConfigError, match=f"^--calibration {number}: allowed are 1 to 10000 "):
        plan_calibration(MODEL, SMALL, number, [])


def test_judge_calls_uniform_ranks_uniform():
    verdict = judge("marginal", ranks_of(), SMALL)
    assert (verdict.found, verdict.good) == (UNIFORM, True)


def test_judge_names_the_estimand_whose_ranks_are_uneven():
    verdict = judge("marginal", ranks_of(tilted="sigma_alpha"), SMALL)
    assert (verdict.found, verdict.worst, verdict.good) == (NOT_UNIFORM, "sigma_alpha", False)


def test_judge_is_content_with_a_failure_that_was_expected():
    verdict = judge("centered", ranks_of(tilted="sigma_alpha"), FUNNEL)
    assert verdict.good
    assert "funnel" in verdict.reason


def test_judge_is_not_content_where_a_failure_was_expected_and_none_found():
    assert not judge("centered", ranks_of(), FUNNEL).good


def test_judge_counts_fits_that_failed_the_gate():
    verdict = judge("marginal", ranks_of(gate_failed=150), SMALL)
    assert (verdict.simulations, verdict.gate_failed, verdict.good) == (200, 150, True)


def test_judge_is_not_content_while_simulations_are_missing():
    assert not judge("marginal", ranks_of(missing=1), SMALL).good


def test_judge_has_no_worst_estimand_without_ranks():
    nothing = Ranks((), np.empty((0, 0), dtype=np.int64), 0, missing=3)
    assert judge("marginal", nothing, SMALL).worst == "-"
