"""Alpha and beta of the forms that integrate them out, drawn afterwards."""

import numpy as np

from hierbench.models.homes.algebra.draws import draw_effects
from hierbench.models.homes.algebra.marginal import PARAMETERS
from hierbench.records import Arrays

__all__ = ["with_effects"]


def with_effects(
    posterior: Arrays, values: Arrays, groups: int, rng: np.random.Generator, *, cores: int
) -> Arrays:
    """Return `posterior` with alpha and beta drawn from their exact conditional.

    Parameters
    ----------
    posterior : mapping of str to ndarray
        mu_alpha, mu_beta, sigma_alpha, sigma_beta, sigma and maybe rho, each (chain, draw).
    values : mapping of str to ndarray
        The model's data, with `blocks` of `groups` groups.
    cores : int
        Chains at once; the draws do not depend on it.

    Returns
    -------
    mapping of str to ndarray
        With alpha and beta, each (chain, draw, group).
    """
    no_rho = np.zeros_like(posterior["sigma"])
    hyper = np.array([posterior.get(name, no_rho) for name in PARAMETERS])
    alpha, beta = draw_effects(hyper, values["blocks"], groups, rng, cores=cores)
    return {**posterior, "alpha": alpha, "beta": beta}
