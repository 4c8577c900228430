"""Every error that a user can meet; the bottom of the import graph.

HierbenchError
├── ConfigError      a key or value of the configuration
├── DataError        a table, a column, a row
├── StoreError       the tracking store: unreachable, not writable, unknown run
├── SamplingError    a cell that could not be fitted
└── NotRivalsError   forms of a model that are not one posterior: an answer, exit code 1
"""

__all__ = [
    "ConfigError",
    "DataError",
    "HierbenchError",
    "NotRivalsError",
    "SamplingError",
    "StoreError",
]


class HierbenchError(Exception):
    """One sentence for the user: the value got, what is allowed, what to do next."""


class ConfigError(HierbenchError):
    """A configuration key that does not exist, or a value outside what it allows."""


class DataError(HierbenchError):
    """A table that cannot be read or used; names the file, the column and the row."""


class StoreError(HierbenchError):
    """A tracking store that cannot be reached or written, or a run it does not hold."""


class SamplingError(HierbenchError):
    """A fit that ended without usable draws."""


class NotRivalsError(HierbenchError):
    """Forms of a model that are said to share a posterior, and do not; nothing was fitted."""
