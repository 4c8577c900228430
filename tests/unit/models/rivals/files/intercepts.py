"""Group means of Normal rows, centred, non-centred, and integrated out of the density."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt

PRIOR = {"centre": 2.0, "tau": 1.0, "noise": 1.0}
ESTIMANDS = {"hyper": ("centre", "tau", "noise"), "effects": ("mean",)}
DATA = {
    "value": (1.2, 0.3, 2.2, -0.4, 0.8, 1.9, 0.1, 0.7, 1.4, -1.1, 0.2, 0.9),
    "group": (0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 3),
}
GROUPS = 4


def data(table):
    return {name: table[name] for name in DATA}, {"groups": ("a", "b", "c", "d")}


def hyper(scale):
    centre, tau = pm.Normal("centre", 0, scale["centre"]), pm.Exponential("tau", scale=scale["tau"])
    return centre, tau, pm.Exponential("noise", scale=scale["noise"])


def centered(data, scale):
    centre, tau, noise = hyper(scale)
    mean = pm.Normal("mean", centre, tau, dims="groups")
    pm.Normal("y", mean[data["group"]], noise, observed=data["value"])


def noncentered(data, scale):
    centre, tau, noise = hyper(scale)
    z = pm.Normal("z", 0, 1, dims="groups")
    mean = pm.Deterministic("mean", centre + tau * z, dims="groups")
    pm.Normal("y", mean[data["group"]], noise, observed=data["value"])


def marginal(data, scale):
    centre, tau, noise = hyper(scale)
    member = pt.eq(data["group"][None, :], np.arange(GROUPS)[:, None])
    rows = member.sum(axis=1)
    residual = data["value"] - centre
    total = (member * residual).sum(axis=1)
    variance = noise**2 + rows * tau**2
    squares = (residual**2).sum() / noise**2 - (tau**2 * total**2 / variance).sum() / noise**2
    log_det = pt.log(variance).sum() + 2 * (rows - 1).sum() * pt.log(noise)
    pm.Potential("y", -0.5 * (squares + log_det))


def complete(rng, data, scale, hyper):
    member = data["group"][None, :] == np.arange(GROUPS)[:, None]
    rows, total = member.sum(axis=1), (member * data["value"]).sum(axis=1)
    centre, tau, noise = (hyper[name][:, None] for name in ("centre", "tau", "noise"))
    precision = rows / noise**2 + 1 / tau**2
    middle = (total / noise**2 + centre / tau**2) / precision
    return {"mean": middle + rng.normal(size=middle.shape) / np.sqrt(precision)}


FORMS = {"centered": centered, "noncentered": noncentered, "marginal": marginal}
COMPLETE = {"marginal": complete}
