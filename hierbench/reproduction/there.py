"""The two steps of a reproduction as calls to another process: one prepared for fits."""

from pathlib import Path

from hierbench.cell import CellPlace
from hierbench.reproduction import Reproduction, reproduce
from hierbench.reproduction.record import Recorded, recorded_run
from hierbench.tracking import Location, connect

__all__ = ["read_there", "reproduce_there"]


def read_there(
    location: Location,
    experiment_id: str,
    run_id: str,
    accept_data: bool,
    model_file: Path | None = None,
) -> Recorded:
    """Return the run as `recorded_run` does; what has changed is seen from this process."""
    store = connect(location, experiment_id)
    return recorded_run(store, run_id, accept_data=accept_data, model_file=model_file)


def reproduce_there(
    location: Location, experiment_id: str, recorded: Recorded, place: CellPlace
) -> Reproduction:
    """Fit the run again as `reproduce` does."""
    return reproduce(connect(location, experiment_id), recorded, place)
