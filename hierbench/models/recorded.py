"""The user's file under a name that a store gives: read when it is the one that was recorded."""

import os
import stat
from pathlib import Path

from hierbench.config.schema import Config, DataConfig
from hierbench.dataset import Dataset
from hierbench.errors import ConfigError, DataError
from hierbench.models.data import load
from hierbench.models.homes.datasets.table import file_sha256

__all__ = ["check_recorded", "load_recorded"]

LARGEST_HASHED = 2**34
"""Bytes, which take about a minute."""


def load_recorded(asked: Config, sha256: str | None) -> Dataset:
    """Return the data that a stored configuration names, after comparing the file's bytes.

    A store can name any file that the user can read, and a fit's draws go back to the store. So a
    file is parsed only where its bytes are those that the record was made with.

    Parameters
    ----------
    sha256 : str or None
        Recorded hash of the file's bytes; None where there is none.

    Raises
    ------
    HierbenchError
        If the file is gone or another, or cannot be used.
    """
    config = asked.data
    if config.path is None:
        return load(asked)
    check_recorded(config, sha256)
    dataset = load(asked)
    if dataset.file_sha256 != sha256:
        raise another(config, "it was altered while it was read")
    return dataset


def check_recorded(config: DataConfig, sha256: str | None) -> None:
    """Raise ConfigError unless the file that `config` names has the recorded bytes."""
    if config.path is None:
        return
    path = Path(config.path)
    try:
        found = os.stat(path) if path.is_absolute() else None
    except (OSError, ValueError):
        found = None
    if found is None or not stat.S_ISREG(found.st_mode):
        raise DataError(
            f"data.path={config.path}: it is no file here; put the file that the run was made "
            "with back in its place"
        )
    if sha256 is None:
        raise another(config, "no hash of it was recorded")
    if found.st_size > LARGEST_HASHED:
        raise another(config, f"it has over {LARGEST_HASHED >> 30} GiB, too many to compare")
    try:
        hashed = file_sha256(path)
    except OSError as err:
        raise DataError(
            f"data.path={config.path}: cannot be read ({err.strerror}); make it readable"
        ) from err
    if hashed != sha256:
        raise another(config, "its sha256 is not the recorded one")


def another(config: DataConfig, why: str) -> ConfigError:
    """Return the error for a file that is not the recorded one."""
    return ConfigError(
        f"the data of {config.name} have changed, or the store names another file: "
        f"data.path={config.path} ({why}); nothing of it was used; put the recorded file there, "
        "or use this one with --accept-data"
    )
