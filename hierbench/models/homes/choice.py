"""The groups that are drawn; light to import."""

import difflib
from collections.abc import Sequence

import numpy as np

from hierbench.errors import ConfigError
from hierbench.models.homes.rows import Rows

__all__ = ["chosen_groups"]


def chosen_groups(dataset: Rows, groups: Sequence[str]) -> tuple[int, ...]:
    """Return indices into `dataset.labels`: those named, else smallest, median and largest.

    Raises
    ------
    ConfigError
        If a label is not in the data.
    """
    if not groups:
        order = np.argsort(dataset.group_sizes, kind="stable")
        default = (order[0], order[(len(order) - 1) // 2], order[-1])
        return tuple(dict.fromkeys(int(group) for group in default))
    index = {label: group for group, label in enumerate(dataset.labels)}
    for label in groups:
        if label not in index:
            close = difflib.get_close_matches(label, dataset.labels, n=3, cutoff=0.0)
            raise ConfigError(
                f"plots.groups={label}: {dataset.name} has no such group, the closest of its "
                f"{len(index)} are {', '.join(close)}; name groups it has, or none for the "
                "smallest, the median and the largest"
            )
    return tuple(dict.fromkeys(index[label] for label in groups))
