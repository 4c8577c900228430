"""Reading a run's files from a store that is not trusted.

Only files of known names are fetched, each into one folder and below a size; JSON and YAML are
parsed as plain data. Nothing read here is executed, installed, applied or resolved.
"""

import json
import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import yaml

from hierbench.errors import StoreError
from hierbench.shown import printable
from hierbench.tracking.contract import (
    COMPARISON,
    CONFIG,
    PARAMETERS,
    PLAN,
    POSTERIOR,
    PREDICTIVE,
    PROVENANCE,
)
from hierbench.tracking.moved import files_here
from hierbench.tracking.reading import download
from hierbench.tracking.store import Store, store_errors

__all__ = [
    "damaged",
    "fetched",
    "kept_here",
    "recorded_config",
    "recorded_plan",
    "recorded_posterior",
    "recorded_provenance",
]

MAX_BYTES = {
    CONFIG: 2**18,
    PROVENANCE: 2**22,
    PARAMETERS: 2**26,
    PREDICTIVE: 2**20,
    COMPARISON: 2**28,
    PLAN: 2**26,
    POSTERIOR: 2**32,
}
MAX_DEPTH = 20
BYTES_PER_MIB = 2**20


def recorded_config(store: Store, run_id: str, folder: Path) -> dict[str, Any]:
    """Return the content of the run's config.yaml: plain values, whatever tags it carries.

    Raises
    ------
    StoreError
        If it is gone, too large or no YAML mapping of plain values.
    """
    path = fetched(store, run_id, CONFIG, folder)
    try:
        text = path.read_text(encoding="utf-8")
        refuse_bombs(text)
        content = yaml.safe_load(text)
        # OmegaConf would put environment variables, secrets too, in place of these.
        if any("${" in leaf for leaf in texts(content)):
            raise ValueError("it has interpolations, which hierbench does not write")
    except (yaml.YAMLError, ValueError, RecursionError) as err:
        raise damaged(run_id, CONFIG, err) from err
    return mapping(content, run_id, CONFIG)


def recorded_provenance(store: Store, run_id: str, folder: Path) -> dict[str, Any]:
    """Return the content of the run's provenance.json: finite numbers, text, lists, mappings.

    Raises
    ------
    StoreError
        If it is gone, too large or no JSON mapping.
    """
    return recorded_json(store, run_id, PROVENANCE, folder)


def recorded_plan(store: Store, run_id: str, folder: Path) -> dict[str, Any]:
    """Return the content of a sweep's plan.json: finite numbers, text, lists, mappings.

    Raises
    ------
    StoreError
        If it is gone, too large or no JSON mapping.
    """
    return recorded_json(store, run_id, PLAN, folder)


def recorded_json(store: Store, run_id: str, name: str, folder: Path) -> dict[str, Any]:
    """Return the content of one of a run's JSON files."""
    path = fetched(store, run_id, name, folder)
    try:
        content = json.loads(
            path.read_text(encoding="utf-8"),
            parse_constant=refuse_constant,
            object_pairs_hook=once_each,
        )
        json.dumps(content, allow_nan=False)
    except (ValueError, RecursionError) as err:
        raise damaged(run_id, name, err) from err
    return mapping(content, run_id, name)


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the mapping of `pairs`; raise ValueError where a name is there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def refuse_bombs(text: str) -> None:
    """Raise ValueError for YAML that is short and yet costs minutes or gigabytes to read."""
    depth = 0
    for event in yaml.parse(text):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("it has aliases, which hierbench does not write")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ValueError(f"it is more than {MAX_DEPTH} levels deep")


def texts(content: object) -> Iterator[str]:
    """Yield every text in plain nested content, the names of mappings too."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for name, value in content.items():
            yield from texts(name)
            yield from texts(value)
    elif isinstance(content, list | tuple | set):
        for value in content:
            yield from texts(value)


def refuse_constant(name: str) -> NoReturn:
    """Raise ValueError for what Python's JSON alone knows: NaN and Infinity."""
    raise ValueError(f"{name} is no JSON")


