"""What is not as recorded is named before anything is fitted."""

import pytest

from hierbench.cli.reproducing import print_changes
from hierbench.reproduction import recorded_run
from tests.integration.reproduce.handmade import make_run


def changes(made, **options):
    return recorded_run(made.store, made.short, **options).changes


def named(made, field, **options):
    return [phrase for phrase in changes(made, **options) if phrase.startswith(f"{field} ")]


def test_changes_none(made):
    assert changes(made) == ()


@pytest.mark.parametrize(
    ("group", "key", "value", "phrase"),
    [
        ("prior", "scale", 2.0, "prior.scale 1 -> 2"),
        (None, "seed", 7, "seed 1 -> 7"),
        ("sampler", "target_accept", 0.9, "sampler.target_accept 0.8 -> 0.9"),
        ("sampler", "draws", 30, "sampler.draws 20 -> 30"),
        (None, "parameterization", "noncentered", "parameterization centered -> noncentered"),
    ],
)
def test_changes_name_the_key(made, group, key, value, phrase):
    made.edit_config(group, key, value)
    assert phrase in changes(made)


def test_changes_name_a_data_row(made, tmp_path):
    path = tmp_path / "my homes.csv"
    lines = path.read_text().splitlines()
    lines[1] = lines[1].rpartition(",")[0] + ",9.5"
    path.write_text("\n".join(lines))
    assert len(named(made, "data.sha256", accept_data=True)) == 1


def test_changes_name_a_prior_of_the_code(made):
    made.edit_provenance("asked", "hyperprior", "scales", "mu_alpha", value=7.0)
    assert named(made, "hyperprior.scales.mu_alpha") == ["hyperprior.scales.mu_alpha 7.0 -> 20.0"]


def test_changes_name_a_source_file(made):
    made.edit_provenance("ran_on", "code", "modules", "models/centered.py", value="0" * 16)
    assert len(named(made, "code.modules.models/centered.py")) == 1


def test_changes_name_a_package(made):
    made.edit_provenance("ran_on", "packages", "pymc", value="6.4.99")
    assert named(made, "packages.pymc")[0].startswith("packages.pymc 6.4.99 -> ")


def test_changes_name_the_threads(made):
    made.edit_provenance("ran_on", "threads", "OMP_NUM_THREADS", value="2")
    assert named(made, "threads.OMP_NUM_THREADS") == ["threads.OMP_NUM_THREADS 2 -> 1"]


def test_changes_name_fast_math(made):
    made.edit_provenance("ran_on", "sampler", "numba__fastmath", value="True")
    assert named(made, "sampler.numba__fastmath") == ["sampler.numba__fastmath True -> False"]


def test_changes_name_a_flag_of_the_environment(made):
    made.edit_provenance("ran_on", "flags", value={"PYTENSOR_FLAGS": "optimizer=None"})
    assert named(made, "flags.PYTENSOR_FLAGS")[0].startswith("flags.PYTENSOR_FLAGS optimizer=None")


def test_changes_name_a_cpu_feature(made):
    made.edit_provenance("ran_on", "cpu", "features", value=["abacus"])
    assert named(made, "cpu.features")[0].startswith("cpu.features -abacus +")


def test_changes_name_an_edited_record(made):
    made.edit_provenance("ran_on", "os", value="CP/M")
    assert "provenance.json: its fingerprint is not the tagged one" in changes(made)


def test_changes_of_a_lost_core(store, tmp_path):
    made = make_run(store, tmp_path)
    made.edit_provenance("ran_on", "cores_per_cell", value=10_000)
    assert named(made, "cores_per_cell")


def test_changes_are_printed_a_line_each(capsys):
    print_changes(("seed 1 -> 2", "prior.scale 1 -> 2"))
    assert capsys.readouterr().out.splitlines()[1:] == ["  seed 1 -> 2", "  prior.scale 1 -> 2"]


def test_changes_nothing_is_said_too(capsys):
    print_changes(())
    assert "are as recorded" in capsys.readouterr().out
