"""Forms that share a posterior pass every check."""

import pytest

from hierbench.config.schema import Config, DataConfig
from hierbench.models import MODELS
from hierbench.models.data import load
from hierbench.models.rivals import CHECKS, check_rivals
from tests.unit.models.rivals.conftest import failed

COMPARED = {
    "counts": ("noncentered",),
    "crossed": ("cn", "nc", "nn"),
    "lkj": ("noncentered",),
    "walk": ("innovations",),
    "robust": ("noncentered",),
    "zero_sum": ("noncentered", "projected"),
    "positive": ("logarithm", "by_hand"),
}
QUICK = ("counts",)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in COMPARED],
)
def test_right_pair_passes(checked, name):
    found = checked(name, quick=name in QUICK)
    assert failed(found) == {}
    assert [check for _, check in found] == [*CHECKS] * (1 + len(COMPARED[name]))
    for form in COMPARED[name]:
        assert found[form, "likelihood"].passed
        assert found[form, "prior"].passed


@pytest.mark.slow
@pytest.mark.parametrize("quick", [True, False])
def test_integrated_form_passes(checked, quick):
    found = checked("intercepts", quick=quick, forms=["marginal"])
    assert failed(found) == {}
    for check in ("dims", "scale", "prior", "completed", "density"):
        assert found["marginal", check].passed


@pytest.mark.slow
def test_integrated_form_in_other_coordinates_passes(checked):
    tau = 'pm.Exponential("tau", scale=scale["tau"])'
    own = (
        "def marginal(data, scale):\n"
        '    log_tau = pm.Normal("log_tau", 0, scale["tau"])\n'
        '    tau = pm.Deterministic("tau", pm.math.exp(log_tau))\n'
        '    centre = pm.Normal("centre", 0, scale["centre"])\n'
        '    noise = pm.Exponential("noise", scale=scale["noise"])\n'
    )
    changes = [
        (tau, 'pm.LogNormal("tau", 0, scale["tau"])'),
        ("def marginal(data, scale):\n    centre, tau, noise = hyper(scale)\n", own),
    ]
    found = checked("intercepts", *changes, forms=["marginal"])
    assert failed(found) == {}
    assert found["marginal", "density"].passed
    assert found["marginal", "prior"].passed


@pytest.mark.slow
def test_flat_prior_is_refused_where_draws_are_needed(checked):
    found = checked("intercepts", ('pm.Normal("centre", 0, scale["centre"])', 'pm.Flat("centre")'))
    for check in ("completed", "density"):
        assert "centre has a flat prior" in found["marginal", check].text
        assert "use a proper prior" in found["marginal", check].text
    assert found["noncentered", "prior"].passed
    assert found["noncentered", "likelihood"].passed


@pytest.mark.slow
def test_eight_schools_pass():
    model = MODELS["eight_schools"]
    data = load(Config(model="eight_schools", data=DataConfig("eight_schools")))
    found = {(one.form, one.check): one for one in check_rivals(model, data, list(model.forms))}
    assert failed(found) == {}
    assert found["marginal", "density"].passed


@pytest.mark.slow
def test_homes_pass():
    model = MODELS["homes"]
    config = DataConfig("berlin_like", rows=120, groups=8)
    found = check_rivals(model, load(Config(data=config)), list(model.forms))
    every = {(one.form, one.check): one for one in found}
    assert failed(every) == {}
    for form in ("noncentered", "partially_centered", "correlated_noncentered"):
        assert every[form, "prior"].passed
        assert every[form, "likelihood"].passed
    for form in ("marginal", "marginal_correlated"):
        assert every[form, "completed"].passed
        assert every[form, "density"].passed
