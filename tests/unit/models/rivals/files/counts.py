"""Counts by site: a Poisson regression whose intercept varies by site."""

import pymc as pm

PRIOR = {"level": 1.0, "slope": 1.0, "tau": 0.5}
ESTIMANDS = {"hyper": ("level", "slope", "tau"), "effects": ("site_effect",)}
NECKS = ("tau",)
DATA = {
    "count": (2, 0, 3, 1, 4, 2, 0, 1, 1, 5, 3, 2),
    "site": (0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3),
    "x": (0.4, 1.0, 1.7, 0.1, 0.5, 1.3, 0.7, 0.9, 1.1, 0.2, 0.8, 1.9),
}


def data(table):
    return {name: table[name] for name in DATA}, {"sites": ("a", "b", "c", "d")}


def hyper(scale):
    level, slope = pm.Normal("level", 0, scale["level"]), pm.Normal("slope", 0, scale["slope"])
    return level, slope, pm.HalfNormal("tau", scale["tau"])


def outcome(effect, slope, data):
    rate = pm.math.exp(effect[data["site"]] + slope * data["x"])
    pm.Poisson("y", rate, observed=data["count"])


def centered(data, scale):
    level, slope, tau = hyper(scale)
    outcome(pm.Normal("site_effect", level, tau, dims="sites"), slope, data)


def noncentered(data, scale):
    level, slope, tau = hyper(scale)
    z = pm.Normal("z", 0, 1, dims="sites")
    outcome(pm.Deterministic("site_effect", level + tau * z, dims="sites"), slope, data)


FORMS = {"centered": centered, "noncentered": noncentered}
