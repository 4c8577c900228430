"""Models that installed packages offer, found by their entry points; none is imported here."""

from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from hierbench.errors import ConfigError

__all__ = ["GROUP", "installed_file", "installed_models"]

GROUP = "hierbench.models"


def installed_models() -> dict[str, EntryPoint]:
    """Return what packages offer, by the model's name."""
    return {one.name: one for one in sorted(entry_points(group=GROUP), key=lambda one: one.name)}


def installed_file(offer: EntryPoint) -> tuple[Path, str]:
    """Return the file of an offered model and the package that it belongs to.

    Raises
    ------
    ConfigError
        If there is no such file.
    """
    parts = offer.module.split(".")
    places: list[str] = []
    for count in range(1, len(parts) + 1):
        # find_spec alone would import the packages around the module.
        name = ".".join(parts[:count])
        spec = PathFinder.find_spec(name, places) if places else find_spec(name)
        if spec is None:
            break
        if count == len(parts) and spec.origin and spec.origin.endswith(".py"):
            path = Path(spec.origin)
            package = offer.module if path.name == "__init__.py" else ".".join(parts[:-1])
            return path, package
        places = list(spec.submodule_search_locations or [])
    raise ConfigError(
        f"model={offer.name}: the installed package that offers it has no module {offer.module}; "
        "install it anew"
    )
