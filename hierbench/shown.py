"""What may be shown or kept of a text: no password, and nothing that steers a terminal.

Everything that the program prints goes through `say`, `say_json` or the console of
`hierbench.terminal`; a test finds every other `print`.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO
from urllib.parse import unquote

__all__ = [
    "HIDDEN",
    "heard",
    "printable",
    "redacted",
    "redacted_content",
    "redacted_uri",
    "say",
    "say_json",
    "secrets_in",
    "warn",
]

HIDDEN = "***"
SHORTEST_SECRET = 4
"""Characters; a shorter one is in half of all words, and is hidden in URIs alone."""

WORDS = "pass|pwd|secret|token|key|credential|odbc_connect|signature|auth"
NAME = r"[^=&\s#?;]{0,40}"
NAMED = rf"(?i)([?&;](?!viewStateShareKey=){NAME}(?:{WORDS}){NAME}=|\b(?:password|passwd|pwd)=)"
"""A query's ``?password=`` and the like, and a driver's ``password=``; the name of one of the UI's
saved views, which ends in "key", is none."""

START = r"(?<=[\w+.-]{2})(:/{1,2}(?!/))"
"""Behind a scheme. A third slash begins a path, which has no credentials; a path object makes
two slashes one."""

# A password may hold any character, "/" and "@" too: all up to the last "@" of the word goes.
IN_WORDS = (
    (re.compile(rf"{START}\S*@"), rf"\1{HIDDEN}@"),
    (re.compile(rf"{NAMED}[^&#\s]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w+/=.~-]{16,}"), rf"\1 {HIDDEN}"),
)
IN_ONE = (
    (re.compile(rf"{START}.*@", re.DOTALL), rf"\1{HIDDEN}@"),
    (re.compile(rf"{NAMED}[^&#]+"), rf"\1{HIDDEN}"),
)
"""The same for a text that is one URI: there a password may hold spaces."""

SECRET_VARIABLES = ("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN")
URI_VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")


def printable(text: str, *, lines: bool = False) -> str:
    r"""Return `text` with every character spelled out that is none to be seen.

    These are control characters, escape sequences, direction marks, and spaces but the plain one.

    Parameters
    ----------
    lines : bool
        Keep line breaks.

    >>> printable("a\x1b[2Jb\u202ec\n")
    'a\\x1b[2Jb\\u202ec\\n'
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or (lines and c == "\n") else c.encode("unicode_escape").decode()
        for c in text
    )


def redacted(text: str, *secrets: str) -> str:
    """Return `text` with the credentials of every URI in it hidden, and the `secrets` as well.

    >>> redacted("no answer from postgresql://me:p@ss@host:5432/db?sslpassword=x")
    'no answer from postgresql://***@host:5432/db?sslpassword=***'
    >>> redacted("FATAL: user me, word hunter2", "hunter2")
    'FATAL: user me, word ***'
    """
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _hidden(text, IN_WORDS)


def redacted_uri(text: str) -> str:
    """Return `text`, one URI or one override, with its credentials hidden.

    >>> redacted_uri("tracking.uri=http://me:my secret@host"), redacted_uri("sqlite:////a@b/c.db")
    ('tracking.uri=http://***@host', 'sqlite:////a@b/c.db')
    """
    return _hidden(text, IN_ONE)


def _hidden(text: str, patterns: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    if "@" not in text:
        patterns = patterns[1:]
    for pattern, replacement in patterns:
        text = pattern.sub(replacement, text)
    return text


def secrets_in(words: Mapping[str, str] | tuple[str, ...]) -> tuple[str, ...]:
    """Return the credentials in the URIs among `words`, as they stand and decoded.

    Parameters
    ----------
    words : tuple of str, or mapping of str to str
        A command line, or the environment, of which MLflow's own variables are looked at.

    >>> secrets_in(("sweep", "tracking.uri=http://me:p%40ss@host"))
    ('me:p%40ss', 'me:p@ss', 'p%40ss', 'p@ss')
    """
    found: list[str] = []
    if isinstance(words, Mapping):
        found += [words[name] for name in SECRET_VARIABLES if name in words]
        words = tuple(words[name] for name in URI_VARIABLES if name in words)
    for word in words:
        for match in re.finditer(rf"{START}(.*)@", word, re.DOTALL):
            whole = match[2]
            found += [whole, unquote(whole)]
            password = whole.partition(":")[2]
            found += [password, unquote(password)]
    return tuple(dict.fromkeys(text for text in found if len(text) >= SHORTEST_SECRET))


def redacted_content(content: Any) -> Any:
    """Return plain nested content with every text in it redacted, names of mappings too."""
    if isinstance(content, str):
        return redacted(content)
    if isinstance(content, Mapping):
        return {redacted_content(name): redacted_content(item) for name, item in content.items()}
    if isinstance(content, list | tuple):
        return [redacted_content(item) for item in content]
    return content


def say(*texts: object, file: TextIO | None = None, flush: bool = False) -> None:
    """Print `texts`, a space between them, on standard output or on `file`.

    Line breaks stay: a stored text that must not begin a line of its own goes through `printable`.
    """
    line = " ".join(map(str, texts))
    print(printable(redacted(line), lines=True), file=file or sys.stdout, flush=flush)


_heard: ContextVar[list[str] | None] = ContextVar("_heard", default=None)


@contextmanager
def heard() -> Iterator[list[str]]:
    """Give a list that gets what `warn` would print in the block.

    >>> with heard() as sentences:
    ...     warn("the disk is nearly full")
    >>> sentences
    ['the disk is nearly full']
    """
    sentences: list[str] = []
    token = _heard.set(sentences)
    try:
        yield sentences
    finally:
        _heard.reset(token)


def warn(sentence: str) -> None:
    """Print on standard error, in one line, a sentence that does not end the verb."""
    sentences = _heard.get()
    if sentences is not None:
        sentences.append(printable(redacted(sentence)))
        return
    say(f"hierbench: {printable(sentence)}", file=sys.stderr)


def say_json(content: Any, *, indent: int | None = 1) -> None:
    """Print plain content as JSON of ASCII alone, its texts redacted."""
    text = json.dumps(redacted_content(content), indent=indent)
    # The one control character that JSON leaves as it is.
    print(text.replace("\x7f", "\\u007f"))
