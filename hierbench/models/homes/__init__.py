"""Prices on areas, intercept and slope varying by group: the model of the 2019 notebook.

y_i ~ Normal(alpha[g_i] + beta[g_i] x_i, sigma)
alpha_j ~ Normal(mu_alpha, sigma_alpha), beta_j ~ Normal(mu_beta, sigma_beta)
"""

from importlib import import_module

from hierbench.models.able import Abilities
from hierbench.models.contract import Model
from hierbench.models.homes.asked import check, warnings
from hierbench.models.homes.datasets import DATASETS
from hierbench.models.homes.designs import DESIGNS, VALIDATED
from hierbench.models.homes.forms import FORMS
from hierbench.models.homes.priors import PRIORS, hyperprior
from hierbench.records import Neck

__all__ = ["MODEL"]


def load() -> Abilities:
    """Return what the model can do; imports PyMC."""
    abilities: Abilities = import_module(f"{__name__}.abilities").ABILITIES
    return abilities


MODEL = Model(
    name="homes",
    summary="price on area, intercept and slope by group: the 2019 notebook's regression",
    source=None,
    source_sha256="",
    forms=FORMS,
    blocks={
        "hyper": ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma"),
        "intercepts": ("alpha",),
        "slopes": ("beta",),
        "correlation": ("rho",),
    },
    necks=(
        Neck("sigma_alpha", "alpha", "mu_alpha"),
        Neck("sigma_beta", "beta", "mu_beta"),
        Neck("sigma", "alpha", "mu_alpha"),
    ),
    data=DATASETS,
    own_file="",
    priors=PRIORS,
    hyperprior=hyperprior,
    check=check,
    warnings=warnings,
    designs=DESIGNS,
    validated=VALIDATED,
    load=load,
)
