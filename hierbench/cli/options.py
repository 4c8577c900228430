"""The verbs and what each of them takes."""

import argparse
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from hierbench.errors import ConfigError

__all__ = ["parser"]

EXAMPLES = """examples:
  hierbench run data=sacramento parameterization=centered seed=1
  hierbench sweep parameterization=centered,noncentered prior.scale=0.5,1,2 seed=1,2,3
  hierbench sweep experiments=quickstart
  hierbench compare
  hierbench validate data=radon prior=halfnormal
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are sentences, without the usage before them."""

    def error(self, message: str) -> NoReturn:
        """Raise ConfigError."""
        raise ConfigError(f"{message}; see `{self.prog} --help`")


def parser() -> Parser:
    """Return the parser of all verbs."""
    top = Parser(
        prog="hierbench",
        description="Benchmark Bayesian hierarchical models; every run is kept in MLflow.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"hierbench {version('hierbench')}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_fitting_verbs(verbs)
    add_reading_verbs(verbs)
    add_model_verb(verbs)
    add_data_verb(verbs)
    add_store_verbs(verbs)
    return top


type Verbs = "argparse._SubParsersAction[Parser]"


def add_fitting_verbs(verbs: Verbs) -> None:
    """Add run, sweep and resume."""
    fitting(verbs.add_parser("run", help="fit one cell"))
    sweep = verbs.add_parser("sweep", help="fit every cell of a grid: each key takes a,b,c")
    fitting(sweep)
    sweep.add_argument("--workers", type=int, metavar="N", help="cells at once (default 1)")
    sweep.add_argument("--dry-run", action="store_true", help="show the plan, fit nothing")
    sweep.add_argument("--extend", metavar="SWEEP_ID", help="add cells to a sweep: seed=4,5")
    sweep.add_argument("--store", metavar="URI", help="with --extend: where the sweep is")
    forcing(sweep)
    accepting(sweep)
    naming_model(sweep)
    resume = verbs.add_parser("resume", help="run what is missing of a sweep, failed or killed")
    reading(resume, "SWEEP_ID", 1, "its id or the first 8 characters")
    forcing(resume)
    accepting(resume)
    naming_model(resume)


def add_reading_verbs(verbs: Verbs) -> None:
    """Add status, compare, validate, show and reproduce."""
    status = verbs.add_parser("status", help="show how far sweeps are")
    reading(status, "SWEEP_ID", "*", "default: the latest sweep")
    status.add_argument("--watch", action="store_true", help="until the sweep has ended")
    add_compare_verb(verbs)
    add_validate_verb(verbs)
    reading(verbs.add_parser("show", help="show everything about one run"), "RUN_ID", 1, "its id")
    again = verbs.add_parser("reproduce", help="fit a run anew: IDENTICAL, EQUIVALENT, ...")
    reading(again, "RUN_ID", 1, "its id or the first 8 characters")
    again.add_argument("--strict", action="store_true", help="exit 1 unless IDENTICAL")
    accepting(again)
    naming_model(again)
    again.add_argument(
        "--env",
        choices=("this", "recorded"),
        default="this",
        help="recorded: the lock file and code of the run's commit, from your git repository",
    )


def add_validate_verb(verbs: Verbs) -> None:
    """Add validate."""
    validate = verbs.add_parser("validate", help="hold every form to its reference and its rivals")
    fitting(validate)
    validate.add_argument("--workers", type=int, metavar="N", help="cells at once (default 1)")
    validate.add_argument(
        "--of",
        action="append",
        default=[],
        metavar="SWEEP_ID",
        help="judge the cells of this sweep and fit none; may be given again",
    )
    validate.add_argument(
        "--calibration",
        metavar="N | SWEEP_ID",
        help="simulations of each form, such as 200, or the calibration to judge again",
    )
    validate.add_argument(
        "--design", metavar="NAME", help="calibration: small, funnel (default: both)"
    )
    validate.add_argument(
        "--output", type=Path, metavar="FOLDER", help="calibration: write verdicts and plot there"
    )
    validate.add_argument("--store", metavar="URI", help="where the sweep is that was given by id")
    accepting(validate)


def add_compare_verb(verbs: Verbs) -> None:
    """Add compare."""
    compare = verbs.add_parser("compare", help="put the settings of sweeps side by side")
    reading(compare, "SWEEP_ID", "*", "ids or their first 8 characters (default: latest sweep)")
    compare.add_argument("--csv", type=Path, metavar="FILE", help="write one row per cell")
    compare.add_argument("--html", type=Path, metavar="FILE", help="write the report")
    compare.add_argument("--markdown", action="store_true", help="print Markdown")
    compare.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="CONDITIONS",
        help="'data=sacramento prior.scale>=1': only the cells that meet all",
    )
    compare.add_argument("--metric", metavar="NAME", help="rank by it (default: ess_per_second)")
    compare.add_argument("--rows", metavar="KEY", help="an axis to go down the table")
    compare.add_argument("--columns", metavar="KEY", help="an axis to go across")
    compare.add_argument(
        "--baseline", metavar="SWEEP_ID", help="against this sweep: exit 1 on a slowdown"
    )
    compare.add_argument(
        "--threshold",
        type=float,
        metavar="RATIO",
        help="the smallest slowdown that counts (default 1.1)",
    )
    compare.add_argument(
        "--verify", action="store_true", help="check every figure against the store"
    )


