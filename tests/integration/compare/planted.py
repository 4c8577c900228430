"""Sweeps with planted figures, written through the tracking layer as real ones are."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from hierbench.comparison import cell_rows
from hierbench.config.plain import from_plain
from hierbench.models.data import load
from hierbench.records import CellResult, RunStatus, fingerprint_of
from hierbench.sweeps.plan import plan_sweep, stored
from hierbench.tracking import (
    LocalRun,
    NewRun,
    Store,
    artifacts_of,
    ended,
    log_files,
    open_run,
    send,
    write,
)
from hierbench.tracking.contract import AT_A_SWEEPS_END, COMPARISON, PARAMETERS, PLAN

PARAMS = {
    "data": "ames",
    "parameterization": "centered",
    "model": "homes",
    "variant": "independent",
    "rows": "1460",
    "groups": "25",
    "likelihood": "rowwise",
    "prior": "notebook",
    "prior.scale": "1",
    "sampler": "nutpie",
    "sampler.target_accept": "0.8",
    "seed": "1",
    "workers": "1",
    "cores_per_cell": "2",
    "plots": "none",
}
METRICS = {
    "r_hat_max": 1.004,
    "ess_bulk_min": 800.0,
    "ess_tail_min": 900.0,
    "divergences": 0.0,
    "sample_seconds": 2.0,
    "ess_per_second": 400.0,
    "ess_per_gradient": 0.02,
    "seconds_per_gradient": 5e-5,
    "elapsed_seconds": 3.0,
    "machine_speed": 1000.0,
}
FORMS = ("centered", "noncentered")


@dataclass(frozen=True)
class Planted:
    """One cell with the figures that a test wants."""

    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    tags: Mapping[str, str | None] = field(default_factory=dict)
    status: RunStatus = RunStatus.FINISHED
    parameters: pd.DataFrame | None = None

    @property
    def every_param(self) -> dict[str, str]:
        """Its flat configuration."""
        return {**PARAMS, **self.params}

    @property
    def every_tag(self) -> dict[str, str]:
        """Its tags."""
        params = self.every_param
        posterior = f"{params['data']} · independent · notebook · scale {params['prior.scale']} · 0"
        asked = {k: v for k, v in params.items() if k not in ("workers", "cores_per_cell")}
        tags = {
            "cell_key": fingerprint_of(asked),
            "posterior": posterior,
            "fingerprint": "f0",
            "worst": "mu_alpha",
            "gate": "passed",
            "gate_failures": "",
            "timing_valid": "true",
            "timing_reasons": "",
            "draws_digest": fingerprint_of([asked, "draws"]),
            **self.tags,
        }
        return {name: text for name, text in tags.items() if text is not None}

    @property
    def every_metric(self) -> dict[str, float]:
        """Its metrics; None takes one away."""
        every = {**METRICS, **self.metrics}
        return {name: value for name, value in every.items() if value is not None}

    def result(self, run_id: str = "", sweep_id: str = "") -> CellResult:
        """Return the cell as a sweep's end has it."""
        tags = self.every_tag
        if self.status is not RunStatus.FINISHED:
            tags = {k: v for k, v in tags.items() if k in ("cell_key", "posterior", "fingerprint")}
            tags["failure"] = "planted"
        done = self.status is RunStatus.FINISHED
        return CellResult(
            name="planted",
            run_id=run_id,
            status=self.status,
            metrics=self.every_metric if done else {"elapsed_seconds": 1.0},
            tags={**tags, "sweep_id": sweep_id},
            params=self.every_param,
        )


def grid(
    seeds: int,
    *,
    forms: Iterable[str] = FORMS,
    sd: float = 0.1,
    times: float = 1.0,
    start: int = 0,
    tags: Mapping[str, str | None] | None = None,
) -> list[Planted]:
    """Return forms x seeds; noncentered gives twice, and all `times` as much, with noise `sd`."""
    rng = np.random.default_rng([seeds, start])
    cells = []
    for seed in range(1, seeds + 1):
        for form in forms:
            factor = np.exp(rng.normal(0, sd)) * times * (2 if form == "noncentered" else 1)
            metrics = {
                "ess_per_second": METRICS["ess_per_second"] * factor,
                "ess_per_gradient": METRICS["ess_per_gradient"] * factor,
                "ess_bulk_min": METRICS["ess_bulk_min"] * factor,
            }
            params = {"parameterization": form, "seed": str(seed)}
            cells.append(Planted(params, metrics, tags or {}))
    return cells


def plant_cell(store: Store, cell: Planted, sweep_id: str, folder: Path) -> CellResult:
    """Write one cell into the store."""
    shown = cell.result(sweep_id=sweep_id)
    start = {k: shown.tags[k] for k in ("cell_key", "posterior", "fingerprint", "sweep_id")}
    new = NewRun("cell", shown.name, "", start, shown.params, parent_id=sweep_id)
    run = open_run(store, folder, write(folder, LocalRun(new)))
    if cell.parameters is not None:
        cell.parameters.to_parquet(artifacts_of(folder) / PARAMETERS)
    if cell.status is not RunStatus.RUNNING:
        later = {k: v for k, v in shown.tags.items() if k not in start}
        run = ended(folder, run, cell.status, metrics=shown.metrics, tags=later)
        run = send(store, folder, run, keep=AT_A_SWEEPS_END)
    return replace(shown, run_id=str(run.run_id), metrics=run.metrics or shown.metrics)


def plant_sweep(
    store: Store,
    cells: Iterable[Planted],
    *,
    table: bool = True,
    status: RunStatus = RunStatus.FINISHED,
) -> str:
    """Write a sweep and its cells into the store as `hierbench sweep` does; return its id."""
    places = store.location.sweeps
    number = len(list(places.glob("*"))) if places.exists() else 0
    folder = places / f"planted-{number}"
    tags = {"command": "hierbench sweep planted=1"}
    parent = NewRun("sweep", "sweep planted", "", tags, {"data": "ames"})
    run = open_run(store, folder, write(folder, LocalRun(parent)))
    sweep_id = str(run.run_id)
    results = [
        plant_cell(store, cell, sweep_id, folder / f"cell{place}")
        for place, cell in enumerate(cells)
    ]
    if table and results:
        pd.DataFrame(cell_rows(results)).to_parquet(artifacts_of(folder) / COMPARISON)
    if status is not RunStatus.RUNNING:
        finished = sum(result.status is RunStatus.FINISHED for result in results)
        counts = {"cells": float(len(results)), "cells_finished": float(finished)}
        send(store, folder, ended(folder, run, status, metrics=counts))
    return sweep_id


def plant_plan(store: Store, sweep_id: str, folder: Path) -> None:
    """Give a planted sweep a plan of two cells, written in `folder` first."""
    configs = [from_plain({"seed": seed}) for seed in (1, 2)]
    plan = plan_sweep(configs, load, ["seed=1,2"], "local")
    folder.mkdir()
    (folder / PLAN).write_text(json.dumps(stored(plan)))
    log_files(store, sweep_id, folder)
