"""A sweep against its baseline, on tables of cells; simulated where chance matters."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from hierbench.agreement.pooled import shifts_of
from hierbench.comparison import cells_frame
from hierbench.comparison.baseline import compare_baseline, seconds_refused
from hierbench.comparison.matching import matched
from hierbench.errors import ConfigError
from tests.unit.comparison.cells import cell


def side(values, *, digest="", speed=1000.0, gate="passed", form="centered", **params):
    """Return a table of one setting whose ess_per_second over seeds has these values."""
    cells = []
    for seed, value in enumerate(values, 1):
        one = cell(
            params={"seed": str(seed), "parameterization": form, **params},
            metrics={
                "ess_per_second": value,
                "ess_per_gradient": value / 1000,
                "machine_speed": speed,
            },
            gate=gate,
        )
        tags = {**one.tags, "cell_key": f"{form} {seed}", "draws_digest": f"{digest} {seed}"}
        cells.append(type(one)(one.status, one.params, one.metrics, tags))
    return cells_frame(cells)


def noisy(seed, *, times=1.0, sd=0.1, seeds=6):
    return times * 100 * np.exp(np.random.default_rng(seed).normal(0, sd, seeds))


def changed(then, now, **options):
    found = compare_baseline(matched(then, now), **options)
    (change,) = found.changes
    return change


def test_baseline_ratio_is_welchs():
    """Against the textbook's formula, written out."""
    then, now = noisy(1), noisy(2, times=0.7, seeds=4)
    logs = np.log(then), np.log(now)
    errors = [one.var(ddof=1) / len(one) for one in logs]
    freedom = sum(errors) ** 2 / (errors[0] ** 2 / 5 + errors[1] ** 2 / 3)
    difference = logs[0].mean() - logs[1].mean()
    half = t.ppf(0.95, freedom) * np.sqrt(sum(errors))
    change = changed(side(then, digest="a"), side(now, digest="b"))
    assert change.slowdown == pytest.approx(np.exp(difference))
    assert (change.low, change.high) == pytest.approx(
        (np.exp(difference - half), np.exp(difference + half))
    )


def test_baseline_same_draws_are_paired():
    """Seeds differ by 30 %, the clock by 2 %: only pairing sees a slowdown of 12 %."""
    then = noisy(3, sd=0.3)
    now = then / 1.12 * (1 + 0.02 * np.array([1, -1, 1, -1, 1, -1]))
    change = changed(side(then), side(now))
    assert (change.paired, change.same_draws, str(change.outcome)) == (True, 6, "slower")
    assert 1.09 < change.low < 1.12 < change.high < 1.15
    other = changed(side(then, digest="a"), side(now, digest="b"))
    assert (other.paired, str(other.outcome)) == (False, "undecided")


def test_baseline_less_of_a_lower_metric_is_faster():
    then, now = side(noisy(4, sd=0.01), digest="a"), side(noisy(5, sd=0.01), digest="b")
    now["sample_seconds"] = now["ess_per_second"] / 60
    change = changed(then.assign(sample_seconds=then["ess_per_second"] / 50), now,
                     metric="sample_seconds")  # fmt: skip
    assert (str(change.outcome), change.slowdown < 1) == ("faster", True)


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (side([1, 2], speed=1000.0), ""),
        (side([1, 2], speed=1040.0), ""),
        (side([1, 2], speed=1200.0), "the machines' speeds differ by a factor of 1.20"),
        (side([1, 2], speed=None), "machine_speed is not recorded on both sides"),
        (side([1, 2], cores_per_cell="2"), "cores_per_cell differ (1, 2)"),
        (
            side([1, 2]).assign(timing_valid="false"),
            "timing is not valid, or was not checked, in 2 cells of the sweep",
        ),
        (
            side([1, 2]).assign(timing_valid=""),
            "timing is not valid, or was not checked, in 2 cells of the sweep",
        ),
    ],
)
def test_baseline_seconds_are_refused(now, reason):
    both = matched(side([1, 2]), now)
    assert seconds_refused(both) == reason
    expected = "ess_per_gradient" if reason else "ess_per_second"
    assert compare_baseline(both).metric == expected


