"""Our netCDF files against those of xarray's own writer."""

import h5py
import numpy as np
import pytest
import xarray as xr

from hierbench.netcdf import write_netcdf

ATTRS = {"text": "Zoë", "number": 2.5, "count": 3, "list": [1, 2]}
GROUPS = ("posterior", "constant_data", "bare")
NAMES = np.array(["a", "Zoë", ""], dtype=object)


def tree():
    """Return a tree with each kind of value, text, missing numbers and an order of its own."""
    rows = xr.Dataset(
        {
            "wide": (("chain", "group"), np.array([[1.0, np.nan, -0.0], [np.inf, 4.0, 5.0]])),
            "small": (("chain", "group"), np.ones((2, 3), np.float32)),
            "bad": ("chain", np.array([True, False])),
            "empty": ("chain", np.array([7, 8]), {"units": "m", "scale": 2.0}),
        },
        coords={"chain": [0, 1], "group": ("group", NAMES)},
        attrs=ATTRS,
    )
    bare = xr.Dataset({"z": (("row", "side"), np.zeros((2, 3))), "side": ("side", [1, 2, 3])})
    other = xr.Dataset({"y": ("obs", np.arange(500.0))}, coords={"obs": np.arange(500)})
    return xr.DataTree.from_dict(
        {"/": xr.Dataset(attrs=ATTRS), "posterior": rows, "constant_data": other, "bare": bare}
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return the file that xarray writes of the tree, and ours."""
    folder = tmp_path_factory.mktemp("netcdf")
    theirs, ours = folder / "theirs.nc", folder / "ours.nc"
    packed = {"zlib": True, "complevel": 1, "shuffle": True}
    tree().to_netcdf(theirs, engine="h5netcdf", encoding={"/constant_data": {"obs": packed}})
    write_netcdf(tree(), ours, packed=("obs",))
    return theirs, ours


@pytest.fixture(scope="module")
def read(files):
    """Return both trees as xarray reads them."""
    with xr.open_datatree(files[0]) as theirs, xr.open_datatree(files[1]) as ours:
        yield theirs.load(), ours.load()


def test_file_is_read_as_xarrays_own(read):
    xr.testing.assert_identical(*read)


@pytest.mark.parametrize("group", GROUPS)
def test_file_has_the_order_types_and_attributes_of_xarrays_own(group, read):
    theirs, ours = (
        [(name, v.dims, v.dtype, v.attrs) for name, v in tree[group].variables.items()]
        for tree in read
    )
    assert ours == theirs


@pytest.mark.parametrize("group", GROUPS)
def test_file_is_encoded_as_xarrays_own(group, read):
    theirs, ours = (
        {name: {**v.encoding, "source": ""} for name, v in tree[group].variables.items()}
        for tree in read
    )
    assert repr(ours) == repr(theirs)


def test_file_numbers_its_dims_as_netcdf_does(files):
    theirs, ours = ([*dims_of(path)] for path in files)
    assert sorted(ours) == sorted(theirs)


def dims_of(path):
    """Yield group, name, scale and id of every dim."""
    with h5py.File(path) as file:
        for group in GROUPS:
            for name, dataset in file[group].items():
                if dataset.is_scale:
                    yield group, name, dataset.attrs["NAME"], int(dataset.attrs["_Netcdf4Dimid"])


def test_file_replaces_one_of_its_name(tmp_path):
    path = tmp_path / "posterior.nc"
    path.write_text("an older file")
    write_netcdf(tree(), path)
    with xr.open_datatree(path) as read:
        assert set(read.children) == set(GROUPS)


def test_type_that_netcdf_lacks_is_refused(tmp_path):
    values = xr.Dataset({"y": ("obs", [1j])}, coords={"obs": [0]})
    with pytest.raises(TypeError, match=r"^/posterior/y: .* complex128$"):
        write_netcdf(xr.DataTree.from_dict({"posterior": values}), tmp_path / "posterior.nc")
