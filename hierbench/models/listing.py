"""The models as they stand in a listing: read from their text, none imported."""

from collections.abc import Iterator
from dataclasses import dataclass

from hierbench.errors import ConfigError
from hierbench.models import MODELS, model_of
from hierbench.models.installed import installed_models

__all__ = ["Listed", "listed"]


@dataclass(frozen=True)
class Listed:
    """A model in a listing.

    Attributes
    ----------
    origin : str
        shipped, or the installed module that offers it.
    forms, blocks, data : tuple of str
        Names; those of the data that it brings, and of the ways to bring others.
    fault : str
        Why it cannot be used; empty where it can.
    """

    name: str
    summary: str
    origin: str
    forms: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    fault: str = ""


def listed() -> Iterator[Listed]:
    """Yield every shipped and installed model; one that cannot be read, with its fault."""
    origins = dict.fromkeys(MODELS, "shipped")
    origins |= {name: offer.module for name, offer in installed_models().items()}
    for name, origin in origins.items():
        try:
            model = model_of(name)
        except ConfigError as error:
            yield Listed(name, "", origin, fault=str(error))
            continue
        yield Listed(
            name,
            model.summary,
            origin,
            forms=tuple(model.forms),
            blocks=tuple(model.blocks),
            data=tuple(model.data),
        )
