"""The cells of a sweep, checked before the first fit, in the order they will run."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from hierbench.cell import PlannedCell, plan_cell
from hierbench.config.earlier import from_earlier
from hierbench.config.flat import flat, without_password
from hierbench.config.options import GROUPS
from hierbench.config.plain import from_plain
from hierbench.config.schema import Config
from hierbench.dataset import Dataset
from hierbench.errors import ConfigError, DataError
from hierbench.models import Source
from hierbench.models.data import asked_data, load
from hierbench.models.recalled import model_record
from hierbench.models.recorded import load_recorded
from hierbench.provenance import code_sha256
from hierbench.shown import printable, redacted_uri
from hierbench.sweeps.copies import Models
from hierbench.sweeps.stored import fault_of

__all__ = [
    "SweepPlan",
    "changes",
    "loader",
    "name_of_data",
    "plan_sweep",
    "stored",
    "stored_configs",
    "stored_values",
    "unstored",
]

type Load = Callable[[Config], Dataset]


@dataclass(frozen=True)
class SweepPlan:
    """What a sweep will run.

    Attributes
    ----------
    cells : tuple of PlannedCell
        In running order.
    axes : mapping of str to tuple of str
        The values of every key that differs among the cells.
    overrides : tuple of str
        What the user asked for, in Hydra's grammar, a password hidden; of a plan read back, text
        and no more.
    mode : str
        The launcher: basic or local.
    """

    cells: tuple[PlannedCell, ...]
    axes: Mapping[str, tuple[str, ...]]
    overrides: tuple[str, ...]
    mode: str

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """The data sets of the cells, each once."""
        return tuple({cell.dataset.arrays_sha256: cell.dataset for cell in self.cells}.values())

    @property
    def workers(self) -> int:
        """Cells at once."""
        return max((cell.config.workers for cell in self.cells), default=1)


def plan_sweep(
    configs: Sequence[Config], load: Load, overrides: Sequence[str], mode: str
) -> SweepPlan:
    """Plan the cells of `configs`; `load` is called once for each data set.

    A cell asked for twice runs once. Seeds are interleaved: all settings run with the first
    seed, then all with the next, so that a drift of the machine meets every setting alike.

    Raises
    ------
    HierbenchError
        If one of the cells cannot run.
    """
    datasets: dict[str, Dataset] = {}
    axes = axes_of(configs)
    cells: dict[str, PlannedCell] = {}
    for config in sorted(configs, key=lambda config: config.seed):
        check_launcher(config, mode)
        name = name_of_data(config)
        if name not in datasets:
            datasets[name] = load(config)
        cell = plan_cell(config, datasets[name], swept=list(axes))
        cells.setdefault(cell.cell_key, cell)
    check_one_file(cells.values())
    return SweepPlan(tuple(cells.values()), axes, tuple(map(redacted_uri, overrides)), mode)


def check_one_file(cells: Iterable[PlannedCell]) -> None:
    """Raise ConfigError where a model's name stands for two files, or for two texts of one."""
    sources: dict[str, Source] = {}
    for cell in cells:
        if cell.source is None:
            continue
        other = sources.setdefault(cell.config.model, cell.source)
        if other.path != cell.source.path:
            raise ConfigError(
                f"model={other.path},{cell.source.path}: both models are named "
                f"{cell.config.model}; rename one of the files"
            )
        if other != cell.source:
            raise ConfigError(
                f"model={other.path}: it was edited while the cells were planned; start again"
            )


def name_of_data(config: Config) -> str:
    """Return what two cells that are fitted to the same data share."""
    return f"{config.model} {asked_data(config)}"


def check_launcher(config: Config, mode: str) -> None:
    """Raise ConfigError for what only worker processes can do."""
    if mode == "local":
        return
    limits = config.limits
    asked = {
        "workers": config.workers if config.workers > 1 else None,
        "limits.cell_seconds": limits.cell_seconds,
        "limits.cell_mib": limits.cell_mib,
    }
    for key, value in asked.items():
        if value is not None:
            raise ConfigError(
                f"{key}={value}: hydra/launcher={mode} runs all cells in this process, one after "
                "another; use hydra/launcher=local"
            )


