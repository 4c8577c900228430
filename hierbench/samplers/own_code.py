"""The code of Ops that neither PyTensor nor PyMC ships: hashes of the sources they come from."""

import ast
import sys
import sysconfig
import warnings
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

from pytensor.graph.op import HasInnerGraph
from pytensor.link.numba.dispatch.basic import (
    numba_funcify_and_cache_key,
    numba_funcify_default_op_cache_key,
)

__all__ = ["is_library", "own_code", "own_key"]

LIBRARIES = ("pytensor", "pymc", "numpy", "scipy", "numba", "builtins")
"""Packages whose version stands for their code."""


def is_library(module: str) -> bool:
    """Return whether `module` belongs to a package whose version stands for its code."""
    return module.split(".")[0] in LIBRARIES


def own_key(op: Any, node: Any) -> tuple[str, ...] | None:
    """Return the key that an Op's author gives its numba code, and a hash of that code.

    An Op with an inner graph and no numba code of its own is that graph. None where there is no
    key: PyTensor keeps nothing of such an Op either.
    """
    registered = [
        registry.registry[base].__module__
        for base in type(op).__mro__
        for registry in (numba_funcify_and_cache_key, numba_funcify_default_op_cache_key)
        if base in registry.registry and not is_library(registry.registry[base].__module__)
    ]
    if not registered:
        return () if isinstance(op, HasInnerGraph) else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, key = numba_funcify_and_cache_key(op, node=node)
    codes = [own_code(module) for module in registered]
    if key is None or None in codes:
        return None
    return (str(key), *(str(code) for code in codes))


def own_code(module: str) -> str | None:
    """Return a hash of a module's source and of all it imports from its own package.

    None where a source cannot be read, as of what was typed at a prompt.
    """
    found: dict[str, bytes] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        source = source_of(name)
        if source is None:
            return None
        found[name] = source
        for used in imported(source, name):
            if is_local(used, module):
                waiting.append(used)
            else:
                found[used] = version_of(used)
    whole = sha256()
    for name, source in sorted(found.items()):
        whole.update(f"{name} {len(source)}\n".encode() + source)
    return whole.hexdigest()


def is_local(module: str, first: str) -> bool:
    """Return whether a module is of the package of `first`, or a file that nobody installed."""
    if module.split(".")[0] == first.split(".")[0]:
        return True
    file = getattr(sys.modules[module], "__file__", None) or ""
    installed = (sysconfig.get_path("stdlib"), "site-packages", "dist-packages")
    return file.endswith(".py") and not any(part in file for part in installed)


def version_of(module: str) -> bytes:
    """Return the version that a module's package tells."""
    package = sys.modules.get(module.split(".")[0])
    return str(getattr(package, "__version__", "")).encode()


def source_of(module: str) -> bytes | None:
    """Return the source of a loaded module."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if module == "__main__" or file is None or not file.endswith(".py"):
        return None
    try:
        return Path(file).read_bytes()
    except OSError:
        return None


def imported(source: bytes, module: str) -> Iterator[str]:
    """Yield the loaded modules that `source` imports, anywhere in it."""
    package = getattr(sys.modules[module], "__package__", None) or ""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            base = resolve_name(relative, package) if node.level else relative
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        yield from (name for name in names if name in sys.modules)
