"""What one cell asks for: checked, named and hashed before anything is fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hierbench.config.flat import flat
from hierbench.config.schema import Config
from hierbench.dataset import Dataset
from hierbench.errors import ConfigError
from hierbench.models import Form, Model, Source, Trait, form_of, model_from, model_of
from hierbench.models.data import applied
from hierbench.records import Axes, Hyperprior, Reference, SamplerSettings, fingerprint_of
from hierbench.samplers import SAMPLERS, check_adaptation, check_installed

__all__ = ["PlannedCell", "is_supported", "plan_cell"]

NAMED = ("parameterization", "prior.scale", "sampler.target_accept", "seed")


@dataclass(frozen=True)
class PlannedCell:
    """One cell, ready to run.

    Attributes
    ----------
    asked : mapping
        What was asked, and nothing else, in plain values.
    source : Source or None
        Where the model's file lies; None for a shipped model.
    posterior : str
        Data, variant and prior in words, and a hash of them: cells that share it are rivals.
    name : str
        As the MLflow UI shows it.
    """

    config: Config
    dataset: Dataset
    form: Form
    hyperprior: Hyperprior
    settings: SamplerSettings
    asked: Mapping[str, Any]
    source: Source | None
    posterior: str
    name: str

    @property
    def model(self) -> Model:
        """What is fitted; found by its name or file, as it does not travel to another process."""
        return model_from(self.source) if self.source else model_of(self.config.model)

    @property
    def as_typed(self) -> Config:
        """The configuration that plans this cell again: a user's model by the path of its file."""
        source = self.source
        if source is None or source.package:
            return self.config
        return replace(self.config, model=source.path)

    @property
    def axes(self) -> Axes:
        """What the entries of its estimands are called."""
        return Axes({**self.dataset.dims, **self.form.dims}, self.dataset.coords)

    @property
    def reference(self) -> Reference | None:
        """What its posterior is known to be; None where it is not. Imports what builds models."""
        known = self.model.load().reference
        return known(self.dataset, self.form.variant, self.hyperprior) if known else None

    @property
    def cell_key(self) -> str:
        """Hash of what was asked."""
        return fingerprint_of(self.asked)

    @property
    def params(self) -> dict[str, str]:
        """The flat configuration, the variant and the true sizes: one plain value per key."""
        values = {**flat(self.config), "variant": self.form.variant, **self.dataset.sizes}
        return {name: plain(value) for name, value in values.items()}


def plan_cell(config: Config, dataset: Dataset, *, swept: Sequence[str] = ()) -> PlannedCell:
    """Return the cell that `config` asks for, on `dataset`.

    A form that integrates the effects out has the sufficient likelihood, whatever is asked. Keys
    that the data do not read are left out, so that nothing stores or logs them.

    Parameters
    ----------
    swept : sequence of str
        Keys that differ among the cells of a sweep; they are shown in the cell's name.

    Raises
    ------
    ConfigError
        If the form, likelihood and sampler do not go together, the sampler's extra is not
        installed, a group to plot does not exist, the data do not read a key, there are too few
        draws for what is asked, or the truth was drawn from another variant or hyperprior than the
        cell fits.
    """
    config, model = applied(config), model_of(config.model)
    form = form_of(model, config.parameterization)
    if config.likelihood not in form.likelihoods and form.integrated:
        config = replace(config, likelihood=form.likelihoods[0])
    check_supported(config)
    check_loo(config, dataset)
    prior = model.hyperprior(config.prior, form.variant)
    model.check(dataset, form, prior, config)
    settings = SamplerSettings(**asdict(config.sampler))
    own = model.source_sha256 == "" or form.variant == model.name
    question = form.variant if own else f"{model.name}, {form.variant}"
    target = {
        "arrays_sha256": dataset.arrays_sha256,
        "model": question,
        "hyperprior": asdict(prior),
        **written_in(model),
    }
    asked = {
        **target,
        "parameterization": form.name,
        "likelihood": config.likelihood,
        "sampler": asked_of(settings),
        "seed": config.seed,
    }
    names = dict.fromkeys((dataset.name, question, config.prior.name))
    words = (*names, f"scale {config.prior.scale:g}")
    return PlannedCell(
        config=replace(config, model=model.name),
        dataset=dataset,
        form=form,
        hyperprior=prior,
        settings=settings,
        asked=asked,
        source=model.source,
        posterior=" · ".join((*words, fingerprint_of(target)[:8])),
        name=cell_name(flat(replace(config, model=model.name)), swept),
    )


