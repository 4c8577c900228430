"""A level that walks at random: its states or its innovations are sampled."""

import pymc as pm

PRIOR = {"first": 2.0, "tau": 0.7, "noise": 1.0}
ESTIMANDS = {"hyper": ("tau", "noise"), "states": ("level",)}
DATA = {"value": (0.3, 0.9, 0.4, 1.6, 2.2, 1.7, 2.9, 2.4), "spot": (0, 1, 2, 3, 4, 5, 6, 7)}


def data(table):
    return {"value": table["value"]}, {"step": table["spot"]}


def hyper(scale):
    return pm.HalfNormal("tau", scale["tau"]), pm.HalfNormal("noise", scale["noise"])


def states(data, scale):
    tau, noise = hyper(scale)
    first = pm.Normal.dist(0, scale["first"])
    level = pm.GaussianRandomWalk("level", mu=0, sigma=tau, init_dist=first, dims="step")
    pm.Normal("y", level, noise, observed=data["value"], dims="step")


def innovations(data, scale):
    tau, noise = hyper(scale)
    z = pm.Normal("z", 0, 1, dims="step")
    steps = pm.math.concatenate([z[:1] * scale["first"], z[1:] * tau])
    level = pm.Deterministic("level", steps.cumsum(), dims="step")
    pm.Normal("y", level, noise, observed=data["value"], dims="step")


FORMS = {"states": states, "innovations": innovations}
