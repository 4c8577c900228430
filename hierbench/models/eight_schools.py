"""Eight schools (Rubin 1981): effects of coaching on test scores, with known standard errors.

    y_j ~ Normal(theta_j, error_j)    theta_j ~ Normal(mu, tau)
    mu ~ Normal(0, 5)    tau ~ half-Cauchy(5)

The table is that of Gelman et al. (2013), Bayesian Data Analysis, section 5.5.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

type Named = Mapping[str, Any]

PRIOR = {"mu": 5.0, "tau": 5.0}
ESTIMANDS = {"hyper": ("mu", "tau"), "effects": ("theta",)}
NECKS = ("tau",)
NOT_UNIFORM = {
    "centered": "eight schools tell little of tau, so that NUTS hardly enters the neck near 0"
}
DATA = {
    "school": ("A", "B", "C", "D", "E", "F", "G", "H"),
    "effect": (28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0),
    "error": (15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0),
}


def data(table: Named) -> tuple[Named, Named]:
    """Return each school's effect and its standard error."""
    schools = table.get("school", np.arange(1, len(table["effect"]) + 1).astype(str))
    return {"effect": table["effect"], "error": table["error"]}, {"school": schools}


def centered(data: Named, scale: Named) -> None:
    """Draw the schools' effects from their Normal."""
    mu, tau = pm.Normal("mu", 0, scale["mu"]), pm.HalfCauchy("tau", scale["tau"])
    theta = pm.Normal("theta", mu, tau, dims="school")
    pm.Normal("y", theta, data["error"], observed=data["effect"], dims="school")


def noncentered(data: Named, scale: Named) -> None:
    """Shift and scale standard Normal offsets."""
    mu, tau = pm.Normal("mu", 0, scale["mu"]), pm.HalfCauchy("tau", scale["tau"])
    offset = pm.Normal("offset", 0, 1, dims="school")
    theta = pm.Deterministic("theta", mu + tau * offset, dims="school")
    pm.Normal("y", theta, data["error"], observed=data["effect"], dims="school")


def marginal(data: Named, scale: Named) -> None:
    """Integrate theta and mu out: what is left of y given tau is one Normal.

    Its covariance is diag(error^2 + tau^2) + scale_mu^2 1 1', inverted by Sherman and Morrison
    (1950).
    """
    tau = pm.HalfCauchy("tau", scale["tau"])
    precision = 1.0 / (data["error"] ** 2 + tau**2)
    total = precision.sum() + 1.0 / scale["mu"] ** 2
    squares = (precision * data["effect"] ** 2).sum()
    squares -= (precision * data["effect"]).sum() ** 2 / total
    log_det = pt.log(scale["mu"] ** 2 * total) - pt.log(precision).sum()
    count = data["effect"].shape[0]
    pm.Potential("y", -0.5 * (squares + log_det + count * math.log(2 * math.pi)))


def complete_marginal(rng: np.random.Generator, data: Named, scale: Named, hyper: Named) -> Named:
    """Draw mu given tau, then theta given both, from their exact Normals."""
    tau = hyper["tau"][:, None]
    precision = 1.0 / (data["error"] ** 2 + tau**2)
    total = precision.sum(axis=1) + 1.0 / scale["mu"] ** 2
    mean = (precision * data["effect"]).sum(axis=1) / total
    mu = mean + rng.normal(size=len(mean)) / np.sqrt(total)
    share = tau**2 * precision
    centre = mu[:, None] + share * (data["effect"] - mu[:, None])
    spread = np.sqrt(share) * data["error"]
    return {"mu": mu, "theta": centre + spread * rng.normal(size=centre.shape)}


def reference(data: Named, scale: Named) -> tuple[Named, Named]:
    """Return mean and sd of every estimand, by quadrature over the angle of tau.

    With tau = scale_tau tan(angle) the half-Cauchy is uniform in the angle, so that Gauss and
    Legendre's rule meets a smooth function. Given tau, mu and theta are Normal in closed form.
    """
    nodes, weights = np.polynomial.legendre.leggauss(400)
    tau = scale["tau"] * np.tan((nodes + 1) * math.pi / 4)[:, None]
    y, error = data["effect"], data["error"]
    precision = 1.0 / (error**2 + tau**2)
    total = precision.sum(axis=1) + 1.0 / scale["mu"] ** 2
    mean = (precision * y).sum(axis=1) / total
    log_density = 0.5 * (np.log(precision).sum(axis=1) - np.log(total) + mean**2 * total)
    log_density -= 0.5 * (precision * y**2).sum(axis=1)
    weights = weights * np.exp(log_density - log_density.max())
    weights /= weights.sum()
    share = tau**2 * precision
    centre = share * y + (1 - share) * mean[:, None]
    spread = share * error**2 + (1 - share) ** 2 / total[:, None]

    of = {
        "mu": (mean, 1.0 / total),
        "tau": (tau[:, 0], np.zeros(len(tau))),
        "theta": (centre, spread),
    }
    found = {name: moments(weights, *each) for name, each in of.items()}
    means, sds = ({name: pair[place] for name, pair in found.items()} for place in (0, 1))
    return means, sds


def moments(weights: Any, means: Any, variances: Any) -> tuple[Any, Any]:
    """Return mean and sd of a mixture of Normals, whose dim is the first of each array."""
    mean = np.tensordot(weights, means, axes=1)
    return mean, np.sqrt(np.tensordot(weights, variances + (means - mean) ** 2, axes=1))


FORMS = {"centered": centered, "noncentered": noncentered, "marginal": marginal}
COMPLETE = {"marginal": complete_marginal}
