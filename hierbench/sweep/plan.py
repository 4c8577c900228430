"""The cells of a sweep, checked before the first fit, in the order they will run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hierbench.cell import PlannedCell, plan_cell
from hierbench.config.compose import flat
from hierbench.config.schema import Config, DataConfig
from hierbench.records import Dataset

__all__ = ["SweepPlan", "plan_sweep"]


@dataclass(frozen=True)
class SweepPlan:
    """What a sweep will run.

    Attributes
    ----------
    cells : tuple of PlannedCell
        In running order.
    axes : mapping of str to tuple of str
        The values of every key that differs among the cells.
    duplicates : int
        Cells asked for more than once, which run once.
    """

    cells: tuple[PlannedCell, ...]
    axes: Mapping[str, tuple[str, ...]]
    duplicates: int

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """The data sets of the cells, each once."""
        return tuple({cell.dataset.arrays_sha256: cell.dataset for cell in self.cells}.values())


def plan_sweep(configs: Sequence[Config], load: Callable[[DataConfig], Dataset]) -> SweepPlan:
    """Plan the cells of `configs`; `load` is called once for each data set.

    Seeds are interleaved: all settings run with the first seed, then all with the next, so that
    a drift of the machine meets every setting alike.

    Raises
    ------
    HierbenchError
        If one of the cells cannot run.
    """
    datasets: dict[str, Dataset] = {}
    axes = axes_of(configs)
    cells: dict[str, PlannedCell] = {}
    for config in sorted(configs, key=lambda config: config.seed):
        name = repr(config.data)
        if name not in datasets:
            datasets[name] = load(config.data)
        cell = plan_cell(config, datasets[name], swept=list(axes))
        cells.setdefault(cell.cell_key, cell)
    return SweepPlan(tuple(cells.values()), axes, len(configs) - len(cells))


def axes_of(configs: Sequence[Config]) -> dict[str, tuple[str, ...]]:
    """Return every flat key whose value differs among `configs`, with its values in order."""
    rows = [flat(config) for config in configs]
    keys = dict.fromkeys(key for row in rows for key in row)
    values = {key: tuple(dict.fromkeys(str(row.get(key, "")) for row in rows)) for key in keys}
    return {key: found for key, found in values.items() if len(found) > 1}
