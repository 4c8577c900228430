"""Users' models in a sweep: copied when it begins, found again, and never by a store's word."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hierbench.cell import plan_cell
from hierbench.config.schema import Config, DataConfig, PriorConfig, SamplerConfig
from hierbench.errors import ConfigError
from hierbench.models import model_of
from hierbench.models.data import load
from hierbench.models.recalled import remember_model
from hierbench.sweeps.copies import Models, with_copies
from hierbench.sweeps.plan import plan_sweep, stored, unstored
from hierbench.validation.calibrated import plan_designs

SCHOOLS = Path(__file__).parents[3] / "experiments" / "schools"


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """Give this user a registry of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def file(tmp_path):
    """Return a model's file that may be edited."""
    path = tmp_path / "schools.py"
    path.write_text((SCHOOLS / "schools.py").read_text("utf-8"))
    return path


def asked(file, **keys):
    data = DataConfig("table", path=str(SCHOOLS / "schools.csv"))
    sampler = SamplerConfig(draws=50, tune=50, chains=2)
    return Config(
        **{"model": str(file), "data": data, "prior": PriorConfig("own"), "sampler": sampler} | keys
    )


def plan_of(file, **keys):
    return plan_sweep([asked(file, **keys)], load, [], "local")


def content_of(plan):
    return json.loads(json.dumps(stored(plan)))


def test_cell_is_named_by_the_file_and_keyed_by_its_syntax(file):
    (before,) = plan_of(file).cells
    file.write_text(f"# a comment\n{file.read_text()}")
    (comment,) = plan_of(file).cells
    file.write_text(file.read_text().replace('"tau": 5.0', '"tau": 6.0'))
    (edited,) = plan_of(file).cells
    assert before.config.model == before.params["model"] == "schools"
    assert before.cell_key == comment.cell_key != edited.cell_key
    assert before.source != comment.source


def test_cells_have_the_copy_whatever_is_edited_since(file, tmp_path):
    plan = plan_of(file)
    (cell,) = with_copies(plan.cells, tmp_path / "sweep")
    file.write_text("boom")
    assert Path(cell.source.path).is_relative_to(tmp_path / "sweep" / "models")
    assert cell.model.source_sha256 == plan.cells[0].asked["source_sha256"]
    assert plan_cell(cell.as_typed, cell.dataset).cell_key == cell.cell_key


def test_stored_plan_is_planned_again_from_the_copy_after_an_edit(file, tmp_path):
    plan = plan_of(file)
    remember_model(plan.cells[0].source)
    with_copies(plan.cells, tmp_path / "sweep")
    file.write_text("boom")
    again = unstored(content_of(plan), load, Models(tmp_path / "sweep"))
    assert [cell.cell_key for cell in again.cells] == [cell.cell_key for cell in plan.cells]


def test_planted_plan_that_names_a_users_script_imports_nothing(file, tmp_path):
    mark = tmp_path / "ran"
    content = content_of(plan_of(file))
    file.write_text(f"open({str(mark)!r}, 'w')\n{file.read_text()}")
    script = content_of(plan_of_unrun(file))
    content["models"] = script["models"]
    with_copy = tmp_path / "sweep" / "models" / script["models"]["schools"]["sha256"][:12]
    with_copy.mkdir(parents=True)
    (with_copy / "schools.py").write_text(file.read_text())
    for config in ({"model": "schools"}, {"model": str(file)}, {"model": "./schools.py"}):
        content["cells"][0]["config"] |= config
        with pytest.raises(ConfigError, match="nothing of it was run"):
            unstored(content, load, Models(tmp_path / "sweep"))
    assert not mark.exists()


def plan_of_unrun(file):
    """Return the plan of a file that is not run for it."""
    model = model_of(str(file))
    clean = plan_of(SCHOOLS / "schools.py")
    cell = replace(clean.cells[0], source=model.source)
    return replace(clean, cells=(cell,))


def test_two_files_of_one_name_are_refused(file, tmp_path):
    other = tmp_path / "other" / "schools.py"
    other.parent.mkdir()
    other.write_text(file.read_text())
    with pytest.raises(ConfigError, match="both models are named schools; rename one"):
        plan_sweep([asked(file), asked(other, seed=2)], load, [], "local")


def test_calibration_of_a_file_plans_its_forms_on_draws_from_its_prior():
    (plan,) = plan_designs(2, None, [f"model={SCHOOLS / 'schools.py'}"]).values()
    assert {cell.form.name for cell in plan.cells} == {"centered", "noncentered"}
    assert {cell.config.model for cell in plan.cells} == {"schools"}
    assert all(cell.dataset.truth is not None for cell in plan.cells)
    assert len({cell.dataset.arrays_sha256 for cell in plan.cells}) == 2
