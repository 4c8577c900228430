"""Forms that do not share a posterior are named, with the estimand that differs."""

import pytest

from tests.unit.models.rivals.conftest import failed

WRONG = {
    "dropped mean": (
        "counts",
        [("level + tau * z", "tau * z")],
        ("noncentered", "prior", "site_effect"),
    ),
    "covariate centred in one form": (
        "counts",
        [
            (
                'level + tau * z, dims="sites"), slope, data)',
                'level + tau * z, dims="sites"), slope, {**data, "x": data["x"] - 0.9})',
            )
        ],
        ("noncentered", "likelihood", "slope"),
    ),
    "offset doubled": (
        "crossed",
        [
            (
                'pm.Normal(f"z_{factor}", 0, 1',
                'pm.Normal(f"z_{factor}", 0, 1 + (factor == "airport")',
            )
        ],
        ("cn", "prior", "airport_effect"),
    ),
    "sd for variance": (
        "robust",
        [("centre + tau * z", "centre + tau**2 * z")],
        ("noncentered", "prior", "mean"),
    ),
    "missing Jacobian": (
        "positive",
        [("density + log_tau", "density")],
        ("by_hand", "prior", "tau"),
    ),
    "half-Normal for Exponential": (
        "zero_sum",
        [
            (
                'tau = pm.Exponential("tau", scale=scale["tau"])\n    z = pm.Zero',
                'tau = pm.HalfNormal("tau", scale["tau"])\n    z = pm.Zero',
            )
        ],
        ("noncentered", "prior", "tau"),
    ),
    "half-Normal for Exponential, by draws": (
        "zero_sum",
        [
            (
                'tau = pm.Exponential("tau", scale=scale["tau"])\n    z = pm.Normal',
                'tau = pm.HalfNormal("tau", scale["tau"])\n    z = pm.Normal',
            )
        ],
        ("projected", "prior", "tau"),
    ),
    "first step forgotten": (
        "walk",
        [("z[1:] * tau", "z[1:] * tau * 1.1")],
        ("innovations", "prior", "level"),
    ),
    "rows taken as independent": (
        "intercepts",
        [
            (
                'pm.Potential("y", -0.5 * (squares + log_det))',
                'pm.Normal("y", centre, pt.sqrt(tau**2 + noise**2), observed=data["value"])',
            )
        ],
        ("marginal", "density", "mean"),
    ),
    "a variance of the density doubled": (
        "intercepts",
        [("variance = noise**2 + rows * tau**2", "variance = noise**2 + 2 * rows * tau**2")],
        ("marginal", "density", "mean"),
    ),
    "completed without noise enough": (
        "intercepts",
        [("/ np.sqrt(precision)", "/ precision")],
        ("marginal", "completed", "mean"),
    ),
    "prior of an integrated form": (
        "intercepts",
        [
            (
                "def marginal(data, scale):\n    centre, tau, noise = hyper(scale)",
                'def marginal(data, scale):\n    centre = pm.Normal("centre", 0, scale["centre"])\n'
                '    tau = pm.HalfNormal("tau", scale["tau"])\n'
                '    noise = pm.Exponential("noise", scale=scale["noise"])',
            )
        ],
        ("marginal", "prior", "tau"),
    ),
    "an estimand left out": (
        "robust",
        [('"noise", "nu"', '"noise"')],
        ("noncentered", "likelihood", "nu reaches y when the estimands are known: add it to"),
    ),
}
QUICK = ("missing Jacobian", "a variance of the density doubled")


@pytest.mark.parametrize(
    "fault",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in WRONG],
)
def test_wrong_pair_is_named(checked, fault):
    name, changes, (form, check, words) = WRONG[fault]
    every = checked(name, *changes, forms=[form], quick=fault in QUICK)
    found = failed(every)
    assert (form, check) in found
    assert form in found[form, check]
    assert words in found[form, check]
    assert [key for key in found if key[0] != form] == []