def test_baseline_seconds_that_were_asked_for_are_refused_with_the_reason():
    both = matched(side([1, 2]), side([1, 2], speed=2000.0))
    with pytest.raises(ConfigError, match=r"speeds differ by a factor of 2\.00; choose"):
        compare_baseline(both, metric="ess_per_second")


def test_baseline_without_a_common_setting_is_refused():
    with pytest.raises(ConfigError, match="share no setting"):
        matched(side([1, 2]), side([1, 2], form="noncentered"))


def test_baseline_a_parameter_of_one_version_alone_is_none_to_go_by():
    assert len(matched(side([1, 2]), side([1, 2], **{"sampler.new_key": "3"})).shared) == 1


def test_baseline_cells_that_fail_the_gate_are_in_no_ratio():
    now = pd.concat([side([100.0, 100.1]), side([1.0], gate="failed")], ignore_index=True)
    change = changed(side([100.0, 100.2, 100.1]), now)
    assert change.passed == (3, 2)
    assert change.slowdown == pytest.approx(1, rel=0.01)


def test_baseline_that_passes_the_gate_less_often():
    change = changed(side(noisy(1, seeds=8)), side(noisy(1, seeds=8), gate="failed"))
    assert str(change.outcome) == "passes the gate less often"


def test_baseline_one_gate_failure_of_many_is_chance():
    now = side(noisy(1, seeds=8))
    now.loc[0, "gate"] = "failed"
    assert str(changed(side(noisy(1, seeds=8)), now).outcome) == "undecided"


def test_baseline_slowdown_that_all_share_is_found_together():
    """Ten settings, none of which is slower beyond doubt."""
    forms = [f"form{i}" for i in range(10)]
    then = pd.concat([side(noisy(i, sd=0.25), digest="a", form=f) for i, f in enumerate(forms)])
    now = pd.concat(
        [side(noisy(50 + i, sd=0.25, times=1 / 1.3), form=f) for i, f in enumerate(forms)]
    )
    found = compare_baseline(matched(then, now))
    assert found.overall_slower
    assert found.overall_low < 1.3 < found.overall_high


def parameters(mean=0.0, sd=1.0, inner=0.0):
    """Return a table of two estimands and one inner variable."""
    return pd.DataFrame(
        {
            "parameter": ["mu_alpha", "sigma", "offset"],
            "estimand": [True, True, False],
            "mean": [mean, 1.0, inner],
            "sd": [sd, 0.5, 1.0],
            "mcse_mean": [0.02, 0.01, 0.02],
            "mcse_sd": [0.02, 0.01, 0.02],
        }
    )


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (parameters(), ""),
        (parameters(mean=0.05), ""),
        (parameters(inner=9.0), ""),
        (parameters(mean=0.4), "the mean of mu_alpha moved by +0.40 posterior sds (z +14.1)"),
        (parameters(sd=0.7), "the sd of mu_alpha moved by -0.30 posterior sds (z -10.6)"),
        (parameters().iloc[1:], "other estimands than in the baseline"),
    ],
)
def test_shifts_of_one_cell(now, said):
    assert shifts_of([([parameters()], [now])]) == [said]


def test_shifts_pool_the_seeds():
    """0.08 is 2.8 standard errors of one pair, and 11 of sixteen."""
    assert shifts_of([([parameters()], [parameters(mean=0.08)])]) == [""]
    (found,) = shifts_of([([parameters()] * 16, [parameters(mean=0.08)] * 16)])
    assert "(z +11.3)" in found


def test_shifts_without_tables_are_none():
    assert shifts_of([([], [parameters()]), ([], [])]) == ["", ""]


def test_shifts_are_seldom_found_where_there_are_none():
    rng = np.random.default_rng(1)

    def drawn():
        table = parameters()
        return table.assign(
            mean=table["mean"] + rng.normal(0, table["mcse_mean"]),
            sd=table["sd"] + rng.normal(0, table["mcse_sd"]),
        )

    settings = [([drawn()], [drawn()]) for _ in range(100)]
    assert sum(bool(shift) for shift in shifts_of(settings)) == 0
