"""How a store stands, for `doctor`: nothing is made."""

import os

from mlflow import MlflowClient

from hierbench.errors import StoreError
from hierbench.tracking.database import has_tables, one_at_a_time
from hierbench.tracking.location import Location
from hierbench.tracking.looking import NoRuns, check_file, is_writable, look
from hierbench.tracking.moved import moved_from
from hierbench.tracking.store import (
    check_experiment,
    check_writing,
    not_writable,
    quiet,
    store_errors,
)

__all__ = ["MOVED", "probe"]

MOVED = "the store was moved or copied"
"""Of a store that works here and that the MLflow UI cannot browse."""


def probe(location: Location) -> str:
    """Return in words how the store at `location` stands.

    Raises
    ------
    StoreError
        If runs cannot be written there.
    """
    quiet()
    if location.file is None:
        with store_errors(location.uri), one_at_a_time(location.uri) as connection:
            if connection is not None and not has_tables(connection):
                return "is empty, the first run makes its tables"
            check_experiment(location, MlflowClient(tracking_uri=location.uri))
        return "answers"
    if os.path.exists(location.file):
        check_file(location.file)
        if not is_writable(location.file):
            raise not_writable(location.file, "read-only, or another user's")
        check_writing(location.file)
        try:
            root = moved_from(look(location))
        except NoRuns:
            return "answers"
        return "answers" if root is None else f"answers; {MOVED} (from {root})"
    place = next(folder for folder in location.file.parents if os.path.exists(folder))
    if not os.access(place, os.W_OK | os.X_OK):
        raise StoreError(
            f"{location.file}: cannot be made, {place} is not writable; choose a folder that is, "
            "with tracking.uri=sqlite:///PATH/mlflow.db"
        )
    return "does not exist yet, the first run makes it"
