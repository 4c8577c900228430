"""The bytes of a table's file, read once, and their hash."""

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hierbench.errors import DataError

__all__ = ["BYTES_PER_MIB", "MOST_BYTES", "Content", "bounded", "read_content"]

BYTES_PER_MIB = 2**20
MOST_BYTES = 2**30
"""Of a file, and of what an archive holds."""

CHUNK = 2**20
REMEDY = "give the path of a table: CSV, Parquet, JSON or netCDF"

_pipes: dict[tuple[int, int], "Content"] = {}


class Readable(Protocol):
    """What a file, or a member of an archive, can do."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""


@dataclass(frozen=True)
class Content:
    """What was read from a path.

    Attributes
    ----------
    path : Path
        As the user gave it.
    data : bytes
        All bytes.
    sha256 : str
        Of them, 64 hexadecimal digits.
    """

    path: Path
    data: bytes
    sha256: str


def read_content(path: Path) -> Content:
    """Return the bytes of a file or a pipe.

    A pipe gives its bytes to the first reader only, so they are kept: the second call for the
    same pipe returns what the first one read.

    Raises
    ------
    DataError
        The path cannot be read, or has more than `MOST_BYTES`.
    """
    try:
        found = path.stat()
        if stat.S_ISREG(found.st_mode):
            return _read(path, found.st_size)
        pipe = (found.st_dev, found.st_ino)
        if pipe not in _pipes:
            _pipes[pipe] = _read(path, 0)
        return _pipes[pipe]
    except FileNotFoundError as err:
        raise DataError(f"{path} does not exist; {REMEDY}") from err
    except IsADirectoryError as err:
        raise DataError(f"{path} is a directory; {REMEDY} in it") from err
    except OSError as err:
        raise DataError(f"{path} cannot be read ({err.strerror}); give a readable file") from err
    except ValueError as err:
        raise DataError(f"{path} cannot be read ({err}); {REMEDY}") from err


def _read(path: Path, size: int) -> Content:
    with path.open("rb") as file:
        data = None if size > MOST_BYTES else bounded(file)
    if data is None:
        raise DataError(
            f"{path} has more than {MOST_BYTES // BYTES_PER_MIB:,} MiB, the most that a table may "
            "have; keep only the columns and rows that the model uses"
        )
    return Content(path, data, hashlib.sha256(data).hexdigest())


def bounded(file: Readable) -> bytes | None:
    """Return what is left of `file`; None if that is more than `MOST_BYTES`."""
    chunks, size = [], 0
    while chunk := file.read(CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            return None
    return b"".join(chunks)
