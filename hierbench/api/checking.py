"""Whether a kept run comes out again, and whether parameterizations sample what they should."""

from collections.abc import Sequence
from pathlib import Path

from hierbench.api.asking import asked, begin, check_local, keywords, location_of, unsent
from hierbench.api.verdicts import Reproduced, Validated
from hierbench.cell import lose_cell
from hierbench.config.keywords import overrides_of
from hierbench.errors import ConfigError, SamplingError
from hierbench.executors.pool import one_worker
from hierbench.records import RunStatus
from hierbench.shown import heard
from hierbench.sweeps.checked import check_rivals_of
from hierbench.sweeps.repair import ready_store
from hierbench.sweeps.warnings import print_warnings, warnings_of
from hierbench.terminal import console, no_console
from hierbench.tracking import locate, look, open_store

__all__ = ["reproduce", "validate"]


def reproduce(
    run_id: str,
    *,
    store: str | None = None,
    accept_data: bool = False,
    model_file: str | Path | None = None,
) -> Reproduced:
    """Fit a kept run again from its record, and return whether the same draws came out.

    Parameters
    ----------
    run_id : str
        Its id, or the first 8 characters or more.
    store : str, optional
        URI of the store; the new run is kept there.
    accept_data : bool
        Read the table that the run names, though it is not the file that it recorded.
    model_file : str or Path, optional
        The file of your model, where it no longer lies where you ran it.

    Returns
    -------
    Reproduced
        Its `verdict` is IDENTICAL, EQUIVALENT (means and sds agree), UNDECIDED or DIFFERENT.

    Raises
    ------
    StoreError
        If there is no such run, it has not finished, or its files are gone, altered or damaged.
    ConfigError
        If your model's file is gone, has changed, or was never run here.
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
    from hierbench.reproduction import place_of  # it imports samplers
    from hierbench.reproduction.there import read_there, reproduce_there

    kept = open_store(locate(store, Path.cwd()), create=False)
    there = (kept.location, kept.experiment_id)
    file = None if model_file is None else Path(model_file).expanduser().absolute()
    cell = place = None
    with heard() as said:
        try:
            with one_worker() as call:
                recorded = call(read_there, *there, run_id, accept_data, file)
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
    NotRivalsError
        If the log densities or the priors of two forms differ; nothing is fitted.
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
    from hierbench.validation.judging import run_plans, validation_of_sweeps
    from hierbench.validation.plans import plans_of

    names = [of] if isinstance(of, str) else list(of)
    given = overrides_of(overrides, keys)
    if names:
        if given:
            raise ConfigError(f"{' '.join(given)}: of judges a sweep as it is; leave one out")
        with heard() as said, keywords():
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
    check_rivals_of(cells, shown, everything=True)
    with heard() as said:
        found = run_plans(plans, ready_store(location_of(cells[0])), shown)
    results = [result for outcome in found.outcomes for result in outcome.results]
    return Validated(found, (*warnings_of(cells), *said, *unsent(results)))
