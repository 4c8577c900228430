"""The reference posteriors that ship with the package: a JSON file each, with its labels.

Owns the format. The labels say for what posterior the figures hold; nothing here computes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hierbench.errors import DataError
from hierbench.models.homes.rows import Rows
from hierbench.records import Arrays, Hyperprior, Reference

__all__ = ["Shipped", "folder", "read", "write"]

DIGITS, ERROR_DIGITS = 8, 3
SCALE_TOLERANCE = 1e-12  # relative: prior.scale is multiplied in, which may round


@dataclass(frozen=True)
class Shipped:
    """A reference posterior with its labels.

    Attributes
    ----------
    overrides : tuple of str
        The configuration's keys of data and prior, as on the command line.
    arrays_sha256 : str
        Of the data.
    computed : mapping of str to str or float
        How: command, method, proposals, seed, importance_ess, pareto_k, log_marginal.
    """

    overrides: tuple[str, ...]
    arrays_sha256: str
    rows: int
    model: str
    hyperprior: Hyperprior
    computed: Mapping[str, str | float]
    reference: Reference

    def is_of(self, dataset: Rows, model: str, prior: Hyperprior) -> bool:
        """Return whether the figures hold for this posterior; the dear question comes last."""
        return (
            self.model == model
            and self.rows == len(dataset.y)
            and self.hyperprior.family == prior.family
            and self.hyperprior.scales.keys() == prior.scales.keys()
            and all(
                abs(scale - prior.scales[name]) <= SCALE_TOLERANCE * scale
                for name, scale in self.hyperprior.scales.items()
            )
            and self.arrays_sha256 == dataset.arrays_sha256
        )


def folder() -> Path:
    """Return where the files lie: behind a link in a checkout, a copy in a wheel."""
    return Path(__file__).resolve().parents[3] / "data" / "references"


def read(path: Path) -> Shipped:
    """Return the reference posterior in `path`.

    Raises
    ------
    DataError
        The file is not one that `write` wrote.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Shipped(
            overrides=tuple(content["overrides"]),
            arrays_sha256=content["arrays_sha256"],
            rows=content["rows"],
            model=content["model"],
            hyperprior=Hyperprior(**content["hyperprior"]),
            computed=content["computed"],
            reference=Reference(
                path.stem,
                **{
                    name: {key: np.asarray(value, float) for key, value in content[name].items()}
                    for name in ("mean", "sd", "mcse_mean", "mcse_sd")
                },
            ),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
        raise DataError(
            f"reference posterior {path}: not readable ({err!r}); install hierbench again"
        ) from err


def write(shipped: Shipped, into: Path) -> Path:
    """Write `shipped` into the folder `into`, under its reference's name; return the path."""
    of = shipped.reference
    content: dict[str, Any] = {
        "overrides": shipped.overrides,
        "arrays_sha256": shipped.arrays_sha256,
        "rows": shipped.rows,
        "model": shipped.model,
        "hyperprior": {
            "family": shipped.hyperprior.family,
            "scales": dict(shipped.hyperprior.scales),
        },
        "computed": {key: _rounded(value, DIGITS) for key, value in shipped.computed.items()},
        "mean": _plain(of.mean, DIGITS),
        "sd": _plain(of.sd, DIGITS),
        "mcse_mean": _plain(of.mcse_mean, ERROR_DIGITS),
        "mcse_sd": _plain(of.mcse_sd, ERROR_DIGITS),
    }
    lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
    path = into / f"{of.name}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return path


def _plain(values: Arrays, digits: int) -> dict[str, Any]:
    """Return arrays as lists of rounded floats."""
    return {
        name: [_rounded(float(v), digits) for v in value]
        if value.ndim
        else _rounded(float(value), digits)
        for name, value in values.items()
    }


def _rounded(value: str | float, digits: int) -> str | float:
    """Return a float with so many significant digits; anything else as it is."""
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value
