"""How far each group's effects are best centred, from the data alone."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from hierbench.models.homes.algebra.integrated import Scales, integrate
from hierbench.models.homes.algebra.sufficient import Sufficient, sufficient
from hierbench.models.homes.rows import Rows

__all__ = ["weights"]

WIDE = 100.0  # prior sd of the means, in sds of y: as good as flat
SMALLEST, LARGEST = 1e-4, 1e2  # of the scales, in sds of y


def weights(dataset: Rows) -> dict[str, NDArray[np.float64]]:
    """Return `weights`, dims (effect, group), alpha's before beta's, within [0, 1].

    A weight is the share of the data in the precision of an effect given the scales,
    ``information / (information + 1 / sigma_effect^2)`` (Papaspiliopoulos, Roberts and Sköld
    2007, section 4), at the scales that maximise the density of y with the effects integrated
    out.
    """
    groups = sufficient(dataset.x, dataset.y, dataset.group, len(dataset.labels))
    sigma_alpha, sigma_beta, sigma = likeliest_scales(groups, float(dataset.y.std()))
    squares = groups.x_squares + groups.rows * groups.x_mean**2
    alpha = share(groups.rows / sigma**2, sigma_alpha)
    return {"weights": np.array([alpha, share(squares / sigma**2, sigma_beta)])}


def share(information: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Return the share of `information` in the precision of an effect of prior sd `sigma`."""
    scaled = information * sigma**2
    return scaled / (scaled + 1.0)


def likeliest_scales(groups: Sufficient, unit: float) -> NDArray[np.float64]:
    """Return sigma_alpha, sigma_beta and sigma of highest density; `unit` is y's sd."""

    def loss(logs: NDArray[np.float64]) -> float:
        sigma_alpha, sigma_beta, sigma = (np.array([value]) for value in unit * np.exp(logs))
        scales = Scales(sigma_alpha, sigma_beta, sigma, np.zeros(1))
        return -float(integrate(groups, scales, (WIDE * unit, WIDE * unit)).log_density[0])

    bounds = [(np.log(SMALLEST), np.log(LARGEST))] * 3
    found = minimize(loss, np.log([0.5, 0.5, 0.5]), method="Nelder-Mead", bounds=bounds)
    return unit * np.exp(found.x)
