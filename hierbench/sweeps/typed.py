"""What a user types made cells: composed by Hydra, checked and planned before any is fitted."""

import tempfile
from collections.abc import Callable, Iterable, Sequence

from hierbench.cell import PlannedCell, plan_cell
from hierbench.config.compose import (
    compose_cell,
    composer,
    composition_errors,
    to_config,
    to_values,
)
from hierbench.config.overrides import check_overrides, keys_of_values
from hierbench.config.quoting import quoted
from hierbench.config.scales import rewritten
from hierbench.config.schema import ALL_FORMS, Config
from hierbench.errors import ConfigError
from hierbench.models.data import load
from hierbench.models.recalled import remember_model
from hierbench.shown import redacted_uri
from hierbench.sweeps.extension import Typed
from hierbench.sweeps.launcher import Composed
from hierbench.sweeps.omitted import with_own
from hierbench.sweeps.plan import SweepPlan, plan_sweep

__all__ = [
    "check_axes",
    "composed",
    "multirun",
    "remember_models",
    "replaced",
    "single_cell",
    "typed_values",
]

ONE_PER_SWEEP = {"artifacts", "gate", "limits", "plots", "predictive", "tracking", "workers"}
"""Keys, and groups of keys, that are no part of a cell_key."""


def single_cell(overrides: Sequence[str]) -> PlannedCell:
    """Return the one cell of `overrides`.

    Raises
    ------
    HierbenchError
        If an override is wrong or is obeyed by a sweep alone, or the cell cannot run.
    """
    check_single(overrides)
    with composer() as hydra:
        config = to_config(compose_cell(hydra, with_own(overrides)))
    if config.parameterization == ALL_FORMS:
        raise ConfigError(
            f"parameterization={ALL_FORMS}: every form of the model, and one cell takes one; use "
            "`hierbench sweep` (--dry-run shows its cells)"
        )
    cell = plan_cell(config, load(config))
    remember_models([cell])
    return cell


def remember_models(cells: Iterable[PlannedCell]) -> None:
    """Remember the models that the user named, so that their runs can be made again."""
    for source in {cell.source for cell in cells}:
        remember_model(source)


def check_single(overrides: Sequence[str]) -> None:
    """Raise ConfigError for an override that only a sweep obeys."""
    for text in overrides:
        key = text.partition("=")[0]
        if key in ("experiments", "workers") or key.startswith("limits."):
            raise ConfigError(
                f"{redacted_uri(text)}: `hierbench run` fits one cell in its own process; use "
                f"`hierbench sweep {redacted_uri(text)}`"
            )


def replaced(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return `old` overrides with those of `new` in place of the same keys.

    >>> replaced(["data=ames", "seed=1,2"], ["seed=3"])
    ['data=ames', 'seed=3']
    """
    by_key = {text.partition("=")[0]: text for text in (*old, *new)}
    return list(by_key.values())


def composed(
    overrides: Sequence[str], keep: Callable[[Config], bool] = lambda _: True
) -> SweepPlan:
    """Let Hydra's multirun compose the cells of `overrides`, and plan those to `keep`."""
    cells = multirun(overrides)
    configs = cells.configs()
    kept = [config for config in configs if keep(config)]
    found = plan_sweep(kept or configs, load, overrides, cells.mode)
    check_axes(found)
    remember_models(found.cells)
    return found


def typed_values(overrides: Sequence[str]) -> Typed:
    """Let Hydra's multirun compose `overrides`, on the defaults, and return the values typed."""
    with composer() as hydra:
        parsed = check_overrides(hydra, overrides)
        keys = keys_of_values(parsed)
    cells = multirun(overrides)
    chooses = any(override.key_or_group == "hydra/launcher" for override in parsed)
    return Typed(keys, tuple(map(to_values, cells.cells)), cells.mode if chooses else None)


def multirun(overrides: Sequence[str]) -> Composed:
    """Let Hydra's multirun compose the cells of `overrides`."""
    with composer() as hydra, tempfile.TemporaryDirectory() as folder:
        check_overrides(hydra, overrides)
        # Hydra writes its multirun.yaml before it composes a cell: not into the store.
        place = [f"hydra.sweep.dir={quoted(folder)}"]
        with composition_errors(overrides):
            batches = hydra.multirun("config", lambda cells: cells, rewritten([*overrides, *place]))
    found: Composed = batches[0][0].return_value
    return found


def check_axes(plan: SweepPlan) -> None:
    """Raise ConfigError when a key was swept that makes no other cell."""
    for key, values in plan.axes.items():
        if key.partition(".")[0] in ONE_PER_SWEEP:
            raise ConfigError(
                f"{key}={','.join(values)}: a sweep takes one value of this key, which does not "
                "change a fit: two would make the same fit twice; give one, or start a sweep for "
                "each"
            )
