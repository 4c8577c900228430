"""The plot of a calibration: what is outside its band is told from what is inside."""

import numpy as np
import pytest

from hierbench.models.homes import MODEL
from hierbench.models.homes.designs import DESIGNS
from hierbench.plots.calibration import RankLines, calibration_figure
from hierbench.plots.sheet import BLUE, VERMILLION
from hierbench.validation.calibration import Ranks, judge
from hierbench.validation.rank_plot import panels_of, plot_ranks

NAMES = ("sigma", "alpha[g1]", "alpha[g2]")


def ranks_of(tilted=()):
    rng = np.random.default_rng(2)
    ranks = rng.integers(0, 100, (60, len(NAMES)))
    for name in tilted:
        ranks[:, NAMES.index(name)] = rng.integers(80, 100, 60)
    return Ranks(NAMES, ranks, 99)


@pytest.fixture
def figure():
    rows = {"first": panels_of(ranks_of(["alpha[g2]"])), "second": panels_of(ranks_of(["sigma"]))}
    rows["second"].pop("alpha")
    return calibration_figure("Calibration", rows, ["sigma", "alpha"], "99 % band")


def test_panels_have_a_line_per_group():
    panels = panels_of(ranks_of())
    assert {name: len(of.differences) for name, of in panels.items()} == {"sigma": 1, "alpha": 2}


def test_panels_end_where_all_ranks_are_counted():
    lines = panels_of(ranks_of())["sigma"]
    assert lines.points[[0, -1]] == pytest.approx([0.01, 0.99])
    assert np.all(lines.low <= lines.high)


@pytest.mark.parametrize("tilted", [(), ("sigma",), ("alpha[g1]",)])
def test_a_line_is_outside_where_the_verdict_is_not_uniform(tilted):
    ranks = ranks_of(tilted)
    outside = any(lines.outside.any() for lines in panels_of(ranks).values())
    verdict = judge("marginal", ranks, DESIGNS["small"])
    assert outside == (verdict.found != "uniform") == bool(tilted)


def test_figure_has_a_panel_for_each_form_and_variable(figure):
    assert [panel.get_xlabel() for panel in figure.axes] == ["", "", "sigma", "alpha"]
    assert figure.axes[0].get_title(loc="left") == "first"


def test_figure_colours_the_line_that_is_outside(figure):
    colours = [[line.get_color() for line in panel.lines[1:]] for panel in figure.axes]
    assert colours == [[BLUE], [BLUE, VERMILLION], [VERMILLION], []]


def test_figure_says_where_a_form_has_no_such_variable(figure):
    assert [text.get_text() for text in figure.axes[3].texts] == ["–"]


def test_plot_is_written(tmp_path):
    verdicts = [judge("marginal", ranks_of(), DESIGNS["small"])]
    ranks = {"marginal": ranks_of()}
    path = plot_ranks(tmp_path / "ranks.png", "small", MODEL.estimands, ranks, verdicts)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_rank_lines_on_the_band_are_inside():
    points = np.array([0.5])
    edge = RankLines(points, np.array([[0.1], [0.1 + 1e-6]]), np.array([-0.1]), np.array([0.1]))
    assert edge.outside.tolist() == [False, True]
