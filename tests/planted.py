"""A cell whose draws are there at once: all of it is real but the sampling."""

from collections.abc import Callable

import numpy as np

from hierbench.cell.fit import CompiledModels
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

    def get(self, cell):
        return Planted(len(cell.dataset.labels), meanwhile), {}

    monkeypatch.setattr(CompiledModels, "get", get)
