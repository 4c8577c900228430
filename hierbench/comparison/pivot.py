"""One metric over any two axes."""

from collections.abc import Sequence

from hierbench.comparison.results import Comparison, Setting
from hierbench.comparison.text import TextTable, interval
from hierbench.errors import ConfigError
from hierbench.metrics import metric_of

__all__ = ["pivot_tables"]


def pivot_tables(comparison: Comparison, rows: str, columns: str) -> list[TextTable]:
    """Return the comparison's metric over two axes, a table for each value of the others.

    Figures of different posteriors stand side by side and are not ranked.

    Raises
    ------
    ConfigError
        If one of the two does not differ among the settings, or both are one.
    """
    for option, name in (("--rows", rows), ("--columns", columns)):
        if name not in comparison.axes:
            raise ConfigError(
                f"{option} {name}: does not differ among the settings; those that do are "
                f"{', '.join(comparison.axes)}"
            )
    if rows == columns:
        raise ConfigError(f"--rows {rows} --columns {columns}: one axis; choose two")
    others = [name for name in comparison.axes if name not in (rows, columns)]
    groups: dict[tuple[str, ...], list[Setting]] = {}
    for setting in comparison.settings:
        groups.setdefault(tuple(setting.axes[name] for name in others), []).append(setting)
    return [
        pivoted(comparison, title(comparison.metric, others, values), rows, columns, of)
        for values, of in groups.items()
    ]


def title(metric: str, others: Sequence[str], values: Sequence[str]) -> str:
    """Return what all cells of one table share."""
    shared = [f"{name}={value}" for name, value in zip(others, values, strict=True) if value]
    return " ".join([metric, *shared])


def pivoted(
    comparison: Comparison, name: str, rows: str, columns: str, settings: Sequence[Setting]
) -> TextTable:
    """Return one table; what was not run is empty, what is not ranked has a star.

    Models differ where forms do, so one place may hold settings of several posteriors; they stand
    beside each other.
    """
    scale = metric_of(comparison.metric).shown.scale
    places: dict[tuple[str, str], list[str]] = {}
    for setting in settings:
        text = interval(setting.estimates.get(comparison.metric), scale)
        star = "" if setting.ranked else "*"
        places.setdefault((setting.axes[rows], setting.axes[columns]), []).append(text + star)
    down = [value for value in comparison.axes[rows] if any(key[0] == value for key in places)]
    across = [v for v in comparison.axes[columns] if any(key[1] == v for key in places)]
    unit = " x 1000" if scale == 1e3 else " x 1e6" if scale == 1e6 else ""
    return TextTable(
        title=name.replace(comparison.metric, comparison.metric + unit, 1),
        header=(f"{rows} \\ {columns}", *across),
        labels=1,
        rows=tuple((row, *(" ".join(places.get((row, c), [""])) for c in across)) for row in down),
    )
