"""The names of our options, and the values that one option of a group sets, by our own files."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hierbench.config.schema import DataConfig

__all__ = ["GROUPS", "config_folder", "option_values", "own_value"]

GROUPS = {"data": "name", "prior": "name", "sampler": "name", "gate": "name", "plots": "which"}
"""The groups that have a file for each option, and the key that holds the option's name."""


def config_folder() -> Path:
    """Return `conf/`, which also holds `experiments/`: a link in a checkout, a copy in a wheel."""
    return Path(__file__).resolve().parent.parent / "conf"


@cache
def option_values(group: str, option: str) -> Mapping[str, Any]:
    """Return what the file of `option` sets in `group`, interpolations as they are written.

    Empty where there is no such option: `option` is compared with the names of our files and
    never made part of a path.
    """
    files = {file.stem: file for file in (config_folder() / group).glob("*.yaml")}
    if option not in files:
        return {}
    content: Mapping[str, Any] = yaml.safe_load(files[option].read_text(encoding="utf-8")) or {}
    return content


def own_value(data: DataConfig, key: str) -> Any:
    """Return what `data` has for `key`; where that is null, what its own file sets.

    >>> own_value(DataConfig("radon"), "standardize"), own_value(DataConfig("csv"), "path")
    (False, None)
    """
    value = getattr(data, key)
    return option_values("data", data.name).get(key) if value is None else value
