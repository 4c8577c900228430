"""The text of a model's file to begin with; it passes the checks as it is."""

from collections.abc import Mapping
from string import Template

__all__ = ["OUTCOMES", "template"]

TEXT = Template('''"""$title: a mean for each group, drawn from one population.

Change it to your model; docs/your-model.md explains the parts.
"""

import numpy as np
import pymc as pm

# The base scale of each prior: prior.scale=2 doubles all of them, prior.tau=2 sets one.
PRIOR = $prior

# What every form must give, whatever it samples, by block.
ESTIMANDS = $estimands

# Scales at which divergences are located.
NECKS = ("tau",)

# The table that is read where data.path names none (CSV, Parquet, JSON or netCDF).
DATA = {
$table}


def data(table):
    """Return the arrays that the forms read, and the labels of every dim."""
    groups, index = np.unique(table["group"], return_inverse=True)
    return $arrays, {"group": groups}


def centered(data, scale):
    """Draw the groups' means from their Normal."""
    mu = pm.Normal("mu", 0, scale["mu"])
    tau = pm.HalfNormal("tau", scale["tau"])
    theta = pm.Normal("theta", mu, tau, dims="group")
    observe(data, scale, theta)


def noncentered(data, scale):
    """Shift and scale standard Normal offsets: the same posterior, another geometry."""
    mu = pm.Normal("mu", 0, scale["mu"])
    tau = pm.HalfNormal("tau", scale["tau"])
    offset = pm.Normal("offset", 0, 1, dims="group")
    theta = pm.Deterministic("theta", mu + tau * offset, dims="group")
    observe(data, scale, theta)


def observe(data, scale, theta):
    """Add what is observed, the same in every form."""
    of_row = theta[data["group_index"]]
$observed


FORMS = {"centered": centered, "noncentered": noncentered}
''')

PARTS: Mapping[str, Mapping[str, str]] = {
    "normal": {
        "title": "Measurements in groups",
        "prior": '{"mu": 5.0, "tau": 2.5, "noise": 2.5}',
        "estimands": '{"hyper": ("mu", "tau", "noise"), "effects": ("theta",)}',
        "table": """\
    "group": ("a", "a", "a", "b", "b", "b", "c", "c", "d", "d", "e", "e", "f", "g"),
    "y": (2.9, 4.1, 3.2, 1.3, 0.2, 1.9, 3.6, 5.2, 2.4, 1.6, 4.8, 4.3, 0.9, 3.1),
""",
        "arrays": '{"outcome": table["y"], "group_index": index}',
        "observed": """\
    noise = pm.HalfNormal("noise", scale["noise"])
    pm.Normal("y", of_row, noise, observed=data["outcome"])""",
    },
    "binomial": {
        "title": "Successes out of trials in groups",
        "prior": '{"mu": 1.5, "tau": 1.0}',
        "estimands": '{"hyper": ("mu", "tau"), "effects": ("theta",)}',
        "table": """\
    "group": ("a", "b", "c", "d", "e", "f", "g", "h"),
    "successes": (3, 11, 7, 2, 15, 9, 4, 8),
    "trials": (20, 25, 20, 18, 30, 22, 20, 15),
""",
        "arrays": """{
        "successes": table["successes"],
        "trials": table["trials"],
        "group_index": index,
    }""",
        "observed": """\
    pm.Binomial("y", data["trials"], logit_p=of_row, observed=data["successes"])""",
    },
    "poisson": {
        "title": "Counts in groups",
        "prior": '{"mu": 1.5, "tau": 1.0}',
        "estimands": '{"hyper": ("mu", "tau"), "effects": ("theta",)}',
        "table": """\
    "group": ("a", "a", "b", "b", "c", "c", "d", "d", "e", "e", "f", "f", "g", "h"),
    "count": (3, 5, 1, 0, 7, 9, 2, 4, 12, 8, 1, 3, 5, 2),
""",
        "arrays": '{"count": table["count"], "group_index": index}',
        "observed": """\
    pm.Poisson("y", pm.math.exp(of_row), observed=data["count"])""",
    },
}

OUTCOMES = tuple(PARTS)
"""What is observed in the file: the first where nobody chooses."""


def template(outcome: str) -> str:
    """Return the text of a model's file for an outcome, one of `OUTCOMES`."""
    return TEXT.substitute(PARTS[outcome])
