"""A comparison in words and tables of text, for terminals and Markdown alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hierbench.comparison.results import IN_POSTERIOR, Comparison, Estimate, Lead, Pair, Setting
from hierbench.markdown import inline
from hierbench.metrics import COLUMNS, HEADLINES, Metric, metric_of

__all__ = [
    "TextTable",
    "asides",
    "figure",
    "heading_of",
    "in_markdown",
    "in_one_line",
    "interval",
    "pair_sentence",
    "probability",
    "settings_table",
]

LISTED = 4
"""Settings that one sentence names."""


@dataclass(frozen=True)
class TextTable:
    """A table of text.

    Attributes
    ----------
    title : str
        What all rows share.
    header : tuple of str
        A line break in a heading may be a space as well.
    labels : int
        How many of the first columns name the row; the others hold figures.
    rows : tuple of tuple of str
        As long as the header.
    """

    title: str
    header: tuple[str, ...]
    labels: int
    rows: tuple[tuple[str, ...], ...]


def heading_of(metric: str) -> str:
    """Return the heading of a metric; a line break in it may be a space as well."""
    return metric_of(metric).shown.heading or metric.replace("_", "_\n", 1)


def in_one_line(heading: str) -> str:
    r"""Return a heading without its line breaks.

    >>> in_one_line("ess_bulk\nmin"), in_one_line("diver-\ngences"), in_one_line("r_\nhat")
    ('ess_bulk min', 'divergences', 'r_hat')
    """
    return heading.replace("_\n", "_").replace("-\n", "").replace("\n", " ")


def figure(value: float | None, digits: int = 3) -> str:
    """Return `value` with so many digits that count, a dash where there is none.

    >>> figure(1234.4), figure(0.0123456), figure(12.0), figure(None)
    ('1234', '0.0123', '12.0', '-')
    """
    if value is None:
        return "-"
    if value == 0:
        return "0"
    exponent = int(f"{value:e}".partition("e")[2])
    if not -4 <= exponent < 7:
        return f"{value:.{digits - 1}e}"
    return f"{value:.{max(digits - 1 - exponent, 0)}f}"


def interval(estimate: Estimate | None, scale: float = 1.0, digits: int = 3) -> str:
    """Return median and interval, such as ``123 [101, 150]``; the median alone without one."""
    if estimate is None or estimate.median is None:
        return "-"
    middle = figure(estimate.median * scale, digits)
    if estimate.low is None or estimate.high is None:
        return middle
    ends = (figure(end * scale, digits) for end in (estimate.low, estimate.high))
    return f"{middle} [{', '.join(ends)}]"


def settings_table(comparison: Comparison, posterior: str) -> TextTable:
    """Return the settings of one posterior, the ranked ones first."""
    settings = comparison.posteriors[posterior]
    axes = [name for name in comparison.axes if name.partition(".")[0] not in IN_POSTERIOR]
    shown: dict[str, Callable[[Setting], str]] = {
        "gate": passed,
        "r_hat\nworst": lambda s: "-" if s.r_hat_worst is None else f"{s.r_hat_worst:.3f}",
        "diver-\ngences": lambda s: f"{s.divergences}",
    }
    for metric in table_metrics(comparison):
        shown[heading_of(metric)] = measured(metric_of(metric))
    shown["P(best)"] = lambda s: probability(s.probability_best.get(comparison.metric))
    return TextTable(
        title=posterior,
        header=(*(name.removeprefix("sampler.").replace("_", "_\n", 1) for name in axes), *shown),
        labels=len(axes),
        rows=tuple(
            (*(s.axes[name] for name in axes), *(show(s) for show in shown.values()))
            for s in settings
        ),
    )


def table_metrics(comparison: Comparison) -> list[str]:
    """Return the metrics of the table: at most three, the one ordered by first."""
    others = [
        name
        for name in COLUMNS
        if name in comparison.metrics and name not in (comparison.metric, HEADLINES[0])
    ]
    return [comparison.metric, *others[:2]]


def measured(metric: Metric) -> Callable[[Setting], str]:
    """Return what shows `metric`; one that only stands beside another has no interval."""
    shown = metric.shown

    def show(setting: Setting) -> str:
        estimate = setting.estimates.get(metric.name)
        if shown.beside and estimate and estimate.median is not None:
            return figure(estimate.median * shown.scale, shown.digits)
        return interval(estimate, shown.scale, shown.digits)

    return show


def passed(setting: Setting) -> str:
    """Return how many seeds passed the gate, and how many cells failed."""
    failed = f" (+{setting.failed} failed)" if setting.failed else ""
    return f"{setting.passed}/{setting.finished}{failed}"


def probability(value: float | None) -> str:
    """Return a probability; one that rounds to certainty is not called certain."""
    if value is None:
        return "-"
    if value > 0.99:
        return ">0.99"
    return "<0.01" if value < 0.01 else f"{value:.2f}"


def asides(comparison: Comparison, posterior: str) -> list[str]:
    """Return what the table of a posterior does not say: who leads, and who is not ranked.

    A command stands alone, indented.
    """
    settings = comparison.posteriors[posterior]
    found = []
    leading = [
        pair for pair in comparison.pairs if comparison.settings[pair.first].posterior == posterior
    ]
    if leading:
        found.append(pair_sentence(comparison, leading[0]))
        found += [f"    {pair.command}" for pair in leading[:1] if pair.command]
    found += reasons("Not ranked", [(s.why_unranked, s.name) for s in settings])
    lacking = [
        (s.estimates[comparison.metric].note, s.name)
        for s in settings
        if comparison.metric in s.estimates and s.ranked
    ]
    return found + reasons(f"No interval for {comparison.metric}", lacking)


def reasons(title: str, given: Sequence[tuple[str, str]]) -> list[str]:
    """Return a sentence for each reason, with the settings that have it.

    >>> reasons("Not ranked", [("one seed", "centered"), ("one seed", "marginal")])
    ['Not ranked: centered, marginal (each: one seed).']
    """
    found = []
    for reason in dict.fromkeys(why for why, _ in given if why):
        names = [name for why, name in given if why == reason]
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        listed = ", ".join(names[:LISTED])
        each = "each: " if len(names) > 1 else ""
        found.append(f"{title}: {listed}{more} ({each}{reason}).")
    return found


def pair_sentence(comparison: Comparison, pair: Pair) -> str:
    """Return what is known of the first setting of a posterior against the second."""
    first, second = (comparison.settings[i].name for i in (pair.first, pair.second))
    ratio = (
        f"{figure(pair.ratio)} times the {pair.metric} of {second} "
        f"(90 % interval {figure(pair.low)} to {figure(pair.high)})"
    )
    if pair.verdict is not Lead.UNDECIDED:
        return f"{first} is {pair.verdict}: {ratio}."
    if pair.more_seeds is None:
        return f"Undecided: {first} has {ratio}; a thousand seeds would not tell them apart."
    end = ":" if pair.command else "."
    return (
        f"Undecided: {first} has {ratio}; about {pair.more_seeds} more seeds of each would "
        f"tell{end}"
    )


def in_markdown(table: TextTable) -> str:
    """Return `table` in Markdown."""

    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(map(inline, cells))} |"

    rule = ["---"] * table.labels + ["---:"] * (len(table.header) - table.labels)
    header = [in_one_line(text) for text in table.header]
    title = f"**{inline(table.title)}**"
    return "\n".join([title, "", line(header), f"| {' | '.join(rule)} |", *map(line, table.rows)])
