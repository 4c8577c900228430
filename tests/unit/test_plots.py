"""Facts about the plots, on draws made without sampling."""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from importlib.util import LazyLoader, module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import xarray as xr
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from PIL import Image

from hierbench.errors import ConfigError
from hierbench.models.homes import MODEL
from hierbench.models.homes.choice import chosen_groups
from hierbench.models.homes.forest_plot import forest_figure
from hierbench.models.homes.groups_plot import groups_figure
from hierbench.models.homes.rows import Rows
from hierbench.plots.draws import density, entries, interval, scalars, trouble
from hierbench.plots.every import draw, forget_unused_jax
from hierbench.plots.pairs import pairs_figure
from hierbench.plots.rank import ecdf_differences, ks_band
from hierbench.plots.sheet import plain
from hierbench.records import Axes

ALL = ["trace.png", "rank.png", "energy.png", "groups.png", "forest.png"]
SIZES = (9, 3, 30, 5, 14)
GROUPED = ("alpha", "beta")
SCALARS = ("mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma")


@pytest.fixture
def dataset() -> Rows:
    """Five groups of 3 to 30 rows, their labels sorted."""
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(len(SIZES)), SIZES)
    x = rng.normal(size=group.size)
    y = 4.0 + 3.0 * x + rng.normal(size=group.size)
    labels = ("10115", "10117", "10119", "12043", "13347")
    names = {"x_name": "area [m²]", "y_name": "price [EUR]"}
    return Rows("berlin", x, y, group, labels, **names, x_mean=85.0, x_sd=32.0, y_scale=1e5)


def tree_of(
    chains: int = 4, draws: int = 40, divergences: int = 0, scalars: tuple[str, ...] = SCALARS
) -> xr.DataTree:
    """Return independent Normal draws; a hyperparameter not in `scalars` is per group."""
    rng = np.random.default_rng(2)
    dims = ("chain", "draw")
    posterior = {name: (dims, rng.normal(3.0, 0.1, (chains, draws))) for name in scalars}
    grouped = set(GROUPED) | set(SCALARS) - set(scalars)
    values = {name: rng.normal(3.0, 0.3, (chains, draws, len(SIZES))) for name in sorted(grouped)}
    posterior |= {name: ((*dims, "group"), array) for name, array in values.items()}
    diverging = (np.arange(chains * draws) < divergences).reshape(chains, draws)
    energy = rng.normal(500.0, 10.0, (chains, draws))
    stats = {"energy": (dims, energy), "diverging": (dims, diverging)}
    return xr.DataTree.from_dict(
        {"posterior": xr.Dataset(posterior), "sample_stats": xr.Dataset(stats)}
    )


def spoil(tree: xr.DataTree, *bad: float, name: str | None = None) -> xr.DataTree:
    """Return the tree with every third value, or all of variable `name`, set to `bad` in turn."""

    def spoiled(array: xr.DataArray) -> xr.DataArray:
        flat = array.values.astype(float).ravel()
        places = slice(None) if name else slice(None, None, 3)
        flat[places] = np.resize(bad, flat[places].size)
        return array.copy(data=flat.reshape(array.shape))

    posterior, stats = tree["posterior"].to_dataset(), tree["sample_stats"].to_dataset()
    for variable in [name] if name else list(posterior.data_vars):
        posterior[variable] = spoiled(posterior[variable])
    stats["energy"] = spoiled(stats["energy"])
    return xr.DataTree.from_dict({"posterior": posterior, "sample_stats": stats})


def names_of(paths: list[Path]) -> list[str]:
    """Return the names of files that are PNGs with something on them."""
    for path in paths:
        with Image.open(path) as image:
            assert image.format == "PNG"
            assert len(image.getcolors()) > 4
        assert 4_000 < path.stat().st_size < 200_000
    return [path.name for path in paths]


def axes_of(dataset: Rows) -> Axes:
    """Return what the entries are called."""
    return Axes(dict.fromkeys((*GROUPED, "sigma"), ("group",)), dataset.coords)


def own(tree: xr.DataTree, dataset: Rows, folder: Path, groups: Sequence[str] = ()) -> list[Path]:
    """Draw what only the model can show."""
    return MODEL.load().draw(tree, dataset, folder, groups)


def drawn(tree: xr.DataTree, dataset: Rows, folder: Path, groups: Sequence[str] = ()) -> list[Path]:
    """Draw all plots of a fit of the model."""
    return draw(
        tree,
        dataset,
        folder,
        estimands=MODEL.estimands,
        axes=axes_of(dataset),
        necks=MODEL.necks,
        own=lambda: own(tree, dataset, folder, groups),
    )


