"""Runs, sweeps, reproductions and validations from a script or a notebook.

Every fit is made in a worker process, whose threads and PyTensor flags were set before anything was
imported there: its draws are those of the command line, whatever this process has imported.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from hierbench.api.records import Ran, Swept
from hierbench.api.verdicts import Reproduced, Validated
from hierbench.cell import PlannedCell, lose_cell
from hierbench.config.keywords import overrides_of
from hierbench.config.surroundings import check_surroundings
from hierbench.errors import ConfigError, SamplingError
from hierbench.records import CellResult, RunStatus
from hierbench.shown import heard
from hierbench.sweep.execute import run_plan
from hierbench.sweep.plan import SweepPlan
from hierbench.sweep.pool import one_worker
from hierbench.sweep.repair import ready_store
from hierbench.sweep.server import start_server
from hierbench.sweep.single import run_in_worker, run_single
from hierbench.sweep.typed import composed, single_cell
from hierbench.sweep.warnings import print_warnings, warnings_of
from hierbench.terminal import console, no_console
from hierbench.tracking import Location, locate, look, open_store

__all__ = ["reproduce", "run", "sweep", "validate"]


def run(*overrides: str, store: str | None = None, **keys: object) -> Ran:
    """Fit one cell with NUTS, keep its run in the store, and return how it ended.

    Parameters
    ----------
    *overrides : str
        As on the command line, such as ``"data=ames"``. All keys: the README's table.
    store : str, optional
        URI of the store.
    **keys : object
        The same keys as keywords; see `sweep`. A cell takes one value of each.

    Returns
    -------
    Ran
        A fit that raised, or was killed, gives one too: its `status` is FAILED.

    Raises
    ------
    ConfigError
        If a key does not exist, or a value is outside what it allows or one of several.
    DataError
        If the data cannot be read.
    StoreError
        If the store cannot be reached or written.
    KeyboardInterrupt
        After the run was closed as KILLED.

    Examples
    --------
    >>> import hierbench
    >>> fit = hierbench.run(data="ames", parameterization="centered", seed=1)  # doctest: +SKIP
    >>> fit.metrics["r_hat_max"], fit.passed  # doctest: +SKIP
    """
    begin()
    cell = single_cell(asked(overrides, keys, store))
    with heard() as said:
        result, _ = run_single(cell, ready_store(location_of(cell)), run_in_worker)
    return Ran(result, (*warnings_of([cell]), *said, *unsent([result])))


def sweep(
    *overrides: str, store: str | None = None, progress: bool = False, **keys: object
) -> Swept:
    """Fit every combination of the values given, and return the settings side by side.

    Parameters
    ----------
    *overrides : str
        As on the command line, such as ``"prior.scale=0.5,1,2"``.
    store : str, optional
        URI of the store.
    progress : bool
        Show each cell as it ends: on standard error, or in the notebook.
    **keys : object
        The same keys as keywords. A list, tuple, range or array has a key's values; text is read
        as on the command line, ``"1,2,3"`` are three; a mapping has the keys below one, as
        ``prior={"scale": [0.5, 1]}``. ``workers=2`` fits two cells at a time, each on its own
        cores.

    Returns
    -------
    Swept
        Shown as the tables that `hierbench sweep` prints. A cell that fails does not stop the
        others: `failed` has it.

    Raises
    ------
    ConfigError
        If a key does not exist, or a value is outside what it allows; nothing is fitted.
    DataError
        If the data cannot be read.
    StoreError
        If the store cannot be reached or written.
    KeyboardInterrupt
        After the sweep and its open cells were closed as KILLED; `hierbench resume` goes on.

    Examples
    --------
    >>> import hierbench
    >>> found = hierbench.sweep(
    ...     "data=sacramento",
    ...     parameterization=["centered", "noncentered"],
    ...     prior={"scale": [0.5, 1, 2]},
    ...     seed=range(1, 4),
    ...     workers=2,
    ... )  # doctest: +SKIP
    >>> found.compared.settings  # doctest: +SKIP
    """
    begin()
    plan = composed(asked(overrides, keys, store))
    check_local([plan])
    shown = console(stderr=True) if progress else no_console()
    print_warnings(plan.cells, shown)
    with heard() as said:
        outcome = run_plan(plan, ready_store(location_of(plan.cells[0])), shown)
    return Swept(outcome, (*warnings_of(plan.cells), *said, *unsent(outcome.results)))


def reproduce(run_id: str, *, store: str | None = None, accept_data: bool = False) -> Reproduced:
    """Fit a kept run again from its record, and return whether the same draws came out.

    Parameters
    ----------
    run_id : str
        Its id, or the first 8 characters or more.
    store : str, optional
        URI of the store; the new run is kept there.
    accept_data : bool
        Read the table that the run names, though it is not the file that it recorded.

    Returns
    -------
    Reproduced
        Its `verdict` is IDENTICAL, EQUIVALENT (means and sds agree), UNDECIDED or DIFFERENT.

    Raises
    ------
    StoreError
        If there is no such run, it has not finished, or its files are gone, altered or damaged.
    DataError
        If its data are gone, or are not what was recorded.
    SamplingError
        If the process that fits it dies.
    KeyboardInterrupt
        After the new run was closed as KILLED.

    Examples
    --------
    >>> import hierbench
    >>> hierbench.reproduce("50a4d220").verdict  # doctest: +SKIP
    <Verdict.IDENTICAL: 'IDENTICAL'>
    """
    begin()
    from hierbench.reproduce import place_of  # it imports samplers
    from hierbench.reproduce.there import read_there, reproduce_there

    kept = open_store(locate(store, Path.cwd()), create=False)
    there = (kept.location, kept.experiment_id)
    cell = place = None
    with heard() as said:
        try:
            with one_worker() as call:
                recorded = call(read_there, *there, run_id, accept_data)
                cell, place = recorded.cell, place_of(kept, recorded)
                found = call(reproduce_there, *there, recorded, place)
        except (KeyboardInterrupt, SamplingError) as end:
            if cell is not None and place is not None and place.folder.exists():
                killed = isinstance(end, KeyboardInterrupt)
                status = RunStatus.KILLED if killed else RunStatus.FAILED
                lose_cell(cell, place, kept, status, "interrupted" if killed else str(end))
            raise
    return Reproduced(found, tuple(said))


def validate(
    *overrides: str,
    of: str | Sequence[str] = (),
    store: str | None = None,
    progress: bool = False,
    accept_data: bool = False,
    **keys: object,
) -> Validated:
    """Return whether every parameterization samples the right posterior, parameter by parameter.

    Each is fitted with each likelihood, and held to the posterior's reference where one ships with
    hierbench, and to the others that share the posterior; docs/validating.md describes the checks.

    Parameters
    ----------
    *overrides : str
        As on the command line; they replace those of the grid that is fitted by default, on three
        data sets.
    of : str or sequence of str
        Ids of sweeps, or their first 8 characters or more: judge their cells and fit nothing.
    store : str, optional
        URI of the store.
    progress : bool
        Show each cell as it ends: on standard error, or in the notebook.
    accept_data : bool
        With `of`: read the tables that the sweeps name, though they are not the recorded files.
    **keys : object
        Keys as keywords; see `sweep`.

    Returns
    -------
    Validated
        Its `table` has a row per setting; `good` says whether all is as it should be.

    Raises
    ------
    ConfigError
        If a key does not exist, a value is outside what it allows, or keys are given with `of`.
    DataError
        If data cannot be read.
    StoreError
        If the store cannot be reached or written, or an id is no sweep's.
    KeyboardInterrupt
        After the sweep and its open cells were closed as KILLED.

    Examples
    --------
    >>> import hierbench
    >>> found = hierbench.validate(data="radon", prior="halfnormal", workers=2)  # doctest: +SKIP
    >>> found.good, found.table[["setting", "verdict", "parameter"]]  # doctest: +SKIP
    """
    from hierbench.validate.plans import plans_of
    from hierbench.validate.validation import run_plans, validation_of_sweeps

    names = [of] if isinstance(of, str) else list(of)
    given = overrides_of(overrides, keys)
    if names:
        if given:
            raise ConfigError(f"{' '.join(given)}: of judges a sweep as it is; leave one out")
        with heard() as said:
            kept = look(locate(store, Path.cwd()))
            judged = validation_of_sweeps(kept, names, accept_data=accept_data)
        return Validated(judged, tuple(said))
    if accept_data:
        raise ConfigError("accept_data: what you name is read anyway; it needs of=SWEEP_ID")
    begin()
    plans = plans_of(asked(overrides, keys, store))
    check_local(plans)
    shown = console(stderr=True) if progress else no_console()
    cells = [cell for plan in plans for cell in plan.cells]
    print_warnings(cells, shown)
    with heard() as said:
        found = run_plans(plans, ready_store(location_of(cells[0])), shown)
    results = [result for outcome in found.outcomes for result in outcome.results]
    return Validated(found, (*warnings_of(cells), *said, *unsent(results)))


def begin() -> None:
    """Refuse surroundings that nothing can be fitted in, and let the workers' server import."""
    check_surroundings()
    start_server()


def asked(overrides: Sequence[str], keys: Mapping[str, object], store: str | None) -> list[str]:
    """Return everything that was asked for as overrides."""
    named = {} if store is None else {"tracking.uri": [store]}
    return overrides_of(overrides, {**keys, **named})


def location_of(cell: PlannedCell) -> Location:
    """Return where a cell's run is kept."""
    return locate(cell.config.tracking.uri, Path.cwd())


def check_local(plans: Sequence[SweepPlan]) -> None:
    """Raise ConfigError for a sweep that would fit in this process."""
    for plan in plans:
        if plan.mode != "local":
            raise ConfigError(
                f"hydra/launcher={plan.mode}: fits in the process that calls, where NumPy may have "
                "other threads; leave it out, and workers=1 fits one cell after the other"
            )


def unsent(results: Sequence[CellResult]) -> list[str]:
    """Return why the store has not taken results, and what to do."""
    reasons = dict.fromkeys(result.unsent for result in results if result.unsent)
    return [f"not in the store: {reason}; `hierbench sync` sends it" for reason in reasons]
