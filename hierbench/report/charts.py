"""Drawings as SVG within the page, in the page's own colours; knows matplotlib, no figures.

matplotlib draws in colours that stand for the page's: they become CSS custom properties, so that
one drawing is read in the light, in the dark and on paper.
"""

import io
import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, fromstring

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hierbench.models import LOOKS, Look
from hierbench.models.looks import SPARE
from hierbench.report.elements import element, scrolled

__all__ = ["BAD", "INK", "LINE", "SOFT", "colour_of", "drawing", "dressed", "marker_of"]

INK, SOFT, LINE, BAD = "#16181d", "#575c66", "#d5d8de", "#a33a00"
PAGE: Mapping[str, str] = {INK: "ink", SOFT: "soft", LINE: "line", BAD: "bad"}
COLOUR = re.compile("#[0-9a-fA-F]{6}")
NAMESPACE = re.compile(r"^\{[^}]*\}")
REFERENCE = re.compile(r"(#|\burl\(#)(?=[A-Za-z_])")


COLOURS = frozenset(look.colour.lower() for look in (*LOOKS.values(), *SPARE))
"""Of all forms."""


def colour_of(form: str, looks: Mapping[str, Look]) -> str:
    """Return the colour of a form, the same as in the MLflow UI."""
    return looks[form].colour.lower() if form in looks else SOFT


def marker_of(form: str, looks: Mapping[str, Look]) -> str:
    """Return the marker of a form: nobody needs to see colours."""
    return looks[form].marker if form in looks else "."


def dressed(panel: Axes) -> Axes:
    """Leave a panel with two thin spines, small ticks and no paper."""
    panel.spines[["top", "right"]].set_visible(False)
    panel.spines[["left", "bottom"]].set_color(LINE)
    panel.tick_params(labelsize=9, color=LINE, labelcolor=SOFT, width=0.8, length=3, which="both")
    panel.xaxis.label.set_color(SOFT)
    panel.yaxis.label.set_color(SOFT)
    panel.title.set_color(INK)
    panel.set_facecolor("none")
    return panel


def drawing(figure: Figure, name: str, label: str, caption: str) -> Element:
    """Return the figure as an element; `name` is its own within the page.

    Parameters
    ----------
    label : str
        What a reader who does not see it is told.
    """
    figure.patch.set_alpha(0)
    text = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(text, format="svg", metadata=dict.fromkeys(("Date", "Creator")))
    image = themed(fromstring(text.getvalue()), name)
    _, _, wide, _ = image.attrib["viewBox"].split()
    image.attrib |= {"role": "img", "aria-label": label, "style": f"width:{float(wide):.0f}pt"}
    for size in ("width", "height"):
        image.attrib.pop(size, None)
    inner = scrolled(image, label)
    return element("figure", inner, element("figcaption", caption) if caption else None)


def themed(root: Element, name: str) -> Element:
    """Return `root` with the page's colours, ids of its own, and neither metadata nor prefixes."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith("}metadata"):
                parent.remove(child)
    for node in root.iter():
        node.tag = NAMESPACE.sub("", node.tag)
        node.attrib = {
            NAMESPACE.sub("", key): themed_value(key, value, name)
            for key, value in node.attrib.items()
        }
        if node.tag == "style":
            node.text = themed_colours(node.text or "")
    return root


def themed_value(key: str, value: str, name: str) -> str:
    """Return an attribute's value with the page's colours and an id that no other drawing has."""
    if key == "id":
        return f"{name}-{value}"
    if key == "style":
        value = themed_colours(value)
    if key.endswith("href") or "url(#" in value:
        return REFERENCE.sub(rf"\g<1>{name}-", value)
    return value


def themed_colours(text: str) -> str:
    """Return CSS with the page's colours in place of those that stand for them."""
    return COLOUR.sub(lambda found: in_page(found[0].lower()), text)


def in_page(colour: str) -> str:
    """Return the custom property that `colour` stands for, or `colour`.

    >>> in_page("#0072b2"), in_page("#16181d"), in_page("#123456")
    ('var(--c0072b2)', 'var(--ink)', '#123456')
    """
    if colour in PAGE:
        return f"var(--{PAGE[colour]})"
    return f"var(--c{colour[1:]})" if colour in COLOURS else colour
