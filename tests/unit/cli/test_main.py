"""How a verb's module is imported, and how the program ends."""

import gc
import signal
import sys

import pytest

from hierbench import cli, scratch
from hierbench.cli import imported, main

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


@pytest.fixture
def program(monkeypatch):
    """Call the program as a shell does, with a function in the place of its verb."""
    monkeypatch.setattr(scratch, "use_scratch", lambda: None)
    monkeypatch.setattr(sys, "argv", ["hierbench", "status"])

    def call(verb):
        monkeypatch.setattr(cli, "imported", lambda _: type("Verbs", (), {"status": verb}))
        return main()

    return call


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, "hierbench: interrupted; what had finished is kept\n"),
        (signal.SIGTERM, 143, "hierbench: ended by SIGTERM; what had finished is kept\n"),
        (signal.SIGHUP, 129, "hierbench: ended by SIGHUP; what had finished is kept\n"),
    ],
)
def test_a_signal_is_an_exit_code_and_a_sentence(program, capsys, number, code, said):
    def verb(_):
        signal.raise_signal(number)

    assert program(verb) == code
    assert capsys.readouterr().err == said


def test_the_programs_handlers_are_gone_after_it(program):
    before = signal.getsignal(signal.SIGTERM)
    assert program(lambda _: 0) == 0
    assert signal.getsignal(signal.SIGTERM) is before
