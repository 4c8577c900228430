"""A model's file and the local modules that it imports, read once: what was hashed is what runs."""

import ast
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.machinery import PathFinder
from pathlib import Path, PurePosixPath

from hierbench.errors import ConfigError
from hierbench.models.syntax import definitions_of, syntax_sha256

__all__ = [
    "LARGEST_BYTES",
    "Snapshot",
    "Source",
    "held_snapshot",
    "latest_snapshot",
    "snapshot_at",
    "written_out",
]

LARGEST_BYTES = 10_000_000
"""Of all files of a model together: what is larger is data, or no model."""


@dataclass(frozen=True)
class Source:
    """Where a model's file lies for this process and its workers, and what it held when planned.

    Attributes
    ----------
    name : str
        The model's.
    path : str
        Absolute.
    package : str
        That an installed module belongs to; empty for a file of the user's.
    sha256 : str
        Of all the files' bytes.
    """

    name: str
    path: str
    package: str
    sha256: str


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The bytes of a model's file and of the local modules that it imports.

    Attributes
    ----------
    name : str
        The model's.
    path : Path
        Of the file, absolute.
    package : str
        That an installed module belongs to; empty for a file of the user's.
    files : mapping of str to bytes
        By path, seen from the folder of the file; its own first.
    """

    name: str
    path: Path
    package: str
    files: Mapping[str, bytes]

    @cached_property
    def sha256(self) -> str:
        """Hash of all the files' bytes."""
        digest = sha256()
        for name, content in sorted(self.files.items()):
            digest.update(f"{len(name)}:{name}:{len(content)}:".encode() + content)
        return digest.hexdigest()

    @cached_property
    def trees(self) -> Mapping[str, ast.Module]:
        """The syntax of each file."""
        return {name: parsed(self.path, name, content) for name, content in self.files.items()}

    @cached_property
    def syntax_sha256(self) -> str:
        """Hash of all the files' syntax, without comments and docstrings."""
        own, *others = self.trees
        hashes = (f"{name} {syntax_sha256(self.trees[name])}" for name in sorted(others))
        return sha256(" ".join((syntax_sha256(self.trees[own]), *hashes)).encode()).hexdigest()

    @cached_property
    def definitions(self) -> Mapping[str, str]:
        """The hash of each of the file's names, and of each of the other files as a whole."""
        own, *others = self.trees
        rest = {name: syntax_sha256(self.trees[name]) for name in others}
        return {**definitions_of(self.trees[own]), **rest}

    @property
    def source(self) -> Source:
        """Where it was read."""
        return Source(self.name, str(self.path), self.package, self.sha256)


type Stamps = tuple[tuple[str, int, int], ...]

SEEN: dict[tuple[Path, str, str], tuple[Stamps, Snapshot]] = {}
"""What this process has read: a sweep of 96 cells asks for its model some hundred times."""


def latest_snapshot(path: Path, name: str = "", package: str = "") -> Snapshot:
    """Return what `snapshot_at` does, the same snapshot as before where no file was touched.

    Raises
    ------
    ConfigError
        As `snapshot_at` does.
    """
    before = SEEN.get((path, name, package))
    if before is not None and stamps(before[1]) == before[0]:
        return before[1]
    snapshot = snapshot_at(path, name, package)
    SEEN[path, name, package] = (stamps(snapshot), snapshot)
    return snapshot


def held_snapshot(source: Source) -> Snapshot:
    """Return the snapshot of just the bytes of `source`, as this process holds it or as it lies.

    Raises
    ------
    ConfigError
        If the file is gone, or was edited after this process had read it.
    """
    path = Path(source.path)
    for _, snapshot in SEEN.values():
        if snapshot.path == path and snapshot.sha256 == source.sha256:
            return snapshot
    found = snapshot_at(path, source.name, source.package)
    if found.sha256 != source.sha256:
        raise ConfigError(
            f"model={path}: it was edited after the cells were planned, and nothing of it was run; "
            "start again"
        )
    return found


def stamps(snapshot: Snapshot) -> Stamps:
    """Return size and time of the last change of every file; of one that is gone, neither."""
    found = []
    for name in snapshot.files:
        try:
            status = (snapshot.path.parent / name).stat()
            found.append((name, status.st_size, status.st_mtime_ns))
        except OSError:
            found.append((name, -1, -1))
    return tuple(found)


