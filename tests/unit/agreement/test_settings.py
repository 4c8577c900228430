"""Agreement of settings that share a posterior, on tables with planted figures."""

import numpy as np
import pandas as pd
import pytest

from hierbench.agreement.settings import Rival, agreement_of, sentence

NAMES = ("mu_alpha", "sigma_alpha", "alpha[a]", "alpha[b]")
MCSE = 0.02


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def table(rng, *, precision=1.0, shift=None, names=NAMES):
    """Return a cell's table: Normal errors of size MCSE / precision about 0 and 1."""
    error = MCSE / precision
    mean, sd = rng.normal(0, error, len(NAMES)), 1 + rng.normal(0, error, len(NAMES))
    for name, by in (shift or {}).items():
        mean[NAMES.index(name)] += by
    found = pd.DataFrame(
        {
            "parameter": NAMES,
            "estimand": True,
            "mean": mean,
            "sd": sd,
            "mcse_mean": error,
            "mcse_sd": error,
        }
    ).set_index("parameter", drop=False)
    return found.loc[list(names)].reset_index(drop=True)


def rivals(*tables, posterior="p"):
    """Return settings named 0, 1, ... of one cell each."""
    return [Rival(posterior, str(i), [of]) for i, of in enumerate(tables)]


def differing(found):
    return [standing.name for standing in found.differing]


def test_agreement_names_the_wrong_one_of_three(rng):
    tables = [table(rng), table(rng, shift={"sigma_alpha": 1.0}), table(rng)]
    found = agreement_of(rivals(*tables))
    assert differing(found) == ["1"]
    assert found.differing[0].shift.parameter == "sigma_alpha"
    assert found.differing[0].shift.in_sds == pytest.approx(1.0, abs=5 * MCSE)


def test_agreement_is_not_led_astray_by_a_wrong_one_that_is_precise(rng):
    wrong = table(rng, precision=100, shift={"mu_alpha": 1.0})
    found = agreement_of(rivals(table(rng), wrong, table(rng), table(rng)))
    assert differing(found) == ["1"]
    assert [standing.others for standing in found.standings] == [2, 3, 2, 2]


def test_agreement_finds_several_wrong_ones(rng):
    wrong = [table(rng, shift={"mu_alpha": by}) for by in (0.5, -0.7)]
    right = [table(rng) for _ in range(4)]
    assert differing(agreement_of(rivals(*wrong, *right))) == ["0", "1"]


def test_agreement_of_two_that_differ_prefers_none(rng):
    found = agreement_of(rivals(table(rng), table(rng, shift={"mu_alpha": 1.0})))
    assert differing(found) == ["0", "1"]


def test_agreement_measures_nobody_by_what_is_known_to_be_wrong(rng):
    tables = [table(rng), table(rng, shift={"mu_alpha": 1.0})]
    found = agreement_of(rivals(*tables), wrong={1})
    assert differing(found) == ["1"]
    assert found.standings[0].others == 0


def test_agreement_finds_an_estimand_that_never_moved(rng):
    stuck = table(rng).assign(mean=1.0, sd=0.0, mcse_mean=0.0, mcse_sd=0.0)
    assert differing(agreement_of(rivals(table(rng), stuck, table(rng)))) == ["1"]


def test_agreement_of_constants_is_agreement(rng):
    same = table(rng).assign(mean=1.0, sd=0.0, mcse_mean=0.0, mcse_sd=0.0)
    assert not agreement_of(rivals(same, same, same)).differing


def test_agreement_does_not_cross_posteriors(rng):
    other = rivals(table(rng, shift={"mu_alpha": 9.0}), posterior="q")
    found = agreement_of([*rivals(table(rng), table(rng)), *other])
    assert not found.differing
    assert found.standings[2].others == 0


def test_agreement_does_not_mind_the_order_of_the_estimands(rng):
    shifted = {"sigma_alpha": 1.0}
    tables = [table(rng, shift=shifted), table(rng, shift=shifted, names=NAMES[::-1])]
    assert not agreement_of(rivals(*tables)).differing


@pytest.mark.parametrize("unfit", ["none", "nan", "fewer"])
def test_agreement_leaves_out_what_cannot_be_compared(unfit, rng):
    last = {"none": [], "nan": [table(rng).assign(mean=np.nan)], "fewer": [table(rng).iloc[1:]]}
    every = [*rivals(table(rng), table(rng)), Rival("p", "2", last[unfit])]
    assert [standing.others for standing in agreement_of(every).standings] == [1, 1, 0]


def test_agreement_pools_the_seeds_of_a_setting(rng):
    """0.03 sds are 1.3 standard errors of one cell against three others, and 6.5 of 25 cells."""

    def found(cells):
        return agreement_of(
            [
                Rival("p", name, [table(rng, shift={"mu_alpha": by}) for _ in range(cells)])
                for name, by in (("a", 0.0), ("b", 0.0), ("c", 0.03), ("d", 0.0))
            ]
        )

    assert not found(1).differing
    assert differing(found(25)) == ["c"]


@pytest.mark.slow
def test_agreement_keeps_its_family_wise_rate(rng):
    """Of 200 sweeps of right settings 2 may be called different: 8 are 4 sds more."""
    wrong = 0
    for _ in range(200):
        precisions = rng.uniform(0.3, 3, 5)
        wrong += bool(
            agreement_of(rivals(*(table(rng, precision=p) for p in precisions))).differing
        )
    assert wrong < 8


def test_sentence_on_agreement(rng):
    found = agreement_of(rivals(table(rng), table(rng)))
    assert sentence(found) == (
        "Agreement: the 2 settings that share one posterior and passed the gate agree on the mean "
        f"and sd of every estimand (family-wise error rate 1 %, |z| up to {found.bound:.1f} "
        "allowed)."
    )


def test_sentence_on_disagreement_names_setting_and_parameter(rng):
    tables = [table(rng), table(rng, shift={"sigma_alpha": 1.0}), table(rng)]
    said = sentence(agreement_of(rivals(*tables)))
    assert said.startswith("Disagreement: 1 of 3 settings differ from the others")
    assert "1 on p, where the mean of sigma_alpha is off by +1.0" in said


def test_sentence_on_many_disagreements_is_short(rng):
    tables = [table(rng, shift={"mu_alpha": float(i)}) for i in range(100)]
    assert len(sentence(agreement_of(rivals(*tables)))) < 1000


def test_sentence_without_rivals(rng):
    said = sentence(agreement_of(rivals(table(rng))))
    assert said == "Agreement not checked: no two settings of one posterior passed the gate."


def test_agreement_counts_copies_once(rng):
    """Four errors are four; from the mean of three settings they would be 4.9."""
    near, far = table(rng), table(rng, shift={"mu_alpha": 0.0})
    far["mean"], far["sd"] = near["mean"] + 4 * np.sqrt(2) * MCSE, near["sd"]
    once = agreement_of(rivals(far, near)).standings[0].shift.z
    thrice = agreement_of(rivals(far, near, near, near)).standings[0].shift.z
    assert once == pytest.approx(4.0)
    assert thrice == pytest.approx(once)


def test_agreement_finds_a_wrong_form_and_its_copy(rng):
    wrong = table(rng, shift={"sigma_alpha": 1.0})
    found = agreement_of(rivals(wrong, wrong.copy(), *(table(rng) for _ in range(3))))
    assert differing(found) == ["0", "1"]


def test_agreement_of_copies_alone_is_agreement(rng):
    same = table(rng)
    found = agreement_of(rivals(same, same.copy()))
    assert [standing.others for standing in found.standings] == [1, 1]
    assert not found.differing
