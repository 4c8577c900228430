"""Runs and sweeps from a script or a notebook.

Every fit is made in a worker process, whose threads and PyTensor flags were set before anything was
imported there: its draws are those of the command line, whatever this process has imported.
"""

from hierbench.api.asking import asked, begin, check_local, location_of, unsent
from hierbench.api.records import Ran, Swept
from hierbench.shown import heard
from hierbench.sweeps.checked import check_rivals_of
from hierbench.sweeps.execute import run_plan
from hierbench.sweeps.repair import ready_store
from hierbench.sweeps.single import run_in_worker, run_single
from hierbench.sweeps.typed import composed, single_cell
from hierbench.sweeps.warnings import print_warnings, warnings_of
from hierbench.terminal import console, no_console

__all__ = ["run", "sweep"]


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
    NotRivalsError
        If forms of your own model are not one posterior; nothing is fitted.
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
    check_rivals_of(plan.cells, shown)
    with heard() as said:
        outcome = run_plan(plan, ready_store(location_of(plan.cells[0])), shown)
    return Swept(outcome, (*warnings_of(plan.cells), *said, *unsent(outcome.results)))
