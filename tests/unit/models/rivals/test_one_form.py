"""What the checks of a form by itself say."""

import socket

import pytest

from hierbench.models.rivals.building import NetworkError, without_network
from tests.unit.models.rivals.conftest import failed

LAST = 'outcome(pm.Deterministic("site_effect", level + tau * z, dims="sites"), slope, data)'
EFFECT = 'effect = pm.Deterministic("site_effect", level + tau * z, dims="sites")'
RATE = f'{EFFECT}; rate = pm.math.exp(effect[data["site"]] + slope * data["x"])'
OBSERVED = 'observed=data["count"]'
Y = f'pm.Poisson("y", rate, {OBSERVED})'
HYPER = "level, slope, tau = hyper(scale)\n    z = "
LEVEL = 'level, slope = pm.Normal("level", 0, {}), pm.Normal("slope", 0, scale["slope"]); tau = {}'
OWN, TAU = 'scale["level"]', 'pm.HalfNormal("tau", scale["tau"])'

CASES = {
    "an error": [(LAST, LAST.replace("tau * z", "tau * zz"))],
    "random numbers": [
        (LAST, f"{RATE}; by = np.random.default_rng().uniform(); {Y.replace('rate', 'rate * by')}")
    ],
    "network": [(LAST, f'import socket; socket.create_connection(("localhost", 9)); {LAST}')],
    "discrete": [(LAST, f'{RATE}; k = pm.Poisson("k", 2.0); {Y.replace("rate", "rate + k")}')],
    "missing values": [
        (LAST, f'{RATE}; pm.Normal("y", rate, observed=np.array([1.0, np.nan] * 6))')
    ],
    "minibatch": [
        (
            LAST,
            f'{EFFECT}; x, count = pm.Minibatch(data["x"], data["count"], batch_size=4); '
            'pm.Poisson("y", pm.math.exp(level + slope * x), observed=count, total_size=12)',
        )
    ],
    "lost": [(LAST, f'pm.Normal("lost"); {LAST}')],
    "a constant of the data": [
        (LAST, LAST.replace("data)", '{**data, "x": data["x"] - data["x"].get_value().mean()})'))
    ],
    "a constant of the scale": [(HYPER, LEVEL.format(f"float({OWN}.eval())", TAU) + "\n    z = ")],
    "an unused scale": [(HYPER, LEVEL.format("1.0", TAU) + "\n    z = ")],
    "a scale in the likelihood": [
        (LAST, f"{RATE}; {Y.replace('rate', 'rate * (1 + ' + OWN + ')')}")
    ],
    "a bad start": [(LAST, f'{LAST}; pm.Potential("wall", pm.math.log(slope - 5))')],
    "an estimand missing": [(LAST, LAST.replace('"site_effect"', '"effect"'))],
    "no dims": [(LAST, LAST.replace(', dims="sites"', ""))],
}
SAID = {
    "an error": ("builds", "NameError"),
    "random numbers": ("builds", "another graph"),
    "network": ("builds", "opens a network connection"),
    "discrete": ("free", "k is discrete"),
    "missing values": ("free", "are missing"),
    "minibatch": ("free", "give all rows"),
    "lost": ("reach", "lost reaches no observed"),
    "a constant of the data": ("constants", "read it from data"),
    "a constant of the scale": ("constants", "read it from scale"),
    "an unused scale": ("scale", "scale of level changes nothing"),
    "a scale in the likelihood": ("scale", "scale of level changes the likelihood"),
    "a bad start": ("start", "at the initial point"),
    "an estimand missing": ("dims", "has no site_effect"),
    "no dims": ("dims", "give both the same dims="),
}
QUICK = ("an error", "network", "discrete")


@pytest.mark.parametrize(
    "case", [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow) for one in CASES]
)
def test_fault_of_one_form_is_one_sentence(checked, case):
    check, words = SAID[case]
    changes = [("import pymc as pm\n", "import numpy as np\nimport pymc as pm\n"), *CASES[case]]
    found = failed(checked("counts", *changes, forms=["noncentered"]))
    assert words in found["noncentered", check]
    assert "\n" not in found["noncentered", check]
    assert "noncentered" in found["noncentered", check]


def test_network_is_back_afterwards():
    before = socket.socket.connect, socket.getaddrinfo
    with without_network(), pytest.raises(NetworkError):
        socket.create_connection(("localhost", 9))
    assert (socket.socket.connect, socket.getaddrinfo) == before
