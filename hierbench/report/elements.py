"""HTML as a tree: what is put in as text stays text, whatever it holds; no string is joined."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

from hierbench.shown import printable, redacted

__all__ = [
    "Node",
    "Scrolled",
    "element",
    "exact",
    "page_of",
    "paragraphs",
    "prose",
    "scrolled",
    "table",
    "words",
]

type Node = Element | str | None
type Scrolled = Element


def element(tag: str, *children: Node, **attributes: str) -> Element:
    """Return an element; `class_` is class, `data_run` is data-run; None is left out.

    >>> page_of(element("p", "1 < 2 ", element("b", "& more"), class_="note"))
    '<p class="note">1 &lt; 2 <b>&amp; more</b></p>'
    """
    names = {name.rstrip("_").replace("_", "-"): text for name, text in attributes.items()}
    made = Element(tag, {name: shown(text) for name, text in names.items()})
    for child in children:
        add(made, child)
    return made


def add(parent: Element, child: Node) -> None:
    """Append text or an element to `parent`."""
    if child is None:
        return
    if isinstance(child, Element):
        parent.append(child)
        return
    last = parent[-1] if len(parent) else None
    if last is None:
        parent.text = (parent.text or "") + shown(child)
    else:
        last.tail = (last.tail or "") + shown(child)


def shown(text: str) -> str:
    """Return `text` without passwords and characters that steer a reader's screen."""
    return printable(redacted(text))


def exact(text: str, value: float | None, **attributes: str) -> Node:
    """Return a figure as it is read, with all its digits in the page for who wants them."""
    return text if value is None else element("data", text, value=repr(float(value)), **attributes)


def prose(text: str, class_: str = "") -> Element:
    """Return a paragraph; what stands between backticks is code, and so is an indented text.

    >>> page_of(prose("try `hierbench ui`.")), page_of(prose("    hierbench ui"))
    ('<p>try <code>hierbench ui</code>.</p>', '<p><code>hierbench ui</code></p>')
    """
    if text.startswith("    "):
        text = f"`{text.strip()}`"
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        parts = [text]
    named = {"class_": class_} if class_ else {}
    nodes = [element("code", part) if i % 2 else part for i, part in enumerate(parts)]
    return element("p", *nodes, **named)


def paragraphs(texts: Iterable[str], class_: str = "") -> list[Element]:
    """Return a paragraph for each text."""
    return [prose(text, class_) for text in texts]


def words(text: str) -> Element:
    """Return text for a table's cell, which may break into lines as figures may not."""
    return element("span", text, class_="words")


def scrolled(inner: Element, label: str) -> Scrolled:
    """Return `inner` in a box that scrolls sideways by itself, with the keyboard too."""
    box = {"class_": "scroll", "tabindex": "0", "role": "region", "aria_label": label}
    return element("div", inner, **box)


def table(
    caption: str, header: Iterable[Node], rows: Iterable[Iterable[Node]], *, labels: int = 1
) -> Scrolled:
    """Return a table; the first `labels` columns name the row, the others hold figures."""

    def is_text(place: int, name: Node) -> bool:
        return place < labels or isinstance(name, Element)

    head = element(
        "tr",
        *(
            element("th", name, scope="col", **({} if is_text(place, name) else {"class_": "n"}))
            for place, name in enumerate(header)
        ),
    )
    body = element("tbody")
    for row in rows:
        line = element("tr")
        for place, cell in enumerate(row):
            if place < labels:
                line.append(element("th", cell, scope="row"))
            elif isinstance(cell, Element) and cell.get("class") == "words":
                line.append(element("td", cell, class_="t"))
            else:
                line.append(element("td", cell))
        body.append(line)
    whole = element("table", element("caption", caption), element("thead", head), body)
    return scrolled(whole, caption)


def page_of(root: Element) -> str:
    """Return the text of a tree."""
    return tostring(root, encoding="unicode", method="html")
