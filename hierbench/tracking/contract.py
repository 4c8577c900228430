"""Names that users and tests rely on: tags, kinds, artifacts. Changing one is a new version."""

__all__ = [
    "AT_A_SWEEPS_END",
    "COMPARISON",
    "CONFIG",
    "DIFF",
    "EXPERIMENT",
    "LOO",
    "MODEL",
    "OF_EVERY_FIT",
    "PARAMETERS",
    "PLAN",
    "POSTERIOR",
    "PREDICTIVE",
    "PROVENANCE",
    "REPORT",
    "REQUIREMENTS",
    "SCHEMA_VERSION",
    "SIZE_PREFIX",
    "TRACEBACK",
    "WARMUP",
    "tag",
]

EXPERIMENT = "hierbench"
SCHEMA_VERSION = "2"

SIZE_PREFIX = "num_"
"""Of the sizes of the data in a run's input: num_rows is MLflow's own word."""

POSTERIOR = "posterior.nc"
CONFIG = "config.yaml"
PARAMETERS = "parameters.parquet"
PREDICTIVE = "predictive.parquet"
LOO = "loo.parquet"
WARMUP = "warmup.parquet"
MODEL = "model"
COMPARISON = "comparison.parquet"
REPORT = "report.html"
PLAN = "plan.json"
PROVENANCE = "provenance.json"
REQUIREMENTS = "requirements.txt"
DIFF = "diff.patch"
TRACEBACK = "traceback.txt"

OF_EVERY_FIT = (CONFIG, PROVENANCE, POSTERIOR, PARAMETERS)
"""What every finished cell has."""

AT_A_SWEEPS_END = (PARAMETERS, PROVENANCE)
"""What a sweep's end reads of its cells; kept on the local disk until then."""


def tag(name: str) -> str:
    """Return the full name of one of our tags.

    >>> tag("cell_key")
    'hierbench.cell_key'
    """
    return f"hierbench.{name}"
