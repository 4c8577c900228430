"""Parts of the report: colours that are read on their paper, text that stays text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierbench.models.homes.forms import FORMS
from hierbench.report.charts import themed
from hierbench.report.elements import element, page_of, prose
from hierbench.report.funnel import caption_of
from hierbench.report.heatmaps import step
from hierbench.report.style import DARK, LIGHT, RAMP, STYLE, with_forms
from hierbench.report.tables import cell_name, unnamed
from tests.integration.report.pages import Page

READABLE, SEEN = 4.5, 3.0
"""Contrast ratios of WCAG 2.1: of text, and of graphics and their parts."""


def luminance(colour):
    """Return the relative luminance by WCAG 2.1."""
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    shares = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def named(theme):
    return dict(re.findall(r"--(\w+):(#[0-9a-f]+)", theme))


@pytest.mark.parametrize(("paper", "ink"), RAMP)
def test_report_ink_is_read_on_every_step_of_the_ramp(paper, ink):
    assert contrast(paper, ink) >= READABLE


def test_report_ramp_grows_lighter():
    """So it is read in grey too."""
    shades = [luminance(paper) for paper, _ in RAMP]
    assert shades == sorted(shades)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_report_text_is_read_on_its_paper(theme):
    colours = named(theme)
    for paper in ("paper", "raised", "hatch"):
        for ink in ("ink", "soft", "accent", "good", "bad"):
            assert contrast(colours[paper], colours[ink]) >= READABLE, (paper, ink)


@pytest.mark.parametrize(("ink", "shade"), [(LIGHT, "light"), (DARK, "dark")])
@pytest.mark.parametrize("form", FORMS)
def test_report_every_forms_colour_is_seen(ink, shade, form):
    colours = named(with_forms(ink, shade))
    colour = colours[f"c{FORMS[form].look.colour[1:].lower()}"]
    assert contrast(colours["paper"], colour) >= SEEN
    assert f"--c{FORMS[form].look.colour[1:].lower()}:{colour};" in STYLE


def test_report_style_fetches_nothing():
    assert "url(" not in STYLE
    assert "@import" not in STYLE


@given(st.text(), st.text())
def test_report_text_stays_text(text, title):
    """Whatever a store holds, the parser finds one element with one attribute."""
    root = Page(page_of(element("p", text, title=title))).root
    assert [node.tag for node in root.iter()] == ["p"]
    assert list(root.attrib) == ["title"]


@given(st.text(st.characters(codec="ascii", exclude_characters="`")).map(str.lstrip))
def test_report_prose_marks_code(text):
    assert prose(f"`{text}`").find("code") is not None
    assert prose(f"{text}`").find("code") is None


def test_report_drawings_take_the_pages_colours_and_ids_of_their_own():
    svg = element("svg", element("g", id="a", style="fill: #0072b2; clip-path: url(#c)"))
    node = themed(svg, "one").find("g")
    assert node.attrib == {"id": "one-a", "style": "fill: var(--c0072b2); clip-path: url(#one-c)"}


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_report_steps_stay_on_the_ramp(value, best):
    assert 0 <= step(value, best) < len(RAMP)


def test_report_prose_takes_an_indented_text_for_a_command():
    node = prose("    hierbench sweep --extend 50a4d220 seed=4")
    assert node.find("code").text == "hierbench sweep --extend 50a4d220 seed=4"
    assert not node.text


def test_report_cells_are_told_apart_by_every_axis():
    axes = unnamed(["parameterization", "prior.scale", "sampler", "likelihood"])
    cell = {"parameterization": "centered", "prior.scale": "4", "seed": "1"}
    cell |= {"sampler": "pymc", "likelihood": "rowwise"}
    assert cell_name(cell, axes) == "centered · scale 4 · seed 1 · pymc · rowwise"


def test_report_funnel_without_divergences_speaks_of_none():
    assert caption_of(0, 4000) == "Dots: draws. None of 4,000 diverged."
    assert "the 7 draws of 4,000 that diverged" in caption_of(7, 4000)
