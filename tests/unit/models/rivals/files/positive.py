"""A scale with a log-Normal prior, written three ways: the density needs its Jacobian."""

import pymc as pm

PRIOR = {"centre": 2.0, "tau": 0.8}
ESTIMANDS = {"hyper": ("centre", "tau"), "effects": ("mean",)}
DATA = {"value": (1.2, 0.3, 2.2, -0.4, 0.8), "error": (1.0, 0.5, 0.8, 1.2, 0.7)}


def data(table):
    return {name: table[name] for name in DATA}, {"row": ("a", "b", "c", "d", "e")}


def rest(tau, data, scale):
    centre = pm.Normal("centre", 0, scale["centre"])
    mean = pm.Normal("mean", centre, tau, dims="row")
    pm.Normal("y", mean, data["error"], observed=data["value"], dims="row")


def direct(data, scale):
    rest(pm.LogNormal("tau", 0, scale["tau"]), data, scale)


def logarithm(data, scale):
    log_tau = pm.Normal("log_tau", 0, scale["tau"])
    rest(pm.Deterministic("tau", pm.math.exp(log_tau)), data, scale)


def by_hand(data, scale):
    log_tau = pm.Flat("log_tau")
    tau = pm.Deterministic("tau", pm.math.exp(log_tau))
    density = pm.logp(pm.LogNormal.dist(0, scale["tau"]), tau)
    pm.Potential("tau_prior", density + log_tau)
    rest(tau, data, scale)


FORMS = {"direct": direct, "logarithm": logarithm, "by_hand": by_hand}
