"""What a model's file says of itself, read without importing it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from hierbench.errors import ConfigError

__all__ = ["Contents", "contents_of"]

NOT_A_PRIOR = ("scale", "scales", "name")
"""Keys of `prior` themselves."""


@dataclass(frozen=True)
class Contents:
    """A model's file, as its text has it.

    Attributes
    ----------
    summary : str
        The first line of its docstring.
    prior : mapping of str to float
        Base scales by parameter.
    estimands : mapping of str to tuple of str
        By block.
    necks : tuple of str
        Scales at which divergences are located.
    forms, completed : tuple of str
        Names of its forms, and of those that integrate estimands out.
    variants : mapping of str to str
        By form, where they do not all share one posterior.
    not_uniform : mapping of str to str
        Why a form is expected to fail a calibration, by form.
    source_sha256 : str
        Of its syntax, without comments and docstrings.
    """

    summary: str
    prior: Mapping[str, float]
    estimands: Mapping[str, tuple[str, ...]]
    necks: tuple[str, ...]
    forms: tuple[str, ...]
    completed: tuple[str, ...]
    variants: Mapping[str, str]
    not_uniform: Mapping[str, str]
    source_sha256: str


def contents_of(path: Path) -> Contents:
    """Return what the file at `path` says.

    Raises
    ------
    ConfigError
        It is no Python, or lacks a part, or one is not what the contract asks for.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError) as err:
        raise ConfigError(f"model={path}: not a Python file that can be read ({err})") from err
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    prior = literal(path, named, "PRIOR")
    estimands = literal(path, named, "ESTIMANDS")
    for name in prior:
        if name in NOT_A_PRIOR:
            raise ConfigError(
                f"model={path}: PRIOR has {name!r}, which is a key of prior itself; give the "
                "parameter another name"
            )
    for name in (*estimands, *(one for block in estimands.values() for one in block)):
        if not str(name).isidentifier():
            raise ConfigError(
                f"model={path}: ESTIMANDS has {name!r}, which is no identifier; blocks and "
                "estimands become names of metrics and of arrays"
            )
    docstring = ast.get_docstring(tree) or path.stem
    return Contents(
        summary=docstring.splitlines()[0],
        prior={str(name): float(value) for name, value in prior.items()},
        estimands={str(block): tuple(names) for block, names in estimands.items()},
        necks=tuple(literal(path, named, "NECKS", ())),
        forms=keys_of(path, named, "FORMS"),
        completed=keys_of(path, named, "COMPLETE") if "COMPLETE" in named else (),
        variants=literal(path, named, "VARIANTS", {}),
        not_uniform=literal(path, named, "NOT_UNIFORM", {}),
        source_sha256=syntax_sha256(tree),
    )


def literal(path: Path, named: Mapping[str, ast.expr], name: str, default: Any = None) -> Any:
    """Return the literal value that a module gives to `name`."""
    if name not in named:
        if default is None:
            raise ConfigError(f"model={path}: it has no {name}; `hierbench model new` shows one")
        return default
    try:
        return ast.literal_eval(named[name])
    except (ValueError, TypeError) as err:
        raise ConfigError(
            f"model={path}: {name} is no literal; write its names and numbers out"
        ) from err


def keys_of(path: Path, named: Mapping[str, ast.expr], name: str) -> tuple[str, ...]:
    """Return the keys of a mapping of names to functions."""
    node = named.get(name)
    keys = node.keys if isinstance(node, ast.Dict) else []
    texts = [key.value for key in keys if isinstance(key, ast.Constant)]
    if not texts or len(texts) != len(keys) or not all(isinstance(text, str) for text in texts):
        raise ConfigError(
            f"model={path}: {name} is no mapping of names to functions; write it as "
            f'{name} = {{"centered": centered}}'
        )
    return tuple(str(text) for text in texts)


def syntax_sha256(tree: ast.Module) -> str:
    """Hash a module's syntax without its docstrings: comments and blanks do not count."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
    return sha256(unparsed(tree).encode()).hexdigest()


def unparsed(tree: ast.Module) -> str:
    """Return a module's syntax as text, the same under every Python."""
    return ast.unparse(tree)
