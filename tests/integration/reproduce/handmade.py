"""Runs made by hand in a real store, nothing sampled, to be altered and damaged."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import xarray as xr
import yaml

from hierbench.cell import PlannedCell, plan_cell
from hierbench.cli import main
from hierbench.config.compose import to_yaml
from hierbench.config.plain import from_plain
from hierbench.datatree import write
from hierbench.models.data import load
from hierbench.provenance import Provenance, digest_of, took_place
from hierbench.records import Arrays, RunStatus
from hierbench.samplers import backend_of
from hierbench.tracking import NewRun, Store, dataset_input, end_run, log_files
from hierbench.tracking.runs import log_results, start_run

GATE = {"r_hat_max": 1.01, "ess_bulk_min_per_chain": 100.0}
SAMPLER = {"draws": 20, "tune": 20, "chains": 2}
GROUPS = 10


@dataclass(frozen=True)
class Made:
    """A run and its files, which tests change where they lie."""

    store: Store
    run_id: str
    folder: Path

    @property
    def short(self) -> str:
        """The first characters of its id."""
        return self.run_id[:8]

    def edit_config(self, group: str | None, key: str, value: Any) -> None:
        """Change one recorded key."""
        path = self.folder / "config.yaml"
        content = yaml.safe_load(path.read_text())
        (content if group is None else content[group])[key] = value
        path.write_text(yaml.safe_dump(content))

    def edit_provenance(self, *keys: str, value: Any) -> None:
        """Change one recorded part."""
        path = self.folder / "provenance.json"
        content = json.loads(path.read_text())
        part = content
        for key in keys[:-1]:
            part = part[key]
        part[keys[-1]] = value
        path.write_text(json.dumps(content))

    def reproduce(self, *options: str) -> int:
        """Run the verb in this process and return its exit code."""
        return main(["reproduce", self.run_id, "--store", self.store.location.uri, *options])


def csv_file(folder: Path, rows: int = 100) -> Path:
    """Write a table of homes, groups of their own level and slope."""
    rng = np.random.default_rng(7)
    lines = ["zip,area,price"]
    for row in range(rows):
        area = rng.normal(100, 20)
        price = row % GROUPS + 0.05 * (1 + row % GROUPS % 3) * area + rng.normal(0, 0.3)
        lines.append(f"0{row % GROUPS}067,{area:.6f},{price:.6f}")
    path = folder / "my homes.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def plain_config(path: Path, **keys: Any) -> dict[str, Any]:
    """Return a small cell on the table at `path`; `keys` replace whole groups or values."""
    data = {"name": "csv", "path": str(path), "group": "zip", "x": "area", "y": "price"}
    return {
        "data": data,
        "parameterization": "centered",
        "sampler": SAMPLER,
        "gate": GATE,
        "plots": {"which": "none"},
        **keys,
    }


def random_draws(cell: PlannedCell) -> tuple[Arrays, Arrays]:
    """Return arrays of the right names and shapes."""
    rng = np.random.default_rng(1)
    size = (cell.settings.chains, cell.settings.draws)
    names = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")
    posterior = {name: rng.normal(size=size) for name in names}
    posterior |= {name: rng.normal(size=(*size, GROUPS)) for name in ("alpha", "beta")}
    return posterior, {"diverging": np.zeros(size, dtype=bool)}


def posterior_file(path: Path, posterior: Arrays, sample_stats: Arrays) -> None:
    """Write both groups as the harness does."""
    dims = ("chain", "draw", "group")
    groups = {"posterior": posterior, "sample_stats": sample_stats}
    tree = {
        name: xr.Dataset({key: (dims[: value.ndim], value) for key, value in arrays.items()})
        for name, arrays in groups.items()
    }
    write(xr.DataTree.from_dict(tree), path)


def make_run(
    store: Store,
    scratch: Path,
    *,
    status: RunStatus = RunStatus.FINISHED,
    kind: str = "cell",
    tags: Mapping[str, str] | None = None,
    **keys: Any,
) -> Made:
    """Track a cell that was never fitted, its record complete."""
    config = from_plain(plain_config(csv_file(scratch), **keys))
    cell = plan_cell(config, load(config))
    provenance = Provenance(cell.asked, took_place(backend_of(cell.settings.name), 1))
    posterior, sample_stats = random_draws(cell)
    files = scratch / "files"
    files.mkdir()
    (files / "config.yaml").write_text(to_yaml(config))
    (files / "provenance.json").write_text(json.dumps(provenance.content()))
    posterior_file(files / "posterior.nc", posterior, sample_stats)
    every = {
        "cell_key": cell.cell_key,
        "fingerprint": provenance.fingerprint,
        "draws_digest": digest_of(posterior, sample_stats),
        "gate": "passed",
        **(tags or {}),
    }
    new = NewRun(
        kind=kind,
        name="made",
        note="",
        tags={},
        params=cell.params,
        dataset=dataset_input(cell.dataset),
    )
    run_id = start_run(store, new, send_id=uuid4().hex)
    log_files(store, run_id, files)
    log_results(store, run_id, metrics={}, tags=every)
    end_run(store, run_id, status)
    assert store.location.artifacts is not None
    return Made(store, run_id, store.location.artifacts / run_id / "artifacts")
