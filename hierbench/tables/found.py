"""What a reader finds in a file: names, columns, and what it did on the way."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hierbench.tables.column import Column, Unusable
from hierbench.tables.labels import UNUSABLE

__all__ = ["Found", "named_columns"]


@dataclass(frozen=True)
class Found:
    """The columns of a file.

    Attributes
    ----------
    names : tuple of str
        Of all columns, in the file's order.
    columns : mapping of str to Column
        Those that were kept.
    notes : tuple of str
        What was left out or changed, a sentence each.
    """

    names: tuple[str, ...]
    columns: Mapping[str, Column]
    notes: tuple[str, ...] = ()


def named_columns(
    path: Path,
    names: Sequence[str],
    kept: Iterable[int],
    column_of: Callable[[str, int], Column],
    notes: tuple[str, ...] = (),
) -> Found:
    """Return the `kept` ones of these names with their columns.

    A name that stands twice, or has a control character, spoils its own column alone. A column
    without a name, as tables written with row numbers have one, is left out.

    Parameters
    ----------
    column_of : callable
        From the beginning of its sentences and its index to a column.
    """
    counts = Counter(names)
    columns: dict[str, Column] = {}
    for at in kept:
        name = names[at]
        if counts[name] > 1:
            why = f"{path} has {counts[name]} columns '{name}'; every name may stand once; rename"
            columns[name] = Unusable(f"{why} or remove one of them")
        elif UNUSABLE.search(name):
            why = f"{path}: the name of column {at + 1}, '{name}', has a control character; names "
            columns[name] = Unusable(f"{why}are plain text in one line; rename it")
        elif name:
            columns[name] = column_of(f"{path}: column '{name}'", at)
    if "" in counts:
        notes += (f"{path}: a column without a name was left out",)
    return Found(tuple(name for name in names if name), columns, notes)
