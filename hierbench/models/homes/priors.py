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
        If no prior has the configured name.
    """
    base: tuple[float | None, ...]
    match config.name:
        case "notebook":
            family, base = "exponential", NOTEBOOK[model]
        case "formula":
            family, base = "exponential", FORMULA
        case "halfnormal":
            family, base = "halfnormal", tuple(getattr(config, name) for name in SCALED)
        case _:
            raise ConfigError(
                f"prior={config.name}: known are {', '.join(PRIORS)}; choose one of them"
            )
    scales = {name: config.scale * scale for name, scale in zip(SCALED, base, strict=True) if scale}
    return Hyperprior(family, scales)
