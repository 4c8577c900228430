"""Content of tracking contract 1 under the present names; that of the present one as it is."""

import pandas as pd
import pytest

from hierbench.tracking.earlier import Content, at_present, parameters_at_present

TAGS = {"schema": "1", "kind": "cell", "posterior": "ames · independent · notebook · 0"}
PARAMS = {"data": "ames", "model": "independent", "seed": "1"}
METRICS = {"ess_tail_min": 80.0, "ess_bulk_min": 90.0}
FIRST = Content(TAGS, PARAMS, METRICS, {"rows": 80, "groups": 4})


def test_param_model_becomes_the_variant():
    params = at_present(FIRST).params
    assert (params["model"], params["variant"], params["seed"]) == ("homes", "independent", "1")


def test_sizes_become_params():
    assert at_present(FIRST).params.items() >= {"rows": "80", "groups": "4"}.items()


def test_cell_without_a_model_has_no_variant():
    found = at_present(Content(TAGS, {"seed": "1"}, {}, {}))
    assert found.params == {"seed": "1", "model": "homes"}


def test_tails_have_the_name_of_their_quantiles():
    assert at_present(FIRST).metrics == {"ess_tail_min_11_89": 80.0, "ess_bulk_min": 90.0}


def test_gates_phrases_have_the_present_names():
    failures = "ess_bulk_min 9 < 400; ess_tail_min 8 < 400; divergences 2 > 0"
    tags = at_present(Content({**TAGS, "gate_failures": failures}, {}, {}, {})).tags
    assert tags["gate_failures"] == failures.replace("ess_tail_min", "ess_tail_min_11_89")


@pytest.mark.parametrize("text", ["", ";", "ess_tail_min", "; ; ess_tail_minimum 1 < 2"])
def test_other_text_in_the_gates_tag_stays_text(text):
    tags = at_present(Content({**TAGS, "gate_failures": text}, {}, {}, {})).tags
    assert tags["gate_failures"].replace("_11_89", "") == text


def test_tags_say_what_the_store_holds():
    assert at_present(FIRST).tags == TAGS


@pytest.mark.parametrize("tags", [{"schema": "2"}, {"kind": "sweep"}, {"schema": "3"}])
def test_other_content_stays_as_it_is(tags):
    found = Content({**TAGS, **tags}, PARAMS, METRICS, {"rows": 80})
    assert at_present(found) is found


def test_content_is_not_changed_in_place():
    at_present(FIRST)
    assert (
        Content(
            {"schema": "1", "kind": "cell", "posterior": "ames · independent · notebook · 0"},
            {"data": "ames", "model": "independent", "seed": "1"},
            {"ess_tail_min": 80.0, "ess_bulk_min": 90.0},
            {"rows": 80, "groups": 4},
        )
        == FIRST
    )


def test_parameters_of_contract_1_are_known_by_what_they_lack():
    table = pd.DataFrame({"parameter": ["sigma"], "ess_tail": [80.0]})
    assert list(parameters_at_present(table)) == ["parameter", "ess_tail_11_89"]
    now = table.assign(ess_square=90.0)
    assert parameters_at_present(now) is now
