"""What a model's file says of itself, read without importing it."""

import ast
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hierbench.config.schema import ALL_FORMS
from hierbench.errors import ConfigError
from hierbench.models.snapshot import Snapshot

__all__ = ["Contents", "contents_of"]

NOT_A_PRIOR = ("scale", "scales", "name")
"""Keys of `prior` themselves."""

WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
"""A name that stands in metrics, paths and command lines."""

PARTS = ("PRIOR", "ESTIMANDS", "FORMS")
"""Without them a file is no model."""


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
    own_file : str
        The table beside it that is read where no data are named; empty: none, or it is written
        out in the file.
    own_data : bool
        Whether it brings data at all.
    """

    summary: str
    prior: Mapping[str, float]
    estimands: Mapping[str, tuple[str, ...]]
    necks: tuple[str, ...]
    forms: tuple[str, ...]
    completed: tuple[str, ...]
    variants: Mapping[str, str]
    not_uniform: Mapping[str, str]
    own_file: str
    own_data: bool


def contents_of(snapshot: Snapshot) -> Contents:
    """Return what a model's file says.

    Raises
    ------
    ConfigError
        It lacks a part, or one is not what the contract asks for; the sentence names it.
    """
    tree = snapshot.trees[snapshot.path.name]
    text = Text(f"model={snapshot.path}", named_in(tree))
    if not WORD.fullmatch(snapshot.name):
        raise ConfigError(
            f"{text.place}: {snapshot.name!r} would be the model's name; name the file with "
            "letters, digits and underscores, a letter first"
        )
    text.require(PARTS)
    docstring = (ast.get_docstring(tree) or snapshot.name).strip()
    found = Contents(
        summary=docstring.splitlines()[0],
        prior=text.scales("PRIOR"),
        estimands=text.blocks("ESTIMANDS"),
        necks=text.words("NECKS"),
        forms=text.keys_of("FORMS"),
        completed=text.keys_of("COMPLETE") if "COMPLETE" in text.named else (),
        variants=text.by_form("VARIANTS"),
        not_uniform=text.by_form("NOT_UNIFORM"),
        own_file=text.own_file("DATA"),
        own_data="DATA" in text.named,
    )
    text.check_names(found)
    return found


def named_in(tree: ast.Module) -> dict[str, ast.expr | None]:
    """Return what a module gives to each name at its top; None for a function or an import."""
    found: dict[str, ast.expr | None] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=targets, value=value):
                found.update({one.id: value for one in targets if isinstance(one, ast.Name)})
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                found[name] = value
            case ast.FunctionDef(name=name):
                found[name] = None
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found.update({(one.asname or one.name): None for one in names})
    return found


@dataclass(frozen=True)
class Text:
    """The parts of one file, and what errors call it."""

    place: str
    named: Mapping[str, ast.expr | None]

    def fault(self, sentence: str) -> ConfigError:
        """Return the error that says what is wrong with the file."""
        return ConfigError(f"{self.place}: {sentence}")

    def require(self, names: Iterable[str]) -> None:
        """Raise ConfigError for a part that is not there."""
        for name in (*names, "data"):
            if name not in self.named:
                raise self.fault(
                    f"it has no {name}, so it is no model; `hierbench model new FILE` writes one "
                    "that has all parts"
                )

    def literal(self, name: str, default: Any) -> Any:
        """Return the literal value of a part."""
        if name not in self.named:
            return default
        node = self.named[name]
        try:
            if node is None:
                raise ValueError
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as err:
            raise self.fault(f"{name} is no literal; write its names and numbers out") from err

    def mapping(self, name: str) -> dict[str, Any]:
        """Return a literal mapping of text."""
        found = self.literal(name, {})
        if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
            raise self.fault(f"{name} is no mapping of names; write it as {name} = {{...}}")
        return found

    def scales(self, name: str) -> dict[str, float]:
        """Return the base scales of the priors."""
        found = self.mapping(name)
        for key, value in found.items():
            if key in NOT_A_PRIOR:
                raise self.fault(
                    f"{name} has {key!r}, which is a key of prior itself; give the parameter "
                    "another name"
                )
            if not key.isidentifier():
                raise self.fault(f"{name} has {key!r}, which is no identifier; rename it")
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not math.isfinite(value) or value <= 0:
                raise self.fault(
                    f"{name} has {key!r}: {value!r}; allowed are finite numbers above 0, since "
                    "prior.scale multiplies them"
                )
        return {key: float(value) for key, value in found.items()}

    def blocks(self, name: str) -> dict[str, tuple[str, ...]]:
        """Return the estimands by block, each once."""
        found = self.mapping(name)
        if not found:
            raise self.fault(f'{name} is empty; name what every form gives: {{"hyper": ("mu",)}}')
        seen: dict[str, str] = {}
        for block, names in found.items():
            if not isinstance(names, tuple | list) or not names:
                raise self.fault(
                    f"{name} gives {block!r} {names!r}; give a tuple of names, with a comma after "
                    f'a single one: "{block}": ("theta",)'
                )
            for one in (block, *names):
                if not isinstance(one, str) or not one.isidentifier():
                    raise self.fault(
                        f"{name} has {one!r}, which is no identifier; blocks and estimands become "
                        "names of metrics and of arrays"
                    )
            for one in names:
                if one in seen:
                    raise self.fault(
                        f"{name} has {one!r} twice, in {seen[one]} and in {block}; keep one"
                    )
                seen[one] = block
        return {block: tuple(names) for block, names in found.items()}

    def words(self, name: str) -> tuple[str, ...]:
        """Return a literal list of names."""
        found = self.literal(name, ())
        if not isinstance(found, tuple | list) or not all(isinstance(one, str) for one in found):
            raise self.fault(f'{name} is no tuple of names; write it as {name} = ("tau",)')
        return tuple(found)

    def by_form(self, name: str) -> dict[str, str]:
        """Return a literal mapping of forms to text."""
        found = self.mapping(name)
        for form, text in found.items():
            if not isinstance(text, str):
                raise self.fault(f"{name} gives {form!r} {text!r}; give text")
        return found

    def keys_of(self, name: str) -> tuple[str, ...]:
        """Return the keys of a mapping of names to functions."""
        node = self.named[name]
        keys = node.keys if isinstance(node, ast.Dict) else []
        texts = [key.value for key in keys if isinstance(key, ast.Constant)]
        if not texts or len(texts) != len(keys) or not all(isinstance(one, str) for one in texts):
            raise self.fault(
                f"{name} is no mapping of names to functions; write it as "
                f'{name} = {{"centered": centered}}'
            )
        twice = {one for one in texts if texts.count(one) > 1}
        if twice:
            raise self.fault(f"{name} has {sorted(map(str, twice))[0]!r} twice; keep one")
        return tuple(str(one) for one in texts)

    def own_file(self, name: str) -> str:
        """Return the name of the table beside the file, empty where it has none."""
        node = self.named.get(name)
        if not isinstance(node, ast.Constant):
            return ""
        if not isinstance(node.value, str) or not node.value:
            raise self.fault(f"{name} is {node.value!r}; give a table, or the name of a file")
        return node.value

    def check_names(self, of: Contents) -> None:
        """Raise ConfigError for a name that is none of those that the file gives, or is taken."""
        estimands = {one for names in of.estimands.values() for one in names}
        for form in of.forms:
            if form == ALL_FORMS or not WORD.fullmatch(form):
                raise self.fault(
                    f"FORMS has {form!r}; a form's name has letters, digits and underscores, and "
                    f"{ALL_FORMS} stands for every form; rename it"
                )
        given = {"COMPLETE": of.completed, "VARIANTS": of.variants, "NOT_UNIFORM": of.not_uniform}
        for part, forms in given.items():
            for form in forms:
                if form not in of.forms:
                    raise self.fault(
                        f"{part} has {form!r}, which is no form; known are {', '.join(of.forms)}"
                    )
        for form in of.variants:
            if not WORD.fullmatch(of.variants[form]):
                raise self.fault(
                    f"VARIANTS has {of.variants[form]!r}; give letters, digits and underscores"
                )
        for neck in of.necks:
            if neck not in estimands:
                raise self.fault(
                    f"NECKS has {neck!r}, which is no estimand; known are "
                    f"{', '.join(sorted(estimands))}"
                )
