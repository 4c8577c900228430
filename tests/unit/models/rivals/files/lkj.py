"""Intercept and slope by group, correlated: LKJ's prior, centred or not."""

import pymc as pm
import pytensor.tensor as pt

PRIOR = {"centre": 2.0, "noise": 1.0}
ESTIMANDS = {
    "hyper": ("centre", "spread", "correlation", "noise"),
    "effects": ("effect",),
}
DATA = {
    "value": (1.2, 0.3, 2.2, -0.4, 0.8, 1.9, 0.1, 0.7, 1.4, -1.1, 0.2, 0.9),
    "group": (0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3),
    "x": (-1.0, 0.0, 1.0, -0.5, 0.5, 1.5, -1.2, 0.3, 0.9, -0.7, 0.1, 0.6),
}


def data(table):
    coords = {"groups": ("a", "b", "c", "d"), "term": ("intercept", "slope")}
    return {name: table[name] for name in DATA}, coords


def hyper(scale):
    centre = pm.Normal("centre", 0, scale["centre"], dims="term")
    deviation = pm.Exponential.dist(1.0, shape=2)
    factor, correlation, spread = pm.LKJCholeskyCov("factor", n=2, eta=2.0, sd_dist=deviation)
    pm.Deterministic("spread", spread, dims="term")
    pm.Deterministic("correlation", correlation[0, 1])
    return centre, factor, pm.HalfNormal("noise", scale["noise"])


def outcome(effect, noise, data):
    mean = effect[data["group"], 0] + effect[data["group"], 1] * data["x"]
    pm.Normal("y", mean, noise, observed=data["value"])


def centered(data, scale):
    centre, factor, noise = hyper(scale)
    outcome(pm.MvNormal("effect", centre, chol=factor, dims=("groups", "term")), noise, data)


def noncentered(data, scale):
    centre, factor, noise = hyper(scale)
    z = pm.Normal("z", 0, 1, dims=("groups", "term"))
    effect = centre + pt.dot(z, factor.T)
    outcome(pm.Deterministic("effect", effect, dims=("groups", "term")), noise, data)


FORMS = {"centered": centered, "noncentered": noncentered}
