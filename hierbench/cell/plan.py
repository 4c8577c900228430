"""What one cell asks for: checked, named and hashed before anything is fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hierbench.config.flat import flat
from hierbench.config.schema import Config
from hierbench.errors import ConfigError
from hierbench.models import FORMS, NAME, Form, Trait, form_of, hyperprior
from hierbench.plots.choice import chosen_groups
from hierbench.records import Dataset, Hyperprior, SamplerSettings, fingerprint_of
from hierbench.samplers import SAMPLERS, check_adaptation, check_installed

__all__ = ["PlannedCell", "is_supported", "plan_cell"]

SUPPORTED = {
    (form.name, likelihood): tuple(
        name
        for name, sampler in SAMPLERS.items()
        if sampler.reads == "pymc" or (Trait.STAN in form.traits and likelihood == "rowwise")
    )
    for form in FORMS.values()
    for likelihood in form.likelihoods
}
"""The samplers of every (form, likelihood); Stan runs what was written in Stan."""

NAMED = ("parameterization", "prior.scale", "sampler.target_accept", "seed")


@dataclass(frozen=True)
class PlannedCell:
    """One cell, ready to run.

    Attributes
    ----------
    asked : mapping
        What was asked, and nothing else, in plain values.
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
    posterior: str
    name: str

    @property
    def cell_key(self) -> str:
        """Hash of what was asked."""
        return fingerprint_of(self.asked)

    @property
    def params(self) -> dict[str, str]:
        """The flat configuration, model, variant and true sizes: one plain value per key."""
        values = {
            **flat(self.config),
            "model": NAME,
            "variant": self.form.variant,
            **self.dataset.sizes,
        }
        return {name: plain(value) for name, value in values.items()}


def plan_cell(config: Config, dataset: Dataset, *, swept: Sequence[str] = ()) -> PlannedCell:
    """Return the cell that `config` asks for, on `dataset`.

    A form that integrates the effects out has the sufficient likelihood, whatever is asked.

    Parameters
    ----------
    swept : sequence of str
        Keys that differ among the cells of a sweep; they are shown in the cell's name.

    Raises
    ------
    ConfigError
        If the form, likelihood and sampler do not go together, the sampler's extra is not
        installed, a group to plot does not exist, there are too few draws for what is asked, or
        the truth was drawn from another variant or hyperprior than the cell fits.
    """
    form = form_of(config.parameterization)
    if form.integrated:
        config = replace(config, likelihood="sufficient")
    check_supported(config)
    check_draws(config)
    chosen_groups(dataset, config.plots.groups)
    prior = hyperprior(config.prior, form.variant)
    check_drawn_from(dataset, form, prior)
    settings = SamplerSettings(**asdict(config.sampler))
    target = {
        "arrays_sha256": dataset.arrays_sha256,
        "model": form.variant,  # the key's name from when there was one model: keys must stay
        "hyperprior": asdict(prior),
    }
    asked = {
        **target,
        "parameterization": form.name,
        "likelihood": config.likelihood,
        "sampler": asked_of(settings),
        "seed": config.seed,
    }
    words = (dataset.name, form.variant, config.prior.name, f"scale {config.prior.scale:g}")
    return PlannedCell(
        config=config,
        dataset=dataset,
        form=form,
        hyperprior=prior,
        settings=settings,
        asked=asked,
        posterior=" · ".join((*words, fingerprint_of(target)[:8])),
        name=cell_name(flat(config), swept),
    )


def check_drawn_from(dataset: Dataset, form: Form, prior: Hyperprior) -> None:
    """Raise ConfigError where no posterior of the cell can cover the truth as it should."""
    source = dataset.drawn_from
    if source is None or (source.variant, source.hyperprior) == (form.variant, prior):
        return
    if source.variant != form.variant:
        raise ConfigError(
            f"parameterization={form.name} data.model={source.variant}: the form fits the variant "
            f"{form.variant}; set data.model={form.variant}"
        )
    raise ConfigError(
        f"data={dataset.name}: its truth was drawn from {in_words(source.hyperprior)}, and the "
        f"cell fits {in_words(prior)}; set the prior alone, data.mu_alpha and the like follow it"
    )


def in_words(prior: Hyperprior) -> str:
    """Return a hyperprior's family and scales.

    >>> in_words(Hyperprior("halfnormal", {"mu_alpha": 2.0, "sigma": 0.5}))
    'halfnormal(mu_alpha 2, sigma 0.5)'
    """
    scales = ", ".join(f"{name} {scale:g}" for name, scale in prior.scales.items())
    return f"{prior.family}({scales})"


def asked_of(settings: SamplerSettings) -> dict[str, Any]:
    """Return `settings` as plain values, without an adaptation that is every sampler's own.

    So a cell that was asked for before there was a choice keeps its key.
    """
    asked = asdict(settings)
    return {key: value for key, value in asked.items() if (key, value) != ("adaptation", "diag")}


def is_supported(config: Config) -> bool:
    """Return whether the form, likelihood and sampler that `config` asks for go together."""
    integrated = form_of(config.parameterization).integrated
    likelihood = "sufficient" if integrated else config.likelihood
    return config.sampler.name in SUPPORTED.get((config.parameterization, likelihood), ())


def check_supported(config: Config) -> None:
    """Raise ConfigError for a (form, likelihood, sampler) that nobody built or installed."""
    asked = (config.parameterization, config.likelihood)
    if not is_supported(config):
        rows = (f"{' + '.join(key)} with {'|'.join(names)}" for key, names in SUPPORTED.items())
        raise ConfigError(
            f"parameterization={asked[0]} likelihood={asked[1]} sampler={config.sampler.name}: "
            f"not supported together; choose one of {'; '.join(rows)}"
        )
    check_installed(config.sampler.name)
    check_adaptation(config.sampler.name, config.sampler.adaptation)


def check_draws(config: Config) -> None:
    """Raise ConfigError for PSIS-LOO of fewer draws than it can smooth."""
    if not config.predictive.loo:
        return
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
