"""All that hierbench keeps of compiled functions, removed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hierbench.compiled_files import LOCK
from hierbench.environment import cache_home, compiled_folder

__all__ = ["Cleared", "clear_caches"]

OF_A_VERSION = "pytensor*-numba*-llvmlite*"


@dataclass(frozen=True)
class Cleared:
    """What was removed, and what could not be.

    Attributes
    ----------
    folder : str
        Where it was.
    files : int
        Files that were removed.
    mib : float
        What they took.
    refused : int
        Files that could not be removed.
    """

    folder: str
    files: int
    mib: float
    refused: int


def clear_caches() -> Cleared:
    """Remove every kept function of every version, and say how many.

    Folders and locks stay: a program that runs has them open. It compiles what it misses.
    """
    files, size, refused = 0, 0, 0
    for file in kept_files(cache_home()):
        try:
            length = file.lstat().st_size
            file.unlink()
        except FileNotFoundError:
            continue
        except OSError:
            refused += 1
        else:
            files, size = files + 1, size + length
    return Cleared(str(cache_home()), files, size / 2**20, refused)


def kept_files(home: Path) -> Iterator[Path]:
    """Yield the files of compiled functions, in no folder that is a link and none but ours."""
    for folder in (compiled_folder(), *home.glob(OF_A_VERSION)):
        if folder.is_symlink():
            continue
        for place, _, names in os.walk(folder):
            yield from (Path(place, name) for name in names if not name.endswith(LOCK))
