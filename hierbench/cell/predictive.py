"""What a fit predicts: draws to be stored, a check of them, and leave-one-out where asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hierbench.cell.plan import PlannedCell
from hierbench.datatree import Predictive, kept_draws
from hierbench.diagnostics.loo import Loo, leave_one_out, relative_efficiency
from hierbench.diagnostics.predictive import predictive_check, statistics_of
from hierbench.models.able import Predictor
from hierbench.records import Arrays, Diagnosis

__all__ = ["Predicted", "loo_of", "predicted"]


@dataclass(frozen=True)
class Predicted:
    """What a fit predicts.

    Attributes
    ----------
    stored : Predictive
        Draws of the netCDF file's groups beside the posterior.
    check : mapping of str to ndarray
        Columns of the predictive table, from `predictive.draws` replicates.
    """

    stored: Predictive
    check: Arrays


def predictor_of(cell: PlannedCell) -> Predictor | None:
    """Return what predicts for `cell`; None where its model does not, or observes nothing."""
    return cell.model.load().predictor if cell.dataset.observed.size else None


def predicted(cell: PlannedCell, posterior: Arrays) -> Predicted | None:
    """Return seeded prior and posterior predictive draws; all of them with ``artifacts=full``.

    None where the model predicts nothing.

    The check takes as many replicates as were asked for, one block after the other; those
    stored are the first that `predictive.max_mib` has room for.
    """
    config, dataset, by = cell.config, cell.dataset, predictor_of(cell)
    if by is None:
        return None
    full = config.artifacts == "full"
    prior_rng, rng, chooser = (
        np.random.default_rng([config.seed, stream]) for stream in range(1, 4)
    )
    asked, cap = config.predictive.draws, config.predictive.max_mib
    kept = kept_draws(asked, len(dataset.observed), cap)
    prior = by.prior_draws(cell.form, cell.hyperprior, dataset, kept, prior_rng)
    chosen = thinned(posterior, by.needs, asked, chooser)
    first = FirstDraws(kept)
    check = predictive_check(
        dataset.observed,
        dataset.units,
        statistics_of(first.noted(by.replicates(chosen, dataset, rng))),
        by.probability_below(chosen, dataset),
    )
    attrs = {"draws_asked": asked, "draws_kept": kept, "max_mib": cap}
    stored = Predictive(
        prior=prior,
        prior_predictive=by.predict(prior, dataset, prior_rng),
        posterior_predictive=by.predict(posterior, dataset, rng) if full else first.draws[None],
        log_likelihood=by.log_likelihood(posterior, dataset) if full else None,
        attrs=attrs if not full else {"draws_asked": "all", "draws_kept": "all"},
    )
    return Predicted(stored, check)


class FirstDraws:
    """Keeps the first draws of a stream of blocks, each dims (draw, obs), as they pass."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._kept: list[NDArray[np.float32]] = []

    def noted(self, blocks: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        """Yield `blocks` as they are."""
        for block in blocks:
            if self._left > 0:
                self._kept.append(block[: self._left])
                self._left -= len(self._kept[-1])
            yield block

    @property
    def draws(self) -> NDArray[np.float32]:
        """Those that have passed, dims (draw, obs)."""
        return np.concatenate(self._kept)


def thinned(
    posterior: Arrays, names: Sequence[str], draws: int, rng: np.random.Generator
) -> Arrays:
    """Return `draws` draws of the variables named, without replacement, as one chain."""
    chains, length = posterior[names[0]].shape[:2]
    chosen = rng.choice(chains * length, size=min(draws, chains * length), replace=False)
    return {
        name: posterior[name].reshape(chains * length, *posterior[name].shape[2:])[chosen][None]
        for name in names
    }


def loo_of(cell: PlannedCell, posterior: Arrays, diagnosis: Diagnosis) -> Loo | None:
    """Return PSIS-LOO of every row, a block of rows after the other.

    None where the model has no log likelihood of its rows.
    """
    by = predictor_of(cell)
    if by is None:
        return None
    chains, length = posterior[by.needs[0]].shape[:2]
    efficiency = relative_efficiency(diagnosis.parameters, chains=chains, draws=chains * length)
    return leave_one_out(by.log_likelihood_of_rows(posterior, cell.dataset), efficiency=efficiency)
