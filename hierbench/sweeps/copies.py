"""The copies of users' models in a sweep's own folder: an edit meanwhile changes no cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hierbench.cell import PlannedCell
from hierbench.models import Source
from hierbench.models.recalled import ModelRecord, recalled
from hierbench.models.snapshot import held_snapshot, written_out
from hierbench.tracking import not_kept

__all__ = ["Models", "with_copies"]

FOLDER = "models"


def copy_folder(sweep: Path, sha256: str) -> Path:
    """Return where the copy of files of these bytes lies in a sweep's folder."""
    return sweep / FOLDER / sha256[:12]


@dataclass(frozen=True)
class Models:
    """Where the users' models of a stored plan may be found.

    Attributes
    ----------
    folder : Path
        Of the sweep.
    typed : Path or None
        The file that the user names now.
    """

    folder: Path
    typed: Path | None = None

    def found(self, name: str, records: Mapping[str, Any]) -> str:
        """Return what to give as `model` for the model of that name.

        Raises
        ------
        ConfigError
            If it is not known here, is gone, or has changed.
        """
        record = ModelRecord.of(records.get(name))
        copy = None
        if record is not None and name.isidentifier():
            copy = copy_folder(self.folder, record.sha256) / f"{name}.py"
        return recalled(name, record, place="the sweep", typed=self.typed, copy=copy)


def with_copies(cells: Sequence[PlannedCell], sweep: Path) -> list[PlannedCell]:
    """Return the cells with the copies of their models in the sweep's folder, made now.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    ConfigError
        If a file was edited after it had been planned.
    """
    made: dict[Source, Source] = {}
    try:
        for source in {cell.source for cell in cells if cell.source is not None}:
            made[source] = written_out(held_snapshot(source), copy_folder(sweep, source.sha256))
    except OSError as error:
        raise not_kept(sweep, error) from error
    return [
        cell if cell.source is None else replace(cell, source=made[cell.source]) for cell in cells
    ]
