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
from hierbench.models.homes.building import build, values_of
from hierbench.models.homes.centring import weights
from hierbench.models.homes.forms import FORMS
from hierbench.models.homes.priors import hyperprior
from hierbench.models.homes.rows import Rows

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

SET = {"mu_alpha": 9, "mu_beta": 8, "sigma_alpha": 1.5, "sigma_beta": 0.7, "sigma": 1.1}
PRIORS = {
    "notebook": PriorConfig("notebook"),
    "formula": PriorConfig("formula"),
    "halfnormal": PriorConfig("halfnormal", 1.0, SET),
}
MODELS = {
    "varying_sigma": "varying_sigma",
    "centered": "independent",
    "noncentered": "independent",
    "partially_centered": "independent",
    "marginal": "independent",
    "correlated": "correlated",
    "correlated_noncentered": "correlated",
    "marginal_correlated": "correlated",
}
INTEGRATED = ("marginal", "marginal_correlated")
WITH_EFFECTS = [form for form in FORMS if form not in INTEGRATED]
EVERY = pytest.mark.parametrize(
    ("form", "likelihood", "prior", "scale"),
    [
        (form, likelihood, prior, scale)
        for form in WITH_EFFECTS
        for likelihood in ("rowwise", "sufficient")
        for prior in PRIORS
        for scale in (1.0, 2.5)
    ],
)
PRIOR = pytest.mark.parametrize("prior", PRIORS)


