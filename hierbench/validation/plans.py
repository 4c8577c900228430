"""The grid that validates: every form and likelihood, on data whose posteriors are known."""

from collections.abc import Sequence

from hierbench.cell import is_supported
from hierbench.config.schema import LIKELIHOODS, Config
from hierbench.errors import ConfigError
from hierbench.sweeps.plan import SweepPlan
from hierbench.sweeps.typed import composed, replaced
from hierbench.validation.designs import asked_model

__all__ = ["plans_of"]

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

    model = asked_model(asked)
    grid = (f"parameterization={','.join(model.forms)}", f"likelihood={','.join(LIKELIHOODS)}")
    data = ((),) if "data" in keys else model.validated
    return [composed(replaced([*of, *grid, *SETTINGS], asked), keep) for of in data]
