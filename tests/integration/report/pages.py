"""Reading a report back, by the standard library's own HTML parser."""

from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """The tree of a page."""

    def __init__(self, text):
        super().__init__()
        self.builder = TreeBuilder()
        self.feed(text)
        self.close()
        self.root = self.builder.close()

    def handle_starttag(self, tag, attrs):
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.builder.end(tag)

    def handle_data(self, data):
        if data.strip():
            self.builder.data(data)


def page_at(path) -> Element:
    return Page(path.read_text(encoding="utf-8")).root


def words_of(element) -> str:
    return " ".join("".join(element.itertext()).split())


def section(root, name) -> Element:
    (found,) = [s for s in root.iter("section") if words_of(s[0]) == name]
    return found


def figures(element) -> dict[str, float]:
    """Return the exact figures below `element` by metric."""
    return {
        data.get("data-metric"): float(data.get("value"))
        for data in element.iter("data")
        if data.get("data-metric")
    }
