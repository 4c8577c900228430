"""MLflow's tables, made once for all stores of a run of the tests: making them takes seconds.

`open_store` makes the first store's in earnest; every other new store begins as their copy.
Programs that a test starts make their own.
"""

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from hierbench.locks import waiting_for

__all__ = ["copied_tables"]


def copied_tables(store: Any, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the module hierbench.tracking.store begin new stores as copies of one in `folder`."""
    prepare, tables = store.prepare_file, folder / "tables.db"

    def prepared(file: Path) -> None:
        if not file.exists():
            with waiting_for(folder / "tables.lock"):  # another worker may be making them
                if not tables.exists():
                    patch.setattr(store, "prepare_file", prepare)
                    make_tables(store, tables)
                    patch.setattr(store, "prepare_file", prepared)
            with suppress(OSError):  # where there can be no file, `prepare` says so
                shutil.copy(tables, file)
        prepare(file)

    patch.setattr(store, "prepare_file", prepared)


def make_tables(store: Any, file: Path) -> None:
    """Write a new store's tables to `file`, without our experiment: that holds its place."""
    from hierbench.tracking import locate

    made = store.open_store(locate(f"sqlite:///{file.parent}/first/mlflow.db", file.parent))
    with closing(sqlite3.connect(made.location.file)) as database:
        for table in ("experiment_tags", "experiments"):
            database.execute(f"DELETE FROM {table} WHERE experiment_id = ?", (made.experiment_id,))
        database.commit()
        database.execute("VACUUM INTO ?", (f"{file}.partial",))
    Path(f"{file}.partial").replace(file)
