"""Model files of this folder as they stand, or with a fault planted in their text."""

from pathlib import Path

import pytest

from hierbench.models.rivals import check_rivals
from tests.opened_files import model_at, own_data

FILES = Path(__file__).parent / "files"


@pytest.fixture
def checked(tmp_path):
    """Return what the checks say of a file, by form and check."""

    def of(name, *changes, forms=None, quick=True):
        text = (FILES / f"{name}.py").read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / f"{name}.py"
        path.write_text(text, "utf-8")
        model = model_at(path)
        found = check_rivals(model, own_data(model), forms or list(model.forms), quick=quick)
        return {(one.form, one.check): one for one in found}

    return of


def failed(found):
    """Return the checks that failed, each with its sentence."""
    return {key: one.text for key, one in found.items() if one.passed is False}