def pairs(tree: xr.DataTree, dataset: Rows, *worst: str) -> Figure:
    """Return the figure of the divergences."""
    return pairs_figure(tree, dataset, axes_of(dataset), MODEL.necks, worst)


def test_draw_writes_five_pngs(dataset, tmp_path):
    paths = drawn(tree_of(), dataset, tmp_path)
    assert names_of(paths) == ALL
    assert all(path.parent == tmp_path for path in paths)


@pytest.mark.parametrize(
    "tree",
    [
        pytest.param(tree_of(scalars=SCALARS[:-1], divergences=9), id="varying_sigma"),
        pytest.param(tree_of(chains=1), id="one chain", marks=pytest.mark.slow),
        pytest.param(
            tree_of(chains=9, scalars=(*SCALARS, "rho")),
            id="correlated, nine chains",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            tree_of(draws=10, divergences=40), id="few draws, all diverging", marks=pytest.mark.slow
        ),
        pytest.param(
            tree_of(chains=1, draws=1), id="one chain of one draw", marks=pytest.mark.slow
        ),
        pytest.param(spoil(tree_of(divergences=9), np.nan, np.inf, 1e300), id="some not usable"),
        pytest.param(
            spoil(tree_of(divergences=3), np.nan, name="alpha"),
            id="all NaN",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            spoil(tree_of(), np.nan, name="mu_alpha"),
            id="hyperparameter NaN",
            marks=pytest.mark.slow,
        ),
        pytest.param(spoil(tree_of(), 2.5, name="sigma"), id="constant", marks=pytest.mark.slow),
        pytest.param(spoil(tree_of(divergences=9), 0.0, name="sigma_alpha"), id="scale of zero"),
    ],
)
def test_draw_survives(tree, dataset, tmp_path):
    divergences = ["divergences.png"] if tree["sample_stats"]["diverging"].any() else []
    assert names_of(drawn(tree, dataset, tmp_path)) == [*ALL, *divergences]


def test_draw_leaves_out_energy_that_the_sampler_does_not_keep(dataset, tmp_path):
    posterior = tree_of()["posterior"].to_dataset()
    tree = xr.DataTree.from_dict({"posterior": posterior, "sample_stats": xr.Dataset()})
    assert names_of(drawn(tree, dataset, tmp_path)) == [
        name for name in ALL if name != "energy.png"
    ]


def test_draw_takes_any_text_and_the_truth(dataset, tmp_path):
    labels = ("$a_{1", "東京", "a\tb", "", "x" * 99)
    truth = {"mu_alpha": np.array(3.0), "sigma": np.ones(5), "alpha": np.full(5, 3.0)}
    odd = replace(dataset, labels=labels, x_name="$m^$ [$]", y_name=r"\frac{$", truth=truth)
    assert names_of(drawn(tree_of(), odd, tmp_path, groups=labels)) == ALL


@pytest.mark.slow
def test_draw_does_the_same_in_threads(dataset, tmp_path):
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(2) as pool:
        each = list(pool.map(lambda folder: drawn(tree_of(), dataset, folder), folders))
    assert len({tuple(path.read_bytes() for path in paths) for paths in each}) == 1


def test_groups_have_a_panel_each_with_label_and_rows(dataset):
    figure = groups_figure(tree_of(), dataset, (1, 2))
    titles = [panel.get_title(loc="left") for panel in figure.axes]
    assert titles == ["10117, 3 rows", "10119, 30 rows"]


def test_groups_are_drawn_in_the_users_units(dataset):
    figure = groups_figure(tree_of(), dataset, (0,))
    points = np.asarray(figure.axes[0].collections[-1].get_offsets())
    rows = dataset.group == 0
    assert points[:, 0] == pytest.approx(dataset.x[rows] * 32 + 85)
    assert points[:, 1] == pytest.approx(dataset.y[rows] * 1e5)


