"""The verb model."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from hierbench.cli.arguments import Arguments
from hierbench.config.quoting import quoted
from hierbench.errors import ConfigError
from hierbench.models.listing import listed
from hierbench.models.rivals import CHECKS
from hierbench.shown import say, say_json
from hierbench.terminal import console

if TYPE_CHECKING:
    from hierbench.sweeps.checked import Report

__all__ = ["model"]

BAD = 1
MARKS: Mapping[bool | None, str] = {True: "ok", False: "FAILED", None: "-"}


def model(arguments: Arguments) -> int:
    """List the models, check that the forms of one are rivals, or write a file to begin with."""
    actions: dict[str, Callable[[Arguments], int]] = {
        "list": list_models,
        "check": check_model,
        "new": new_file,
    }
    action = arguments.rest[0]
    if action not in actions:
        raise ConfigError(f"model {action}: known are {', '.join(actions)}; choose one of them")
    return actions[action](arguments)


def list_models(arguments: Arguments) -> int:
    """Print one line per model."""
    if arguments.rest[1:]:
        raise ConfigError(
            f"model list {' '.join(arguments.rest[1:])}: list takes no name; use model check FILE"
        )
    found = list(listed())
    if arguments.json:
        say_json([asdict(one) for one in found])
        return 0
    table = Table(box=None, pad_edge=False)
    for name in ("model", "forms", "blocks", "data", "what it is"):
        table.add_column(name, overflow="fold")
    for one in found:
        parts = (", ".join(part) for part in (one.forms, one.blocks, one.data))
        where = "" if one.origin == "shipped" else f" (installed: {one.origin})"
        table.add_row(one.name, *parts, f"{one.fault or one.summary}{where}")
    console().print(table)
    return 0


def check_model(arguments: Arguments) -> int:
    """Say whether the forms of a model are one posterior; exit code 1 where they are not."""
    if len(arguments.rest) < 2:
        raise ConfigError(
            "model check: no file; give one: hierbench model check FILE [data.path=TABLE]"
        )
    from hierbench.sweeps.checked import check_typed  # it imports Hydra and what builds models

    name, *overrides = arguments.rest[1:]
    report = check_typed([f"model={quoted(name)}", *overrides], quick=arguments.quick)
    if arguments.json:
        say_json(asdict(report))
    else:
        print_report(report)
    return 0 if report.good else BAD


def print_report(report: "Report") -> None:
    """Print a row for each check, and a sentence for all that does not hold."""
    found = {(one.form, one.check): one.passed for one in report.findings}
    table = Table(box=None, pad_edge=False)
    for name in ("check", *report.forms, "what it asks"):
        table.add_column(name, overflow="fold")
    for check in dict.fromkeys(one.check for one in report.findings):
        marks = (MARKS[found.get((form, check))] for form in report.forms)
        table.add_row(check, *marks, CHECKS[check])
    console().print(table)
    for one in report.failed:
        say(f"{one.check}: {one.text}")
    if report.good:
        say(f"The forms of {report.model} are one posterior, as far as these checks can see.")
    else:
        say(
            "Mend what differs; forms that are meant to differ are named in VARIANTS "
            "(docs/your-model.md)."
        )


def new_file(arguments: Arguments) -> int:
    """Write a short model file that passes `model check` as it is."""
    if len(arguments.rest) != 2:
        raise ConfigError("model new: needs one file; give hierbench model new FILE")
    from hierbench.models.template import OUTCOMES, template

    outcome, path = arguments.outcome or OUTCOMES[0], Path(arguments.rest[1])
    if outcome not in OUTCOMES:
        raise ConfigError(
            f"--outcome {outcome}: known are {', '.join(OUTCOMES)}; choose one of them"
        )
    if path.suffix != ".py":
        right = path.with_suffix(".py")
        raise ConfigError(f"model new {path}: a model's file ends in .py; give {right}")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template(outcome))
    except FileExistsError as err:
        raise ConfigError(f"model new {path}: there is such a file; give another name") from err
    except OSError as err:
        raise ConfigError(f"model new {path}: cannot be written ({err.strerror})") from err
    say(f"{path}: a model with two forms and data of its own; edit it, then")
    say(f"  hierbench model check {path}")
    say(f"  hierbench sweep model={path} parameterization=all prior.scale=0.5,1,2 seed=1,2,3")
    return 0
