"""The grid that validates: every form and likelihood, on data whose posteriors are known."""

from collections.abc import Sequence

from hierbench.cell import is_supported
from hierbench.config.schema import LIKELIHOODS, Config
from hierbench.errors import ConfigError
from hierbench.models import FORMS
from hierbench.sweeps.plan import SweepPlan
from hierbench.sweeps.typed import composed, replaced

__all__ = ["plans_of"]

DATA = (
    ("data=sacramento",),
    ("data=radon", "prior=halfnormal"),
    ("data=berlin_like", "data.rows=500", "data.groups=30"),
)
"""Where no data are asked for: small ones, whose posteriors ship with a reference."""

GRID = (
    f"parameterization={','.join(FORMS)}",
    f"likelihood={','.join(LIKELIHOODS)}",
)
SETTINGS = (
    "sampler.draws=3000",
    "sampler.target_accept=0.95",
    "artifacts=minimal",
    "plots=none",
)
"""So that every form that mixes well passes the gate."""


def plans_of(asked: Sequence[str]) -> list[SweepPlan]:
    """Return a sweep for each data set, all planned before the first fit."""
    keys = {text.partition("=")[0] for text in asked}
    if "experiments" in keys:
        raise ConfigError(
            "experiments=...: `hierbench validate` makes its own grid; give keys alone, or judge "
            "the experiment's sweep with `hierbench validate --of SWEEP_ID`"
        )
    explicit = {"parameterization", "likelihood"} <= keys

    def keep(config: Config) -> bool:
        return explicit or is_supported(config)

    data = ((),) if "data" in keys else DATA
    return [composed(replaced([*of, *GRID, *SETTINGS], asked), keep) for of in data]
