"""The module of a model's snapshot: run from the bytes that were hashed, never from the disk.

Its local modules are its own: two models may each have a `helpers.py`, and none is left behind
for what is imported later.
"""

import builtins
import sys
from collections.abc import Mapping, Sequence
from importlib.util import resolve_name
from pathlib import PurePosixPath
from types import CodeType, ModuleType
from typing import Any

from hierbench.models.snapshot import Snapshot
from hierbench.models.usercode import users_code

__all__ = ["executed"]


def executed(snapshot: Snapshot) -> ModuleType:
    """Return the module of a model, run anew.

    Raises
    ------
    ConfigError
        If it raises; the sentence says what and where.
    """
    with users_code(f"model={snapshot.path}", "importing it", snapshot.path):
        return Modules(snapshot).main()


class Modules:
    """The modules of one snapshot, each made when it is first imported."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        own, *others = snapshot.files
        self.own = own
        self.files = {} if snapshot.package else {dotted(name): name for name in others}
        self.made: dict[str, ModuleType] = {}
        self.builtins = {**vars(builtins), "__import__": self.imported}

    def main(self) -> ModuleType:
        """Return the model's own module."""
        package = self.snapshot.package
        name = f"hierbench_model_{self.snapshot.name}_{self.snapshot.sha256[:12]}"
        module = self.blank(name, self.own, package)
        sys.modules[name] = module  # where dataclasses and pickle look for it
        self.run(module, self.own)
        return module

    def blank(self, name: str, file: str, package: str) -> ModuleType:
        """Return a module before its code runs."""
        module = ModuleType(name)
        of = vars(module)
        of.update(__file__=str(self.snapshot.path.parent / file), __package__=package)
        of["__builtins__"] = self.builtins
        return module

    def run(self, module: ModuleType, file: str) -> None:
        """Run the code of a file in its module."""
        place = str(self.snapshot.path.parent / file)
        code: CodeType = compile(self.snapshot.trees[file], place, "exec", dont_inherit=True)
        exec(code, vars(module))

    def local(self, name: str) -> ModuleType:
        """Return a local module, made with all that it lies in."""
        parent, _, last = name.rpartition(".")
        within = self.local(parent) if parent else None
        if name not in self.made:
            if name not in self.files:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            file = self.files[name]
            is_package = PurePosixPath(file).name == "__init__.py"
            module = self.blank(name, file, name if is_package else parent)
            if is_package:
                module.__path__ = []
            self.made[name] = module
            try:
                self.run(module, file)
            except BaseException:
                del self.made[name]
                raise
            if within is not None:
                setattr(within, last, module)
        return self.made[name]

    def imported(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """Do what an import statement in one of the files asks for."""
        package = str((globals or {}).get("__package__") or "")
        whole = resolve_name("." * level + name, package) if level else name
        top = whole.partition(".")[0]
        if top not in self.files:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        module = self.local(whole)
        for one in fromlist or ():
            if f"{whole}.{one}" in self.files and not hasattr(module, one):
                self.local(f"{whole}.{one}")
        return module if fromlist else self.local(top)


def dotted(file: str) -> str:
    """Return the dotted name of a module's file.

    >>> dotted("helpers.py"), dotted("parts/__init__.py"), dotted("parts/priors.py")
    ('helpers', 'parts', 'parts.priors')
    """
    parts = PurePosixPath(file).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
