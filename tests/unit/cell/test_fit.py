"""Seconds of a cell's parts, against clocks around slow parts planted in their place.

A part takes at least what was planted in it, and at most what the whole took less all that was
planted elsewhere: no tolerance is needed, however busy the machine is.
"""

from contextlib import contextmanager
from dataclasses import replace
from time import monotonic, sleep
from types import SimpleNamespace

import numpy as np
import pytest

from hierbench.cell import fit, plan_cell
from hierbench.cell.fit import CompiledModels, fit_cell
from hierbench.config.plain import from_plain
from hierbench.models import model_of
from hierbench.models.homes.rows import Rows
from hierbench.records import Fit
from hierbench.samplers.compilations import note_compilation

CHAINS, DRAWS = 2, 40
SECONDS = {"build": 0.02, "compile": 0.03, "prepare": 0.02, "sample": 0.04, "diagnose": 0.03}


class Planted:
    """A compiled model that samples at once, and all that is slow about a cell."""

    def __init__(self, whole):
        self.whole, self.taken = whole, dict.fromkeys(SECONDS, 0.0)

    @contextmanager
    def slow(self, part):
        """Take the seconds of `part`, and note how many they came to."""
        start = monotonic()
        sleep(SECONDS[part])
        yield
        self.taken[part] += monotonic() - start

    def prepare(self, settings):
        with self.slow("prepare"):
            pass

    def sample(self, values, settings, *, seed, cores):
        with self.slow("sample"):
            return drawn()

    def bounds(self, *parts):
        """Return the least and the most that `parts` together can have taken."""
        own = sum(self.taken[part] for part in parts)
        return own, self.whole() - (sum(self.taken.values()) - own)


def drawn():
    rng = np.random.default_rng(1)
    scalars = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")
    posterior = {name: rng.uniform(1.0, 2.0, (CHAINS, DRAWS)) for name in scalars}
    posterior |= {name: rng.normal(size=(CHAINS, DRAWS, 2)) for name in ("alpha", "beta")}
    return Fit(posterior, {"diverging": np.zeros((CHAINS, DRAWS), dtype=bool)}, {}, {}, 1.0, 1.0)


def planned(**changes):
    x, group = np.arange(8.0), np.repeat([0, 1], 4)
    table = Rows("tiny", x, 2 * x, group, ("a", "b"), "area [m2]", "price [EUR]")
    asked = {"parameterization": "centered", "artifacts": "minimal", **changes}
    return plan_cell(from_plain(asked), table)


@pytest.fixture
def planted(monkeypatch):
    """Put slow parts in the place of the model's, the sampler's and the diagnosis' own."""
    start = monotonic()
    found = Planted(lambda: monotonic() - start)
    diagnose = fit.diagnose

    def build(*_):
        with found.slow("build"):
            return SimpleNamespace(named_vars_to_dims={})

    def compile_model(*_):
        with found.slow("compile"):
            return found

    def diagnosed(*values, **known):
        with found.slow("diagnose"):
            return diagnose(*values, **known)

    abilities = replace(model_of("homes").load(), build=build)
    monkeypatch.setattr(fit, "able", lambda _: abilities)
    monkeypatch.setattr(fit, "compile_model", compile_model)
    monkeypatch.setattr(fit, "diagnose", diagnosed)
    return found


def test_seconds_of_a_new_model_are_those_of_its_building_and_its_compilation(planted):
    found = CompiledModels().get(planned())[1]
    building, compiling = planted.bounds("build"), planted.bounds("compile", "prepare")
    assert building[0] <= found["build_seconds"] <= building[1]
    assert compiling[0] <= found["compile_seconds"] <= compiling[1]


def test_seconds_of_a_model_that_is_there_are_those_of_its_preparation(planted):
    models = CompiledModels()
    models.get(planned())
    before, start = dict(planted.taken), monotonic()
    found = models.get(planned())[1]
    preparing = planted.taken["prepare"] - before["prepare"]
    assert found["build_seconds"] == 0.0
    assert preparing <= found["compile_seconds"] <= monotonic() - start


def test_seconds_of_a_diagnosis_are_its_own(planted):
    clocks = fit_cell(planned(), CompiledModels(), 1).clocks
    least, most = planted.bounds("diagnose")
    assert least <= clocks["diagnose_seconds"] <= most


def test_window_of_a_cell_is_its_sampling(planted):
    window = fit_cell(planned(), CompiledModels(), 1).window
    least, most = planted.bounds("sample")
    assert least <= window.seconds <= most


def test_cell_is_fresh_where_it_compiled_and_cached_where_all_was_there(planted, monkeypatch):
    """An earlier cell's functions and those on disk count alike: nothing is compiled now."""
    models, asked = CompiledModels(), planned()
    compile_model = fit.compile_model

    def compiling(*given):
        note_compilation("density")
        return compile_model(*given)

    assert fit_cell(planned(), CompiledModels(), 1).compiled == "cached"
    monkeypatch.setattr(fit, "compile_model", compiling)
    assert [fit_cell(asked, models, 1).compiled for _ in range(2)] == ["fresh", "cached"]
