"""Files that a user might bring."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hierbench.errors import DataError
from hierbench.tables import read_table

WriteFile = Callable[..., Path]


def one_or_all(path: Path, column: str | None) -> object:
    table = read_table(path)
    return table.columns[column] if column else dict(table.columns)


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Return a function that writes text or bytes to a file and returns its path."""

    def write(content: str | bytes, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def fault_of() -> Callable[..., str]:
    """Return a function that gives the sentence with which a file, or a column, is refused."""

    def fault(path: Path, column: str | None = None) -> str:
        with pytest.raises(DataError) as caught:
            one_or_all(path, column)
        return str(caught.value).replace(str(path), "FILE")

    return fault