def asked_of(settings: SamplerSettings) -> dict[str, Any]:
    """Return `settings` as plain values, without an adaptation that is every sampler's own.

    So a cell that was asked for before there was a choice keeps its key.
    """
    asked = asdict(settings)
    return {key: value for key, value in asked.items() if (key, value) != ("adaptation", "diag")}


def written_in(model: Model) -> dict[str, str]:
    """Return what tells a model that is written in a file from one of the same name before."""
    return {"source_sha256": model.source_sha256} if model.source_sha256 else {}


def samplers_of(form: Form, likelihood: str) -> tuple[str, ...]:
    """Return the samplers that fit `form` so; Stan runs what was written in Stan."""
    if likelihood not in form.likelihoods:
        return ()
    return tuple(
        name
        for name, sampler in SAMPLERS.items()
        if sampler.reads == "pymc" or (Trait.STAN in form.traits and likelihood == "rowwise")
    )


def is_supported(config: Config) -> bool:
    """Return whether the form, likelihood and sampler that `config` asks for go together."""
    form = form_of(model_of(config.model), config.parameterization)
    likelihood = form.likelihoods[0] if form.integrated else config.likelihood
    return config.sampler.name in samplers_of(form, likelihood)


def check_supported(config: Config) -> None:
    """Raise ConfigError for a (form, likelihood, sampler) that nobody built or installed."""
    asked = (config.parameterization, config.likelihood)
    if not is_supported(config):
        rows = (
            f"{form.name} + {likelihood} with {'|'.join(samplers_of(form, likelihood))}"
            for form in model_of(config.model).forms.values()
            for likelihood in form.likelihoods
        )
        raise ConfigError(
            f"parameterization={asked[0]} likelihood={asked[1]} sampler={config.sampler.name}: "
            f"not supported together; choose one of {'; '.join(rows)}"
        )
    check_installed(config.sampler.name)
    check_adaptation(config.sampler.name, config.sampler.adaptation)


def check_loo(config: Config, dataset: Dataset) -> None:
    """Raise ConfigError for PSIS-LOO of fewer draws than it can smooth, or of no rows."""
    if not config.predictive.loo:
        return
    if not dataset.observed.size:
        raise ConfigError(
            f"predictive.loo=true: model={config.model} has not one observed variable of at most "
            "one dim, so there are no rows to leave out; leave it out"
        )
    from hierbench.diagnostics.loo import FEWEST_DRAWS  # it imports ArviZ

    draws = config.sampler.chains * config.sampler.draws
    if draws < FEWEST_DRAWS:
        raise ConfigError(
            f"predictive.loo=true with {draws} draws (sampler.chains x sampler.draws): it needs "
            f"{FEWEST_DRAWS} or more; raise sampler.draws, or leave it out"
        )


def cell_name(params: Mapping[str, Any], swept: Sequence[str]) -> str:
    """Return a name that speaks, such as ``noncentered · scale 4 · accept 0.95 · seed 3``.

    >>> cell_name({"parameterization": "centered", "prior.scale": 4.0, "seed": 3, "data": "ames",
    ...     "sampler.target_accept": 0.8}, ["seed", "data"])
    'centered · scale 4 · accept 0.8 · seed 3 · ames'
    """
    others = [key for key in swept if key not in NAMED]
    plain = [f"{params[key]}" for key in others if "." not in key and key in params]
    dotted = [f"{last_words(key)} {params[key]}" for key in others if "." in key and key in params]
    return " · ".join(
        [
            str(params["parameterization"]),
            f"scale {params['prior.scale']:g}",
            f"accept {params['sampler.target_accept']:g}",
            f"seed {params['seed']}",
            *plain,
            *dotted,
        ]
    )


def last_words(key: str) -> str:
    """Return the last word of a dotted key, or both where the last is another key's as well.

    >>> last_words("sampler.draws"), last_words("data.seed")
    ('draws', 'data seed')
    """
    group, _, word = key.rpartition(".")
    return f"{group} {word}" if word in NAMED else word


def plain(value: object) -> str:
    """Return a parameter as MLflow's charts can read it, and as the same number: 4, not 4.0.

    >>> plain(4.0), plain(0.95), plain(1 / 3), plain(True)
    ('4', '0.95', '0.3333333333333333', 'True')
    """
    if not isinstance(value, float):
        return str(value)
    short = f"{value:.12g}"
    return short if float(short) == value else repr(value)
