"""The report in a real browser: in the light, in the dark, on a phone and on paper."""

import pytest

from tests.browser.driving import page_in

pytestmark = pytest.mark.slow

SIZES = """nodes => nodes.reduce((found, node) => {
  (found[node.tagName] ||= []).push(parseFloat(getComputedStyle(node).fontSize));
  return found;
}, {})"""
PHONE = {"width": 390, "height": 844}


def luminance(page, selector, name):
    """Return the relative luminance of a colour of an element, 0 to 1."""
    style = page.locator(selector).first.evaluate(f"e => getComputedStyle(e).{name}")
    red, green, blue = (int(part) / 255 for part in style[style.index("(") + 1 : -1].split(",")[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_report_follows_the_readers_colours(running, swept, scheme):
    with page_in(running, scheme=scheme) as page:
        page.goto(swept[-1].as_uri())
        paper, ink = luminance(page, "body", "backgroundColor"), luminance(page, "h1", "color")
        drawn = luminance(page, "#settings-with-their-intervals svg text", "fill")
        assert (paper > 0.9, ink < 0.2, drawn < 0.45) == ((scheme == "light"),) * 3
        assert page.errors == []


def test_report_needs_no_network(running, swept):
    with page_in(running) as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(swept[-1].as_uri())
        page.wait_for_load_state("networkidle")
        assert asked == [swept[-1].as_uri()]


def test_report_fits_a_phone(running, swept):
    with page_in(running, **PHONE) as page:
        page.goto(swept[-1].as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        wide = page.locator("#every-run .scroll")
        assert wide.evaluate("e => e.scrollWidth > e.clientWidth")
        assert page.errors == []


def test_report_tables_scroll_with_the_keyboard(running, swept):
    with page_in(running, **PHONE) as page:
        page.goto(swept[-1].as_uri())
        wide = page.locator("#every-run .scroll")
        wide.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.querySelector('#every-run .scroll').scrollLeft > 0")


def test_report_is_printed_on_white_with_nothing_cut(running, swept, tmp_path):
    with page_in(running, width=718, scheme="dark") as page:  # A4 less its margins
        page.goto(swept[-1].as_uri())
        page.emulate_media(media="print", color_scheme="dark")
        assert luminance(page, "body", "backgroundColor") == 1
        assert luminance(page, "h1", "color") < 0.2
        assert not page.locator("nav").is_visible()
        tables = page.locator("main table")
        assert all(width <= 718 for width in tables.evaluate_all("e => e.map(x => x.offsetWidth)"))
        settings = page.locator("#settings-with-their-intervals")
        sizes = settings.locator("data, .range").evaluate_all(SIZES)
        assert max(sizes["SPAN"]) < min(sizes["DATA"])  # a note is smaller print than its figure
        page.pdf(path=tmp_path / "report.pdf", format="A4")
        assert (tmp_path / "report.pdf").stat().st_size > 20_000


def test_report_every_drawing_is_seen_or_told(running, swept):
    with page_in(running) as page:
        page.goto(swept[-1].as_uri())
        told = page.locator("figure svg").evaluate_all(
            "e => e.map(x => [x.getAttribute('aria-label'), x.getBoundingClientRect().height])"
        )
        assert len(told) >= 4
        assert all(label and height > 50 for label, height in told)
