"""The forms' log densities against the design's formulas, written out with SciPy."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pymc as pm
import pytest
from pytensor.compile.mode import Mode
from scipy.special import expit, log_expit
from scipy.stats import beta, expon, halfnorm, multivariate_normal, norm

from hierbench.config.schema import PriorConfig
from hierbench.models import FORMS, build, hyperprior, values_of
from hierbench.records import Dataset

PYTHON = Mode(linker="py", optimizer="fast_compile")  # ~0.3 s a function; numba takes 3
EXACT = {"rel": 1e-10, "abs": 3e-8}
"""PyMC holds the constant of Beta(2, 2), log 6, in float32: 2.2e-8 off, whatever the point."""

SCALES = {
    ("notebook", "independent"): (20, 5, 5, 5, 5),
    ("notebook", "correlated"): (5, 5, 5, 5, 5),
    ("notebook", "varying_sigma"): (20, 5, 2.5, 2.5, 2.5),
    ("formula", "independent"): (100, 100, 1 / 100, 1 / 100, 1 / 100),
    ("formula", "correlated"): (100, 100, 1 / 100, 1 / 100, 1 / 100),
    ("formula", "varying_sigma"): (100, 100, 1 / 100, 1 / 100, 1 / 100),
    ("halfnormal", "independent"): (9, 8, 1.5, 0.7, 1.1),
    ("halfnormal", "correlated"): (9, 8, 1.5, 0.7, 1.1),
    ("halfnormal", "varying_sigma"): (9, 8, 1.5, 0.7, 1.1),
}
"""Of mu_alpha, mu_beta, sigma_alpha, sigma_beta and sigma; Exponentials by their mean."""

PRIORS = {
    "notebook": PriorConfig("notebook"),
    "formula": PriorConfig("formula"),
    "halfnormal": PriorConfig("halfnormal", 1.0, 9, 8, 1.5, 0.7, 1.1),
}
MODELS = {
    "varying_sigma": "varying_sigma",
    "centered": "independent",
    "noncentered": "independent",
    "correlated": "correlated",
}
EVERY = pytest.mark.parametrize(
    ("form", "prior", "scale"),
    [(form, prior, scale) for form in FORMS for prior in PRIORS for scale in (1.0, 2.5)],
)
PRIOR = pytest.mark.parametrize("prior", PRIORS)


@pytest.fixture(scope="module")
def tiny() -> Dataset:
    """Return 8 rows in 3 groups of unequal size."""
    rng = np.random.default_rng(20190529)
    return Dataset(
        name="tiny",
        x=rng.normal(size=8),
        y=2.0 + rng.normal(size=8),
        group=np.array([0, 0, 1, 2, 2, 1, 2, 0]),
        labels=("north", "south", "west"),
        x_name="area [m2]",
        y_name="price [EUR]",
    )


@pytest.fixture(scope="module")
def log_density(tiny) -> Callable:
    """Return PyMC's log density of (form, prior, scale, point); one compilation per family."""
    compiled = {}

    def evaluate(form, prior, scale, point):
        chosen = hyperprior(replace(PRIORS[prior], scale=scale), FORMS[form].model)
        if (form, chosen.family) not in compiled:
            model = build(FORMS[form], tiny, chosen)
            compiled[form, chosen.family] = model, model.compile_logp(mode=PYTHON)
        model, function = compiled[form, chosen.family]
        pm.set_data(values_of(tiny, chosen), model)
        return float(function(point))

    return evaluate


def points(form, number=5):
    """Return random points of the unconstrained space, under PyMC's names."""
    rng = np.random.default_rng(7)
    sigma = (3,) if form == "varying_sigma" else ()
    effects = ("alpha_offset", "beta_offset") if form == "noncentered" else ("alpha", "beta")
    shapes = {"mu_alpha": (), "mu_beta": (), "sigma_alpha_log__": (), "sigma_beta_log__": ()}
    shapes |= {"sigma_log__": sigma, **dict.fromkeys(effects, (3,))}
    shapes |= {"rho_unit_logodds__": ()} if form == "correlated" else {}
    return [{name: rng.normal(size=shape) for name, shape in shapes.items()} for _ in range(number)]


def log_prior(form, prior, scale, point):
    """Return the hyperparameters' log density, with the log-Jacobian of sigma = exp(z): z."""
    scales = scale * np.array(SCALES[prior, MODELS[form]])
    spread = halfnorm if prior == "halfnormal" else expon
    total = norm.logpdf(point["mu_alpha"], 0, scales[0])
    total += norm.logpdf(point["mu_beta"], 0, scales[1])
    for name, its_scale in zip(("sigma_alpha", "sigma_beta", "sigma"), scales[2:], strict=True):
        z = point[f"{name}_log__"]
        total += np.sum(spread.logpdf(np.exp(z), scale=its_scale) + z)
    return total


def log_rows(tiny, alpha, slopes, sigma):
    """Return the sum over rows of log Normal(y_i | alpha[g_i] + beta[g_i] x_i, sigma[g_i])."""
    sigma = np.broadcast_to(sigma, 3)
    return sum(
        norm.logpdf(y, alpha[g] + slopes[g] * x, sigma[g])
        for x, y, g in zip(tiny.x, tiny.y, tiny.group, strict=True)
    )


