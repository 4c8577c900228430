"""The program: verbs in, exit code out. Heavy imports live inside the verbs.

Exit codes: 0 good, 1 finished and the answer is bad, 2 wrong input, 70 a fault of ours, 130 Ctrl-C.
"""

import gc
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType

from hierbench.cli.arguments import Arguments, parse
from hierbench.cli.fault import FAULT, told
from hierbench.cli.surroundings import check_surroundings, degrade_streams
from hierbench.environment import prepare
from hierbench.errors import HierbenchError

__all__ = ["main"]

WRONG_INPUT = 2
INTERRUPTED = 130

VERBS = {
    "run": "hierbench.cli.fitting",
    "sweep": "hierbench.cli.fitting",
    "resume": "hierbench.cli.fitting",
    "status": "hierbench.cli.storing",
    "sync": "hierbench.cli.storing",
    "repair": "hierbench.cli.storing",
    "compare": "hierbench.cli.comparing",
    "reproduce": "hierbench.cli.reproducing",
    "validate": "hierbench.cli.validating",
    "show": "hierbench.cli.showing",
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    degrade_streams()
    try:
        arguments = parse(words)
        check_surroundings()
        prepare()
        if fits_many(arguments):
            from hierbench.sweep.server import start_server

            start_server()
        module = imported(VERBS[arguments.verb])
        verb: Callable[[Arguments], int] = getattr(module, arguments.verb)
        return verb(arguments)
    except HierbenchError as error:
        print(f"hierbench: {error}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("hierbench: interrupted; what had finished is kept", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # the one place where a fault of ours becomes a sentence
        print(f"hierbench: {told(error, words)}", file=sys.stderr)
        return FAULT