@pytest.fixture(scope="module")
def tiny() -> Rows:
    """Return 8 rows in 3 groups of unequal size."""
    rng = np.random.default_rng(20190529)
    return Rows(
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

    def evaluate(form, prior, scale, point, likelihood="rowwise"):
        chosen = hyperprior(replace(PRIORS[prior], scale=scale), FORMS[form].variant)
        key = form, likelihood, chosen.family
        if key not in compiled:
            model = build(FORMS[form], tiny, chosen, likelihood)
            compiled[key] = model, model.compile_logp(mode=PYTHON)
        model, function = compiled[key]
        pm.set_data(values_of(FORMS[form], tiny, chosen, likelihood), model)
        return float(function(point))

    return evaluate


def points(form, number=5):
    """Return random points of the unconstrained space, under PyMC's names."""
    rng = np.random.default_rng(7)
    sigma = (3,) if form == "varying_sigma" else ()
    effects = {
        "noncentered": ("alpha_offset", "beta_offset"),
        "correlated_noncentered": ("alpha_offset", "beta_offset"),
        "partially_centered": ("alpha_partial", "beta_partial"),
        **dict.fromkeys(INTEGRATED, ()),
    }.get(form, ("alpha", "beta"))
    shapes = {"mu_alpha": (), "mu_beta": (), "sigma_alpha_log__": (), "sigma_beta_log__": ()}
    shapes |= {"sigma_log__": sigma, **dict.fromkeys(effects, (3,))}
    shapes |= {"rho_unit_logodds__": ()} if MODELS[form] == "correlated" else {}
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


def log_effects(form, point, tiny):
    """Return the effects' log density and the effects, alpha and beta."""
    mu_alpha, mu_beta = point["mu_alpha"], point["mu_beta"]
    sigma_alpha, sigma_beta = (np.exp(point[f"sigma_{name}_log__"]) for name in ("alpha", "beta"))
    if form == "noncentered":
        first, second = point["alpha_offset"], point["beta_offset"]
        density = norm.logpdf(first).sum() + norm.logpdf(second).sum()
        return density, mu_alpha + first * sigma_alpha, mu_beta + second * sigma_beta
    if form == "correlated_noncentered":
        first, second = point["alpha_offset"], point["beta_offset"]
        rho = 2 * expit(point["rho_unit_logodds__"]) - 1
        density = norm.logpdf(first).sum() + norm.logpdf(second).sum() + log_lkj(point)
        turned = np.linalg.cholesky([[1, rho], [rho, 1]]) @ [first, second]
        return density, mu_alpha + turned[0] * sigma_alpha, mu_beta + turned[1] * sigma_beta
    if form == "partially_centered":
        return log_partial(point, tiny)
    alpha, slopes = point["alpha"], point["beta"]
    if form == "correlated":
        return log_bivariate(point), alpha, slopes
    density = norm.logpdf(alpha, mu_alpha, sigma_alpha).sum()
    return density + norm.logpdf(slopes, mu_beta, sigma_beta).sum(), alpha, slopes


def log_partial(point, tiny):
    """Return the density of the effects that `weights` say, moved to the sampled variables."""
    density, effects = 0.0, []
    for weight, name in zip(weights(tiny)["weights"], ("alpha", "beta"), strict=True):
        z = point[f"{name}_partial"]
        mu, log_sigma = point[f"mu_{name}"], point[f"sigma_{name}_log__"]
        effect = mu + np.exp((1 - weight) * log_sigma) * (z - weight * mu)
        density += (norm.logpdf(effect, mu, np.exp(log_sigma)) + (1 - weight) * log_sigma).sum()
        effects.append(effect)
    return density, *effects


def log_lkj(point):
    """Return log LKJ(2) of rho = 2 expit(z) - 1.

    LKJ(eta) for two dimensions has density proportional to (1 - rho^2)^(eta - 1), that is
    3/4 (1 - rho^2) for eta = 2; and d rho / dz = 2 expit(z) expit(-z).
    """
    z = point["rho_unit_logodds__"]
    rho = 2 * expit(z) - 1
    return np.log(0.75 * (1 - rho**2)) + np.log(2) + log_expit(z) + log_expit(-z)


def log_bivariate(point):
    """Return log MvNormal of (alpha, beta)_j plus LKJ(2)."""
    rho = 2 * expit(point["rho_unit_logodds__"]) - 1
    sd = np.exp([point["sigma_alpha_log__"], point["sigma_beta_log__"]])
    covariance = np.outer(sd, sd) * np.array([[1, rho], [rho, 1]])
    center = [point["mu_alpha"], point["mu_beta"]]
    pairs = np.column_stack([point["alpha"], point["beta"]])
    return multivariate_normal.logpdf(pairs, center, covariance).sum() + log_lkj(point)


@EVERY
def test_log_density_is_the_formula(form, likelihood, prior, scale, tiny, log_density):
    for point in points(form):
        density, alpha, slopes = log_effects(form, point, tiny)
        expected = density + log_prior(form, prior, scale, point)
        expected += log_rows(tiny, alpha, slopes, np.exp(point["sigma_log__"]))
        found = log_density(form, prior, scale, point, likelihood)
        assert found == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize("form", INTEGRATED)
@PRIOR
def test_marginal_density_is_the_normal_with_full_covariance(form, prior, tiny, log_density):
    for point in points(form):
        s_a, s_b, sigma = np.exp(
            [point[f"{n}_log__"] for n in ("sigma_alpha", "sigma_beta", "sigma")]
        )
        z = point.get("rho_unit_logodds__")
        rho = 0.0 if z is None else 2 * expit(z) - 1
        same = tiny.group[:, None] == tiny.group
        cross = tiny.x[:, None] + tiny.x
        effects = s_a**2 + rho * s_a * s_b * cross + s_b**2 * np.outer(tiny.x, tiny.x)
        covariance = same * effects + sigma**2 * np.eye(8)
        mean = point["mu_alpha"] + point["mu_beta"] * tiny.x
        expected = multivariate_normal.logpdf(tiny.y, mean, covariance)
        expected += log_prior(form, prior, 1.0, point) + (0.0 if z is None else log_lkj(point))
        found = log_density(form, prior, 1.0, point, "sufficient")
        assert found == pytest.approx(expected, **EXACT)


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
def test_noncentered_is_centered_up_to_the_offsets_jacobian(prior, tiny, log_density):
    for point in points("noncentered"):
        _, alpha, slopes = log_effects("noncentered", point, tiny)
        moved = {k: v for k, v in point.items() if not k.endswith("_offset")}
        moved |= {"alpha": alpha, "beta": slopes}
        jacobian = 3 * (point["sigma_alpha_log__"] + point["sigma_beta_log__"])
        expected = log_density("centered", prior, 1.0, moved) + jacobian
        assert log_density("noncentered", prior, 1.0, point) == pytest.approx(expected, **EXACT)


def deterministic(form, name, tiny, point):
    """Return the value of a deterministic at an unconstrained point."""
    prior = hyperprior(PRIORS["notebook"], FORMS[form].variant)
    model = build(FORMS[form], tiny, prior, "rowwise")
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
@pytest.mark.parametrize("form", ["noncentered", "correlated_noncentered", "partially_centered"])
def test_effects_of_offsets(form, name, index, tiny):
    (point,) = points(form, 1)
    expected = log_effects(form, point, tiny)[index]
    assert deterministic(form, name, tiny, point) == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize("form", ["centered", "varying_sigma"])
def test_sufficient_density_in_dollars_loses_no_digits(form, tiny, log_density):
    """Raw sums of squares of 1e11 would leave 5 of 16 digits of what the model explains."""
    dollars = replace(tiny, y=3e5 + 100.0 * tiny.y, x=tiny.x + 50.0)
    (point,) = points(form, 1)
    point |= {"mu_alpha": 3e5, "alpha": 3e5 + point["alpha"], "sigma_log__": point["sigma_log__"]}
    prior = hyperprior(PRIORS["notebook"], FORMS[form].variant)
    found = [
        build(FORMS[form], dollars, prior, likelihood).compile_logp(mode=PYTHON)(point)
        for likelihood in ("rowwise", "sufficient")
    ]
    assert found[1] == pytest.approx(found[0], rel=1e-12)
