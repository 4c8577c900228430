"""The record of a run in its local folder: written whole or not at all, checked when read."""

import json
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any
from uuid import uuid4

from hierbench.disk import write_whole
from hierbench.errors import StoreError
from hierbench.records import RunStatus
from hierbench.shown import printable, redacted_content
from hierbench.tracking.earlier import FIRST, READABLE
from hierbench.tracking.runs import NewRun

__all__ = ["RECORD", "BadRecord", "LocalRun", "artifacts_of", "read", "write"]

RECORD = "record.json"
COLOUR = "(#[0-9A-Fa-f]{6})?"
MAX_BYTES = 2**24
LARGEST = 2**53  # of the whole numbers: beyond it, JSON of another program rounds


class BadRecord(StoreError):
    """A record that `write` did not write, or that is no longer whole."""


@dataclass(frozen=True)
class LocalRun:
    """How a run stands, as its folder keeps it.

    Attributes
    ----------
    new : NewRun
        What was known at its start.
    send_id : str
        Tells the run in the store from every other, so that it is never sent twice.
    run_id : str or None
        In the store; None while the store has not answered.
    ended_ms : int or None
        When the run ended, in milliseconds since 1970.
    sent : bool
        Whether the store has all of it.
    files : tuple of str
        Artifacts that must be there to be sent; empty: none is looked for.
    unsent : str
        Why the store has not taken it; empty before it was sent.
    """

    new: NewRun
    send_id: str = field(default_factory=lambda: uuid4().hex)
    status: RunStatus = RunStatus.RUNNING
    run_id: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    ended_ms: int | None = None
    sent: bool = False
    files: tuple[str, ...] = ()
    unsent: str = ""


def artifacts_of(folder: Path) -> Path:
    """Return the part of a run's folder that is sent."""
    return folder / "artifacts"


def write(folder: Path, run: LocalRun) -> LocalRun:
    """Write the record, redacted, replacing the last one at once or not at all; return `run`."""
    artifacts_of(folder).mkdir(parents=True, exist_ok=True)
    content = redacted_content(asdict(run))
    write_whole(folder / RECORD, json.dumps(content, indent=1, sort_keys=True))
    return run


def read(folder: Path) -> LocalRun:
    """Return the record that `write` wrote.

    Raises
    ------
    FileNotFoundError
        If there is none.
    BadRecord
        If it is not whole, or was not written by this version of hierbench.
    StoreError
        If it cannot be read.
    """
    file = folder / RECORD
    try:
        return parsed(text_of(file))
    except (FileNotFoundError, NotADirectoryError) as err:
        raise FileNotFoundError(str(file)) from err
    except OSError as err:
        raise StoreError(f"{file}: cannot be read ({err.strerror})") from err
    except (ValueError, RecursionError) as err:
        first = (str(err).strip() or type(err).__name__).splitlines()[0]
        raise BadRecord(f"{file}: {printable(first)}") from err


def text_of(file: Path) -> str:
    """Return the text of a regular file of bounded size; a link or a pipe is not followed."""
    found = file.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is no regular file")
    if found.st_size > MAX_BYTES:
        raise ValueError(f"it has {found.st_size} bytes, over the {MAX_BYTES} allowed")
    if found.st_size == 0:
        raise ValueError("it is empty")
    return file.read_text(encoding="utf-8")


def parsed(text: str) -> LocalRun:
    """Return the run of a record's text.

    Raises
    ------
    ValueError
        If it is not what `write` writes.
    """
    content = checked(json.loads(text), LocalRun, "new")
    new = NewRun(**{"schema": FIRST, **checked(content.pop("new"), NewRun)})
    status, files = RunStatus(content.pop("status")), tuple(content.pop("files", ()))
    return LocalRun(new=new, status=status, files=files, **content)


def checked(content: Any, kind: type, nested: str = "") -> dict[str, Any]:
    """Return the values of a record's part, each of its type.

    Raises
    ------
    ValueError
        If a key is missing or unknown, or a value is of another type.
    """
    if not isinstance(content, dict):
        raise ValueError(f"it holds a {type(content).__name__}, not a mapping")
    known = {of.name: of for of in fields(kind)}
    unknown = sorted(content.keys() - known.keys())
    if unknown:
        raise ValueError(f"it has the key {unknown[0]!r}, which a newer hierbench may know")
    for name, of in known.items():
        if name not in content and (of.default is of.default_factory is MISSING):
            raise ValueError(f"it has no {name!r}")
        if name in content and name != nested and not ALLOWED[name](content[name]):
            raise ValueError(f"its {name!r} is of another type")
    return {"status": RunStatus.RUNNING, **content} if kind is LocalRun else content


def is_text(value: object) -> bool:
    """Return whether `value` is text."""
    return isinstance(value, str)


def is_whole(value: object) -> bool:
    """Return whether `value` is a whole number from 0 on."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST


def is_number(value: object) -> bool:
    """Return whether `value` is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def optional(holds: Callable[[object], bool]) -> Callable[[object], bool]:
    """Return the check that lets None pass too."""
    return lambda value: value is None or holds(value)


def mapping_of(holds: Callable[[object], bool]) -> Callable[[object], bool]:
    """Return the check of a mapping with such values."""
    return lambda value: isinstance(value, dict) and all(map(holds, value.values()))


ALLOWED: Mapping[str, Callable[[object], bool]] = {
    "kind": is_text,
    "name": is_text,
    "note": is_text,
    "tags": mapping_of(is_text),
    "params": mapping_of(is_text),
    "colour": lambda value: isinstance(value, str) and bool(re.fullmatch(COLOUR, value)),
    "parent_id": optional(is_text),
    "dataset": mapping_of(is_text),
    "started_ms": is_whole,
    "schema": lambda value: value in READABLE,
    # It is put into a query.
    "send_id": lambda value: isinstance(value, str) and value.isalnum(),
    "status": lambda value: value in list(RunStatus),
    "run_id": optional(is_text),
    "metrics": mapping_of(is_number),
    "ended_ms": optional(is_whole),
    "sent": lambda value: isinstance(value, bool),
    "files": lambda value: isinstance(value, list) and all(map(is_text, value)),
    "unsent": is_text,
}
"""What each value of a record must be."""
