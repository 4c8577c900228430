"""The verb data."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from hierbench.cli.arguments import Arguments
from hierbench.cli.writing import writing
from hierbench.config.quoting import quoted
from hierbench.errors import ConfigError
from hierbench.models import model_of
from hierbench.models.data import describe, load, prepare
from hierbench.shown import say, say_json
from hierbench.terminal import console

__all__ = ["data"]


def data(arguments: Arguments) -> int:
    """List the data sets, check a table of the user's, or prepare a raw file."""
    actions: dict[str, Callable[[Arguments], None]] = {
        "list": list_data,
        "check": check_file,
        "prepare": prepare_file,
    }
    action = arguments.rest[0]
    if action not in actions:
        raise ConfigError(f"data {action}: known are {', '.join(actions)}; choose one of them")
    actions[action](arguments)
    return 0


def list_data(arguments: Arguments) -> None:
    """Print one line per data set."""
    if arguments.rest[1:]:
        raise ConfigError(
            f"data list {' '.join(arguments.rest[1:])}: list takes no name; use data check FILE"
        )
    found = describe()
    if arguments.json:
        say_json([asdict(one) for one in found])
        return
    table = Table(box=None, pad_edge=False)
    for name in ("data", "model", "rows/groups/min/median/max", "origin"):
        table.add_column(name, overflow="fold")
    for one in found:
        sizes = "/".join(f"{size:g}" for size in one.sizes.values())
        table.add_row(one.name, one.model, sizes or "-", one.origin)
    console().print(table)


def check_file(arguments: Arguments) -> None:
    """Read a table as `data=csv` would, and say what it holds and what is doubtful."""
    if len(arguments.rest) < 2:
        raise ConfigError("data check: no file; give one: hierbench data check FILE data.group=...")
    from hierbench.config.compose import compose_cell, composer, to_config  # it imports Hydra

    overrides = ["data=csv", f"data.path={quoted(arguments.rest[1])}", *arguments.rest[2:]]
    with composer() as hydra:
        config = to_config(compose_cell(hydra, overrides))
    dataset, model = load(config), model_of(config.model)
    of_forms = (model.warnings(dataset, form) for form in model.forms.values())
    doubts = list(dict.fromkeys(sentence for found in of_forms for sentence in found))
    found = {
        **dataset.sizes,
        **dataset.figures,
        "sd of the outcome": float(dataset.observed.std()),
        "warnings": doubts,
    }
    if arguments.json:
        say_json(found)
        return
    for name, value in found.items():
        if name != "warnings":
            say(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")
    for sentence in (*dataset.notes, *doubts):
        say(sentence)


def prepare_file(arguments: Arguments) -> None:
    """Write the cleaned columns of a raw file."""
    if len(arguments.rest) != 2 or arguments.source is None:
        raise ConfigError(
            "data prepare: needs a name and a file; give hierbench data prepare NAME --source FILE"
        )
    name = arguments.rest[1]
    output = arguments.output or Path(f"{name}.csv")
    frame = prepare(name, arguments.source)
    with writing("--output", output) as file:
        frame.to_csv(file, index=False)
    columns = ", ".join(str(column) for column in frame.columns)
    say(f"{output}: {len(frame)} rows, columns {columns}")