def axes_of(configs: Sequence[Config]) -> dict[str, tuple[str, ...]]:
    """Return every flat key whose value differs among `configs`, with its values in order.

    A key of a group that differs with the group's option alone comes with the option: it is none.
    """
    rows = [flat(config) for config in configs]
    keys = dict.fromkeys(key for row in rows for key in row)
    values = {key: tuple(dict.fromkeys(str(row.get(key, "")) for row in rows)) for key in keys}
    return {
        key: found
        for key, found in values.items()
        if len(found) > 1 and not follows_option(key, rows)
    }


def follows_option(key: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether `key` has one value for each option of its group."""
    group, dot, _ = key.partition(".")
    if not dot or group not in GROUPS:
        return False
    pairs = {(str(row.get(group)), str(row.get(key, ""))) for row in rows}
    return len(pairs) == len({option for option, _ in pairs})


def stored(plan: SweepPlan) -> dict[str, Any]:
    """Return `plan` as JSON content, with what it was planned on and without a password."""
    cells = [
        {
            "cell_key": cell.cell_key,
            "name": cell.name,
            "config": asdict(without_password(cell.config)),
        }
        for cell in plan.cells
    ]
    sources = {cell.config.model: cell.source for cell in plan.cells if cell.source}
    return {
        "code_sha256": code_sha256(),
        "overrides": list(plan.overrides),
        "mode": plan.mode,
        "cells": cells,
        "files": {
            cell.config.data.path: cell.dataset.file_sha256
            for cell in plan.cells
            if cell.config.data.path is not None
        },
        "models": {name: model_record(source) for name, source in sources.items()},
    }


def unstored(content: Mapping[str, Any], load: Load, models: Models) -> SweepPlan:
    """Plan anew what `stored` wrote, on the data as they are now.

    The overrides are kept as the text that they are: the cells are made of their values.

    Raises
    ------
    HierbenchError
        If the content is not a plan, or one of the cells cannot run any more.
    """
    with stored_values():
        configs = stored_configs(content, models)
        return plan_sweep(configs, load, content["overrides"], content["mode"])


@contextmanager
def stored_values() -> Iterator[None]:
    """Turn what planning on a store's values raises into one printable sentence."""
    try:
        yield
    except MemoryError as err:
        raise ConfigError(
            "the sweep's plan asks for data that do not fit in memory; start a new sweep"
        ) from err
    except (ConfigError, DataError) as err:
        raise type(err)(printable(str(err))) from err


def loader(
    content: Mapping[str, Any], typed: Sequence[str] = (), *, accept_data: bool = False
) -> Load:
    """Return what reads the data of a stored plan: files as recorded, or that the user names.

    Parameters
    ----------
    typed : sequence of str
        Paths that the user typed now.
    accept_data : bool
        Whether the user takes whatever files the plan names.
    """
    files = content.get("files", {})

    def read(config: Config) -> Dataset:
        if accept_data or config.data.path in typed:
            return load(config)
        return load_recorded(config, files.get(config.data.path))

    return read


def stored_configs(content: Mapping[str, Any], models: Models) -> list[Config]:
    """Return the cells' configurations in a stored plan, a user's model by the path of its file.

    Raises
    ------
    ConfigError
        If the content is not a plan, a value of a cell is of the wrong type or out of range, or
        a model is not known here.
    """
    fault = fault_of(content)
    if fault:
        raise ConfigError(
            f"the sweep's plan was not written by hierbench ({fault}); start a new sweep"
        )
    configs = [from_plain(from_earlier(cell["config"])) for cell in content["cells"]]
    records = content.get("models", {})
    found = {name: models.found(name, records) for name in {one.model for one in configs}}
    return [replace(config, model=found[config.model]) for config in configs]


def changes(content: Mapping[str, Any], plan: SweepPlan) -> list[str]:
    """Return what differs between a stored plan and the same plan made now, in words."""
    found = []
    if content["code_sha256"] != code_sha256():
        found.append("the code of hierbench has changed")
    recorded = {cell["cell_key"] for cell in content["cells"]}
    changed = {cell.dataset.name for cell in plan.cells if cell.cell_key not in recorded}
    found += [f"the data of {name} have changed" for name in sorted(changed)]
    return found
