"""A cell whose draws are there at once: all of it is real but the sampling."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from hierbench.cell.fit import CompiledModels
from hierbench.models import Trait
from hierbench.models.homes.forms import Regression
from hierbench.records import Fit

CHAINS, DRAWS = 2, 40
SCALARS = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")


class Planted:
    """A compiled model that samples at once, after whatever a test lets happen meanwhile."""

    def __init__(self, groups: int, meanwhile: Callable[[int], None]) -> None:
        self.groups, self.meanwhile = groups, meanwhile

    def sample(self, values, settings, *, seed, cores):
        """Return draws of a generator with that seed."""
        self.meanwhile(seed)
        rng = np.random.default_rng(seed)
        posterior = {name: rng.uniform(1.0, 2.0, (CHAINS, DRAWS)) for name in SCALARS}
        size = (CHAINS, DRAWS, self.groups)
        posterior |= {name: rng.normal(size=size) for name in ("alpha", "beta")}
        diverging = np.zeros((CHAINS, DRAWS), dtype=bool)
        return Fit(posterior, {"diverging": diverging}, {}, {}, 1.0, 1.0)


def plant(monkeypatch, meanwhile: Callable[[int], None] = lambda seed: None) -> None:
    """Let every model that is compiled from now on be a planted one."""

    def get(self, cell, values=None):
        return Planted(len(cell.dataset.labels), meanwhile), {}

    monkeypatch.setattr(CompiledModels, "get", get)


@dataclass(frozen=True)
class BuiltBy(Regression):
    """A form whose model another function builds."""

    maker: Callable[..., Any]

    def build(self, *arguments: Any) -> Any:
        """Return what `maker` builds."""
        return self.maker(*arguments)


def built_by(form: Regression, maker: Callable[..., Any], name: str = "") -> BuiltBy:
    """Return `form` with a model that `maker` builds, under another name where one is given."""
    known = {of.name: getattr(form, of.name) for of in fields(Regression)}
    changed = {"name": name or form.name, "traits": form.traits & ~Trait.STAN}
    return BuiltBy(**known | changed, maker=maker)
