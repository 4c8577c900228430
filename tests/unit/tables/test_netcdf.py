import h5py
import numpy as np
import pytest
import xarray as xr

from hierbench.tables import netcdf, read_table


@pytest.fixture
def write(tmp_path):
    def write(variables, coords=None, **of):
        path = tmp_path / "table.nc"
        xr.Dataset(variables, coords=coords).to_netcdf(path, engine="h5netcdf", **of)
        return path

    return write


def test_variables_and_coordinates_are_columns(write):
    path = write({"y": ("school", [28.0, 8.0])}, {"school": ["A", "B"]})
    found = read_table(path).columns
    assert {name: array.tolist() for name, array in found.items()} == {
        "school": ["A", "B"],
        "y": [28.0, 8.0],
    }


def test_arrays_keep_their_shape(write):
    found = read_table(write({"x": (("a", "b"), [[1, 2, 3], [4, 5, 6]]), "n": 7})).columns
    assert found["x"].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert (found["n"].shape, found["n"].item()) == ((), 7)


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.array([1, 2], dtype=np.int8), "int64"),
        (np.array([1, 2], dtype=np.float32), "float64"),
        (np.array([True, False]), "int64"),
        (np.array(["01067", "x"]), "object"),
        (np.array([b"01067", b"x"]), "object"),
    ],
    ids=str,
)
def test_types(write, values, dtype):
    found = read_table(write({"a": ("row", values)})).columns["a"]
    assert str(found.dtype) == dtype
    assert found.tolist() == [
        one.decode() if isinstance(one, bytes) else one for one in values.tolist()
    ]


def test_packed_numbers_are_unpacked(write):
    packed = {"a": {"dtype": "int16", "scale_factor": 0.5, "_FillValue": -1}}
    path = write({"a": ("row", [0.5, 3.0])}, encoding=packed)
    assert read_table(path).columns["a"].tolist() == [0.5, 3.0]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.5, np.nan], "holds 'nan' in row 2, which counts as missing"),
        ([1.5, np.inf], "holds 'inf' in row 2; every row needs a finite number"),
        (["x", ""], "is empty in row 2"),
        (["x", "\x1b"], "in row 2; every row needs text without control characters"),
    ],
)
def test_a_bad_value_is_named(write, fault_of, values, message):
    assert message in fault_of(write({"a": ("row", values)}), "a")


def test_a_bad_value_of_a_matrix_is_named(write, fault_of):
    path = write({"a": (("r", "c"), [[1.0, 2.0], [3.0, np.nan]])})
    assert "in row 2, 2, which counts as missing" in fault_of(path, "a")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.nc"


def test_links_are_refused(path, fault_of):
    with h5py.File(path, "w") as file:
        file["a"] = [1.0]
        file["b"] = h5py.ExternalLink("/etc/passwd", "/x")
    assert "(b is a link)" in fault_of(path)


def test_data_in_another_file_are_refused(path, fault_of):
    with h5py.File(path, "w") as file:
        file.create_dataset("a", (4,), "f8", external=[("/etc/passwd", 0, 32)])
    assert "(a lies in another file)" in fault_of(path)


def test_virtual_data_are_refused(path, fault_of):
    layout = h5py.VirtualLayout((1,), "f8")
    layout[:] = h5py.VirtualSource("other.h5", "a", (1,))
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("a", layout)
    assert "(a lies in another file)" in fault_of(path)


def test_groups_are_refused(path, fault_of):
    with h5py.File(path, "w") as file:
        file["posterior/mu"] = [1.0]
    assert "(posterior is no array)" in fault_of(path)


def test_no_variables(path, fault_of):
    h5py.File(path, "w").close()
    assert fault_of(path).startswith("FILE has no variables;")


def test_records_are_no_column(path, fault_of):
    with h5py.File(path, "w") as file:
        file["a"] = np.zeros(2, dtype=[("x", "f8")])
    assert "FILE" in fault_of(path)


def test_a_sparse_array_is_counted_in_memory(path, fault_of):
    with h5py.File(path, "w") as file:
        file.create_dataset("a", (2**40,), "f8", chunks=(1024,))
    assert path.stat().st_size < 100_000
    assert fault_of(path).startswith("FILE has more than 1,024 MiB in memory, the most that a")


def test_a_long_text_in_every_row_is_counted(write, fault_of, monkeypatch):
    path = write({"a": ("row", ["x" * 1000] * 100)})
    monkeypatch.setattr(netcdf, "MOST_BYTES", 50_000)
    assert "in memory, the most that a table may have" in fault_of(path)


@pytest.mark.parametrize("keep", [8, 100, -100])
def test_a_damaged_file(write, fault_of, keep):
    path = write({"a": ("row", [1.0, 2.0])})
    path.write_bytes(path.read_bytes()[:keep])
    assert fault_of(path).startswith("FILE is no netCDF file that can be read (")
