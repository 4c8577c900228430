"""A small tracked store, filled as cells fill it, without sampling."""

import itertools
from pathlib import Path

import numpy as np
import xarray as xr

from hierbench.records import RunStatus
from hierbench.tracking import NewRun, end_run, locate, open_store
from hierbench.tracking.contract import POSTERIOR
from hierbench.tracking.runs import log_files, log_results, start_run

EVIL = "<script>alert('x')</script> & \"quoted\" \x1b[2J"
CHAINS, DRAWS = 2, 50
LABELS = ("95608", "95823", "95864")


def posterior_file(folder):
    """Write a posterior.nc of three groups with 7 divergent draws."""
    rng = np.random.default_rng(1)
    scalars = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")
    variables = {
        name: (("chain", "draw"), np.exp(rng.normal(size=(CHAINS, DRAWS)))) for name in scalars
    }
    for name in ("alpha", "beta"):
        variables[name] = (("chain", "draw", "group"), rng.normal(size=(CHAINS, DRAWS, 3)))
    diverging = np.zeros((CHAINS, DRAWS), dtype=bool)
    diverging[0, :7] = True
    tree = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset(variables, coords={"group": list(LABELS)}),
            "sample_stats": xr.Dataset({"diverging": (("chain", "draw"), diverging)}),
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    tree.to_netcdf(folder / POSTERIOR, engine="h5netcdf")


def cell_params(form, scale, seed):
    return {
        "data": "sacramento",
        "parameterization": form,
        "model": "homes",
        "variant": "varying_sigma" if form == "varying_sigma" else "independent",
        "prior": "notebook",
        "prior.scale": scale,
        "sampler": "nutpie",
        "sampler.target_accept": "0.8",
        "seed": seed,
        "cores_per_cell": "2",
        "gate.r_hat_max": "1.01",
    }


def cell_metrics(rng, form):
    speed = {"centered": 900.0, "noncentered": 300.0, "varying_sigma": 20.0}[form]
    bad = form == "varying_sigma"
    return {
        "r_hat_max": float(rng.uniform(1.05, 1.3) if bad else rng.uniform(1.001, 1.009)),
        "ess_bulk_min": float(rng.uniform(20, 60) if bad else rng.uniform(500, 900)),
        "ess_tail_min": float(rng.uniform(20, 60) if bad else rng.uniform(500, 900)),
        "divergences": float(rng.integers(10, 90)) if bad else 0.0,
        "ess_per_second": float(speed * np.exp(rng.normal(0, 0.1))),
        "ess_per_gradient": float(speed / 1e5 * np.exp(rng.normal(0, 0.05))),
        "seconds_per_gradient": float(4e-5 * np.exp(rng.normal(0, 0.05))),
        "sample_seconds": float(rng.uniform(0.5, 2.0)),
    }


def filled(folder):
    """Return a store with one sweep of 19 cells, and the sweep's id; the last cell failed."""
    store = open_store(locate(f"sqlite:///{folder}/runs/mlflow.db", folder))
    sweep = NewRun("sweep", "sweep of 19 on sacramento", "", {"command": EVIL}, {})
    sweep_id = start_run(store, sweep, "sweep")
    rng = np.random.default_rng(7)
    forms, scales, seeds = ("centered", "noncentered", "varying_sigma"), ("1", "4"), ("1", "2", "3")
    for i, (form, scale, seed) in enumerate(itertools.product(forms, scales, seeds)):
        bad = form == "varying_sigma"
        model = "varying_sigma" if bad else "independent"
        tags = {
            "sweep_id": sweep_id,
            "cell_key": f"{i:032x}",
            "posterior": f"sacramento · {model} · scale {scale}",
            "fingerprint": "a" * 32,
        }
        new = NewRun("cell", f"{form} · {scale} · {seed}", "", tags, cell_params(form, scale, seed))
        run_id = start_run(store, new, f"cell-{i}")
        found = {"gate": "failed" if bad else "passed", "timing_valid": "true", "worst": "sigma"}
        if bad:
            found["gate_failures"] = f"r_hat_max 1.2 > 1.01 {EVIL}"
        log_results(store, run_id, metrics=cell_metrics(rng, form), tags=found)
        if bad:
            posterior_file(Path(folder) / run_id)
            log_files(store, run_id, Path(folder) / run_id)
        end_run(store, run_id, RunStatus.FINISHED)
    tags |= {"cell_key": "f" * 32}
    new = NewRun("cell", "failed", "", tags, cell_params("varying_sigma", "4", "4"))
    run_id = start_run(store, new, "cell-failed")
    log_results(store, run_id, metrics={}, tags={"failure": EVIL})
    end_run(store, run_id, RunStatus.FAILED)
    end_run(store, sweep_id, RunStatus.FAILED)
    return store, sweep_id