def add_model_verb(verbs: Verbs) -> None:
    """Add model."""
    model = verbs.add_parser("model", help="list models, check a file of yours, or write one")
    model.add_argument(
        "rest",
        nargs="+",
        metavar="list | check FILE [OVERRIDES] | new FILE",
        help="check takes data.path and other overrides of `run`",
    )
    model.add_argument("--outcome", metavar="KIND", help="new: normal, binomial or poisson")
    model.add_argument("--quick", action="store_true", help="check: what a sweep checks first")
    model.add_argument("--json", action="store_true", help="print JSON")


def add_data_verb(verbs: Verbs) -> None:
    """Add data."""
    data = verbs.add_parser("data", help="list, check or prepare data")
    data.add_argument(
        "rest",
        nargs="+",
        metavar="list | check FILE [OVERRIDES] | prepare NAME",
        help="check takes data.group, data.x, data.y, data.y_scale",
    )
    data.add_argument("--source", type=Path, metavar="FILE", help="prepare: the raw file")
    data.add_argument("--output", type=Path, metavar="FILE", help="prepare: default NAME.csv")
    data.add_argument("--json", action="store_true", help="print JSON")


def add_store_verbs(verbs: Verbs) -> None:
    """Add doctor, sync, repair and ui."""
    doctor = verbs.add_parser("doctor", help="say whether this machine is fit for timing")
    reading(doctor, "", 0, argparse.SUPPRESS)
    doctor.add_argument(
        "--clear-cache", action="store_true", help="remove all kept compiled functions, and end"
    )
    sync = verbs.add_parser("sync", help="send what was kept while the store was away")
    reading(sync, "", 0, argparse.SUPPRESS)
    repair = verbs.add_parser("repair", help="close runs whose process is gone")
    reading(repair, "", 0, argparse.SUPPRESS)
    help_all = "close open runs of other hosts and containers too; first see that they have ended"
    repair.add_argument("--all-hosts", action="store_true", help=help_all)
    repair.add_argument(
        "--moved",
        action="store_true",
        help="rewrite the addresses of a moved store's files, for the MLflow UI",
    )
    ui = verbs.add_parser("ui", help="open the MLflow UI on the store, on loopback")
    reading(ui, "SWEEP_ID", "*", "the sweep to open at (default: the latest)")
    ui.add_argument("--port", type=int, help="default: 5000, or the next free one")
    ui.add_argument("--no-browser", action="store_true", help="print the links, open nothing")


def fitting(verb: argparse.ArgumentParser) -> None:
    """Add what run and sweep take."""
    verb.add_argument("rest", nargs="*", metavar="OVERRIDE", help="key=value, Hydra's grammar")
    verb.add_argument("--json", action="store_true", help="print results as JSON")


def forcing(verb: argparse.ArgumentParser) -> None:
    """Add what the verbs take that go on with a sweep."""
    verb.add_argument("--force", action="store_true", help="though data or code have changed")


def accepting(verb: argparse.ArgumentParser) -> None:
    """Add what the verbs take that read the user's files by the names that a store gives."""
    verb.add_argument(
        "--accept-data",
        action="store_true",
        help="read the data.path that the store names, though the file is not the recorded one",
    )


def naming_model(verb: argparse.ArgumentParser) -> None:
    """Add what the verbs take that fit a user's model again: a store's word opens no file."""
    verb.add_argument(
        "--model",
        type=Path,
        metavar="FILE",
        help="your model's file, where it no longer lies where you ran it (of a sweep: --extend)"
        if verb.prog.endswith("sweep")
        else "your model's file, where it no longer lies where you ran it",
    )


def reading(verb: argparse.ArgumentParser, name: str, count: str | int, text: str) -> None:
    """Add what the verbs take that read a store."""
    if count == 0:
        verb.set_defaults(rest=())
    else:
        verb.add_argument("rest", nargs=count, metavar=name, help=text)
    verb.add_argument("--store", metavar="URI", help="default: MLFLOW_TRACKING_URI, else runs/")
    verb.add_argument("--json", action="store_true", help="print JSON")
