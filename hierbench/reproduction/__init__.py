"""Making a run anew from its record, and saying in one word whether it came out again."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import strftime
from uuid import uuid4

from hierbench.agreement.draws import Equivalence, equivalence, equivalence_of_chains
from hierbench.cell import CellPlace
from hierbench.cell.running import CompiledModels, run_and_give_fit
from hierbench.config.schema import GateConfig
from hierbench.diagnostics import parameter_columns, parameter_names
from hierbench.errors import StoreError
from hierbench.records import Arrays, Axes, CellResult, RunStatus
from hierbench.reproduction.record import Recorded, recorded_run
from hierbench.reproduction.verdict import Judgement, Verdict, judge
from hierbench.tracking import Store, TrackedRun, set_tag, tidy

__all__ = ["Recorded", "Reproduction", "Verdict", "place_of", "recorded_run", "reproduce"]

TIMINGS = ("compile_seconds", "sample_seconds", "elapsed_seconds")


@dataclass(frozen=True)
class Reproduction:
    """How a reproduction ended.

    Attributes
    ----------
    changes : tuple of str
        What is not as it was recorded, a phrase each.
    timings : mapping of str to tuple of float
        Recorded and new seconds.
    """

    recorded: TrackedRun
    new: CellResult
    judgement: Judgement
    changes: tuple[str, ...]
    timings: Mapping[str, tuple[float, float]]


def reproduce(store: Store, recorded: Recorded, place: CellPlace) -> Reproduction:
    """Fit the recorded question again in this process, track the new run and compare the two.

    Parameters
    ----------
    place : CellPlace
        As `place_of` returns it.

    Raises
    ------
    StoreError
        If the new fit failed or could not be sent.
    """
    run = recorded.run
    new, fitted = run_and_give_fit(recorded.cell, store, CompiledModels(), place)
    tidy(place.folder)
    if new.status is not RunStatus.FINISHED or fitted is None:
        raise StoreError(
            f"{run.run_id}: the new fit {new.run_id} ended {new.status} "
            f"({new.tags.get('failure', 'no reason is known')}); mend that and try again"
        )
    if not new.sent:
        raise StoreError(
            f"{run.run_id}: the new fit is kept, but the store is away; `hierbench sync` sends "
            "it, and then this can be tried again"
        )
    posterior = {
        str(name): draws.values for name, draws in fitted.tree["posterior"].data_vars.items()
    }
    passed = [converged(of.tags, recorded.cell.config.gate) for of in (run, new)]
    judgement = judge(
        compared(recorded, posterior, fitted.axes, by_chains=not all(passed)),
        identical=new.tags["draws_digest"] == run.tags["draws_digest"],
        recorded_passed=passed[0],
        new_passed=passed[1],
    )
    set_tag(store, new.run_id, "verdict", judgement.verdict)
    return Reproduction(run, new, judgement, recorded.changes, timings(run, new))


def place_of(store: Store, recorded: Recorded) -> CellPlace:
    """Return where the new run goes: beside the others, with as many cores as the recorded one."""
    run_id, config = recorded.run.run_id, recorded.cell.config
    name = f"reproduce-{strftime('%Y%m%dT%H%M%S')}-{uuid4().hex[:8]}-{run_id[:8]}"
    return CellPlace(
        store.location.sweeps / name, recorded.cores, config.workers, reproduces=run_id
    )


def converged(tags: Mapping[str, str], gate: GateConfig) -> bool:
    """Return whether a run passed a gate that asks for convergence."""
    asks = gate.r_hat_max is not None and gate.ess_bulk_min_per_chain is not None
    return asks and tags.get("gate") == "passed"


def compared(
    recorded: Recorded, posterior: Arrays, axes: Axes, *, by_chains: bool
) -> Equivalence | None:
    """Compare the estimands of the two runs, None when they are not the same ones."""
    estimands = set(recorded.cell.model.estimands)
    first, second = (
        {name: of[name] for name in sorted(of) if name in estimands}
        for of in (recorded.posterior, posterior)
    )
    shapes = [{name: value.shape[2:] for name, value in of.items()} for of in (first, second)]
    if shapes[0] != shapes[1]:
        return None
    names = parameter_names(first, axes)
    compare = equivalence_of_chains if by_chains else equivalence
    return compare(names, parameter_columns(first), parameter_columns(second))


def timings(run: TrackedRun, new: CellResult) -> dict[str, tuple[float, float]]:
    """Return the seconds that both runs have, recorded and new."""
    return {
        name: (run.metrics[name], new.metrics[name])
        for name in TIMINGS
        if name in run.metrics and name in new.metrics
    }
