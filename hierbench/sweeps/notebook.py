"""Progress in a notebook: a bar and the cells that ended last, in one place that changes."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from hierbench.report.elements import element, page_of

__all__ = ["Page"]

LINES = 12
"""Cells that are shown; the record that the sweep returns has all of them."""


@dataclass
class Page:
    """What a notebook's cell shows while a sweep runs.

    Attributes
    ----------
    cells, done : int
        All of the sweep, and those that have ended.
    """

    cells: int
    done: int
    said: str = ""
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))
    handle: Any = None

    def show(self) -> None:
        """Show the page where the notebook's cell shows its output, in its old place if it has one.

        A notebook's kernel has IPython, which is no dependency of hierbench.
        """
        from IPython import display as jupyter

        display: Any = jupyter.display  # has no types
        if self.handle is None:
            self.handle = display(self, display_id=True)
        else:
            self.handle.update(self)

    def ended(self, line: str, said: str) -> None:
        """Count one cell and show it."""
        self.done += 1
        self.said = said
        self.lines.append(line)
        self.show()

    def __repr__(self) -> str:
        """Return the page as text, for a notebook that is read without HTML."""
        return "\n".join([*self.lines, f"{self.done}/{self.cells}  {self.said}"])

    def _repr_html_(self) -> str:
        """Return the page."""
        bar = element("progress", value=str(self.done), max=str(self.cells))
        head = element("div", bar, f" {self.done}/{self.cells}  {self.said}")
        lines = (element("div", element("code", line)) for line in self.lines)
        return page_of(element("div", head, *lines))
