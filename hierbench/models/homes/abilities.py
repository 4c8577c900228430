"""What the regression can do, in one record; imports PyMC."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from hierbench.models.able import Abilities
from hierbench.models.homes import predictive
from hierbench.models.homes.algebra.densities import log_hyperprior, log_likelihood
from hierbench.models.homes.algebra.sufficient import Floats, sufficient
from hierbench.models.homes.building import build, values_of
from hierbench.models.homes.effects import with_effects
from hierbench.models.homes.forms import Regression
from hierbench.models.homes.references import reference_of
from hierbench.models.homes.rows import Rows
from hierbench.models.homes.stan_programs import stan_constants, stan_program
from hierbench.records import Arrays, Hyperprior

__all__ = ["ABILITIES"]

HYPERPARAMETERS = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma", "rho")


def stan(form: Regression, dataset: Rows, prior: Hyperprior) -> tuple[str | None, dict[str, int]]:
    """Return the Stan program and its constants."""
    return stan_program(form), stan_constants(dataset, prior)


def densities(posterior: Arrays, dataset: Rows, prior: Hyperprior) -> tuple[Arrays, Floats, Floats]:
    """Return the scalar hyperparameters, and log prior and log likelihood, dims (chain, draw).

    Scaled as the prior are the hyperpriors alone: alpha given mu_alpha and sigma_alpha is the
    model, and scaling it too would ask what another model would say (Kallioinen et al. 2024, on
    hierarchical priors).
    """
    hyper = {name: posterior[name] for name in HYPERPARAMETERS if name in posterior}
    groups = sufficient(dataset.x, dataset.y, dataset.group, len(dataset.labels))
    scalars = {name: value for name, value in hyper.items() if value.ndim == 2}
    return scalars, log_hyperprior(prior, hyper), log_likelihood(groups, posterior)


def complete(
    form: Regression,
    posterior: Arrays,
    values: Arrays,
    dataset: Rows,
    rng: np.random.Generator,
    *,
    cores: int,
) -> Arrays:
    """Return `posterior` with alpha and beta drawn from their exact conditional."""
    return with_effects(posterior, values, len(dataset.labels), rng, cores=cores)


def draw(tree: xr.DataTree, dataset: Rows, folder: Path, groups: Sequence[str]) -> list[Path]:
    """Draw rows and lines of the chosen groups, and the intervals of all."""
    from hierbench.models.homes.choice import chosen_groups
    from hierbench.models.homes.forest_plot import forest_figure
    from hierbench.models.homes.groups_plot import groups_figure
    from hierbench.plots.sheet import save  # it imports a drawing library

    return [
        save(groups_figure(tree, dataset, chosen_groups(dataset, groups)), folder / "groups.png"),
        save(forest_figure(tree, dataset), folder / "forest.png"),
    ]


ABILITIES = Abilities(
    values=values_of,
    build=build,
    complete=complete,
    predictor=predictive,
    reference=reference_of,
    stan=stan,
    densities=densities,
    draw=draw,
)
