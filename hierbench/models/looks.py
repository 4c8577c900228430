"""How forms are drawn: one look for each name, the same in the MLflow UI and in the report."""

from collections.abc import Iterable, Mapping

from hierbench.models.contract import Look

__all__ = ["COMMON", "SPARE", "looks_of"]

COMMON: Mapping[str, Look] = {
    "centered": Look("#0072B2", "#0072b2", "#58a9e8", "o"),
    "noncentered": Look("#E69F00", "#b87700", "#f0b23c", "s"),
    "marginal": Look("#CC79A7", "#b0578a", "#e3a3c8", "P"),
}
"""Of the forms that many models have."""

SPARE = (
    Look("#009E73", "#008460", "#35c79b", "D"),
    Look("#D55E00", "#c24f00", "#ff8a3d", "^"),
    Look("#56B4E9", "#2d8fc9", "#8fd0f7", "v"),
    Look("#F0E442", "#8f8400", "#f0e442", "X"),
    Look("#5F6368", "#5f6368", "#a7adb8", "h"),
)
"""For the others, in turn."""


def looks_of(forms: Iterable[str], known: Mapping[str, Look] = COMMON) -> dict[str, Look]:
    """Return the look of each form; those that are not known have the spare ones by their order.

    Names are put in order first, so that a comparison of all forms of a model gives each the look
    that its runs have.

    >>> [look.marker for look in looks_of(["nc", "centered", "cn"]).values()]
    ['o', 'D', '^']
    """
    names = sorted({*forms})
    others = [name for name in names if name not in known]
    return {
        name: known[name] if name in known else SPARE[others.index(name) % len(SPARE)]
        for name in names
    }
