"""The designs of simulation-based calibration, and what each form is expected to give on them.

Stated before a calibration is run: a verdict is good when it is the one below, whichever it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hierbench.errors import ConfigError

__all__ = ["DESIGNS", "FAMILY_WISE_LEVEL", "NOT_UNIFORM", "UNIFORM", "Design", "design"]

FAMILY_WISE_LEVEL = 0.01
"""Chance that a right form is called not uniform in any of its estimands."""

UNIFORM, NOT_UNIFORM = "uniform", "not uniform"


@dataclass(frozen=True)
class Design:
    """Data and prior that truths are drawn on, how long is sampled, and the verdicts expected.

    Attributes
    ----------
    overrides : tuple of str
        In Hydra's grammar; a user's own come behind them.
    expected : mapping of str to str
        The verdict of every form that is calibrated, UNIFORM or NOT_UNIFORM.
    reasons : mapping of str to str
        Why a form is expected to fail.
    """

    overrides: tuple[str, ...]
    expected: Mapping[str, str]
    reasons: Mapping[str, str]


COMMON = (
    "data=prior_draw",
    "prior=halfnormal",
    "prior.mu_alpha=3",
    "prior.mu_beta=3",
    "artifacts=minimal",
    "plots=none",
    "sampler.chains=2",
    "sampler.tune=500",
    "sampler.draws=500",
)

DESIGNS: dict[str, Design] = {
    "small": Design(
        overrides=(
            *COMMON,
            "data.groups=10",
            "data.rows=80",
            "prior.sigma_alpha=2",
            "prior.sigma_beta=2",
            "prior.sigma=1",
        ),
        expected={
            "varying_sigma": UNIFORM,
            "centered": UNIFORM,
            "noncentered": UNIFORM,
            "partially_centered": UNIFORM,
            "marginal": UNIFORM,
            "correlated": UNIFORM,
            "correlated_noncentered": UNIFORM,
            "marginal_correlated": UNIFORM,
        },
        reasons={},
    ),
    "funnel": Design(
        overrides=(
            *COMMON,
            "data.groups=40",
            "data.rows=120",
            "prior.sigma_alpha=1",
            "prior.sigma_beta=1",
            "prior.sigma=10",
        ),
        expected={
            "varying_sigma": NOT_UNIFORM,
            "centered": NOT_UNIFORM,
            "noncentered": UNIFORM,
            "marginal": UNIFORM,
        },
        reasons={
            "varying_sigma": "it is centred too, and a group of two rows is fitted exactly, so "
            "that its sigma runs to 0 in a neck of its own",
            "centered": "two to four rows a group tell little of its effects, so that these lie in "
            "a funnel whose neck, sigma_alpha or sigma_beta near 0, NUTS hardly enters",
        },
    ),
}


def design(name: str) -> Design:
    """Return the design of that name.

    Raises
    ------
    ConfigError
        If there is none.
    """
    if name not in DESIGNS:
        raise ConfigError(f"--design {name}: known are {', '.join(DESIGNS)}; choose one of them")
    return DESIGNS[name]
