"""The key of what nutpie compiles for a PyMC model: all that its machine code hangs on.

The density's graph is taken as PyMC builds it, before PyTensor rewrites it: rewriting costs more
than all the rest of a warm start, and what it does hangs on the graph, the rewrites that are
registered, PyTensor's version and its settings, which are all in the key. Every transform, custom
density and Potential is in that graph already, as the expression that it stands for.
"""

import platform
import sys
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numba
import nutpie
import pymc as pm
from numba.core.registry import cpu_target
from nutpie.compile_pymc import _compute_shapes
from pytensor.compile.mode import optdb
from pytensor.configdefaults import config
from pytensor.graph.rewriting.db import RewriteDatabase

from hierbench.samplers.graph_words import GraphWords, words_of_value

__all__ = ["ModelKey", "key_of"]

PACKAGES = ("nutpie", "pymc", "pytensor", "numba", "llvmlite", "numpy", "scipy")
FLAGS = (
    "floatX",
    "cast_policy",
    "mode",
    "linker",
    "optimizer",
    "on_opt_error",
    "optimizer_excluding",
    "optimizer_including",
    "optimizer_requiring",
    "optdb__position_cutoff",
    "optdb__max_use_ratio",
    "cycle_detection",
    "tensor__insert_inplace_optimizer_validate_nb",
    "scan__allow_gc",
    "scan__allow_output_prealloc",
    "numba__fastmath",
)
NOT_COMPILED = ("CACHE_DIR", "NUM_THREADS", "COLOR_SCHEME", "CACHE_LOCATOR_CLASSES")
"""numba's settings that change no code."""


class ModelKey:
    """A model's key, and its shared variables in the order in which the key names them."""

    def __init__(self, key: str, shared: list[Any]) -> None:
        self.key = key
        self.shared = shared


def key_of(model: pm.Model) -> ModelKey:
    """Return the key of `model`.

    Raises
    ------
    NoWordsError
        If something in its graph cannot be told apart from something else.
    """
    values = [model.rvs_to_values[variable] for variable in model.free_RVs]
    graph = GraphWords(values)
    graph.add([model.logp()])
    kept = model.unobserved_value_vars
    graph.add(kept)
    words = (
        [one.name for one in values],
        [words_of_value(one.type) for one in model.free_RVs],
        [model.rvs_to_transforms.get(one) is None for one in model.free_RVs],
        [one.name for one in kept],
        sorted(shapes_of(model, kept).items()),
        model.check_bounds,
        graph.words(),
    )
    whole = sha256(repr((words, environment(), rewrites())).encode()).hexdigest()
    return ModelKey(whole, graph.shared)


def shapes_of(model: pm.Model, kept: list[Any]) -> dict[str, tuple[int, ...]]:
    """Return the shape of each variable that a fit keeps; they are part of the code.

    nutpie computes them from the data, which takes a third of a second; most are known.
    """
    known = {one.name: one.type.shape for one in kept}
    if all(length is not None for shape in known.values() for length in shape):
        return known
    found: Mapping[str, Any] = _compute_shapes(model)
    return {name: tuple(int(length) for length in found[name]) for name in known}


def environment() -> tuple[Any, ...]:
    """Return what code hangs on beside the model, as this process has it now."""
    settings = tuple((name, str(getattr(config, name))) for name in FLAGS)
    of_numba = tuple(
        (name, value)
        for name, value in sorted(vars(numba.core.config).items())
        if name.isupper()
        and isinstance(value, str | int | float | bool | None)
        and not any(one in name for one in NOT_COMPILED)
    )
    machine = cpu_target.target_context.codegen().magic_tuple()
    return (settings, of_numba, machine, sys.version, platform.platform(), installed())


@cache
def installed() -> tuple[Any, ...]:
    """Return the packages that compile: version, list of files, and nutpie's own source."""
    found: list[Any] = []
    for name in PACKAGES:
        try:
            package = distribution(name)
        except PackageNotFoundError:  # run from a source tree
            found.append((name, getattr(sys.modules.get(name), "__version__", "")))
            continue
        files = sha256((package.read_text("RECORD") or "").encode()).hexdigest()
        found.append((name, package.version, files))
    source = Path(str(nutpie.__file__)).with_name("compile_pymc.py").read_bytes()
    return (*found, sha256(source).hexdigest())


def rewrites() -> list[str]:
    """Return the names of PyTensor's registered rewrites; a package that is imported adds some."""
    names: set[str] = set()
    waiting: list[Any] = [optdb]
    seen: set[int] = set()
    while waiting:
        database = waiting.pop()
        if id(database) in seen:
            continue
        seen.add(id(database))
        for name, held in database.__db__.items():
            names.add(str(name))
            waiting += [one for one in held if isinstance(one, RewriteDatabase)]
    return sorted(names)
