"""Success by pilot and airport, crossed: each factor centred or not, four forms."""

from functools import partial

import pymc as pm

PRIOR = {"level": 1.5, "spread_pilot": 1.0, "spread_airport": 1.0}
ESTIMANDS = {
    "hyper": ("level", "spread_pilot", "spread_airport"),
    "effects": ("pilot_effect", "airport_effect"),
}
DATA = {
    "good": (3, 5, 1, 0, 6, 2, 4, 4, 3, 2, 5, 1),
    "tried": (6, 6, 4, 5, 7, 6, 8, 5, 6, 4, 9, 3),
    "pilot": (0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3),
    "airport": (0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2),
}


def data(table):
    coords = {"pilots": ("a", "b", "c", "d"), "airports": ("x", "y", "z")}
    return {name: table[name] for name in DATA}, coords


def effect(factor, centered, scale):
    spread = pm.Exponential(f"spread_{factor}", scale=scale[f"spread_{factor}"])
    if centered:
        return pm.Normal(f"{factor}_effect", 0, spread, dims=f"{factor}s")
    z = pm.Normal(f"z_{factor}", 0, 1, dims=f"{factor}s")
    return pm.Deterministic(f"{factor}_effect", spread * z, dims=f"{factor}s")


def form(data, scale, pilot, airport):
    level = pm.Normal("level", 0, scale["level"])
    of_pilot, of_airport = effect("pilot", pilot, scale), effect("airport", airport, scale)
    logit = level + of_pilot[data["pilot"]] + of_airport[data["airport"]]
    pm.Binomial("y", data["tried"], logit_p=logit, observed=data["good"])


FORMS = {
    "cc": partial(form, pilot=True, airport=True),
    "cn": partial(form, pilot=True, airport=False),
    "nc": partial(form, pilot=False, airport=True),
    "nn": partial(form, pilot=False, airport=False),
}
