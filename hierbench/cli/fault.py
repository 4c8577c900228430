"""An error that nobody foresaw: one line for the user, and a file with its traceback."""

import os
import platform
import shlex
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from hierbench.scratch import common_folder
from hierbench.shown import redacted, secrets_in

__all__ = ["FAULT", "told"]

FAULT = 70
"""As sysexits.h has it, so that nobody takes a fault of ours for an answer (1)."""

WRITING = ("run", "sweep", "resume", "validate", "reproduce", "sync", "repair")
"""The verbs that write to a store; the others leave it as it is, and their faults elsewhere."""

LONGEST = 200


def told(error: BaseException, words: Sequence[str]) -> str:
    """Keep the traceback of `error` in a file of the user's alone, and return the line to print.

    Parameters
    ----------
    words : sequence of str
        The command line.
    """
    first = next(iter(str(error).strip().splitlines()), "")[:LONGEST]
    what = hidden(f"{type(error).__name__}: {first}".rstrip(": "), words)
    file = kept(hidden(report_of(error, words), words), folders_of(words))
    where = f"its traceback is in {file}" if file else "its traceback could not be written"
    return f"an error of hierbench's own ({what}); {where}; please report it with that file"


def hidden(text: str, words: Sequence[str] = ()) -> str:
    """Return `text` without credentials, those on the command line `words` among them.

    >>> hidden("no answer from postgresql://me:p@ss@host:5432/db")
    'no answer from postgresql://***@host:5432/db'
    """
    return redacted(text, *secrets_in(tuple(words)), *secrets_in(os.environ))


def report_of(error: BaseException, words: Sequence[str]) -> str:
    """Return what whoever mends the error needs to know."""
    head = f"hierbench {version('hierbench')}, Python {platform.python_version()}"
    command = shlex.join(["hierbench", *words])
    return f"{head}\n{command}\n\n{''.join(traceback.format_exception(error))}"


def folders_of(words: Sequence[str]) -> list[Path]:
    """Return where a report may be kept, the best place first."""
    folders = [common_folder()]  # the program's own is removed when it ends
    if words and words[0] in WRITING:
        # Whatever went wrong before may go wrong again here.
        with suppress(Exception):
            from hierbench.tracking.location import locate

            folders.insert(0, locate(named_store(words), Path.cwd()).sweeps)
    return folders


def named_store(words: Sequence[str]) -> str | None:
    """Return the store that a command line names.

    >>> named_store(["sweep", "seed=1", "tracking.uri=sqlite:///x.db"])
    'sqlite:///x.db'
    """
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--store":
            return following
        for start in ("--store=", "tracking.uri="):
            if word.startswith(start):
                return word.removeprefix(start)
    return None


def kept(text: str, folders: Sequence[Path]) -> Path | None:
    """Write `text` into a new file of the first folder that takes it; None where none does."""
    for folder in folders:
        with suppress(OSError):
            # Nobody but this user reads it: it has mode 0600.
            number, name = tempfile.mkstemp(".txt", "fault-", folder)
            with open(number, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
            return Path(name)
    return None
