"""How a verb's module is imported."""

import gc
import sys

import pytest

from hierbench.cli import imported

NAME = "planted_verb"


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """Let a module be found that says whether it was imported with collections."""
    (tmp_path / f"{NAME}.py").write_text("import gc\nCOLLECTING = gc.isenabled()\nMADE = [[]]\n")
    monkeypatch.syspath_prepend(tmp_path)
    frozen = gc.get_freeze_count()
    yield NAME
    sys.modules.pop(NAME, None)
    if not frozen:
        gc.unfreeze()


def test_a_verb_is_imported_without_collections_and_frozen(planted):
    before = gc.get_freeze_count()
    module = imported(planted)
    assert not module.COLLECTING
    assert gc.isenabled()
    assert gc.get_freeze_count() > before


def test_a_verb_that_is_imported_already_freezes_nothing(planted):
    module = imported(planted)
    before = gc.get_freeze_count()
    later = [[]]
    assert imported(planted) is module
    assert gc.get_freeze_count() == before
    assert later


def test_collections_go_on_after_a_module_that_cannot_be_imported():
    with pytest.raises(ModuleNotFoundError):
        imported("no_such_verb")
    assert gc.isenabled()
