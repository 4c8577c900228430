"""Tables among a run's artifacts, read from a store that is not trusted."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd
import pyarrow as pa

from hierbench.tracking.contract import PARAMETERS, tag
from hierbench.tracking.earlier import parameters_at_present
from hierbench.tracking.fetching import AtHand, fetched, held_at_hand, kept_here
from hierbench.tracking.recorded import damaged
from hierbench.tracking.store import Store, store_errors

__all__ = ["has_newer_cells", "recorded_table"]


def recorded_table(
    store: Store, run_id: str, name: str, folder: Path, at_hand: AtHand | None = None
) -> pd.DataFrame:
    """Return the Parquet file `name` of a run, from `at_hand` where it is there.

    Raises
    ------
    StoreError
        If it is gone, too large or no Parquet table.
    """
    path = (
        held_at_hand(at_hand, run_id, name)
        or kept_here(store, run_id, name)
        or fetched(store, run_id, name, folder)
    )
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as err:
        raise damaged(run_id, name, err) from err
    return parameters_at_present(table) if name == PARAMETERS else table


def has_newer_cells(store: Store, sweep_id: str, run_ids: Collection[str]) -> bool:
    """Return whether the last cell to start, or to end, of a sweep is none of `run_ids`."""
    query = f"tags.`{tag('sweep_id')}` = '{sweep_id}' and tags.`{tag('kind')}` = 'cell'"
    for moment in ("start_time", "end_time"):
        with store_errors(store.location.uri):
            found = store.client.search_runs(
                [store.experiment_id],
                query,
                max_results=1,
                order_by=[f"attributes.{moment} DESC"],
            )
        if any(run.info.run_id not in run_ids for run in found):
            return True
    return False
