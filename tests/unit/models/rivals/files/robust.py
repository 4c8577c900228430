"""Group means under a Student-t likelihood, whose degrees of freedom are unknown."""

import pymc as pm

PRIOR = {"centre": 3.0, "tau": 1.0, "noise": 1.0}
ESTIMANDS = {"hyper": ("centre", "tau", "noise", "nu"), "effects": ("mean",)}
DATA = {
    "value": (1.2, 0.3, 8.2, -0.4, 0.8, 1.9, 0.1, 0.7, 1.4, -1.1, 0.2, 0.9),
    "group": (0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3),
}


def data(table):
    return {name: table[name] for name in DATA}, {"groups": ("a", "b", "c", "d")}


def hyper(scale):
    centre, tau = pm.Normal("centre", 0, scale["centre"]), pm.HalfCauchy("tau", scale["tau"])
    return centre, tau


def outcome(mean, data, scale):
    noise, nu = pm.HalfNormal("noise", scale["noise"]), pm.Gamma("nu", 2, 0.1)
    at = mean[data["group"]]
    pm.StudentT("y", nu=nu, mu=at, sigma=noise, observed=data["value"])


def centered(data, scale):
    centre, tau = hyper(scale)
    outcome(pm.Normal("mean", centre, tau, dims="groups"), data, scale)


def noncentered(data, scale):
    centre, tau = hyper(scale)
    z = pm.Normal("z", 0, 1, dims="groups")
    outcome(pm.Deterministic("mean", centre + tau * z, dims="groups"), data, scale)


FORMS = {"centered": centered, "noncentered": noncentered}
