"""The process that calls the program, one case a line; its parent starts it anew now and then."""

import contextlib
import io
import json
import resource
import sys
import warnings
from time import process_time
from typing import NoReturn

MOST_BYTES = 12 * 2**30
"""Of address space: a case that asks for more is told so by Python, and the machine lives on."""


def no_fit(*_: object, **__: object) -> NoReturn:
    """Stand for what would fit cells."""
    from hierbench.errors import HierbenchError

    raise HierbenchError("everything was read, and a fit would start here")


def without_fits() -> None:
    """Let every verb end where it would start to fit."""
    import hierbench.cli
    import hierbench.cli.fitting
    import hierbench.cli.reproducing
    import hierbench.cli.running

    hierbench.cli.fits_many = lambda _: False
    hierbench.cli.fitting.finish_cells = no_fit
    hierbench.cli.fitting.run_plan = no_fit
    hierbench.cli.running.run_cell = no_fit
    hierbench.cli.reproducing.reproduce_run = no_fit


def answered(words: list[str]) -> dict[str, object]:
    """Return how the program ended, and what it printed."""
    from hierbench.cli import main

    out, err = io.StringIO(), io.StringIO()
    start = process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as end:  # --help and --version
            code = end.code if isinstance(end.code, int) else 1
        except BaseException as error:  # what main lets through is what is looked for
            code = -1
            print(f"{type(error).__name__}: {error}", file=err)
    return {
        "code": code,
        "out": out.getvalue(),
        "err": err.getvalue(),
        "seconds": process_time() - start,
    }


def serve() -> None:
    """Answer every line of standard input by one of standard output."""
    channel, sys.stdout = sys.stdout, sys.stderr
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    warnings.simplefilter("ignore")
    without_fits()
    for line in sys.stdin:
        print(json.dumps(answered(json.loads(line))), file=channel, flush=True)


if __name__ == "__main__":
    from hierbench.environment import prepare

    prepare()
    serve()
