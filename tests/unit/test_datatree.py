from dataclasses import replace

import arviz
import numpy as np
import pytest
import xarray as xr

from hierbench.datatree import Labels, Predictive, assemble, axes_of, kept_draws, write
from hierbench.models.homes.rows import Rows
from hierbench.records import Axes, Fit

CHAINS, DRAWS, TUNE, GROUPS, ROWS = 2, 5, 3, 3, 4
NAMES = ("95608", "95610", "Zoë")
ATTRS = {"cell_key": "0123", "y_scale": 100_000.0, "draws": 5}
DATA = Rows(
    "tiny",
    np.array([0.5, -1.0, 2.0, 0.0]),
    np.array([1.0, 2.0, 3.0, 4.0]),
    np.array([0, 1, 2, 2]),
    NAMES,
    "area [m2]",
    "price [EUR]",
)
AXES = Axes(dict.fromkeys(("alpha", "beta", "alpha_offset"), ("group",)), DATA.coords)
LABELS = Labels(AXES, DATA.row_dim, ROWS)


def arrays(*lead):
    """Return draws of one scalar, the effects and an inner variable, dims (*lead, ...)."""
    rng = np.random.default_rng(3)
    shapes = {"sigma": (), "alpha": (GROUPS,), "beta": (GROUPS,), "alpha_offset": (GROUPS,)}
    return {name: rng.normal(size=(*lead, *shape)) for name, shape in shapes.items()}


def statistics(draws):
    return {"diverging": np.zeros((CHAINS, draws), bool), "energy": np.ones((CHAINS, draws))}


FIT = Fit(
    posterior=arrays(CHAINS, DRAWS),
    sample_stats=statistics(DRAWS),
    warmup_posterior=arrays(CHAINS, TUNE),
    warmup_sample_stats=statistics(TUNE),
    sample_seconds=1.0,
    sample_cpu_seconds=1.0,
)
PREDICTIVE = Predictive(
    prior={name: value for name, value in arrays(6).items() if name != "alpha_offset"},
    prior_predictive=np.ones((6, ROWS), np.float32),
    posterior_predictive=np.full((1, 6, ROWS), 2, np.float32),
    log_likelihood=None,
    attrs={"draws_asked": 100, "draws_kept": 6, "max_mib": 0.5},
)
LOG_LIKELIHOOD = np.linspace(-3, 0, CHAINS * DRAWS * ROWS).reshape(CHAINS, DRAWS, ROWS)
PREDICTIVE_GROUPS = {
    "prior",
    "prior_predictive",
    "posterior_predictive",
    "observed_data",
    "constant_data",
}


def full():
    """Return a tree with every group."""
    predictive = replace(PREDICTIVE, log_likelihood=LOG_LIKELIHOOD)
    return assemble(FIT, DATA, LABELS, predictive=predictive, warmup=True, attrs=ATTRS)


@pytest.fixture(scope="module")
def tree():
    return full()


@pytest.fixture(scope="module")
def read(tree, tmp_path_factory):
    """Return the tree as ArviZ reads it back."""
    path = tmp_path_factory.mktemp("tree") / "posterior.nc"
    write(tree, path)
    with arviz.from_netcdf(path) as opened:
        yield opened.load()


def test_groups_without_predictive():
    tree = assemble(FIT, DATA, LABELS, predictive=None)
    assert set(tree.children) == {"posterior", "sample_stats"}


def test_groups_with_predictive():
    tree = assemble(FIT, DATA, LABELS, predictive=PREDICTIVE)
    assert set(tree.children) == {"posterior", "sample_stats"} | PREDICTIVE_GROUPS


def test_groups_with_warmup():
    tree = assemble(FIT, DATA, LABELS, predictive=None, warmup=True)
    assert set(tree.children) - {"posterior", "sample_stats"} == {
        "warmup_posterior",
        "warmup_sample_stats",
    }


def test_groups_with_log_likelihood():
    predictive = replace(PREDICTIVE, log_likelihood=LOG_LIKELIHOOD)
    tree = assemble(FIT, DATA, LABELS, predictive=predictive)
    assert set(tree.children) - PREDICTIVE_GROUPS == {"posterior", "sample_stats", "log_likelihood"}


