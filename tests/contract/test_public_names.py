"""Public names: what a module lists in `__all__`, and what others take from it."""

import ast
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from tests.extras import needed

PACKAGE = Path(__file__).parents[2] / "hierbench"
PLUGINS = PACKAGE / "sweeps" / "plugins"
EXTRAS = {"blackjax", "jax", "numpyro", "stanli"}


def module_name(path: Path) -> str:
    """Return the name that `path` is imported by; plugins are no submodules of hierbench."""
    root = PLUGINS if path.is_relative_to(PLUGINS) else PACKAGE.parent
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


PROGRAMS = ("__main__.py", "tied.py")
"""Modules that do something when they are imported: the program, and what a server begins with."""

PATHS = {
    module_name(path): path for path in sorted(PACKAGE.rglob("*.py")) if path.name not in PROGRAMS
}
MODULE = pytest.mark.parametrize("name", PATHS)


def taken() -> set[tuple[str, str]]:
    """Return (module, name) of every ``from hierbench... import name``, submodules left out."""
    return {
        (node.module, alias.name)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module in PATHS
        for alias in node.names
        if f"{node.module}.{alias.name}" not in PATHS
    }


TAKEN = taken()


def packages(name: str) -> set[str]:
    """Return the packages that a module imports."""
    nodes = list(ast.walk(ast.parse(PATHS[name].read_text(encoding="utf-8"))))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    parts = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {imported.partition(".")[0] for imported in (*plain, *parts)}


def imported(name: str) -> ModuleType:
    """Return the module; one that needs an extra is skipped where that is not installed."""
    for extra in sorted(packages(name) & EXTRAS):
        needed(extra)
    return import_module(name)


def isort_key(name: str) -> tuple[int, list[object]]:
    """Order as ruff's RUF022: constants, classes, the rest; numbers by value."""
    kind = 0 if name.isupper() else 1 if name.lstrip("_")[:1].isupper() else 2
    return kind, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


@MODULE
def test_public_names_exist(name):
    module = imported(name)
    assert [
        public for public in getattr(module, "__all__", ()) if not hasattr(module, public)
    ] == []


@MODULE
def test_public_names_are_sorted(name):
    names = list(getattr(imported(name), "__all__", ()))
    assert names == sorted(set(names), key=isort_key)


@MODULE
def test_public_names_hold_what_others_import(name):
    wanted = {public for module, public in TAKEN if module == name}
    assert wanted <= set(getattr(imported(name), "__all__", ()))
