"""How a sweep shows itself while it runs: a bar in a terminal or a notebook, else plain lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import nan
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hierbench.records import CellResult, RunStatus
from hierbench.shown import printable

if TYPE_CHECKING:
    from hierbench.sweeps.notebook import Page

__all__ = ["Board", "board", "duration", "eta_seconds", "outcome"]

SHOWN = {
    "elapsed_seconds": "5.1f",
    "r_hat_max": ".3f",
    "ess_bulk_min": "5.0f",
    "divergences": ".0f",
}


def duration(seconds: float) -> str:
    """Return seconds as people say them.

    >>> duration(8.4), duration(75), duration(3725)
    ('8 s', '1 min 15 s', '1 h 2 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def eta_seconds(elapsed_seconds: float, done: int, cells: int) -> float:
    """Return the seconds still to go, at the mean pace so far.

    >>> eta_seconds(10.0, done=2, cells=6)
    20.0
    """
    return elapsed_seconds / done * (cells - done)


def outcome(result: CellResult) -> str:
    """Return one line on how a cell ended."""
    waits = "" if result.sent else "  not sent yet"
    if result.status is not RunStatus.FINISHED:
        return f"{result.status}  {printable(result.tags.get('failure', ''))}{waits}"
    metrics = {name: format(result.metrics.get(name, nan), form) for name, form in SHOWN.items()}
    return (
        f"{metrics['elapsed_seconds']} s  r_hat {metrics['r_hat_max']}  "
        f"ess {metrics['ess_bulk_min']}  div {metrics['divergences']}  "
        f"gate {result.tags['gate']}{waits}"
    )


@dataclass
class Board:
    """Counts the cells that ended and shows each.

    Attributes
    ----------
    cells, skipped : int
        All of the sweep, and those that had finished before.
    """

    console: Console
    cells: int
    skipped: int
    bar: Progress | None = None
    page: "Page | None" = None
    started: float = field(default_factory=monotonic)
    done: int = 0
    failed: int = 0

    def cell_ended(self, result: CellResult) -> None:
        """Count and show one cell."""
        self.done += 1
        self.failed += result.status is not RunStatus.FINISHED
        left = self.cells - self.skipped
        eta = duration(eta_seconds(monotonic() - self.started, self.done, left))
        place = f"{self.done + self.skipped:{len(str(self.cells))}}/{self.cells}"
        line = f"[{place}] {result.name}  {outcome(result)}"
        if self.page is not None:
            self.page.ended(line, f"ETA {eta}, {self.failed} failed, {self.skipped} skipped")
            return
        if self.bar is None:
            self.console.print(f"{line}  ETA {eta}", markup=False, highlight=False, soft_wrap=True)
            return
        self.bar.console.print(line, markup=False, highlight=False)
        task = self.bar.task_ids[0]
        self.bar.update(task, advance=1, eta=eta, failed=self.failed)


@contextmanager
def board(cells: int, skipped: int, console: Console) -> Iterator[Board]:
    """Give a board for `cells` cells, `skipped` of them done; a terminal's bar goes at the end."""
    if console.is_jupyter:
        from hierbench.sweeps.notebook import Page  # it imports what reports are made of

        page = Page(cells, skipped)
        page.show()
        yield Board(console, cells, skipped, page=page)
        return
    if not console.is_terminal:
        yield Board(console, cells, skipped)
        return
    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("ETA {task.fields[eta]}"),
        TextColumn("{task.fields[failed]} failed, {task.fields[skipped]} skipped"),
        console=console,
        transient=True,
        refresh_per_second=2,  # each costs a millisecond of a core that is timed
    )
    with bar:
        bar.add_task("", total=cells, completed=skipped, eta="-", failed=0, skipped=skipped)
        yield Board(console, cells, skipped, bar)