@pytest.mark.parametrize(
    ("variable", "dims"),
    [
        ("posterior/sigma", ("chain", "draw")),
        ("posterior/alpha", ("chain", "draw", "group")),
        ("sample_stats/energy", ("chain", "draw")),
        ("warmup_posterior/beta", ("chain", "draw", "group")),
        ("warmup_sample_stats/diverging", ("chain", "draw")),
        ("prior/sigma", ("chain", "draw")),
        ("prior/alpha", ("chain", "draw", "group")),
        ("prior_predictive/y", ("chain", "draw", "obs")),
        ("posterior_predictive/y", ("chain", "draw", "obs")),
        ("log_likelihood/y", ("chain", "draw", "obs")),
        ("observed_data/y", ("obs",)),
        ("constant_data/x", ("obs",)),
        ("constant_data/group_index", ("obs",)),
    ],
)
def test_dims(variable, dims, tree):
    assert tree[variable].dims == dims


def test_sigma_per_group_has_the_dim_group():
    fit = replace(FIT, posterior={"sigma": np.ones((CHAINS, DRAWS, GROUPS))})
    labels = replace(LABELS, axes=replace(AXES, dims={"sigma": ("group",)}))
    tree = assemble(fit, DATA, labels, predictive=None)
    assert tree["posterior/sigma"].dims == ("chain", "draw", "group")


@pytest.mark.parametrize("group", ["posterior", "warmup_posterior", "prior"])
def test_group_coordinate_is_the_labels(group, tree):
    assert tuple(tree[group].coords["group"].values) == NAMES


@pytest.mark.parametrize(
    ("group", "coord", "length"),
    [
        ("posterior", "chain", CHAINS),
        ("posterior", "draw", DRAWS),
        ("warmup_sample_stats", "draw", TUNE),
        ("prior", "chain", 1),
        ("prior_predictive", "draw", 6),
        ("observed_data", "obs", ROWS),
        ("log_likelihood", "obs", ROWS),
    ],
)
def test_coordinate_counts_from_zero(group, coord, length, tree):
    assert tree[group].coords[coord].values.tolist() == list(range(length))


def test_scalar_groups_have_no_group_coordinate(tree):
    assert set(tree["sample_stats"].coords) == {"chain", "draw"}


def test_posterior_values(tree):
    assert np.array_equal(tree["posterior/alpha"].values, FIT.posterior["alpha"])


def test_constant_data_values(tree):
    assert tree["constant_data/group_index"].values.tolist() == DATA.group.tolist()


def test_dropped_variables_are_left_out():
    tree = assemble(FIT, DATA, LABELS, predictive=None, drop=("alpha_offset",), warmup=True)
    kept = set(tree["posterior"].data_vars), set(tree["warmup_posterior"].data_vars)
    assert kept == ({"sigma", "alpha", "beta"}, {"sigma", "alpha", "beta"})


def test_inner_variables_are_kept_unless_dropped(tree):
    assert "alpha_offset" in tree["posterior"].data_vars


def test_attrs_are_at_the_root(tree):
    assert tree.attrs == ATTRS


@pytest.mark.parametrize("group", ["prior_predictive", "posterior_predictive"])
def test_predictive_attrs_record_the_cap(group, tree):
    assert tree[group].attrs == {"draws_asked": 100, "draws_kept": 6, "max_mib": 0.5}


def test_file_gives_every_group_back(tree, read):
    assert set(read.children) == set(tree.children)


@pytest.mark.parametrize("group", sorted(full().children))
def test_file_gives_equal_values_back(group, tree, read):
    xr.testing.assert_equal(read[group].to_dataset(), tree[group].to_dataset())


@pytest.mark.parametrize(
    ("variable", "dtype"),
    [
        ("posterior/alpha", np.float64),
        ("posterior_predictive/y", np.float32),
        ("sample_stats/diverging", np.bool_),
        ("constant_data/group_index", np.int64),
    ],
)
def test_file_keeps_the_type(variable, dtype, read):
    assert read[variable].dtype == dtype


def test_file_keeps_the_attrs(read):
    assert dict(read.attrs) == ATTRS


def test_file_keeps_the_cap(read):
    assert read["prior_predictive"].attrs["draws_kept"] == 6


def test_file_is_closed(tree, tmp_path):
    """A second write would fail on a file still open."""
    write(tree, tmp_path / "posterior.nc")
    write(tree, tmp_path / "posterior.nc")
    assert [path.name for path in tmp_path.iterdir()] == ["posterior.nc"]


