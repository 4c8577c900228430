"""The README names every key, form, sampler and verb that there is."""

import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from hierbench.cli import VERBS
from hierbench.config.schema import Config
from hierbench.models.homes.forms import FORMS
from hierbench.samplers import SAMPLERS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
NAMED_BY_THEIR_GROUP = {"name", "which"}


def keys():
    """Return every key of the configuration, dotted."""
    found = []
    for group in fields(Config):
        value = getattr(Config(), group.name)
        leaves = [leaf.name for leaf in fields(value)] if is_dataclass(value) else [""]
        found += [f"{group.name}.{leaf}".rstrip(".") for leaf in leaves]
    return [key for key in found if key.rpartition(".")[2] not in NAMED_BY_THEIR_GROUP]


def section(title):
    """Return the text below a heading."""
    return TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("key", keys())
def test_readme_has_every_key(key):
    group, _, leaf = key.rpartition(".")
    (*rows,) = (row for row in section("Keys").splitlines() if f"`{group or leaf}" in row)
    assert any(re.search(rf"[.`]{leaf}\b", row) for row in rows)


@pytest.mark.parametrize("name", [*FORMS, *SAMPLERS])
def test_readme_has_a_row_of_every_form_and_sampler(name):
    assert re.search(rf"^\| [^|]*`{name}`[^|]* \|", TEXT, re.MULTILINE)


@pytest.mark.parametrize("verb", VERBS)
def test_readme_has_every_verb(verb):
    assert re.search(rf"\b(H|hierbench) {verb}\b", TEXT)


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"\]\(([\w./-]+)\)|src=\"([\w./]+)\"", TEXT)))
)
def test_readme_links_lead_to_files(path):
    assert (ROOT / "".join(path)).is_file()
