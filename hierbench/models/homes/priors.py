"""The hyperparameters' prior scales by the prior's name; light to import."""

from hierbench.config.schema import PriorConfig
from hierbench.errors import ConfigError
from hierbench.records import Hyperprior

__all__ = ["PRIORS", "SCALED", "hyperprior"]

SCALED = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")
"""The parameters that have a prior scale, in the order of the rows below."""

NOTEBOOK = {
    "varying_sigma": (20.0, 5.0, 2.5, 2.5, 2.5),
    "independent": (20.0, 5.0, 5.0, 5.0, 5.0),
    "correlated": (5.0, 5.0, 5.0, 5.0, 5.0),
}
FORMULA = (100.0, 100.0, 0.01, 0.01, 0.01)
PRIORS = ("notebook", "formula", "halfnormal")


def hyperprior(config: PriorConfig, model: str) -> Hyperprior:
    """Return the hyperprior of `model`, `prior.scale` multiplied in.

    `notebook` is the 2019 notebook's code, `formula` what its text says instead: Normal(0, 100)
    and Exponential(rate 100), whose mean is 0.01. `halfnormal` takes its scales from the
    configuration.

    Raises
    ------
    ConfigError
        If no prior has the configured name, a scale is missing, or one is set that cannot be.
    """
    check_scales(config)
    base: tuple[float, ...]
    match config.name:
        case "notebook":
            family, base = "exponential", NOTEBOOK[model]
        case "formula":
            family, base = "exponential", FORMULA
        case "halfnormal":
            family, base = "halfnormal", tuple(config.scales[name] for name in SCALED)
        case _:
            raise ConfigError(
                f"prior={config.name}: known are {', '.join(PRIORS)}; choose one of them"
            )
    scales = {name: config.scale * scale for name, scale in zip(SCALED, base, strict=True)}
    return Hyperprior(family, scales)


def check_scales(config: PriorConfig) -> None:
    """Raise ConfigError for a scale that is missing, or that the prior does not take."""
    for name, value in config.scales.items():
        if name not in SCALED:
            raise ConfigError(
                f"prior.{name}={value:g}: model=homes has scales of {', '.join(SCALED)}; choose "
                "one of them"
            )
        if config.name in PRIORS and config.name != "halfnormal":
            raise ConfigError(
                f"prior.{name}={value:g}: prior={config.name} has fixed scales; "
                "use prior=halfnormal to set them, or prior.scale to multiply them"
            )
    for name in SCALED if config.name == "halfnormal" else ():
        if name not in config.scales:
            raise ConfigError(
                f"prior.{name}=None: allowed are finite numbers above 0; choose one, such as 1"
            )
