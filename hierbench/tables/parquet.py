"""The columns of a Parquet file."""

import io
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hierbench.errors import DataError
from hierbench.tables.column import Column, Unusable, Values, values_of
from hierbench.tables.content import BYTES_PER_MIB, MOST_BYTES
from hierbench.tables.entries import objects
from hierbench.tables.found import Found, named_columns

__all__ = ["parquet_columns"]

ROW_NUMBERS = re.compile(r"__index_level_\d+__")
"""The column in which pandas keeps an index without a name."""


def parquet_columns(path: Path, data: bytes, only: Collection[str] | None) -> Found:
    """Return the columns of a Parquet file; of those that are not in `only`, the names alone.

    Raises
    ------
    DataError
        It is damaged, or has more than `MOST_BYTES` in memory.
    """
    import pyarrow as pa  # it takes a while, and only this kind of table needs it
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(data))
        schema = file.schema_arrow
        texts = [field.name for field in schema if is_text(field.type)]
        file = pq.ParquetFile(io.BytesIO(data), read_dictionary=texts)
        kept = [
            at
            for at, name in enumerate(schema.names)
            if not ROW_NUMBERS.fullmatch(name) and (only is None or name in only)
        ]
        check_size(path, file.metadata, len(kept))
        columns = {
            at: file.read(columns=[schema.names[at]], use_threads=False).column(0)
            for at in kept
            if schema.names.count(schema.names[at]) == 1 and is_plain(schema.field(at).type)
        }
    except (pa.ArrowException, OSError, ValueError, KeyError, IndexError) as err:
        reason = str(err).splitlines()[0] if str(err) else type(err).__name__
        raise DataError(
            f"{path} is no Parquet file that can be read ({reason}); make it anew"
        ) from err

    def column_of(where: str, at: int) -> Column:
        if at not in columns:
            return Unusable(
                f"{where} holds {schema.field(at).type}; a column is of numbers or of text; "
                "convert it, or leave it out"
            )
        return arrow_column(where, columns[at])

    return named_columns(path, schema.names, kept, column_of)


def check_size(path: Path, metadata: Any, columns: int) -> None:
    """Raise DataError if the file says that it needs too much memory.

    Equal values are stored once, so the number of rows counts too.
    """
    groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
    stored = sum(group.total_byte_size for group in groups)
    size = max(stored, 8 * metadata.num_rows * columns)
    if size > MOST_BYTES:
        raise DataError(
            f"{path} has {size // BYTES_PER_MIB:,} MiB in memory, over the "
            f"{MOST_BYTES // BYTES_PER_MIB:,} allowed; keep only the columns and rows that the "
            "model uses"
        )


def is_text(of: Any) -> bool:
    """Return whether a type of Arrow is text."""
    import pyarrow.types as types

    return bool(types.is_string(of) or types.is_large_string(of) or types.is_string_view(of))


def is_plain(of: Any) -> bool:
    """Return whether a type of Arrow is of numbers or text."""
    import pyarrow.types as types

    if types.is_dictionary(of):
        return is_plain(of.value_type)
    numbers = types.is_boolean(of) or types.is_integer(of) or types.is_floating(of)
    return bool(numbers or types.is_decimal(of) or types.is_null(of) or is_text(of))


def arrow_column(where: str, column: Any) -> Column:
    """Return the column of a chunked array of Arrow of a plain type."""
    import pyarrow as pa
    import pyarrow.types as types

    missing = np.asarray(column.is_null().to_numpy(), dtype=bool)
    of = column.type
    if types.is_dictionary(of):
        found = taken(column, missing)
        if is_text(of.value_type):
            return Values(where, found, missing)
        if missing.any():
            return Values(where, found, missing)
        return values_of(where, np.array(found.tolist()))
    if types.is_null(of):
        return Values(where, objects([None] * len(column), (len(column),)), missing)
    if types.is_decimal(of):
        column, of = column.cast(pa.float64()), pa.float64()
    if not missing.any():
        return values_of(where, np.asarray(column.to_numpy()))
    return Values(where, np.asarray(column.cast(pa.float64(), safe=False).to_numpy()), missing)


def taken(column: Any, missing: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return the values of a dictionary column, None where there is none.

    Equal texts are one object, so that a long one in every row takes no more memory.
    """
    parts: list[NDArray[np.object_]] = []
    for chunk in column.chunks:
        values = objects([*chunk.dictionary.to_pylist(), None], (len(chunk.dictionary) + 1,))
        parts.append(values[np.asarray(chunk.indices.fill_null(len(values) - 1))])
    found = np.concatenate(parts) if parts else np.empty(0, dtype=object)
    found[missing] = None
    return found
