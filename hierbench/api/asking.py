"""What every function that fits does first and last: overrides, surroundings, what is not kept."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from hierbench.cell import PlannedCell
from hierbench.config.executors import EXECUTORS
from hierbench.config.keywords import overrides_of
from hierbench.config.surroundings import check_surroundings
from hierbench.errors import ConfigError
from hierbench.executors.server import flags_have_changed, start_server
from hierbench.records import CellResult
from hierbench.sweeps.plan import SweepPlan
from hierbench.tracking import Location, locate

__all__ = ["asked", "begin", "check_local", "keywords", "location_of", "unsent"]


def begin() -> None:
    """Refuse surroundings that nothing can be fitted in, and let the workers' server import."""
    check_surroundings()
    if flags_have_changed():
        raise ConfigError(
            "PYTENSOR_FLAGS: changed since this process first fitted, and its workers have the old "
            "ones; restart the notebook's kernel, or set them back"
        )
    start_server()


def asked(overrides: Sequence[str], keys: Mapping[str, object], store: str | None) -> list[str]:
    """Return everything that was asked for as overrides."""
    named = {} if store is None else {"tracking.uri": [store]}
    return overrides_of(overrides, {**keys, **named})


def location_of(cell: PlannedCell) -> Location:
    """Return where a cell's run is kept."""
    return locate(cell.config.tracking.uri, Path.cwd())


def check_local(plans: Sequence[SweepPlan]) -> None:
    """Raise ConfigError for a sweep that would fit in this process."""
    for plan in plans:
        if not EXECUTORS[plan.mode].apart:
            raise ConfigError(
                f"hydra/launcher={plan.mode}: fits in the process that calls, where NumPy may have "
                "other threads; leave it out, and workers=1 fits one cell after the other"
            )


def unsent(results: Sequence[CellResult]) -> list[str]:
    """Return why the store has not taken results, and what to do."""
    reasons = dict.fromkeys(result.unsent for result in results if result.unsent)
    return [f"not in the store: {reason}; `hierbench sync` sends it" for reason in reasons]


@contextmanager
def keywords() -> Iterator[None]:
    """Let an error name the keyword that was given and not the option of the same name."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(str(error).removeprefix("--")) from error
