"""Whatever cannot be reproduced ends in one sentence and exit code 2."""

import socket

import pytest

from hierbench.cli import main
from hierbench.records import RunStatus
from hierbench.tracking.contract import tag
from tests.integration.reproduce.handmade import Made, make_run


def test_refusal_unknown_id(store, refused):
    assert "no run has this id" in refused(Made(store, "0123456789", None))


def test_refusal_prefix_too_short(made, refused):
    assert "give 8 or more" in refused(Made(made.store, made.run_id[:7], None))


def test_refusal_prefix_of_eight_is_found(made, refused):
    (made.folder / "config.yaml").unlink()
    assert "its config.yaml is gone" in refused(Made(made.store, made.short, None))


def test_refusal_sweep_names_the_verb(store, tmp_path, refused):
    made = make_run(store, tmp_path, kind="sweep")
    assert f"`hierbench show {made.short}` lists its cells" in refused(made)


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.KILLED])
def test_refusal_unfinished_run(store, tmp_path, refused, status):
    made = make_run(store, tmp_path, status=status)
    assert f"{status}, so there are no draws to compare with" in refused(made)


def test_refusal_newer_contract(made, refused):
    made.store.client.set_tag(made.run_id, tag("schema"), "3")
    assert "tracking contract 3, this hierbench reads 1 and 2" in refused(made)


def test_refusal_run_of_another_tool(made, refused):
    made.store.client.delete_tag(made.run_id, tag("schema"))
    assert "a run that hierbench did not write" in refused(made)


def test_refusal_run_without_a_kind(made, refused):
    made.store.client.delete_tag(made.run_id, tag("kind"))
    assert "it has no tag hierbench.kind" in refused(made)


@pytest.mark.parametrize("name", ["config.yaml", "provenance.json", "posterior.nc"])
def test_refusal_file_gone(made, refused, name):
    (made.folder / name).unlink()
    assert f"its {name} is gone" in refused(made)


def test_refusal_truncated_posterior(made, refused):
    path = made.folder / "posterior.nc"
    path.write_bytes(path.read_bytes()[:2000])
    assert "its posterior.nc is altered or damaged" in refused(made)


def test_refusal_posterior_of_other_draws(made, tmp_path, refused, store):
    (tmp_path / "other").mkdir()
    other = make_run(store, tmp_path / "other", sampler={"draws": 21, "tune": 20, "chains": 2})
    (made.folder / "posterior.nc").write_bytes((other.folder / "posterior.nc").read_bytes())
    assert "does not match its recorded digest" in refused(made)


@pytest.mark.parametrize("text", ["a: [", "just a word", "- a\n- b", "\x00", "a: 1\n"])
def test_refusal_broken_yaml(made, refused, text):
    (made.folder / "config.yaml").write_text(text)
    assert "its config.yaml is altered or damaged" in refused(made)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"schema": 1}', '{"schema": NaN}'])
def test_refusal_broken_provenance(made, refused, text):
    (made.folder / "provenance.json").write_text(text)
    assert "its provenance.json is altered or damaged" in refused(made)


def test_refusal_newer_provenance(made, refused):
    made.edit_provenance("schema", value=2)
    assert "schema version 2, this hierbench reads 1" in refused(made)


def test_refusal_data_file_gone(made, tmp_path, refused):
    (tmp_path / "my homes.csv").unlink()
    assert "my homes.csv: it is no file here" in refused(made)


def test_refusal_data_file_without_its_column(made, tmp_path, refused):
    path = tmp_path / "my homes.csv"
    path.write_text(path.read_text().replace("price", "cost", 1))
    assert "its sha256 is not the recorded one" in refused(made)
    assert "no column 'price'" in refused(made, "--accept-data")


def test_refusal_unreachable_server(capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{free.getsockname()[1]}"
        assert main(["reproduce", "0123456789", "--store", uri]) == 2
    assert "no answer" in capsys.readouterr().err


def test_refusal_commit_not_at_hand(made, refused):
    made.edit_provenance("ran_on", "code", "commit", value="0" * 40)
    made.edit_provenance("ran_on", "packages", "pymc", value="0.0.1")
    sentence = refused(made, "--env", "recorded")
    assert "is not in the git repository" in sentence
    assert "pymc 0.0.1 ->" in sentence


@pytest.mark.parametrize("commit", ["--help", "HEAD", "", None, "\x1b[2J"])
def test_refusal_commit_that_is_none(made, refused, commit):
    made.edit_provenance("ran_on", "code", "commit", value=commit)
    assert "is not in the git repository" in refused(made, "--env", "recorded")
