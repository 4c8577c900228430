import h5py
import numpy as np
import pytest

from hierbench.hdf5 import own_arrays


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        yield file


def test_arrays_of_the_file_itself(file):
    file["a"], file["b"] = [1.0], [[2, 3]]
    assert [array.shape for array in own_arrays(file)] == [(1,), (1, 2)]


def test_no_arrays(file):
    assert list(own_arrays(file)) == []


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda file: file.__setitem__("x", h5py.SoftLink("/a")), "g/x is a link"),
        (lambda file: file.__setitem__("x", h5py.ExternalLink("b.h5", "/a")), "g/x is a link"),
        (lambda file: file.create_group("x"), "g/x is no array"),
        (lambda file: file.__setitem__("x", np.dtype("f8")), "g/x is no array"),
        (
            lambda file: file.create_dataset("x", (4,), "f8", external=[("/dev/null", 0, 32)]),
            "g/x lies in another file",
        ),
    ],
    ids=["soft", "external", "group", "type", "elsewhere"],
)
def test_what_lies_elsewhere_is_refused(file, make, fault):
    make(file)
    with pytest.raises(ValueError, match=f"^{fault}$"):
        list(own_arrays(file, "g"))
