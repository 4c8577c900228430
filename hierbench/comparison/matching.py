"""The settings that two sweeps share, and the cells of each side."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hierbench.comparison.cells import is_number
from hierbench.comparison.settings import finished_of, grouped
from hierbench.errors import ConfigError

__all__ = ["Matched", "Shared", "matched"]

THEN, NOW = "then", "now"


@dataclass(frozen=True)
class Shared:
    """One setting that both sweeps have.

    Attributes
    ----------
    posterior : str
        What it samples.
    axes : mapping of str to str
        The parameters that differ among all settings of the two sweeps.
    then, now : DataFrame
        Its cells that ended, on each side.
    """

    posterior: str
    axes: Mapping[str, str]
    then: pd.DataFrame
    now: pd.DataFrame

    @property
    def sides(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Both sides."""
        return self.then, self.now

    @property
    def passing(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The cells of both sides that finished and passed the gate."""
        one, other = (
            side[finished_of(side) & np.asarray(side["gate"] == "passed")] for side in self.sides
        )
        return one, other

    @property
    def same_draws(self) -> int:
        """How many cells of one cell_key have the same draws, bit for bit, on both sides."""
        one, other = (
            side.drop_duplicates("cell_key").set_index("cell_key")["draws_digest"]
            for side in self.passing
        )
        both = one.index.intersection(other.index)
        here, there = one.loc[both], other.loc[both]
        return int(((here == there) & (here != "")).sum())

    @property
    def paired(self) -> bool:
        """Whether every passing cell has the same draws on the other side."""
        one, other = self.passing
        return len(one) == len(other) == self.same_draws > 0


@dataclass(frozen=True)
class Matched:
    """Two sweeps side by side.

    Attributes
    ----------
    shared : tuple of Shared
        The settings of both.
    only_then, only_now : int
        Settings of one alone.
    """

    shared: tuple[Shared, ...]
    only_then: int
    only_now: int

    def side(self, place: int) -> pd.DataFrame:
        """Return the finished cells of the shared settings, then (0) or now (1)."""
        cells = pd.concat([setting.sides[place] for setting in self.shared], ignore_index=True)
        return cells[finished_of(cells)].reset_index(drop=True)


def matched(then: pd.DataFrame, now: pd.DataFrame) -> Matched:
    """Return which settings two tables of cells share: the same posterior and parameters.

    A parameter that only one of the two has is none to go by: a version may have added it.

    Raises
    ------
    ConfigError
        If they share none.
    """
    sides = [cells[cells["status"] != "RUNNING"].assign(side=name)
             for cells, name in ((then, THEN), (now, NOW))]  # fmt: skip
    both = pd.concat(sides, ignore_index=True)
    text = [name for name in both.columns if not is_number(both[name])]
    both[text] = both[text].fillna("")
    groups = grouped(both.drop(columns="side"))
    here = np.asarray(both["side"] == NOW)
    has = [set(groups.codes[~here].tolist()), set(groups.codes[here].tolist())]
    common = sorted(has[0] & has[1])
    if not common:
        raise ConfigError(
            "--baseline: the two sweeps share no setting (the same data, model, prior and form, "
            "seeds apart); choose a sweep of the same grid"
        )
    return Matched(
        shared=tuple(shared(both, groups.codes, groups.names[i], groups.axes, i) for i in common),
        only_then=len(has[0] - has[1]),
        only_now=len(has[1] - has[0]),
    )


def shared(
    both: pd.DataFrame,
    codes: NDArray[np.intp],
    name: tuple[str, ...],
    axes: tuple[str, ...],
    code: int,
) -> Shared:
    """Return the cells of one setting."""
    cells = both[codes == code]
    one, other = (
        cells[cells["side"] == side].drop(columns="side").reset_index(drop=True)
        for side in (THEN, NOW)
    )
    return Shared(name[0], dict(zip(axes, name[1:], strict=True)), one, other)
