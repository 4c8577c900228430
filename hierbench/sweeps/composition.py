"""Every cell's configuration, composed by Hydra once for each choice of files."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import cache

from hydra.core.config_loader import ConfigLoader
from hydra.core.object_type import ObjectType
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, OverrideType
from omegaconf import DictConfig, OmegaConf

from hierbench.config.scales import rewritten

__all__ = ["compose_cells"]


def compose_cells(
    loader: ConfigLoader, sweep: DictConfig, cells: Sequence[Sequence[str]]
) -> Iterator[DictConfig]:
    """Yield the configuration of each of `cells`, given by its overrides; ranges are not checked.

    Hydra reads its files anew for each composition, 50 ms and more. Cells that choose the same
    files share one, and their plain values are set in copies of it, as Hydra itself sets them.
    """
    parser = OverridesParser.create()

    @cache
    def plain(text: str) -> Override | None:
        """Return the override if it sets a value, None if it chooses a file or more."""
        (override,) = parser.parse_overrides([text])
        key = override.key_or_group
        scale = override.is_force_add() and ".scales." in key
        sets = (override.type is OverrideType.CHANGE or scale) and override.package is None
        return override if sets and not loader.get_group_options(key, ObjectType.CONFIG) else None

    @cache
    def composed(choices: tuple[str, ...]) -> DictConfig:
        # Where a cell chooses no file, its files are those that the sweep was composed of.
        whole = loader.load_sweep_config(sweep, list(choices)) if choices else sweep
        return OmegaConf.masked_copy(whole, [str(key) for key in whole if key != "hydra"])

    for overrides in map(rewritten, cells):
        cell = deepcopy(composed(tuple(text for text in overrides if plain(text) is None)))
        for override in filter(None, map(plain, overrides)):
            OmegaConf.update(
                cell,
                override.key_or_group,
                override.value(),
                merge=True,
                force_add=override.is_force_add(),
            )
        yield cell
