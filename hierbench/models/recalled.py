"""A user's model that a store names: found where the user has run it, never where the store says.

A store is data. It may name any file, with the right hash; importing that file would run it. So a
model is taken from the file that the user names now, from the copy of a sweep of the user's own,
or from where the registry of this machine says that the user has run it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hierbench.disk import write_whole
from hierbench.errors import ConfigError
from hierbench.models import MODELS, Source, is_path
from hierbench.models.installed import installed_file, installed_models
from hierbench.models.registry import has_run, remember, remembered
from hierbench.models.snapshot import Snapshot, held_snapshot, snapshot_at
from hierbench.shown import printable

__all__ = ["ModelRecord", "model_record", "recalled", "remember_model", "write_text"]


@dataclass(frozen=True)
class ModelRecord:
    """What a store keeps of a model that is no shipped one; plain values, nothing to be opened.

    Attributes
    ----------
    name : str
        The model's.
    sha256, syntax_sha256 : str
        Of all its files' bytes, and of their syntax.
    definitions : mapping of str to str
        Hash of each of its names.
    """

    name: str
    sha256: str
    syntax_sha256: str
    definitions: Mapping[str, str]

    @classmethod
    def of(cls, content: object) -> "ModelRecord | None":
        """Return the record in a stored content, None where it is none."""
        if not isinstance(content, Mapping):
            return None
        texts = [content.get(name) for name in ("name", "sha256", "syntax_sha256")]
        parts = content.get("definitions", {})
        if not all(isinstance(one, str) for one in texts) or not isinstance(parts, Mapping):
            return None
        name, whole, syntax = map(str, texts)
        return cls(name, whole, syntax, {str(key): str(of) for key, of in parts.items()})


def model_record(source: Source | None) -> dict[str, Any] | None:
    """Return what is recorded of the model at `source`; None for a shipped one."""
    if source is None:
        return None
    found = held_snapshot(source)
    return {
        "name": found.name,
        "sha256": found.sha256,
        "syntax_sha256": found.syntax_sha256,
        "definitions": dict(found.definitions),
    }


def write_text(source: Source | None, folder: Path) -> None:
    """Write the text of a user's model for people to read: nothing here opens it again."""
    if source is not None:
        for name, content in held_snapshot(source).files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, content)


def remember_model(source: Source | None) -> None:
    """Remember a model that the user named now."""
    if source is not None:
        remember(held_snapshot(source))


def recalled(
    name: str,
    record: ModelRecord | None,
    *,
    place: str,
    typed: Path | None = None,
    copy: Path | None = None,
) -> str:
    """Return what to give as `model` to ask a stored question again: a name or a path.

    Parameters
    ----------
    name : str
        The model's, as the store has it.
    record : ModelRecord or None
        What the store keeps of it.
    place : str
        What errors begin with, such as the run's id.
    typed : Path or None
        The file that the user names now.
    copy : Path or None
        That a sweep of this store made in its own folder.

    Raises
    ------
    ConfigError
        If it is not known here, is gone, or has changed; the sentence says what.
    """
    if name in MODELS and typed is None:
        return name
    if is_path(name) or record is None:
        raise ConfigError(
            f"{place}: it names the model {printable(name)}, which is none of hierbench's own "
            f"({', '.join(MODELS)}), and keeps no record of its file; nothing of it was run"
        )
    if typed is not None:
        found = snapshot_at(typed, name=record.name)
        refuse_changed(found, record, place)
        return str(found.path)
    if copy is not None and has_run(record.sha256) and copy.is_file():
        found = snapshot_at(copy, name=record.name)
        if found.sha256 == record.sha256:
            return str(copy)
    return registered(record, place)


def registered(record: ModelRecord, place: str) -> str:
    """Return where this user has run the model of a record on this machine."""
    known = remembered(record.syntax_sha256)
    if known is None:
        raise ConfigError(
            f"{place}: it was made with the model file {printable(record.name)}.py, which this "
            "user has not run on this machine; nothing of it was run; if you have the file, give "
            "it with --model FILE"
        )
    if known.package:
        offer = installed_models().get(known.name)
        if offer is None:
            raise ConfigError(
                f"{place}: the installed package that offers the model {known.name} is gone; "
                "install it again, or give a file with --model FILE"
            )
        path, package = installed_file(offer)
        refuse_changed(snapshot_at(path, known.name, package), record, place)
        return known.name
    if not Path(known.path).is_file():
        raise ConfigError(
            f"{place}: the model file {known.path} is gone; put it back, or give it with "
            "--model FILE"
        )
    refuse_changed(snapshot_at(Path(known.path), known.name), record, place)
    return known.path


def refuse_changed(found: Snapshot, record: ModelRecord, place: str) -> None:
    """Raise ConfigError where a file says something else than the recorded one; it says what."""
    if found.syntax_sha256 == record.syntax_sha256:
        return
    now = found.definitions
    names = list({**record.definitions, **now})
    differ = [name for name in names if now.get(name) != record.definitions.get(name)]
    what = f" ({', '.join(map(printable, differ))})" if differ else ""
    raise ConfigError(
        f"{place}: {found.path} has changed since{what}; put the old text back, or give the file "
        "that holds it with --model FILE"
    )
