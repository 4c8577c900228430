"""Public names: what a module lists in `__all__`, and what others take from it."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "hierbench"
PLUGINS = PACKAGE / "sweep" / "plugins"


def module_name(path: Path) -> str:
    """Return the name that `path` is imported by; plugins are no submodules of hierbench."""
    root = PLUGINS if path.is_relative_to(PLUGINS) else PACKAGE.parent
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


PATHS = {
    module_name(path): path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "__main__.py"
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


def isort_key(name: str) -> tuple[int, list[object]]:
    """Order as ruff's RUF022: constants, classes, the rest; numbers by value."""
    kind = 0 if name.isupper() else 1 if name.lstrip("_")[:1].isupper() else 2
    return kind, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


@MODULE
def test_public_names_exist(name):
    module = import_module(name)
    assert [
        public for public in getattr(module, "__all__", ()) if not hasattr(module, public)
    ] == []


@MODULE
def test_public_names_are_sorted(name):
    names = list(getattr(import_module(name), "__all__", ()))
    assert names == sorted(set(names), key=isort_key)


@MODULE
def test_public_names_hold_what_others_import(name):
    wanted = {public for module, public in TAKEN if module == name}
    assert wanted <= set(getattr(import_module(name), "__all__", ()))
