"""The layers of the package: what a room may import, checked on its source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "hierbench"

FLOORS = {
    "records": 0,
    "dataset": 1,
    "errors": 1,
    "environment": 1,
    "process": 1,
    "locks": 1,
    "disk": 1,
    "compiled": 1,
    "compiled_files": 1,
    "scratch": 1,
    "stops": 1,
    "tether": 1,
    "shown": 1,
    "markdown": 1,
    "family": 1,
    "hdf5": 1,
    "metrics": 1,
    "ratios": 1,
    "terminal": 2,
    "config": 2,
    "samplers": 2,
    "tables": 2,
    "models": 3,
    "diagnostics": 3,
    "tracking": 3,
    "plots": 2,
    "datatree": 3,
    "provenance": 3,
    "machine": 3,
    "agreement": 4,
    "comparison": 4,
    "cell": 5,
    "report": 5,
    "sweeps": 7,
    "reproduction": 7,
    "executors": 6,
    "validation": 8,
    "api": 9,
    "cli": 10,
    "__init__": 11,
    "__main__": 11,
}
"""A module imports from lower floors and from its own room; the root names what the API has."""

ROOMS = {
    "pymc": {"models", "samplers"},
    "pytensor": {"models", "samplers"},
    "blackjax": {"samplers"},
    "jax": {"samplers"},
    "numpyro": {"samplers"},
    "nutpie": {"samplers"},
    "stanli": {"samplers"},
    "arviz": {"diagnostics", "plots"},
    "arviz_base": {"diagnostics", "plots"},
    "arviz_plots": {"diagnostics", "plots"},
    "arviz_stats": {"diagnostics", "plots"},
    "mlflow": {"tracking"},
    "hydra": {"config", "sweeps"},
    "omegaconf": {"config", "sweeps"},
}
"""The rooms that may import a library."""


def imported(tree: ast.AST, inside: list[str]) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of every import, inside functions and TYPE_CHECKING too.

    A string that spells a module of the package counts: import_module is handed such.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = inside[: len(inside) - node.level + 1] if node.level else []
            parts = [*base, *([node.module] if node.module else [])]
            yield from ((node.lineno, ".".join([*parts, alias.name])) for alias in node.names)
        elif isinstance(node, ast.Constant) and spells_a_module(node.value):
            yield node.lineno, str(node.value)


def spells_a_module(value: object) -> bool:
    """Return whether a constant is the dotted name of something in the package."""
    return isinstance(value, str) and re.fullmatch(r"hierbench(\.\w+)+", value) is not None


def violations(package: Path) -> list[str]:
    """Return a sentence for every import in `package` that the layers forbid."""
    found = []
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package)
        room = place.with_suffix("").parts[0]
        inside = ["hierbench", *place.parts[:-1]]
        for line, name in imported(ast.parse(path.read_text(encoding="utf-8")), inside):
            reason = forbidden(room, name)
            found += [f"{place}:{line}: {reason}"] if reason else []
    return found


def forbidden(room: str, name: str) -> str | None:
    """Return why `room` may not import the dotted `name`; None when it may."""
    top, _, rest = name.partition(".")
    if top in ROOMS and room not in ROOMS[top]:
        return f"{top} belongs to {', '.join(sorted(ROOMS[top]))}"
    target = rest.partition(".")[0]
    if top != "hierbench" or target == room:
        return None
    if room not in FLOORS or target not in FLOORS:
        return f"{room} or {target} has no floor"
    if FLOORS[room] <= FLOORS[target]:
        return f"{room} (floor {FLOORS[room]}) imports {target} (floor {FLOORS[target]})"
    return None


def planted(folder: Path, **sources: str) -> list[str]:
    """Return the violations of a package with these files; __ in a name is a folder."""
    for name, source in sources.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return violations(folder)


def test_layers_hold():
    assert violations(PACKAGE) == []


def test_layers_every_room_has_a_floor():
    rooms = {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in PACKAGE.rglob("*.py")}
    assert rooms == set(FLOORS)


def test_layers_every_room_is_a_package():
    """A folder without __init__.py has its modules imported twice when doctests are collected."""
    folders = {path.parent for path in PACKAGE.rglob("*.py") if "plugins" not in path.parts}
    assert [folder.name for folder in folders if not (folder / "__init__.py").exists()] == []


def test_layers_checker_sees_the_whole_package():
    names = {name for path in PACKAGE.rglob("*.py") for _, name in imports_of(path)}
    assert {"pymc", "hierbench.models.MODELS", "hierbench.samplers.nutpie"} <= names


def imports_of(path: Path) -> list[tuple[int, str]]:
    return list(imported(ast.parse(path.read_text(encoding="utf-8")), ["hierbench"]))


@pytest.mark.parametrize(
    "source",
    [
        "from hierbench.records import Fit\nfrom hierbench.models.homes.likelihood import rowwise",
        "import pymc as pm\nimport pytensor.tensor as pt",
        "'hierbench.samplers is upstairs'",
        "from . import likelihood\nfrom ..records import Fit",
    ],
)
def test_layers_allow(source, tmp_path):
    assert planted(tmp_path, models__centered=source) == []


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            "from hierbench.diagnostics import diagnose",
            "models (floor 3) imports diagnostics (floor 3)",
        ),
        ("import hierbench.cell.plan", "models (floor 3) imports cell (floor 5)"),
        ("from hierbench import sweeps", "models (floor 3) imports sweeps (floor 7)"),
        ("from ..cli import main", "models (floor 3) imports cli (floor 10)"),
        ("from .. import cell", "models (floor 3) imports cell (floor 5)"),
        ("NAME = 'hierbench.cell.fit'", "models (floor 3) imports cell (floor 5)"),
        ("from hierbench.attic import old", "models or attic has no floor"),
        ("import arviz", "arviz belongs to diagnostics, plots"),
        ("from mlflow.entities import Run", "mlflow belongs to tracking"),
        ("import nutpie", "nutpie belongs to samplers"),
        ("def f():\n    import hydra", "hydra belongs to config, sweeps"),
        ("if TYPE_CHECKING:\n    from omegaconf import DictConfig", "omegaconf belongs to config"),
    ],
)
def test_layers_forbid(source, reason, tmp_path):
    (found,) = planted(tmp_path, models__centered=source)
    assert reason in found


@pytest.mark.parametrize("library", ["pymc", "pytensor"])
def test_layers_forbid_a_sampling_library_elsewhere(library, tmp_path):
    (found,) = planted(tmp_path, datatree=f"from {library} import x")
    assert found == f"datatree.py:1: {library} belongs to models, samplers"


def test_layers_forbid_one_floor_1_module_to_import_another(tmp_path):
    (found,) = planted(tmp_path, markdown="from hierbench.errors import DataError")
    assert found == "markdown.py:1: markdown (floor 1) imports errors (floor 1)"


def test_layers_forbid_a_room_without_a_floor(tmp_path):
    (found,) = planted(tmp_path, helpers="from hierbench.records import Fit")
    assert found == "helpers.py:1: helpers or records has no floor"
