"""Tables of the user's: CSV, Parquet, JSON and netCDF as columns; knows no model."""

from hierbench.tables.labels import alike_sentence
from hierbench.tables.table import Columns, Table, read_table

__all__ = ["Columns", "Table", "alike_sentence", "read_table"]