def snapshot_at(path: Path, name: str = "", package: str = "") -> Snapshot:
    """Read the model's file at `path` and the local modules that it imports.

    Parameters
    ----------
    name : str
        The model's; empty: the file's stem.
    package : str
        That an installed module belongs to.

    Raises
    ------
    ConfigError
        A file is gone, unreadable, no Python, or too large, or shares its name with an installed
        module.
    """
    path = Path(path).expanduser().absolute()
    files = {path.name: content_of(path, path.name)}
    waiting = [path.name]
    while waiting:
        place = waiting.pop()
        tree = parsed(path, place, files[place])
        for found in local_files(path, place, tree, package):
            if found not in files:
                files[found] = content_of(path, found)
                waiting.append(found)
        if sum(map(len, files.values())) > LARGEST_BYTES:
            raise ConfigError(
                f"model={path}: the file and the local modules that it imports have over "
                f"{LARGEST_BYTES // 10**6} MB; put what is no code into a table and read it with "
                "data.path"
            )
    return Snapshot(name or path.stem, path, package, files)


def content_of(path: Path, name: str) -> bytes:
    """Return the bytes of a file in the folder of `path`."""
    file = path.parent / name
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise ConfigError(
                f"model={path}: {name} has over {LARGEST_BYTES // 10**6} MB; give a model's file"
            )
        return file.read_bytes()
    except (OSError, ValueError) as err:
        reason = getattr(err, "strerror", None) or err
        raise ConfigError(
            f"model={path}: {name} cannot be read ({reason}); give the path of a model's file, or "
            "the name of a model that `hierbench model list` shows"
        ) from err


def parsed(path: Path, name: str, content: bytes) -> ast.Module:
    """Return the syntax of a file."""
    try:
        return ast.parse(content, filename=name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as err:
        line = f", line {err.lineno}" if isinstance(err, SyntaxError) and err.lineno else ""
        reason = err.msg if isinstance(err, SyntaxError) else err
        raise ConfigError(
            f"model={path}: {name}{line} is no Python that can be read ({reason}); mend that line"
        ) from err


def local_files(path: Path, place: str, tree: ast.Module, package: str) -> Iterator[str]:
    """Yield the files beside a model's that a module at `place` imports, of packages all."""
    folder = path.parent
    for name, level in imports_of(tree):
        if level or (package and name.partition(".")[0] == package.partition(".")[0]):
            yield from packaged(path, place, name, level, package)
            continue
        top = name.partition(".")[0]
        module, inside = folder / f"{top}.py", folder / top
        if package or not (module.is_file() or (inside / "__init__.py").is_file()):
            continue
        if top in sys.stdlib_module_names or is_installed(top):
            raise ConfigError(
                f"model={path}: {top} beside it has the name of an installed module; rename it"
            )
        if module.is_file():
            yield module.name
        else:
            yield from (str(PurePosixPath(one.relative_to(folder))) for one in modules_in(inside))


def packaged(path: Path, place: str, name: str, level: int, package: str) -> Iterator[str]:
    """Yield the files of an installed package that one of its modules imports."""
    inside = PurePosixPath(place).parent
    if not package:
        if level and str(inside) == ".":
            raise ConfigError(
                f"model={path}: it imports from its own package ({'.' * level}{name}), and a "
                "model's file is imported by itself; write the import without the dots"
            )
        return  # a local package, all of whose modules are there
    parts = name.split(".") if name else []
    if not level:
        own = package.split(".")
        if parts[: len(own)] != own:
            return
        parts = parts[len(own) :]
    base = path.parent / inside if level == 1 else path.parent
    for count in range(1, len(parts) + 1):
        file = base.joinpath(*parts[: count - 1], f"{parts[count - 1]}.py")
        if file.is_file() and file.is_relative_to(path.parent):
            yield str(PurePosixPath(file.relative_to(path.parent)))


def imports_of(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the dotted name of every import, and how many dots stand before it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level
            base = f"{node.module}." if node.module else ""
            yield from ((f"{base}{alias.name}", node.level) for alias in node.names)


def modules_in(folder: Path) -> list[Path]:
    """Return the modules of a package and of the packages in it."""
    return sorted(folder.rglob("*.py"))


def is_installed(top: str) -> bool:
    """Return whether a package of that name is installed."""
    places = [sysconfig.get_path(kind) for kind in ("purelib", "platlib")]
    return PathFinder.find_spec(top, places) is not None


def written_out(snapshot: Snapshot, folder: Path) -> Source:
    """Write the files into `folder`, which only the user can read; return where they lie now.

    An installed module stays where it is: it belongs to a package.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    if snapshot.package:
        return snapshot.source
    for place in (folder.parent, folder):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.chmod(0o700)
    for name, content in snapshot.files.items():
        place = folder / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.write_bytes(content)
    path = folder / snapshot.path.name
    return Source(snapshot.name, str(path), "", snapshot.sha256)