def test_file_packs_the_numbers_of_the_rows(tmp_path):
    """Without that each group with rows has 8 bytes more for each, and its cap does not hold."""
    rows = 100_000
    data = replace(
        DATA, x=np.ones(rows), y=np.ones(rows), group=np.arange(rows, dtype=np.int64) % GROUPS
    )
    one = np.ones((1, rows), np.float32)
    predictive = replace(PREDICTIVE, prior_predictive=one, posterior_predictive=one[None])
    tree = assemble(FIT, data, replace(LABELS, rows=rows), predictive=predictive)
    write(tree, tmp_path / "posterior.nc")
    floats = rows * (4 + 4 + 8 + 8)
    assert (tmp_path / "posterior.nc").stat().st_size < floats + 2 * rows


@pytest.mark.parametrize(
    ("asked", "observations", "max_mib", "kept"),
    [
        (100, 2**18, 1.0, 1),
        (100, 2**18, 3.0, 3),
        (100, 2**18, 2.99, 2),
        (100, 2**10, 16.0, 100),
        (1, 2**30, 16.0, 1),
        (100, 2**30, 0.001, 1),
    ],
)
def test_kept_draws(asked, observations, max_mib, kept):
    assert kept_draws(asked, observations, max_mib) == kept


SQUARE = Axes(
    {"theta": ("year", "group"), "bare": ("place",)}, {"group": NAMES, "year": ("1990", "2000")}
)


def of_two_dims():
    """Return a fit with effects: of two dims, of one without labels, of two that nobody named."""
    rng = np.random.default_rng(5)
    shapes = {"theta": (2, GROUPS), "bare": (4,), "new": (2, 3), "sigma": ()}
    draws = {name: rng.normal(size=(CHAINS, DRAWS, *shape)) for name, shape in shapes.items()}
    return replace(FIT, posterior=draws)


@pytest.fixture
def square():
    return assemble(of_two_dims(), DATA, Labels(SQUARE, "obs", ROWS), predictive=None)


def test_variable_of_two_dims_has_both_and_their_labels(square):
    theta = square["posterior/theta"]
    assert theta.dims == ("chain", "draw", "year", "group")
    assert tuple(theta.coords["year"].values) == ("1990", "2000")
    assert theta.sel(year="2000", group="Zoë").values == pytest.approx(
        of_two_dims().posterior["theta"][..., 1, 2]
    )


def test_dim_without_labels_is_numbered(square):
    bare = square["posterior/bare"]
    assert bare.dims == ("chain", "draw", "place")
    assert bare.coords["place"].values.tolist() == [0, 1, 2, 3]


def test_variable_without_dims_has_arvizs_names_for_them(square):
    assert square["posterior/new"].dims == ("chain", "draw", "new_dim_0", "new_dim_1")


def test_variable_of_other_dims_than_were_said_is_numbered():
    labels = Labels(replace(SQUARE, dims={"theta": ("group",)}), "obs", ROWS)
    tree = assemble(of_two_dims(), DATA, labels, predictive=None)
    assert tree["posterior/theta"].dims == ("chain", "draw", "theta_dim_0", "theta_dim_1")


def test_rows_have_the_data_sets_own_dim():
    labels = replace(LABELS, row_dim="visit")
    tree = assemble(FIT, DATA, labels, predictive=PREDICTIVE)
    assert tree["observed_data/y"].dims == tree["constant_data/x"].dims == ("visit",)
    assert tree["posterior_predictive/y"].dims == ("chain", "draw", "visit")


def test_axes_of_a_file_are_those_it_was_written_with(square, tmp_path):
    write(square, tmp_path / "posterior.nc")
    found = axes_of(tmp_path / "posterior.nc")
    assert found.dims == {
        "theta": ("year", "group"),
        "bare": ("place",),
        "new": ("new_dim_0", "new_dim_1"),
        "sigma": (),
    }
    assert found.coords["group"] == NAMES
    assert found.names("theta", (2, 3))[-1] == "theta[2000, Zoë]"
    assert found.names("bare", (4,)) == ["bare[0]", "bare[1]", "bare[2]", "bare[3]"]
    assert found.names("sigma", ()) == ["sigma"]
