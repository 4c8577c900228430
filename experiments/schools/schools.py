"""Eight schools (Rubin 1981): treatment effects, known standard errors.

Written as in a notebook, in the two ways of which nobody knows beforehand which one samples
better; docs/your-model.md goes through it.
"""

import pymc as pm

PRIOR = {"mu": 5.0, "tau": 5.0}
ESTIMANDS = {"hyper": ("mu", "tau"), "effects": ("theta",)}
NECKS = ("tau",)
DATA = "schools.csv"


def data(table):
    """Return the arrays that the forms read, and the labels of the schools."""
    return {"effect": table["y"], "error": table["sigma"]}, {"school": table["school"]}


def centered(data, scale):
    """Draw the effects from their Normal."""
    mu, tau = pm.Normal("mu", 0, scale["mu"]), pm.HalfCauchy("tau", scale["tau"])
    theta = pm.Normal("theta", mu, tau, dims="school")
    pm.Normal("y", theta, data["error"], observed=data["effect"], dims="school")


def noncentered(data, scale):
    """Shift and scale standard Normal offsets."""
    mu, tau = pm.Normal("mu", 0, scale["mu"]), pm.HalfCauchy("tau", scale["tau"])
    z = pm.Normal("z", 0, 1, dims="school")
    theta = pm.Deterministic("theta", mu + tau * z, dims="school")
    pm.Normal("y", theta, data["error"], observed=data["effect"], dims="school")


FORMS = {"centered": centered, "noncentered": noncentered}
