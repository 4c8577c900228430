"""A model that is written in one file, opened: built, completed, drawn from and predicted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray
from pymc.pytensorf import convert_data
from pytensor.graph.traversal import ancestors

from hierbench.config.options import own_value
from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError
from hierbench.models.able import Abilities
from hierbench.models.columns import Columns, Outcome
from hierbench.models.contents import Contents
from hierbench.models.contract import Form
from hierbench.models.forward import Forward
from hierbench.models.shape import fault_of_form
from hierbench.models.usercode import users_code
from hierbench.records import Arrays, Hyperprior, Reference
from hierbench.tables import read_table

__all__ = ["Written"]

type Floats = NDArray[np.float64]

SCALES = "scales"
"""The one array of all prior scales: for every `pm.Data` a sampler compiles longer."""

AT_ONCE = 1_000
"""Draws of a block of replicates."""


class Written:
    """The module of a model, and what can be made of it.

    Parameters
    ----------
    name : str
        The model's.
    contents : Contents
        What its text says.
    module : module
        The same, imported.
    """

    def __init__(self, name: str, contents: Contents, module: ModuleType) -> None:
        self.name, self.contents, self.module = name, contents, module
        self.file = Path(str(module.__file__))
        self._forward: dict[tuple[object, ...], Forward] = {}
        self._checked: set[tuple[object, ...]] = set()

    @cached_property
    def abilities(self) -> Abilities:
        """What the model can do."""
        return Abilities(
            values=self.values,
            build=self.build,
            complete=self.complete if self.contents.completed else None,
            predictor=self,
            reference=self.reference if hasattr(self.module, "reference") else None,
            stan=None,
            densities=None,
            draw=None,
        )

    @property
    def place(self) -> str:
        """What errors begin with."""
        return f"model={self.file}"

    @property
    def base(self) -> Hyperprior:
        """The file's prior scales as they stand there."""
        return Hyperprior("own", dict(self.contents.prior))

    @property
    def whole_form(self) -> str:
        """The first form that has every estimand as a variable: what is drawn forward."""
        found = (form for form in self.contents.forms if form not in self.contents.completed)
        form = next(found, None)
        if form is None:
            raise ConfigError(
                f"{self.place}: every form is in COMPLETE; write one that has all estimands"
            )
        return form

    @property
    def needs(self) -> tuple[str, ...]:
        """The estimands that predictions are made of: all."""
        return tuple(name for block in self.contents.estimands.values() for name in block)

    # Data.

    def own_data(self, config: DataConfig) -> Columns:
        """Return the data that are written out in the file."""
        try:
            table = {name: np.asarray(values) for name, values in self.module.DATA.items()}
        except (AttributeError, ValueError) as err:
            raise ConfigError(
                f"{self.place}: DATA is no table ({err}); write it as "
                '{"column": (1.0, 2.0)}, or as the name of a file beside the model\'s'
            ) from err
        return self.columns(config.name, table)

    def table_data(self, config: DataConfig) -> Columns:
        """Return the data of a table of the user's."""
        if config.path is None:
            raise ConfigError(
                f"data.path=None: data={config.name} reads a table of yours; set data.path to a "
                "CSV, Parquet, JSON or netCDF file"
            )
        path = Path(config.path).expanduser()
        table = read_table(path)
        found = self.columns(path.stem, table.columns)
        notes = (*table.notes, *table.warnings)
        return replace(found, file_sha256=table.sha256, notes=notes)

    def columns(self, name: str, table: Arrays) -> Columns:
        """Return what the file's `data` makes of a table."""
        with users_code(self.place, f"data, of the columns {', '.join(table)},", self.file):
            arrays, coords = self.module.data(table)
            numbers = {key: np.asarray(convert_data(value)) for key, value in arrays.items()}
            labels = {dim: tuple(map(str, values)) for dim, values in coords.items()}
        for given in (*numbers, *labels):
            if not str(given).isidentifier() or given == SCALES:
                raise ConfigError(
                    f"{self.place}: data gives {given!r}; the names of arrays and dims are "
                    f"identifiers, and {SCALES} is taken for the prior scales; rename it"
                )
        bare = Columns(name, numbers, labels, {}, Outcome("", "", ""))
        model = self.built(self.whole_form, bare, self.base)
        dims = {
            one: tuple(map(str, of))
            for one in self.needs
            if (of := model.named_vars_to_dims.get(one))
        }
        return Columns(name, numbers, labels, dims, outcome_of(model))

    def drawn_data(self, config: DataConfig) -> Columns:
        """Return data whose truth is one draw from the model's own prior."""
        brought = isinstance(getattr(self.module, "DATA", None), Mapping)
        own = config.path is None and brought
        of = self.own_data(config) if own else self.table_data(config)
        rng = np.random.default_rng(own_value(config, "seed"))
        forward = self.forward(of, self.base)
        truth = {name: draws[0] for name, draws in forward.prior(1, rng).items()}
        y = forward.outcome({name: value[None] for name, value in truth.items()}, rng)[0]
        observed = y.astype(of.arrays[of.outcome.array].dtype)
        return Columns(
            config.name,
            {**of.arrays, of.outcome.array: observed},
            of.coords,
            of.dims,
            of.outcome,
            file_sha256=of.file_sha256,
            truth=truth,
            drawn_from=self.base,
        )

    # The model.

    def values(
        self, form: Form, dataset: Columns, prior: Hyperprior, likelihood: str
    ) -> dict[str, Any]:
        """Return the value of every `pm.Data`: the arrays, and the prior scales as one."""
        return {**dataset.arrays, SCALES: self.scales_in(prior)}

    def scales_in(self, prior: Hyperprior) -> Floats:
        """Return the prior scales, dims (scale,), in the order of the file."""
        return np.array([prior.scales[name] for name in self.contents.prior], dtype=np.float64)

    def build(self, form: Form, dataset: Columns, prior: Hyperprior, likelihood: str) -> pm.Model:
        """Return the PyMC model of `form`."""
        return self.built(form.name, dataset, prior)

    def built(self, form: str, dataset: Columns, prior: Hyperprior) -> pm.Model:
        """Return the PyMC model of the form of that name."""
        coords = {dim: np.arange(len(labels)) for dim, labels in dataset.coords.items()}
        with pm.Model(coords=coords) as model:
            data = {name: pm.Data(name, value) for name, value in dataset.arrays.items()}
            every = pm.Data(SCALES, self.scales_in(prior))
            scale = {name: every[place] for place, name in enumerate(self.contents.prior)}
            with users_code(self.place, f"form {form}", self.file):
                self.module.FORMS[form](data, scale)
        return model

    def check_form(self, form: str, dataset: Columns) -> None:
        """Raise ConfigError unless a form is what the file promises; asked once for each shape."""
        key = (form, shapes_of(dataset), dataset.arrays_sha256)
        if key in self._checked:
            return
        fault = fault_of_form(
            self.built(form, dataset, self.base),
            dataset,
            self.needs,
            dataset.dims,
            completed=form in self.contents.completed,
        )
        if fault:
            raise ConfigError(f"{self.place}: form {form}: {fault}")
        self._checked.add(key)

    def complete(
        self,
        form: Form,
        posterior: Arrays,
        values: Arrays,
        dataset: Columns,
        rng: np.random.Generator,
        *,
        cores: int,
    ) -> Arrays:
        """Return `posterior` with what the form integrates out; one core is enough."""
        names = [name for name in self.needs if name in posterior]
        shape = posterior[names[0]].shape[:2]
        hyper = {name: posterior[name].reshape(-1, *posterior[name].shape[2:]) for name in names}
        scale = dict(zip(self.contents.prior, values[SCALES].tolist(), strict=True))
        with users_code(self.place, f"COMPLETE of form {form.name}", self.file):
            found = self.module.COMPLETE[form.name](rng, dataset.arrays, scale, hyper)
        drawn = {name: np.asarray(of).reshape(*shape, *of.shape[1:]) for name, of in found.items()}
        return {**posterior, **drawn}

    def reference(self, dataset: Columns, variant: str, prior: Hyperprior) -> Reference | None:
        """Return the posterior as the file knows it, exact but for rounding."""
        with users_code(self.place, "reference", self.file):
            mean, sd = self.module.reference(dataset.arrays, prior.scales)
        exact = {name: np.zeros(np.shape(of)) for name, of in mean.items()}
        return Reference(
            f"{self.name}, quadrature",
            {name: np.asarray(of) for name, of in mean.items()},
            {name: np.asarray(of) for name, of in sd.items()},
            exact,
            exact,
        )

    # Predictions.

    def forward(self, dataset: Columns, prior: Hyperprior) -> Forward:
        """Return what draws forward, compiled once for every shape of data."""
        shapes = shapes_of(dataset)
        if shapes not in self._forward:
            model = self.built(self.whole_form, dataset, prior)
            self._forward[shapes] = Forward(model, self.needs, dataset.outcome.variable)
        found = self._forward[shapes]
        found.set({**dataset.arrays, SCALES: self.scales_in(prior)})
        return found

    def prior_draws(
        self,
        form: Form,
        prior: Hyperprior,
        dataset: Columns,
        draws: int,
        rng: np.random.Generator,
    ) -> Arrays:
        """Return draws of every estimand from its prior, each (draw, *dims)."""
        return self.forward(dataset, prior).prior(draws, rng)

    def predict(
        self, draws: Arrays, dataset: Columns, rng: np.random.Generator
    ) -> NDArray[np.float32]:
        """Return one replicate of the observed values per draw, dims (..., obs)."""
        before = draws[self.needs[0]].shape[: -self.depth(dataset, self.needs[0]) or None]
        flat = {name: self.flat(draws[name], dataset, name) for name in self.needs}
        found = self.forward(dataset, self.base).outcome(flat, rng)
        return found.reshape(*before, -1).astype(np.float32)

    def replicates(
        self, draws: Arrays, dataset: Columns, rng: np.random.Generator
    ) -> Iterator[NDArray[np.float32]]:
        """Yield what `predict` returns, some draws at a time, each dims (draw, obs)."""
        flat = {name: self.flat(draws[name], dataset, name) for name in self.needs}
        count = len(flat[self.needs[0]])
        for start in range(0, count, AT_ONCE):
            part = {name: value[start : start + AT_ONCE] for name, value in flat.items()}
            yield self.forward(dataset, self.base).outcome(part, rng).astype(np.float32)

    def probability_below(self, draws: Arrays, dataset: Columns) -> Floats:
        """Return the share of replicates below each observed value, ties half, dims (obs,)."""
        below, count = np.zeros(len(dataset.observed)), 0
        for block in self.replicates(draws, dataset, np.random.default_rng(0)):
            below += (block < dataset.observed).sum(axis=0)
            below += 0.5 * (block == dataset.observed).sum(axis=0)
            count += len(block)
        return below / count

    def log_likelihood(self, draws: Arrays, dataset: Columns) -> Floats:
        """Return log p(y_i | draw), dims (..., obs)."""
        before = draws[self.needs[0]].shape[: -self.depth(dataset, self.needs[0]) or None]
        flat = {name: self.flat(draws[name], dataset, name) for name in self.needs}
        found = self.forward(dataset, self.base).log_likelihood(flat)
        return found.reshape(*before, -1)

    def log_likelihood_of_rows(self, draws: Arrays, dataset: Columns) -> Iterator[Floats]:
        """Yield the log likelihood of all rows, dims (obs, draw)."""
        found = self.log_likelihood(draws, dataset)
        yield np.ascontiguousarray(found.reshape(-1, found.shape[-1]).T)

    def depth(self, dataset: Columns, name: str) -> int:
        """Return how many dims one draw of an estimand has."""
        return len(dataset.dims.get(name, ()))

    def flat(self, value: Floats, dataset: Columns, name: str) -> Floats:
        """Return draws with one dim before those of the estimand."""
        depth = self.depth(dataset, name)
        return value.reshape(-1, *value.shape[value.ndim - depth :])


def shapes_of(dataset: Columns) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the shape of every array, by name."""
    return tuple((name, np.shape(value)) for name, value in sorted(dataset.arrays.items()))


def outcome_of(model: pm.Model) -> Outcome:
    """Return what a model observes: its one observed variable of at most one dim."""
    if len(model.observed_RVs) != 1:
        return Outcome("", "", "")
    (observed,) = model.observed_RVs
    value = model.rvs_to_values[observed]
    found = [data.name for data in model.data_vars if data in set(ancestors([value]))]
    if observed.ndim > 1 or len(found) != 1:
        return Outcome("", "", "")
    dims = model.named_vars_to_dims.get(observed.name) or ("",)
    return Outcome(str(observed.name), str(found[0]), str(dims[0] or ""))