@pytest.mark.parametrize("own", [False, True], ids=["one sigma", "a sigma per group"])
def test_groups_have_a_band_of_their_rows(own, dataset):
    """About a line known exactly it is sigma times the Normal's quantile, 1.598 for 89 %."""
    tree = tree_of(draws=500, scalars=SCALARS[:-1] if own else SCALARS)
    for name, value in (("alpha", 3.0), ("beta", 0.0), ("sigma", 0.5)):
        tree = spoil(tree, value, name=name)
    rows, line = groups_figure(tree, dataset, (0,)).axes[0].collections[:2]
    heights = [np.ptp(band.get_paths()[0].vertices[:, 1]) / 1e5 for band in (rows, line)]
    assert heights == pytest.approx([2 * 1.598 * 0.5, 0.0], abs=0.01)


def test_pairs_mark_the_divergent_draws_of_the_worst_group(dataset):
    tree = tree_of(divergences=7)
    figure = pairs(tree, dataset, "alpha[12043]", "beta[10117]")
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["group 12043", "group 10117"]
    draws = tree["posterior"].to_dataset()
    effect = (draws["alpha"][..., 3] - draws["mu_alpha"]).values.ravel()
    _, marked = figure.axes[0].lines
    assert marked.get_xdata() == pytest.approx(effect[:7])
    assert marked.get_ydata() == pytest.approx(np.log(draws["sigma_alpha"].values.ravel()[:7]))


def test_pairs_show_the_group_whose_own_sigma_is_smallest(dataset):
    tree = tree_of(divergences=7, scalars=SCALARS[:-1])
    draws = tree["posterior"].to_dataset()
    draws["sigma"][2, 5, 4] = 1e-3
    changed = xr.DataTree.from_dict({"posterior": draws, "sample_stats": tree["sample_stats"].ds})
    last = pairs(changed, dataset).axes[-1]
    assert last.get_title(loc="left") == "group 13347"
    lowest = min(values.min() for line in last.lines if (values := line.get_ydata()).size)
    assert lowest == pytest.approx(np.log(1e-3))


@pytest.mark.parametrize("worst", [(), ("sigma", "alpha[nowhere]", "alpha_offset[10115]")])
def test_pairs_without_a_worst_group_show_the_one_least_known(dataset, worst):
    tree = tree_of(divergences=7)
    draws = tree["posterior"].to_dataset()
    draws["alpha"][..., 2] *= 2.0
    changed = xr.DataTree.from_dict({"posterior": draws, "sample_stats": tree["sample_stats"].ds})
    assert pairs(changed, dataset, *worst).axes[0].get_title(loc="left") == "group 10119"


def test_pairs_of_a_model_without_a_neck_are_not_drawn(dataset, tmp_path):
    tree = tree_of(divergences=7)
    assert pairs_figure(tree, dataset, axes_of(dataset), (), ()) is None
    paths = draw(tree, dataset, tmp_path, estimands=MODEL.estimands, axes=axes_of(dataset))
    assert names_of(paths) == ["trace.png", "rank.png", "energy.png", "forest.png"]


def test_draw_without_a_scalar_estimand_leaves_out_traces_and_ranks(dataset, tmp_path):
    paths = draw(tree_of(), dataset, tmp_path, estimands=GROUPED, axes=axes_of(dataset))
    assert names_of(paths) == ["energy.png", "forest.png"]


def test_forest_says_when_groups_are_left_out(dataset):
    labels = tuple(f"{group:02d}" for group in range(50))
    many = replace(dataset, group=np.arange(dataset.group.size) % 50, labels=labels)
    wide = xr.Dataset({n: (("chain", "draw", "group"), np.ones((1, 2, 50))) for n in GROUPED})
    figure = forest_figure(xr.DataTree.from_dict({"posterior": wide}), many)
    assert figure.texts[0].get_text().endswith("the 40 of 50 groups with most rows")


def test_forest_names_its_rows_in_the_order_of_alphas_mean(dataset):
    tree = tree_of()
    panel = forest_figure(tree, dataset).axes[0]
    order = np.argsort(tree["posterior/alpha"].mean(("chain", "draw")).values)
    names = [f"{dataset.labels[group]} ({SIZES[group]})" for group in order]
    assert [text.get_text() for text in panel.get_yticklabels()] == names


def test_groups_show_up_to_thirty_draws_of_the_line(dataset):
    panel = groups_figure(tree_of(), dataset, (0,)).axes[0]
    (lines,) = [shown for shown in panel.collections if isinstance(shown, LineCollection)]
    assert len(lines.get_segments()) == 30


def test_entries_are_those_asked_for_in_their_order():
    tree = tree_of()
    assert np.array_equal(entries(tree, "beta", (3, 0)), entries(tree, "beta")[:, [3, 0]])


