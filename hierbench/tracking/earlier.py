"""What earlier tracking contracts kept, under the names of the present one.

Owns the list of what was renamed. Reads nothing: content goes in, content comes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hierbench.config.earlier import params_from_earlier
from hierbench.tracking.contract import SCHEMA_VERSION

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FIRST", "READABLE", "Content", "at_present", "parameters_at_present"]

FIRST = "1"
"""The contract of runs and records that came before there was another."""

READABLE = (FIRST, SCHEMA_VERSION)
"""The contracts whose runs are read."""

ONLY_MODEL = "homes"
"""Of contract 1, whose param `model` held the variant."""

METRICS = {"ess_tail_min": "ess_tail_min_11_89"}
"""Names in contract 1 and now: its tails were the 11 % and 89 % quantiles."""

COLUMNS = {"ess_tail": "ess_tail_11_89"}
"""The same of parameters.parquet."""


@dataclass(frozen=True)
class Content:
    """What the store has of a run.

    Attributes
    ----------
    tags : mapping of str to str
        Ours, without the prefix, and MLflow's, with theirs.
    sizes : mapping of str to int
        Of the run's data, by name, where the store tells.
    """

    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    sizes: Mapping[str, int]


def at_present(found: Content) -> Content:
    """Return a run's content under the present names; that of contract 2 stays as it is.

    Of a cell of contract 1:

    - param `model` becomes `variant`, and `model` is homes;
    - the sizes of its data become params, and keys that its data do not read are left out;
    - metric `ess_tail_min` becomes `ess_tail_min_11_89`, in the gate's phrases too.

    The tag `schema` stays: it says what the store holds.

    >>> kept = Content({"schema": "1", "kind": "cell"}, {"model": "correlated"}, {}, {"rows": 80})
    >>> at_present(kept).params
    {'model': 'homes', 'variant': 'correlated', 'rows': '80'}
    """
    if found.tags.get("schema") != FIRST or found.tags.get("kind") != "cell":
        return found
    return replace(
        found,
        tags=renamed_failures(found.tags),
        params=with_variant(found.params, found.sizes),
        metrics={METRICS.get(name, name): value for name, value in found.metrics.items()},
    )


def with_variant(params: Mapping[str, str], sizes: Mapping[str, int]) -> dict[str, str]:
    """Return a cell's params of contract 1 with the model's name, its variant and its sizes."""
    variant = {"variant": params["model"]} if "model" in params else {}
    return {
        **params_from_earlier(params),
        "model": ONLY_MODEL,
        **variant,
        **{name: str(size) for name, size in sizes.items()},
    }


def renamed_failures(tags: Mapping[str, str]) -> dict[str, str]:
    """Return a cell's tags of contract 1 with the present names in the gate's phrases.

    >>> renamed_failures({"gate_failures": "r_hat_max 1.2 > 1.01; ess_tail_min 9 < 400"})
    {'gate_failures': 'r_hat_max 1.2 > 1.01; ess_tail_min_11_89 9 < 400'}
    """
    if "gate_failures" not in tags:
        return dict(tags)
    phrases = (phrase.partition(" ") for phrase in tags["gate_failures"].split("; "))
    failures = [f"{METRICS.get(name, name)}{space}{rest}" for name, space, rest in phrases]
    return {**tags, "gate_failures": "; ".join(failures)}


def parameters_at_present(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return a parameters.parquet under the present names; one of contract 1 has no ess_square."""
    return table if "ess_square" in table else table.rename(columns=COLUMNS)
