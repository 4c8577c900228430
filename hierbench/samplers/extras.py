"""Packages that only some samplers need: is their extra installed, and in which version."""

from importlib.metadata import version
from importlib.util import find_spec

from hierbench.errors import ConfigError

__all__ = ["check_installed", "versions"]

EXTRAS = {
    "numpyro": ("jax", ("jax", "jaxlib", "numpyro")),
    "blackjax": ("jax", ("jax", "jaxlib", "blackjax")),
    "stan": ("stan", ("stanli",)),
}
"""The extra of hierbench that a sampler needs, and its packages that decide the draws."""


def check_installed(sampler: str) -> None:
    """Raise ConfigError when a package that `sampler` needs is missing; nothing is imported."""
    extra, packages = EXTRAS.get(sampler, ("", ()))
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"sampler={sampler}: unavailable, {' and '.join(missing)} not installed; "
            f"install hierbench[{extra}], or choose sampler=nutpie or sampler=pymc"
        )


def versions(sampler: str) -> dict[str, str]:
    """Return the versions of the packages that `sampler` needs beyond hierbench's own."""
    _, packages = EXTRAS.get(sampler, ("", ()))
    return {name: version(name) for name in packages}
