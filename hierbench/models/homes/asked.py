"""What a cell asks of the rows, and what of them is doubtful; light to import."""

from hierbench.config.schema import Config
from hierbench.errors import ConfigError
from hierbench.models.contract import Form
from hierbench.models.homes.choice import chosen_groups
from hierbench.models.homes.datasets.checks import (
    exact_fit_warnings,
    label_warnings,
    scale_warnings,
)
from hierbench.models.homes.rows import Rows
from hierbench.records import Hyperprior

__all__ = ["check", "warnings"]


def check(dataset: Rows, form: Form, prior: Hyperprior, config: Config) -> None:
    """Raise ConfigError for a group that is not there, or a truth of another posterior."""
    chosen_groups(dataset, config.plots.groups)
    check_drawn_from(dataset, form, prior)


def warnings(dataset: Rows, form: Form) -> list[str]:
    """Return a sentence for each doubt about the rows under this form."""
    per_group = exact_fit_warnings(dataset) if "sigma" in form.dims else []
    return [*label_warnings(dataset), *scale_warnings(dataset), *per_group]


def check_drawn_from(dataset: Rows, form: Form, prior: Hyperprior) -> None:
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
