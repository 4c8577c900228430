"""Effects of a factor that sum to zero, and their overall level."""

import pymc as pm

PRIOR = {"level": 2.0, "tau": 1.0, "noise": 1.0}
ESTIMANDS = {"hyper": ("level", "tau", "noise"), "effects": ("effect",)}
DATA = {
    "value": (1.2, 0.3, 2.2, -0.4, 0.8, 1.9, 0.1, 0.7, 1.4, -1.1, 0.2, 0.9),
    "kind": (0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3),
}


def data(table):
    return {name: table[name] for name in DATA}, {"kinds": ("a", "b", "c", "d")}


def outcome(effect, data, scale):
    level, noise = pm.Normal("level", 0, scale["level"]), pm.HalfNormal("noise", scale["noise"])
    pm.Normal("y", level + effect[data["kind"]], noise, observed=data["value"])


def centered(data, scale):
    tau = pm.Exponential("tau", scale=scale["tau"])
    outcome(pm.ZeroSumNormal("effect", tau, dims="kinds"), data, scale)


def noncentered(data, scale):
    tau = pm.Exponential("tau", scale=scale["tau"])
    z = pm.ZeroSumNormal("z", 1.0, dims="kinds")
    outcome(pm.Deterministic("effect", tau * z, dims="kinds"), data, scale)


def projected(data, scale):
    """Take the mean off Normal offsets: one free number more, and the same effects."""
    tau = pm.Exponential("tau", scale=scale["tau"])
    z = pm.Normal("z", 0, 1, dims="kinds")
    outcome(pm.Deterministic("effect", tau * (z - z.mean()), dims="kinds"), data, scale)


FORMS = {"centered": centered, "noncentered": noncentered, "projected": projected}
