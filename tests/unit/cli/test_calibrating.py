"""The words of a calibration: what is asked for, and what is said of a verdict."""

import pytest

from hierbench.cli.arguments import Arguments, parse
from hierbench.cli.calibrating import calibrate, surprise, table_of
from hierbench.errors import ConfigError
from hierbench.validation.calibration import Verdict

VERDICT = Verdict("marginal", "uniform", "uniform", {"sigma": 0.4, "rho": 0.03}, 200, 7, 0, "")


def verdict(**changes):
    return Verdict(**{**vars(VERDICT), **changes})


def test_validate_takes_a_number_overrides_and_workers():
    found = parse(["validate", "--calibration", "200", "sampler.tune=300", "--workers", "2"])
    assert (found.calibration, found.rest, found.workers) == ("200", ("sampler.tune=300",), 2)


@pytest.mark.parametrize("asked", ["many", "-3", "2.5", "1e3"])
def test_calibrate_refuses_what_is_neither_a_number_nor_an_id(asked):
    with pytest.raises(ConfigError, match=f"^--calibration {asked}: allowed are a number of"):
        calibrate(Arguments("validate", calibration=asked))


def test_calibrate_refuses_a_design_that_there_is_not():
    with pytest.raises(ConfigError, match=r"^--design huge: model=homes has small, funnel"):
        calibrate(Arguments("validate", calibration="3", design="huge"))


def test_table_says_whether_a_verdict_is_as_expected():
    rows = table_of("small", [VERDICT, verdict(found="not uniform")]).rows
    assert [row[3] for row in rows] == ["yes", "NO"]
    assert rows[0][4:] == ("rho", "0.03", "200", "7")


def test_surprise_names_form_and_parameter():
    said = surprise(verdict(found="not uniform", p_values={"sigma": 1e-4}), "0" * 32)
    assert said == (
        "marginal: expected uniform, found not uniform; least uniform is sigma, p 0.0001"
    )


def test_surprise_says_how_to_get_what_is_missing():
    said = surprise(verdict(missing=3), "abcdefgh" * 4)
    assert said.startswith("marginal: 3 simulations are missing: hierbench resume abcdefgh, then")
