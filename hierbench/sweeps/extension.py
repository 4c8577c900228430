"""The cells that typed values add to a sweep whose cells are known by their values alone.

What the user typed for the sweep is not asked for: it stands in the store, and only what is typed
now may reach Hydra.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hierbench.config.options import GROUPS, option_values
from hierbench.config.plain import from_plain
from hierbench.config.schema import Config
from hierbench.models import form_of, model_of
from hierbench.sweeps.omitted import every_form

__all__ = ["Typed", "extension"]


@dataclass(frozen=True)
class Typed:
    """What the user typed to extend a sweep.

    Attributes
    ----------
    keys : tuple of str
        The keys, such as seed and prior.scale, and the groups, such as sampler.
    cells : tuple of mapping
        The nested values of each combination of what was typed; of these, `keys` count.
    mode : str or None
        The launcher; None: as before.
    """

    keys: tuple[str, ...]
    cells: tuple[Mapping[str, Any], ...]
    mode: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of data that were typed."""
        asked = "data.path" in self.keys
        return tuple(str(values["data"]["path"]) for values in self.cells) if asked else ()


def extension(stored: Sequence[Config], typed: Typed) -> list[Config]:
    """Return `stored` with every combination of the typed values in place of its own, each once.

    A group that is typed, such as ``sampler=pymc``, takes what its file sets; of the group's other
    keys, those keep their value that the sweep had set by hand.

    Raises
    ------
    ConfigError
        If the values do not go together.
    """
    found = (
        one
        for config in with_likelihoods(stored, typed.keys)
        for values in typed.cells
        for one in every_form(extended(config, typed.keys, values))
    )
    return list({repr(config): config for config in found}.values())


def with_likelihoods(stored: Sequence[Config], keys: Sequence[str]) -> Iterator[Config]:
    """Yield `stored` with likelihoods that another form can take.

    A form that integrates the effects out has the sufficient one, whatever was asked: the others
    of the sweep tell what was.
    """
    asked = dict.fromkeys(of.likelihood for of in stored if not is_integrated(of))
    for config in stored:
        if "parameterization" in keys and "likelihood" not in keys and is_integrated(config):
            for likelihood in asked or (Config().likelihood,):
                yield replace(config, likelihood=likelihood)
        else:
            yield config


def is_integrated(config: Config) -> bool:
    """Return whether the form of `config` integrates the effects out."""
    return form_of(model_of(config.model), config.parameterization).integrated


def extended(config: Config, keys: Sequence[str], values: Mapping[str, Any]) -> Config:
    """Return `config` with the typed `values` of `keys`."""
    old = asdict(config)
    new = {**old, **{group: regrouped(group, old, keys, values) for group in GROUPS}}
    for key in keys:
        if key not in GROUPS:
            put(new, key, values)
    return from_plain(new)


def regrouped(
    group: str, old: Mapping[str, Any], keys: Sequence[str], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a group as its typed or old option sets it, and as it was set by hand before."""
    naming = GROUPS[group]
    before = preset(group, old[group][naming])
    option = values[group][naming] if group in keys else old[group][naming]
    by_hand = {
        key: changed(value, before[key])
        for key, value in old[group].items()
        if key != naming and value != before[key]
    }
    new = preset(group, option)
    return {**new, **{key: over(new[key], value) for key, value in by_hand.items()}}


def changed(value: object, before: object) -> object:
    """Return `value`; of a mapping, the members that differ from those `before`."""
    if not isinstance(value, Mapping) or not isinstance(before, Mapping):
        return value
    return {name: of for name, of in value.items() if before.get(name) != of}


def over(value: object, by_hand: object) -> object:
    """Return `by_hand` in place of `value`; of mappings, its members in place of those."""
    if isinstance(value, Mapping) and isinstance(by_hand, Mapping):
        return {**value, **by_hand}
    return by_hand


def preset(group: str, option: str) -> dict[str, Any]:
    """Return what a group is when nothing but its option is chosen."""
    return {**asdict(Config())[group], **option_values(group, option)}


def put(plain: dict[str, Any], key: str, values: Mapping[str, Any]) -> None:
    """Set a key, or those of a mapping that were typed, to their typed values."""
    name, _, inner = key.partition(".")
    typed = values[name]
    if inner:
        plain[name] = dict(plain[name])
        put(plain[name], inner, typed)
    elif isinstance(typed, Mapping) and name in asdict(Config()):
        default = asdict(Config())[name]
        added = {one: value for one, value in typed.items() if value != default.get(one)}
        plain[name] = {**plain[name], **added}
    else:
        plain[name] = typed
