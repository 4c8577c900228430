"""The program: verbs in, exit code out. Heavy imports live inside the verbs.

Exit codes: 0 good, 1 finished and the answer is bad, 2 wrong input, 70 a fault of ours, 130 Ctrl-C,
143 SIGTERM, 129 SIGHUP.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType

from hierbench.cli.arguments import Arguments, parse
from hierbench.cli.fault import FAULT, told
from hierbench.cli.surroundings import degrade_streams, shortened
from hierbench.config.surroundings import check_surroundings
from hierbench.disk import trouble
from hierbench.environment import prepare
from hierbench.errors import HierbenchError, NotRivalsError
from hierbench.shown import printable, redacted, say, secrets_in
from hierbench.stops import Stopped, stoppable

__all__ = ["main"]

BAD = 1  # finished, and the answer is bad
WRONG_INPUT = 2
SIGNALLED = 128  # and the signal's number, as shells say it

VERBS = {
    "run": "hierbench.cli.running",
    "sweep": "hierbench.cli.fitting",
    "resume": "hierbench.cli.fitting",
    "status": "hierbench.cli.storing",
    "sync": "hierbench.cli.storing",
    "repair": "hierbench.cli.storing",
    "compare": "hierbench.cli.comparing",
    "reproduce": "hierbench.cli.reproducing",
    "validate": "hierbench.cli.validating",
    "show": "hierbench.cli.showing",
    "model": "hierbench.cli.model",
    "data": "hierbench.cli.data",
    "ui": "hierbench.cli.serving",
    "doctor": "hierbench.cli.doctoring",
}
"""The module of each verb; its function has the verb's name."""


def fits_many(arguments: Arguments) -> bool:
    """Return whether the verb will start worker processes."""
    asks = arguments.dry_run or arguments.hydra or arguments.of
    return arguments.verb in ("sweep", "resume", "validate") and not asks


def imported(name: str) -> ModuleType:
    """Import a verb's module, with all that it stands on, as what is never garbage.

    Collections would walk it again and again: a sixth of the time of the imports, and most of the
    second that the interpreter took to end.
    """
    if name in sys.modules:
        return sys.modules[name]
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def complain(sentence: str, words: Sequence[str]) -> None:
    """Print `sentence` on standard error in one line, without what `words` have of passwords."""
    secrets = secrets_in(tuple(words)) + secrets_in(os.environ)
    say(f"hierbench: {shortened(printable(redacted(sentence, *secrets)))}", file=sys.stderr)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code; without `argv` as the program that was called."""
    if argv is not None:
        return answer(list(argv))
    try:
        with stoppable():
            return answer(sys.argv[1:], alone=True)
    except Stopped as stop:  # before the verb had begun, or after it
        return SIGNALLED + stop.number


def answer(words: list[str], *, alone: bool = False) -> int:
    """Run one verb and return its exit code.

    Parameters
    ----------
    words : list of str
        The command line.
    alone : bool
        Whether the whole process is there for the verb: where its temporary files go is its own.
    """
    degrade_streams()
    try:
        arguments = parse(words)
        check_surroundings()
        if alone:
            from hierbench.scratch import use_scratch

            use_scratch()
        prepare()
        if fits_many(arguments):
            from hierbench.executors.server import start_server

            start_server()
        module = imported(VERBS[arguments.verb])
        verb: Callable[[Arguments], int] = getattr(module, arguments.verb)
        return verb(arguments)
    except NotRivalsError as error:
        complain(str(error), words)
        return BAD
    except HierbenchError as error:
        complain(str(error), words)
        return WRONG_INPUT
    except KeyboardInterrupt as stop:
        number = stop.number if isinstance(stop, Stopped) else signal.SIGINT
        why = "interrupted" if number == signal.SIGINT else f"ended by {stop}"
        complain(f"{why}; what had finished is kept", words)
        return SIGNALLED + number
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        ails = trouble(error)
        if ails:
            complain(f"{ails} ({error}); mend that and try again", words)
            return WRONG_INPUT
        # The one place where a fault of ours becomes a sentence.
        complain(told(error, words), words)
        return FAULT
