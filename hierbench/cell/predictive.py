"""What a fit predicts: draws to be stored, a check of them, and leave-one-out where asked."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hierbench.cell.plan import PlannedCell
from hierbench.datatree import Predictive, kept_draws
from hierbench.diagnostics.loo import Loo, leave_one_out, relative_efficiency
from hierbench.diagnostics.predictive import predictive_check, statistics_of
from hierbench.models.homes.predictive import (
    log_likelihood,
    log_likelihood_of_rows,
    predict,
    prior_draws,
    probability_below,
    replicates,
)
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


def predicted(cell: PlannedCell, posterior: Arrays) -> Predicted:
    """Return seeded prior and posterior predictive draws; all of them with ``artifacts=full``.

    The check takes as many replicates as were asked for, one block after the other; those
    stored are the first that `predictive.max_mib` has room for.
    """
    config, dataset = cell.config, cell.dataset
    full = config.artifacts == "full"
    prior_rng, rng, chooser = (
        np.random.default_rng([config.seed, stream]) for stream in range(1, 4)
    )
    asked, cap = config.predictive.draws, config.predictive.max_mib
    kept = kept_draws(asked, len(dataset.y), cap)
    prior = prior_draws(cell.form.variant, cell.hyperprior, len(dataset.labels), kept, prior_rng)
    chosen = thinned(posterior, asked, chooser)
    first = FirstDraws(kept)
    check = predictive_check(
        dataset,
        statistics_of(first.noted(replicates(chosen, dataset, rng))),
        probability_below(chosen, dataset),
    )
    attrs = {"draws_asked": asked, "draws_kept": kept, "max_mib": cap}
    stored = Predictive(
        prior=prior,
        prior_predictive=predict(prior, dataset, prior_rng),
        posterior_predictive=predict(posterior, dataset, rng) if full else first.draws[None],
        log_likelihood=log_likelihood(posterior, dataset) if full else None,
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


def thinned(posterior: Arrays, draws: int, rng: np.random.Generator) -> Arrays:
    """Return `draws` draws of alpha, beta and sigma, without replacement, as one chain."""
    chains, length = posterior["alpha"].shape[:2]
    chosen = rng.choice(chains * length, size=min(draws, chains * length), replace=False)
    return {
        name: posterior[name].reshape(chains * length, *posterior[name].shape[2:])[chosen][None]
        for name in ("alpha", "beta", "sigma")
    }


def loo_of(cell: PlannedCell, posterior: Arrays, diagnosis: Diagnosis) -> Loo:
    """Return PSIS-LOO of every row, a block of rows after the other."""
    chains, length = posterior["alpha"].shape[:2]
    efficiency = relative_efficiency(diagnosis.parameters, chains=chains, draws=chains * length)
    rows = log_likelihood_of_rows(posterior, cell.dataset)
    return leave_one_out(rows, efficiency=efficiency)
