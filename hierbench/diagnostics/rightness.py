"""How far estimands are from what is known of them: a truth, or a reference posterior."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hierbench.diagnostics.convergence import Convergence
from hierbench.ratios import ratio
from hierbench.records import Arrays, Reference

__all__ = ["Scores", "flat", "reference_scores", "truth_scores"]

type Floats = NDArray[np.float64]
type Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Scores:
    """z scores of every parameter against what is known.

    Attributes
    ----------
    metric : str
        The name of their largest.
    known : ndarray of bool
        Dims (parameter,): what there is a score for.
    columns : mapping of str to ndarray
        The scores, each dims (parameter,), NaN where not known.
    """

    metric: str
    known: NDArray[np.bool_]
    columns: Mapping[str, Floats]

    def largest(self, chosen: NDArray[np.bool_]) -> dict[str, float]:
        """Return the largest absolute score of the `chosen` parameters that are known, as metric.

        NaN when one of them is undefined; nothing when none is known.
        """
        counted = chosen & self.known
        if not counted.any():
            return {}
        sizes = [np.abs(scores[counted]).max() for scores in self.columns.values()]
        return {self.metric: float(np.max(sizes))}


def truth_scores(found: Convergence, shapes: Shapes, truth: Arrays) -> Scores:
    """Return (posterior mean - truth) / posterior sd.

    A truth of one value serves every entry of a variable that has one per group.

    Parameters
    ----------
    shapes : mapping of str to tuple of int
        Of one draw of each variable, in the order of the parameters of `found`.
    """
    true = flat(shapes, truth)
    return Scores("truth_z_max", ~np.isnan(true), {"truth_z": ratio(found.mean - true, found.sd)})


def reference_scores(found: Convergence, shapes: Shapes, reference: Reference) -> Scores:
    """Return (estimate - reference) / sqrt(MCSE^2 + MCSE_reference^2) of the means and the sds.

    The MCSE are those of `convergence`, and the reference's own. `shapes` is that of
    `truth_scores`.
    """
    mean, sd, mcse_mean, mcse_sd = (
        flat(shapes, values)
        for values in (reference.mean, reference.sd, reference.mcse_mean, reference.mcse_sd)
    )
    columns = {
        "reference_z_mean": ratio(found.mean - mean, np.hypot(found.mcse_mean, mcse_mean)),
        "reference_z_sd": ratio(found.sd - sd, np.hypot(found.mcse_sd, mcse_sd)),
    }
    return Scores("reference_z_max", ~np.isnan(mean), columns)


def flat(shapes: Shapes, values: Arrays) -> Floats:
    """Return `values` by parameter, dims (parameter,), NaN for a variable that they lack."""
    spread = [np.broadcast_to(values.get(name, np.nan), shape) for name, shape in shapes.items()]
    return np.concatenate([value.ravel() for value in spread]).astype(np.float64)
