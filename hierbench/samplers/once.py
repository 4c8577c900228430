"""The first call of compiled functions, which costs more than the next: made outside the clock."""

from typing import Protocol

import pymc as pm

from hierbench.records import Arrays, Fit, SamplerSettings

__all__ = ["sample_once"]

ONE_STEP = SamplerSettings("any", 1, 1, 1, 0.8, 1)


class Sampling(Protocol):
    """What samples."""

    def sample(self, values: Arrays, settings: SamplerSettings, *, seed: int, cores: int) -> Fit:
        """Fit with the data and prior scales in `values`."""
        ...


def sample_once(compiled: Sampling, model: pm.Model) -> None:
    """Sample one step of one chain with the data that `model` holds."""
    values = {data.name: data.get_value() for data in model.data_vars}
    compiled.sample(values, ONE_STEP, seed=0, cores=1)
