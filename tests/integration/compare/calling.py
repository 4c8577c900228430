"""The program in this process."""

from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO

from hierbench.cli import main


@dataclass(frozen=True)
class Called:
    """One call of the program."""

    code: int
    out: str
    err: str


ANSWERS = {}


def asked(planting, *words):
    """Return what `call` returned the first time: for questions that change nothing."""
    key = (planting.folder, *words)
    if key not in ANSWERS:
        ANSWERS[key] = call(planting, *words)
    return ANSWERS[key]


def call(planting, *words):
    """Run `hierbench compare` in the store's folder; a name in braces is a sweep's id."""
    out, err = StringIO(), StringIO()
    given = [planting.ids.get(word.strip("{}"), word) for word in words]
    with chdir(planting.folder), redirect_stdout(out), redirect_stderr(err):
        code = main(["compare", *given])
    return Called(code, out.getvalue(), err.getvalue())
