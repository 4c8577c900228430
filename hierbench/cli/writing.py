"""Files that the user names on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hierbench.disk import whole
from hierbench.errors import HierbenchError

__all__ = ["writing"]


@contextmanager
def writing(option: str, path: Path) -> Iterator[Path]:
    """Give a place for a file that becomes `path` once it is whole; else what was there stays.

    A pipe or a device is written as it is. What cannot be written is one sentence on `option`.
    """
    try:
        if path.exists() and not path.is_file():
            yield path
        else:
            with whole(path.resolve()) as partial:
                yield partial
    except OSError as err:
        raise HierbenchError(
            f"{option} {path}: cannot be written ({err.strerror or err}); choose a folder that can"
        ) from err