def log_effects(form, point):
    """Return the effects' log density and the effects, alpha and beta."""
    mu_alpha, mu_beta = point["mu_alpha"], point["mu_beta"]
    sigma_alpha, sigma_beta = (np.exp(point[f"sigma_{name}_log__"]) for name in ("alpha", "beta"))
    if form == "noncentered":
        first, second = point["alpha_offset"], point["beta_offset"]
        density = norm.logpdf(first).sum() + norm.logpdf(second).sum()
        return density, mu_alpha + first * sigma_alpha, mu_beta + second * sigma_beta
    alpha, slopes = point["alpha"], point["beta"]
    if form == "correlated":
        return log_bivariate(point), alpha, slopes
    density = norm.logpdf(alpha, mu_alpha, sigma_alpha).sum()
    return density + norm.logpdf(slopes, mu_beta, sigma_beta).sum(), alpha, slopes


def log_bivariate(point):
    """Return log MvNormal of (alpha, beta)_j plus LKJ(2) of rho = 2 expit(z) - 1.

    LKJ(eta) for two dimensions has density proportional to (1 - rho^2)^(eta - 1), that is
    3/4 (1 - rho^2) for eta = 2; and d rho / dz = 2 expit(z) expit(-z).
    """
    z = point["rho_unit_logodds__"]
    rho = 2 * expit(z) - 1
    sd = np.exp([point["sigma_alpha_log__"], point["sigma_beta_log__"]])
    covariance = np.outer(sd, sd) * np.array([[1, rho], [rho, 1]])
    center = [point["mu_alpha"], point["mu_beta"]]
    pairs = np.column_stack([point["alpha"], point["beta"]])
    lkj = np.log(0.75 * (1 - rho**2)) + np.log(2) + log_expit(z) + log_expit(-z)
    return multivariate_normal.logpdf(pairs, center, covariance).sum() + lkj


@EVERY
def test_log_density_is_the_formula(form, prior, scale, tiny, log_density):
    for point in points(form):
        density, alpha, slopes = log_effects(form, point)
        expected = density + log_prior(form, prior, scale, point)
        expected += log_rows(tiny, alpha, slopes, np.exp(point["sigma_log__"]))
        assert log_density(form, prior, scale, point) == pytest.approx(expected, **EXACT)


@PRIOR
def test_correlated_is_the_factored_form(prior, tiny, log_density):
    for point in points("correlated"):
        alpha, slopes, z = (point[name] for name in ("alpha", "beta", "rho_unit_logodds__"))
        s_a, s_b, sigma = np.exp(
            [point[f"{n}_log__"] for n in ("sigma_alpha", "sigma_beta", "sigma")]
        )
        rho = 2 * expit(z) - 1
        conditional = point["mu_beta"] + rho * s_b / s_a * (alpha - point["mu_alpha"])
        expected = norm.logpdf(alpha, point["mu_alpha"], s_a).sum()
        expected += norm.logpdf(slopes, conditional, s_b * np.sqrt(1 - rho**2)).sum()
        expected += beta.logpdf(expit(z), 2, 2) + log_expit(z) + log_expit(-z)
        expected += log_prior("correlated", prior, 1.0, point) + log_rows(
            tiny, alpha, slopes, sigma
        )
        assert log_density("correlated", prior, 1.0, point) == pytest.approx(expected, **EXACT)


@PRIOR
def test_noncentered_is_centered_up_to_the_offsets_jacobian(prior, log_density):
    for point in points("noncentered"):
        _, alpha, slopes = log_effects("noncentered", point)
        moved = {k: v for k, v in point.items() if not k.endswith("_offset")}
        moved |= {"alpha": alpha, "beta": slopes}
        jacobian = 3 * (point["sigma_alpha_log__"] + point["sigma_beta_log__"])
        expected = log_density("centered", prior, 1.0, moved) + jacobian
        assert log_density("noncentered", prior, 1.0, point) == pytest.approx(expected, **EXACT)


def deterministic(form, name, tiny, point):
    """Return the value of a deterministic at an unconstrained point."""
    model = build(FORMS[form], tiny, hyperprior(PRIORS["notebook"], FORMS[form].model))
    (graph,) = model.replace_rvs_by_values([model[name]])
    function = model.compile_fn(
        graph, inputs=model.value_vars, mode=PYTHON, on_unused_input="ignore"
    )
    return function(point)


def test_correlated_rho(tiny):
    (point,) = points("correlated", 1)
    expected = 2 * expit(point["rho_unit_logodds__"]) - 1
    assert deterministic("correlated", "rho", tiny, point) == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize(("name", "index"), [("alpha", 1), ("beta", 2)])
def test_noncentered_effects(name, index, tiny):
    (point,) = points("noncentered", 1)
    expected = log_effects("noncentered", point)[index]
    assert deterministic("noncentered", name, tiny, point) == pytest.approx(expected, **EXACT)