def test_entries_of_several_dims_are_in_the_order_of_their_names():
    draws = np.arange(2 * 3 * 2 * 2, dtype=float).reshape(2, 3, 2, 2)
    posterior = xr.Dataset({"effect": (("chain", "draw", "row", "column"), draws)})
    tree = xr.DataTree.from_dict({"posterior": posterior.transpose("row", "draw", ...)})
    assert np.array_equal(entries(tree, "effect"), draws.reshape(6, 4))


def test_scalars_are_those_named_that_have_no_entries():
    found = scalars(tree_of(scalars=SCALARS[:-1]), ("sigma", "rho", "sigma_beta", "mu_alpha"))
    assert list(found) == ["sigma_beta", "mu_alpha"]


def test_chosen_groups_default_to_smallest_median_largest(dataset):
    assert [SIZES[group] for group in chosen_groups(dataset, ())] == [3, 9, 30]


@pytest.mark.parametrize(("labels", "expected"), [(("a",), (0,)), (("a", "b"), (0, 1))])
def test_chosen_groups_default_has_no_doubles(dataset, labels, expected):
    group = np.arange(len(labels))
    assert chosen_groups(replace(dataset, group=group, labels=labels), ()) == expected


def test_chosen_groups_keep_the_order_asked_for(dataset):
    assert chosen_groups(dataset, ["13347", "10115", "13347"]) == (4, 0)


def test_unknown_group_is_named_with_its_closest(dataset):
    with pytest.raises(ConfigError) as caught:
        chosen_groups(dataset, ["10115", "10118"])
    assert str(caught.value) == (
        "plots.groups=10118: berlin has no such group, the closest of its 5 are 10119, 10117, "
        "10115; name groups it has, or none for the smallest, the median and the largest"
    )


def test_unknown_group_writes_nothing(dataset, tmp_path):
    with pytest.raises(ConfigError):
        own(tree_of(), dataset, tmp_path, ["nowhere"])
    assert not list(tmp_path.iterdir())


def test_ecdf_differences_of_equal_chains_are_zero():
    values = np.tile(np.arange(50.0), (3, 1))
    assert np.all(ecdf_differences(values)[1] == 0.0)


def test_ecdf_differences_of_disjoint_chains_are_half():
    ranks, differences = ecdf_differences(np.array([np.arange(50.0), np.arange(50.0) + 100]))
    assert differences[:, ranks == 0.5].ravel() == pytest.approx([0.5, -0.5])


def test_ks_band_holds_95_percent_of_independent_fits():
    rng = np.random.default_rng(3)
    band = ks_band(4, 200)
    fits = rng.normal(size=(500, 4, 200))
    inside = [np.abs(ecdf_differences(fit)[1]).max() <= band for fit in fits]
    # Four standard errors of 500 fits are 0.04; the asymptotic band is a little wide.
    assert 0.91 < np.mean(inside) < 0.995


def test_density_integrates_to_one():
    grid, height = density(np.random.default_rng(4).normal(size=(4, 250)))
    assert np.trapezoid(height, grid) == pytest.approx(1.0, abs=0.02)


def test_density_of_a_constant_is_empty():
    assert density(np.full((2, 5), 7.0))[0].size == 0


@pytest.mark.parametrize(
    ("values", "reason"),
    [([np.nan, np.inf], "no finite draws"), ([1.0, 1 + 1e-15], "constant at 1"), ([1, 2], None)],
)
def test_trouble_says_why(values, reason):
    assert trouble(np.array(values, dtype=float)) == reason


def test_interval_is_equal_tailed_and_skips_nan():
    values = np.append(np.linspace(0.0, 100.0, 1001), np.nan)
    assert interval(values, 0.89) == pytest.approx((5.5, 94.5))


def test_plain_text_is_cut_at_its_longest():
    assert plain("abcdef", 4) == "abc…"


def test_plots_do_not_import_jax_where_it_was_only_announced(monkeypatch, tmp_path):
    file = tmp_path / "jax.py"
    file.write_text("raise RuntimeError('imported')")
    spec = spec_from_loader("jax", LazyLoader(SourceFileLoader("jax", str(file))))
    announced = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "jax", announced)
    spec.loader.exec_module(announced)
    forget_unused_jax()
    assert "jax" not in sys.modules


def test_plots_keep_jax_where_it_was_imported(monkeypatch):
    imported = ModuleType("jax")
    monkeypatch.setitem(sys.modules, "jax", imported)
    forget_unused_jax()
    assert sys.modules["jax"] is imported
