"""Reading a run's files from a store that is not trusted.

Only files of known names are fetched, each into one folder and below a size; JSON, YAML and
netCDF are parsed as data. Nothing read here is executed, installed or applied.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from hierbench.errors import StoreError
from hierbench.tracking.contract import CONFIG, POSTERIOR, PROVENANCE
from hierbench.tracking.reading import download
from hierbench.tracking.store import Store, store_errors

__all__ = ["recorded_config", "recorded_posterior", "recorded_provenance"]

MAX_MIB = {CONFIG: 1, PROVENANCE: 4, POSTERIOR: 4096}


def recorded_config(store: Store, run_id: str, folder: Path) -> dict[str, Any]:
    """Return the content of the run's config.yaml: plain values, whatever tags it carries.

    Raises
    ------
    StoreError
        If it is gone, too large or no YAML mapping of plain values.
    """
    path = fetched(store, run_id, CONFIG, folder)
    try:
        content = yaml.safe_load(path.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        raise damaged(run_id, CONFIG, err) from err
    return mapping(content, run_id, CONFIG)


def recorded_provenance(store: Store, run_id: str, folder: Path) -> dict[str, Any]:
    """Return the content of the run's provenance.json.

    Raises
    ------
    StoreError
        If it is gone, too large, no JSON, or lacks what every version of it has.
    """
    path = fetched(store, run_id, PROVENANCE, folder)
    try:
        content = mapping(json.loads(path.read_text()), run_id, PROVENANCE)
    except ValueError as err:
        raise damaged(run_id, PROVENANCE, err) from err
    for name in ("asked", "ran_on"):
        mapping(content.get(name), run_id, f"{PROVENANCE}: {name}")
    return content


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
    with store_errors(store.location.uri):
        found = {item.path: item for item in store.client.list_artifacts(run_id)}
        root = store.client.get_run(run_id).info.artifact_uri
    if name not in found or found[name].is_dir:
        raise StoreError(f"{run_id}: its {name} is gone; the run can be shown but not reproduced")
    size = found[name].file_size or 0
    if size > MAX_MIB[name] * 2**20:
        raise StoreError(
            f"{run_id}: its {name} has {size / 2**20:.0f} MiB, over the {MAX_MIB[name]} allowed; "
            "it was not written by hierbench"
        )
    refuse_link(root, name, run_id)
    path = download(store, run_id, name, folder)
    if not path.resolve().is_relative_to(folder.resolve()) or path.is_symlink():
        raise StoreError(f"{run_id}: its {name} leads outside of the run; nothing was read")
    return path


def refuse_link(root: str, name: str, run_id: str) -> None:
    """Raise StoreError where a local artifact is a symbolic link."""
    parts = urlsplit(root)
    if parts.scheme in ("", "file") and (Path(unquote(parts.path)) / name).is_symlink():
        raise StoreError(f"{run_id}: its {name} is a symbolic link; nothing was read")


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
    first = str(reason).strip().splitlines()[0]
    return StoreError(
        f"{run_id}: its {name} is altered or damaged ({first}); the run cannot be reproduced"
    )