def recorded_posterior(store: Store, run_id: str, folder: Path) -> Path:
    """Return a local copy of the run's posterior.nc.

    Raises
    ------
    StoreError
        If it is gone or too large.
    """
    return fetched(store, run_id, POSTERIOR, folder)


def fetched(store: Store, run_id: str, name: str, folder: Path) -> Path:
    """Copy the file `name` of a run into `folder`, below its size, following no link."""
    here = files_here(store, run_id)
    with store_errors(store.location.uri):
        items = here.list_artifacts() if here else store.client.list_artifacts(run_id)
        root = here.artifact_uri if here else store.client.get_run(run_id).info.artifact_uri
    found = {item.path: item for item in items}
    refuse_link(root, name, run_id)
    if name not in found or found[name].is_dir:
        raise StoreError(f"{run_id}: its {name} is gone; {way(name)}")
    refuse_size(found[name].file_size or 0, name, run_id)
    with files_at_most(max(MAX_BYTES.values())):
        path = download(store, run_id, name, folder)
    if path.is_symlink() or not path.resolve().is_relative_to(folder.resolve()):
        raise StoreError(f"{run_id}: its {name} leads outside of the run; nothing was read")
    refuse_size(path.stat().st_size, name, run_id)
    return path


def kept_here(store: Store, run_id: str, name: str) -> Path | None:
    """Return the file `name` of a run where this machine has it, None where it has not.

    To be read in place: MLflow asks its database four times for each file that it copies.
    """
    if store.location.artifacts is None or not run_id.isalnum():
        return None
    folder = store.location.artifacts / run_id / "artifacts"
    refuse_link(folder.as_uri(), name, run_id)
    if not (folder / name).is_file():
        return None
    refuse_size((folder / name).stat().st_size, name, run_id)
    return folder / name


def refuse_size(size: int, name: str, run_id: str) -> None:
    """Raise StoreError for a file larger than any of its name may be."""
    if size > MAX_BYTES[name]:
        raise StoreError(
            f"{run_id}: its {name} has {size / BYTES_PER_MIB:.1f} MiB, over the "
            f"{MAX_BYTES[name] / BYTES_PER_MIB:g} allowed; nothing was read"
        )


def refuse_link(root: str, name: str, run_id: str) -> None:
    """Raise StoreError where a local artifact, or the folder of its run, is a symbolic link."""
    parts = urlsplit(root)
    if parts.scheme not in ("", "file"):
        return
    folder = Path(unquote(parts.path))
    for path in (folder.parent, folder, folder / name):
        if path.is_symlink():
            raise StoreError(f"{run_id}: {path} is a symbolic link; nothing was read")
    if (folder / name).exists() and not (folder / name).is_file():
        raise StoreError(f"{run_id}: its {name} is no regular file; nothing was read")


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """Let this process write no file beyond `size` bytes, whatever a server sends."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    limits = [value for value in (size, before, most) if value != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(limits), most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def mapping(content: object, run_id: str, name: str) -> dict[str, Any]:
    """Return `content` when it is a mapping of names.

    Raises
    ------
    StoreError
        If it is anything else.
    """
    if isinstance(content, Mapping) and all(isinstance(key, str) for key in content):
        return dict(content)
    raise damaged(run_id, name, f"a {type(content).__name__}, not a mapping of names")


def damaged(run_id: str, name: str, reason: object) -> StoreError:
    """Return the error for a file that cannot be read."""
    first = (str(reason).strip() or type(reason).__name__).splitlines()[0].rstrip(".")
    shown = printable(first)
    return StoreError(f"{run_id}: its {name} is altered or damaged ({shown}); {way(name)}")


def way(name: str) -> str:
    """Return what is left to a user who lacks the file `name` of a run."""
    if name == PLAN:
        return "the sweep's cells can be shown and compared; start a new sweep for more"
    return "the run can be shown but not reproduced"
