"""Cells as a comparison sees them, with planted figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hierbench.comparison import cells_frame, compare_cells
from hierbench.records import RunStatus

METRICS = {
    "r_hat_max": 1.0,
    "ess_bulk_min": 400.0,
    "ess_tail_min": 500.0,
    "divergences": 0.0,
    "sample_seconds": 2.0,
    "ess_per_second": 200.0,
}
PARAMS = {
    "data": "ames",
    "parameterization": "centered",
    "prior": "notebook",
    "prior.scale": "1",
    "sampler": "nutpie",
    "sampler.target_accept": "0.8",
    "seed": "1",
    "workers": "1",
    "cores_per_cell": "1",
    "model": "homes",
    "variant": "independent",
    "rows": "1460",
    "groups": "25",
}
POSTERIOR = "ames · 1"


@dataclass(frozen=True)
class OneCell:
    """A cell as a comparison sees it."""

    status: RunStatus
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str] = field(default_factory=dict)
    run_id: str = ""


def cell(
    *,
    status=RunStatus.FINISHED,
    params=None,
    metrics=None,
    gate="passed",
    timing="true",
    posterior=POSTERIOR,
    sweep_id="s" * 32,
    run_id="",
):
    """Return a cell; a metric of None is absent."""
    kept = {**METRICS, **(metrics or {})}
    tags = {"posterior": posterior, "gate": gate, "timing_valid": timing, "sweep_id": sweep_id}
    return OneCell(
        status,
        {**PARAMS, **(params or {})},
        {name: value for name, value in kept.items() if value is not None},
        {name: text for name, text in tags.items() if text is not None},
        run_id,
    )


def seeds(name, values, **params):
    """Return one setting's cells whose metric `name` has these values."""
    return [
        cell(params={"seed": str(seed), **params}, metrics={name: value})
        for seed, value in enumerate(values, 1)
    ]


def failed(**keys):
    """Return a cell that failed: it has no figures and no gate."""
    params = {**PARAMS, **keys}
    return OneCell(RunStatus.FAILED, params, {"elapsed_seconds": 1.0}, {"posterior": POSTERIOR})


def compared(cells, **options):
    """Return the comparison of cells."""
    return compare_cells(cells_frame(cells), **options)


def only(cells):
    """Return the one setting of cells."""
    (setting,) = compared(cells).settings
    return setting
