"""A model that is written in one file, as the record that the harness knows.

The record is made of the file's text alone; the file is imported when something must be built.
"""

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from hierbench.config.schema import LIKELIHOODS, Config, DataConfig, PriorConfig
from hierbench.errors import ConfigError
from hierbench.models.able import Abilities
from hierbench.models.columns import Columns
from hierbench.models.contents import Contents, contents_of
from hierbench.models.contract import DataSource, Design, Form, Model, Trait
from hierbench.models.looks import looks_of
from hierbench.models.snapshot import Snapshot
from hierbench.records import Hyperprior, Neck

if TYPE_CHECKING:
    from hierbench.models.opened import Written

__all__ = ["OWN", "written"]

OWN = "own"
"""The one prior of a model in a file, and the data that it brings."""


def written(
    snapshot: Snapshot, module: Callable[[], ModuleType], *, shipped: bool = False
) -> Model:
    """Return the record of the model in a file; `module` imports it.

    Raises
    ------
    ConfigError
        The file is no model's.
    """
    of, name = contents_of(snapshot), snapshot.name
    own = name if shipped else OWN

    @cache
    def opened() -> "Written":
        from hierbench.models.opened import Written  # it imports PyMC

        return Written(name, of, module())

    @cache
    def load() -> Abilities:
        return opened().abilities

    return Model(
        name=name,
        summary=of.summary,
        source=None if shipped else snapshot.source,
        source_sha256=snapshot.syntax_sha256,
        forms={form: form_of(name, of, form) for form in of.forms},
        blocks=of.estimands,
        necks=necks_of(of),
        data={**own_data(own, of, opened), **other_data(opened)},
        own_file=str(snapshot.path.parent / of.own_file) if of.own_file else "",
        priors=(OWN,),
        hyperprior=lambda config, variant: hyperprior(name, of, config),
        check=lambda dataset, form, prior, config: check(opened(), dataset, form, prior, config),
        warnings=lambda dataset, form: [],
        designs={OWN: design_of(of)},
        validated=((f"data={'table' if of.own_file else own}",),),
        load=load,
    )


def own_data(name: str, of: Contents, opened: "Callable[[], Written]") -> dict[str, DataSource]:
    """Return the source of the data that are written out in the file, where there are any."""
    if not of.own_data or of.own_file:
        return {}

    def load(config: DataConfig) -> Columns:
        return opened().own_data(config)

    return {name: DataSource(origin=of.summary, load=load, keys=(), prepare=None)}


def other_data(opened: "Callable[[], Written]") -> dict[str, DataSource]:
    """Return the sources of a table of the user's, and of draws from the prior."""

    def table(config: DataConfig) -> Columns:
        return opened().table_data(config)

    def drawn(config: DataConfig) -> Columns:
        return opened().drawn_data(config)

    return {
        "table": DataSource(
            origin="a table of yours (CSV, Parquet, JSON, netCDF): data.path",
            load=table,
            keys=("path",),
            prepare=None,
        ),
        "prior_draw": DataSource(
            origin="one draw from the model's prior: data.seed",
            load=drawn,
            keys=("seed", "path"),
            prepare=None,
        ),
    }


def form_of(model: str, of: Contents, name: str) -> Form:
    """Return the record of one form."""
    return Form(
        name=name,
        variant=of.variants.get(name, model),
        dims={},
        likelihoods=LIKELIHOODS[:1],
        traits=Trait.INTEGRATED if name in of.completed else Trait.NONE,
        look=looks_of(of.forms)[name],
    )


def necks_of(of: Contents) -> tuple[Neck, ...]:
    """Return the necks, each with the estimands of the second block as its effects."""
    blocks = list(of.estimands.values())
    effects = blocks[1][0] if len(blocks) > 1 else ""
    return tuple(Neck(scale, effects, "") for scale in of.necks)


def design_of(of: Contents) -> Design:
    """Return the design that calibrates the forms; the file says which are not uniform."""
    overrides = (
        "data=prior_draw",
        f"prior={OWN}",
        "artifacts=minimal",
        "plots=none",
        "sampler.chains=2",
        "sampler.tune=500",
        "sampler.draws=500",
    )
    return Design(
        overrides, {form: form not in of.not_uniform for form in of.forms}, of.not_uniform
    )


def hyperprior(model: str, of: Contents, config: PriorConfig) -> Hyperprior:
    """Return the file's prior scales, those that the user set in their place.

    Raises
    ------
    ConfigError
        The prior's name is another model's, or a scale is of no parameter that has one.
    """
    if config.name != OWN:
        raise ConfigError(f"prior={config.name}: model={model} has {OWN} alone; leave it out")
    for name in config.scales:
        if name not in of.prior:
            raise ConfigError(
                f"prior.{name}={config.scales[name]:g}: model={model} has scales of "
                f"{', '.join(of.prior)}; choose one of them"
            )
    scales = {**of.prior, **config.scales}
    return Hyperprior(OWN, {name: config.scale * scale for name, scale in scales.items()})


def check(of: "Written", dataset: Columns, form: Form, prior: Hyperprior, config: Config) -> None:
    """Raise ConfigError for what is asked of the data and they do not have."""
    if config.plots.groups:
        raise ConfigError(
            f"plots.groups={','.join(config.plots.groups)}: model={config.model} draws no groups; "
            "leave it out"
        )
    if dataset.drawn_from is not None and dataset.drawn_from != prior:
        raise ConfigError(
            f"data={dataset.name}: its truth was drawn from the model's own prior at scale 1; "
            "leave prior and prior.scale out"
        )
    of.check_form(form.name, dataset)
