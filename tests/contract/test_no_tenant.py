"""No module outside `hierbench/models/homes/` knows the parameters of that one model."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hierbench.models.homes import MODEL
from hierbench.models.homes.forms import FORMS

PACKAGE = Path(__file__).parents[2] / "hierbench"
NAMES = {*MODEL.estimands, "rho_unit", *(name for form in FORMS.values() for name in form.dims)}
OWN = PACKAGE / "models" / "homes"
MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if OWN not in path.parents]


def words_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and word of every identifier, attribute and string; not of keyword arguments."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.Constant(value=str(text)):
                yield from ((node.lineno, word) for word in re.findall(r"\w+", text))


def found_in(source: str) -> list[tuple[int, str]]:
    """Return where a module names a parameter of homes."""
    return [(line, word) for line, word in words_of(ast.parse(source)) if word in NAMES]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_names_no_parameter_of_homes(path):
    assert found_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "mu_alpha = 1",
        "draws.sigma",
        "def f(beta): ...",
        "'the mean of rho'",
        "f'{x}: sigma_beta'",
        "def alpha(): ...",
    ],
)
def test_name_is_found(source):
    assert found_in(source)


@pytest.mark.parametrize("source", ["panel.plot(x, alpha=0.2)", "'alphabet'", "betas = 1"])
def test_others_are_not(source):
    assert found_in(source) == []
