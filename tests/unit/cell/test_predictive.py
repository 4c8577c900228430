"""What a cell predicts: seeded, checked on all replicates asked for, stored below the cap."""

import numpy as np
import pytest

from hierbench.cell import plan_cell
from hierbench.cell.predictive import predicted
from hierbench.config.plain import from_plain
from hierbench.errors import ConfigError
from hierbench.models.homes.rows import Rows

ROWS, CHAINS, DRAWS = 512, 2, 30
MIB_OF_REPLICATE = 4 * ROWS / 2**20


def table():
    rng = np.random.default_rng(1)
    x, group = rng.normal(size=ROWS), np.repeat([0, 1], ROWS // 2)
    y = 2.0 + x + rng.normal(size=ROWS)
    return Rows("tiny", x, y, group, ("a", "b"), "area [m2]", "price [EUR]")


def planned(**changes):
    return plan_cell(from_plain({"parameterization": "centered", **changes}), table())


def posterior():
    """Return draws close to the truth that `table` was made from."""
    rng = np.random.default_rng(2)
    shape = (CHAINS, DRAWS, 2)
    return {
        "alpha": 2.0 + 0.05 * rng.normal(size=shape),
        "beta": 1.0 + 0.05 * rng.normal(size=shape),
        "sigma": 1.0 + 0.03 * rng.normal(size=shape[:2]),
    }


def found(seed=1, artifacts="default", **predictive):
    cell = planned(seed=seed, artifacts=artifacts, predictive=predictive)
    return predicted(cell, posterior())


def test_equal_seeds_predict_equally():
    one, two = found(), found()
    assert np.array_equal(one.stored.posterior_predictive, two.stored.posterior_predictive)
    assert np.array_equal(one.check["predicted"], two.check["predicted"])


def test_seeds_predict_differently():
    one, two = found(seed=1), found(seed=2)
    assert not np.array_equal(one.stored.posterior_predictive, two.stored.posterior_predictive)


@pytest.mark.parametrize("kept", [1, 7])
def test_stored_replicates_are_the_first_that_the_cap_has_room_for(kept):
    whole = found(draws=20).stored.posterior_predictive
    capped = found(draws=20, max_mib=(kept + 0.5) * MIB_OF_REPLICATE).stored.posterior_predictive
    assert np.array_equal(capped, whole[:, :kept])


def test_check_takes_all_replicates_whatever_the_cap():
    whole, capped = found(draws=20), found(draws=20, max_mib=MIB_OF_REPLICATE)
    assert np.array_equal(capped.check["low"], whole.check["low"], equal_nan=True)
    assert set(capped.check["draws"]) == {20}


def test_check_takes_no_more_replicates_than_there_are_draws():
    assert set(found(draws=1000).check["draws"]) == {CHAINS * DRAWS}


def test_full_stores_a_replicate_of_every_draw():
    shape = found(artifacts="full", draws=5).stored.posterior_predictive.shape
    assert shape == (CHAINS, DRAWS, ROWS)


def test_right_model_covers_its_rows():
    """Allows 4 standard errors of a share of 512 independent rows."""
    share = dict(zip(*(found().check[name] for name in ("statistic", "observed")), strict=True))
    for nominal in (0.5, 0.9):
        error = np.sqrt(nominal * (1 - nominal) / ROWS)
        assert abs(share[f"coverage_{nominal:.0%}"[:-1]] - nominal) < 4 * error


@pytest.mark.parametrize(("draws", "chains"), [(6, 4), (24, 1)])
def test_loo_of_too_few_draws_ends_at_planning(draws, chains):
    with pytest.raises(ConfigError, match=r"predictive.loo=true with 24 draws.*25 or more"):
        planned(sampler={"draws": draws, "chains": chains}, predictive={"loo": True})


def test_loo_of_enough_draws_is_planned():
    cell = planned(sampler={"draws": 25, "chains": 1}, predictive={"loo": True})
    assert cell.cell_key == planned(sampler={"draws": 25, "chains": 1}).cell_key
