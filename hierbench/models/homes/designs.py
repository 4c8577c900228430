"""On what data the forms are calibrated and validated, and what is expected of each.

Stated before a calibration is run: a verdict is good when it is the one below, whichever it is.
"""

from collections.abc import Mapping

from hierbench.models.contract import Design

__all__ = ["DESIGNS", "VALIDATED"]

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

DESIGNS: Mapping[str, Design] = {
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
            "varying_sigma": True,
            "centered": True,
            "noncentered": True,
            "partially_centered": True,
            "marginal": True,
            "correlated": True,
            "correlated_noncentered": True,
            "marginal_correlated": True,
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
            "varying_sigma": False,
            "centered": False,
            "noncentered": True,
            "marginal": True,
        },
        reasons={
            "varying_sigma": "it is centred too, and a group of two rows is fitted exactly, so "
            "that its sigma runs to 0 in a neck of its own",
            "centered": "two to four rows a group tell little of its effects, so that these lie in "
            "a funnel whose neck, sigma_alpha or sigma_beta near 0, NUTS hardly enters",
        },
    ),
}

VALIDATED = (
    ("data=sacramento",),
    ("data=radon", "prior=halfnormal"),
    ("data=berlin_like", "data.rows=500", "data.groups=30"),
)
"""Small ones, whose posteriors ship with a reference."""
