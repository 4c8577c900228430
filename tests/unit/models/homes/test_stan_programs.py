"""The Stan programs against the PyMC models: equal log densities, constants included."""

import numpy as np
import pytest
from pytensor.compile.mode import Mode
from scipy.special import logit

from hierbench.config.schema import PriorConfig
from hierbench.models import Trait
from hierbench.models.homes.building import build, values_of
from hierbench.models.homes.forms import FORMS
from hierbench.models.homes.priors import hyperprior
from hierbench.models.homes.rows import Rows
from hierbench.models.homes.stan_programs import FOLDER, stan_constants, stan_program
from tests.extras import needed

PYTHON = Mode(linker="py", optimizer="fast_compile")
GROUPS = 3
SET = {"mu_alpha": 9, "mu_beta": 8, "sigma_alpha": 1.5, "sigma_beta": 0.7, "sigma": 1.1}
PRIORS = (PriorConfig("notebook", 2.5), PriorConfig("halfnormal", 1.0, SET))
PROGRAMS = [name for name, form in FORMS.items() if Trait.STAN in form.traits]
OTHERS = (PriorConfig("formula"), PriorConfig("halfnormal", 3.0, SET))
"""Two priors of each family: the scales are data, not part of a translated program."""


def tiny(seed=20190529):
    rng = np.random.default_rng(seed)
    group = np.array([0, 0, 1, 2, 2, 1, 2, 0])
    return Rows("tiny", rng.normal(size=8), rng.normal(size=8), group, tuple("abc"), "x", "y")


def test_every_program_is_a_form_and_the_other_way_round():
    assert set(PROGRAMS) == {path.stem for path in FOLDER.glob("*.stan")}


def test_a_form_without_a_program_has_none():
    assert stan_program(FORMS["marginal"]) is None


def points(form, number=5):
    """Return random values of every parameter, constrained, under the models' names."""
    rng = np.random.default_rng(7)
    sigma = (GROUPS,) if form == "varying_sigma" else ()
    effects = ("alpha_offset", "beta_offset") if form == "noncentered" else ("alpha", "beta")
    for _ in range(number):
        yield {
            **{name: rng.normal() for name in ("mu_alpha", "mu_beta")},
            **{name: np.exp(rng.normal()) for name in ("sigma_alpha", "sigma_beta")},
            **({"rho_unit": rng.uniform(0.05, 0.95)} if form == "correlated" else {}),
            **{name: rng.normal(size=GROUPS) for name in effects},
            "sigma": np.exp(rng.normal(size=sigma)),
        }


def unconstrained(point):
    """Return `point` under the names and on the scales of PyMC's value variables."""
    spreads = {f"{name}_log__": np.log(x) for name, x in point.items() if "sigma" in name}
    unit = {f"{name}_logodds__": logit(x) for name, x in point.items() if name == "rho_unit"}
    rest = {name: x for name, x in point.items() if "sigma" not in name and name != "rho_unit"}
    return {name: np.asarray(x) for name, x in {**spreads, **unit, **rest}.items()}


@pytest.mark.parametrize("prior", [*PRIORS, *OTHERS], ids=lambda prior: prior.name)
@pytest.mark.parametrize("form", PROGRAMS)
def test_log_density_is_that_of_the_pymc_model(form, prior):
    stanli = needed("stanli")
    chosen = hyperprior(prior, FORMS[form].variant)
    data = {**values_of(FORMS[form], tiny(), chosen, "rowwise"), **stan_constants(tiny(), chosen)}
    program = stanli.Model(stan_code=stan_program(FORMS[form]), data=data)
    density = build(FORMS[form], tiny(), chosen, "rowwise").compile_logp(mode=PYTHON)
    for point in points(form):
        position = program.unconstrain({name: np.asarray(x).tolist() for name, x in point.items()})
        expected = float(density(unconstrained(point)))
        found, _ = program.log_prob_grad(position)
        assert found == pytest.approx(expected, rel=1e-10, abs=3e-8)


@pytest.mark.parametrize("form", PROGRAMS)
def test_program_keeps_the_variables_of_the_pymc_model(form):
    stanli = needed("stanli")
    chosen = hyperprior(PRIORS[0], FORMS[form].variant)
    data = {**values_of(FORMS[form], tiny(), chosen, "rowwise"), **stan_constants(tiny(), chosen)}
    program = stanli.Model(stan_code=stan_program(FORMS[form]), data=data)
    fit = program.sample(chains=1, warmup=5, samples=2, refresh=0)
    model = build(FORMS[form], tiny(), chosen, "rowwise")
    kept = {variable.name for variable in (*model.free_RVs, *model.deterministics)}
    assert set(fit.variables) == kept


@pytest.mark.parametrize("form", PROGRAMS)
def test_gradient_is_that_of_the_density(form):
    """Central differences at one point; a program of another density would not agree."""
    stanli = needed("stanli")
    chosen = hyperprior(PRIORS[1], FORMS[form].variant)
    data = {**values_of(FORMS[form], tiny(), chosen, "rowwise"), **stan_constants(tiny(), chosen)}
    program = stanli.Model(stan_code=stan_program(FORMS[form]), data=data)
    position = np.random.default_rng(3).normal(size=program.n_unconstrained)
    steps = 1e-5 * np.eye(len(position))
    density = [
        (program.log_prob_grad(position + step)[0], program.log_prob_grad(position - step)[0])
        for step in steps
    ]
    slopes = np.array([(up - down) / 2e-5 for up, down in density])
    assert program.log_prob_grad(position)[1] == pytest.approx(slopes, rel=1e-5, abs=1e-5)
