"""Command lines to be pasted, built from checked values of a store that is not trusted.

A word that hierbench would not have written ends it: whoever pastes a line runs it.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path

from hierbench.config.flat import is_asked
from hierbench.config.labels import split
from hierbench.config.quoting import word
from hierbench.config.scales import is_scale
from hierbench.config.schema import Config
from hierbench.shown import HIDDEN, redacted_uri
from hierbench.tracking import Location, TrackedRun, locate

__all__ = ["command_of", "sync_command"]

NO_OVERRIDE = {"workers", "tracking.uri"}
FREE_TEXT = {"data.path", "data.group", "data.x", "data.y"}
LABELS = "plots.groups"
SIMPLE = re.compile(r"[\w.+-]+", re.ASCII)
"""A name or a number, which is all that other keys take."""
INTERPOLATION = re.compile(r"(?<!\\)(?:\\\\)*\$\{")
OPTIONS = {
    "--calibration": re.compile(r"\d+"),
    "--design": re.compile(r"[a-z_]+(,[a-z_]+)*"),
}
"""Of `hierbench validate`, as the record of its sweep has them."""


def command_of(run: TrackedRun) -> str | None:
    """Return the command line that makes `run` again, None where its record does not give one."""
    words = words_of_sweep(run.tags) if run.kind == "sweep" else words_of_cell(run.params)
    if words is None or not all(word.isprintable() for word in words):
        return None
    return shlex.join(words)


def sync_command(location: Location) -> str:
    """Return the command that sends what waits for the store at `location`."""
    if locate(None, Path.cwd()).uri == location.uri:
        return "hierbench sync"
    return f"hierbench sync --store {shlex.quote(redacted_uri(location.uri))}"


def words_of_cell(params: Mapping[str, str]) -> list[str] | None:
    """Return the words that fit one cell; None where a parameter is no plain value."""
    words = ["hierbench", "run"]
    for name, text in params.items():
        if name in NO_OVERRIDE or name.startswith("limits."):
            continue
        if name.isidentifier() and not is_asked(name):  # it follows from the rest, as rows does
            continue
        if (name, text) == ("model", Config().model):
            continue
        value = override(name, text)
        if not is_key(name) or value is None:
            return None
        words.append(f"{name}={value}")
    return words


def override(name: str, text: str) -> str | None:
    """Return a parameter's value as Hydra reads it back, None where no such key has it.

    >>> override("data.y", "price (EUR)"), override("plots.groups", "01067,b")
    ("'price (EUR)'", "['01067',b]")
    >>> override("seed", "${oc.env:HOME}") is None
    True
    """
    if name == LABELS:
        return f"[{','.join(map(word, split(text)))}]"
    if name in FREE_TEXT:
        return word(text)
    return text if SIMPLE.fullmatch(text) else None


def words_of_sweep(tags: Mapping[str, str]) -> list[str] | None:
    """Return the words of a sweep's recorded command; None where one is not hierbench's own.

    A store's address without its password is left out: MLFLOW_TRACKING_URI gives it.
    """
    try:
        words = shlex.split(tags.get("command", ""))
    except ValueError:
        return None
    if words[:1] != ["hierbench"] or words[1:2] not in (["sweep"], ["validate"]):
        return None
    rest = words[2:]
    options: list[str] = []
    while words[1] == "validate" and len(rest) > 1 and rest[0] in OPTIONS:
        if not OPTIONS[rest[0]].fullmatch(rest[1]):
            return None
        options, rest = [*options, *rest[:2]], rest[2:]
    if not all(map(is_plain, rest)):
        return None
    return [*words[:2], *options, *(word for word in rest if not hides(word))]


def is_plain(word: str) -> bool:
    """Return whether `word` sets a key of hierbench to something that nothing is resolved in."""
    key, equals, value = word.partition("=")
    return bool(equals) and is_key(key) and not INTERPOLATION.search(value)


def hides(word: str) -> bool:
    """Return whether `word` is a store's address whose password was not recorded."""
    return word.startswith("tracking.uri=") and HIDDEN in word


def keys_of(group: type, prefix: str = "") -> Sequence[str]:
    """Return every key below a group of the configuration, the groups among them."""
    found = []
    for field in fields(group):
        name = f"{prefix}{field.name}"
        found.append(name)
        if isinstance(field.type, type) and is_dataclass(field.type):
            found += keys_of(field.type, f"{name}.")
    return found


KEYS = frozenset({*keys_of(Config), "experiments", "hydra/launcher"})


def is_key(name: str) -> bool:
    """Return whether `name` is a key of hierbench, such as seed and prior.tau."""
    return name in KEYS or is_scale(name)
