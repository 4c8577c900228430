"""A store that means harm: nothing executed, nothing written outside, one sentence."""

import os
import pickle

import h5py
import pytest

GIB = 2**30


class Payload:
    """Makes a file when it is unpickled."""

    def __init__(self, proof):
        self.proof = proof

    def __reduce__(self):
        return os.mkdir, (str(self.proof),)


@pytest.fixture
def proof(tmp_path):
    """A folder that only code out of the store would make."""
    path = tmp_path / "executed"
    yield path
    assert not path.exists()


@pytest.fixture
def untouched(made, tmp_path):
    """Check that a refusal leaves the user's files and the store's folder as they were."""

    def files():
        roots = (tmp_path, made.store.location.file.parent)
        return {path for root in roots for path in root.rglob("*") if "mlflow.db" not in path.name}

    before = files()
    yield
    assert files() == before


def test_untrusted_target_in_config(made, proof, refused):
    made.edit_config(None, "_target_", "os.mkdir")
    made.edit_config("data", "_args_", [str(proof)])
    assert "config.yaml is altered or damaged" in refused(made)


def test_untrusted_target_as_data(made, proof, refused):
    made.edit_config(None, "data", {"_target_": "os.mkdir", "path": str(proof)})
    assert "config.yaml is altered or damaged" in refused(made)


@pytest.mark.parametrize("name", ["object/apply:os.mkdir", "object/new:os.mkdir", "name:os.mkdir"])
def test_untrusted_python_tag_in_config(made, proof, refused, name):
    (made.folder / "config.yaml").write_text(f"data: !!python/{name} ['{proof}']\n")
    assert "config.yaml is altered or damaged" in refused(made)


@pytest.mark.parametrize("leaf", ["${oc.env:HOME}", "${hydra:x}", "a${seed}"])
def test_untrusted_interpolation(made, refused, leaf):
    made.edit_config("data", "group", leaf)
    assert "interpolations" in refused(made)


def test_untrusted_interpolation_in_escapes(made, refused):
    path = made.folder / "config.yaml"
    path.write_text(path.read_text().replace("group: zip", 'group: "\\x24{oc.env:HOME}"'))
    assert "interpolations" in refused(made)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("name", ["config.yaml", "provenance.json", "posterior.nc"])
def test_untrusted_pickle_for_a_file(made, proof, refused, name):
    (made.folder / name).write_bytes(pickle.dumps(Payload(proof)))
    assert f"{name} is altered or damaged" in refused(made)


def test_untrusted_pickle_beside_the_files(made, proof, refused):
    (made.folder / "posterior.pkl").write_bytes(pickle.dumps(Payload(proof)))
    (made.folder / "posterior.nc").unlink()
    assert "its posterior.nc is gone" in refused(made)


@pytest.mark.parametrize("name", ["config.yaml", "provenance.json", "posterior.nc"])
def test_untrusted_link(made, tmp_path, refused, name):
    real = tmp_path / "elsewhere"
    (made.folder / name).rename(real)
    (made.folder / name).symlink_to(real)
    assert "is a symbolic link; nothing was read" in refused(made)


def test_untrusted_link_for_the_folder(made, tmp_path, refused):
    made.folder.rename(tmp_path / "elsewhere")
    made.folder.symlink_to(tmp_path / "elsewhere")
    assert "is a symbolic link; nothing was read" in refused(made)


def test_untrusted_pipe(made, refused):
    (made.folder / "config.yaml").unlink()
    os.mkfifo(made.folder / "config.yaml")
    assert "no regular file" in refused(made)


@pytest.mark.parametrize("path", ["../../x", "/dev/zero", "x.csv", "~/x.csv"])
@pytest.mark.usefixtures("untouched")
def test_untrusted_data_path(made, refused, path):
    made.edit_config("data", "path", path)
    assert "is no file here" in refused(made)


@pytest.mark.usefixtures("untouched")
def test_untrusted_path_as_another_key(made, refused):
    made.edit_config(None, "artifacts", "../../x")
    assert "config.yaml is altered or damaged" in refused(made)


@pytest.mark.usefixtures("untouched")
def test_untrusted_paths_among_the_artifacts(made, refused):
    outside = made.folder.parent.parent / "x"
    outside.write_text("mine")
    (made.folder / "..%2F..%2Fx").write_text("theirs")
    (made.folder / "posterior.nc").unlink()
    assert "its posterior.nc is gone" in refused(made)
    assert outside.read_text() == "mine"
    outside.unlink()
    (made.folder / "..%2F..%2Fx").unlink()
    (made.folder / "posterior.nc").touch()


def test_untrusted_sparse_file(made, refused):
    with (made.folder / "posterior.nc").open("r+b") as file:
        file.truncate(10 * GIB)
    assert "has 10240.0 MiB, over the 4096 allowed" in refused(made)


def test_untrusted_sparse_array(made, refused):
    with h5py.File(made.folder / "posterior.nc", "a") as file:
        file["posterior"].create_dataset("huge", (10 * GIB // 8,), "f8", chunks=(1024,))
    assert "posterior has over 4096 MiB" in refused(made)


@pytest.mark.parametrize("link", [h5py.ExternalLink("/etc/passwd", "/x"), h5py.SoftLink("/x")])
def test_untrusted_link_in_netcdf(made, refused, link):
    with h5py.File(made.folder / "posterior.nc", "a") as file:
        file["posterior"]["outside"] = link
    assert "posterior/outside is a link" in refused(made)


def test_untrusted_external_array(made, refused):
    with h5py.File(made.folder / "posterior.nc", "a") as file:
        outside = [("/etc/passwd", 0, 80)]
        file["posterior"].create_dataset("outside", (10,), "f8", external=outside)
    assert "posterior/outside lies in another file" in refused(made)


def test_untrusted_text_among_the_draws(made, refused):
    with h5py.File(made.folder / "posterior.nc", "a") as file:
        file["posterior"].create_dataset("words", data=["a", "b"])
    assert "posterior.nc is altered or damaged" in refused(made)


def test_untrusted_aliases(made, refused):
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    (made.folder / "config.yaml").write_text("\n".join(lines))
    assert "it has aliases" in refused(made)


@pytest.mark.parametrize("name", ["config.yaml", "provenance.json"])
@pytest.mark.parametrize("text", ["[", '{"a":'])
def test_untrusted_depth(made, refused, name, text):
    (made.folder / name).write_text(text * 50_000)
    assert f"{name} is altered or damaged" in refused(made)


@pytest.mark.parametrize(("name", "mib"), [("config.yaml", 1), ("provenance.json", 5)])
def test_untrusted_size(made, refused, name, mib):
    (made.folder / name).write_bytes(b" " * (mib << 20))
    assert "allowed; it is not read" in refused(made)


def test_untrusted_escapes_stay_out_of_the_terminal(made, refused):
    made.edit_provenance("ran_on", "\x1b[2J", value=1)
    assert "\x1b" not in refused(made)


def test_untrusted_rows_beyond_memory(made, refused):
    made.edit_config(None, "data", {"name": "berlin_like", "rows": 10**13, "groups": 10})
    assert "data.rows=10000000000000: the most allowed is" in refused(made)
