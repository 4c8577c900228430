"""Settings are summaries over seeds; a missing figure stays missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from hierbench.cli.printing import print_settings
from hierbench.compare import settings_of
from hierbench.records import RunStatus

METRICS = {
    "r_hat_max": 1.0,
    "ess_bulk_min": 400.0,
    "ess_tail_min": 500.0,
    "divergences": 0.0,
    "sample_seconds": 2.0,
    "ess_per_second": 200.0,
}
PARAMS = {
    "data": "ames",
    "parameterization": "centered",
    "prior": "notebook",
    "prior.scale": "1",
    "sampler": "nutpie",
    "sampler.target_accept": "0.8",
    "seed": "1",
    "workers": "1",
    "model": "independent",
}


@dataclass(frozen=True)
class OneCell:
    """A cell as a comparison sees it."""

    status: RunStatus
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str] = field(default_factory=dict)


def cell(
    *, status=RunStatus.FINISHED, params=None, metrics=None, gate="passed", posterior="ames · 1"
):
    """Return a cell; a metric of None is absent."""
    kept = {**METRICS, **(metrics or {})}
    return OneCell(
        status,
        {**PARAMS, **(params or {})},
        {name: value for name, value in kept.items() if value is not None},
        {"posterior": posterior, "gate": gate},
    )


def seeds(name, values):
    """Return one setting's cells whose metric `name` has these values."""
    return [
        cell(params={"seed": str(seed)}, metrics={name: value})
        for seed, value in enumerate(values, 1)
    ]


def failed(**keys):
    """Return a cell that failed: it has no figures and no gate."""
    return OneCell(
        RunStatus.FAILED, {**PARAMS, **keys}, {"elapsed_seconds": 1.0}, {"posterior": "ames · 1"}
    )


def only(cells):
    (setting,) = settings_of(cells)
    return setting


def test_settings_of_no_cells():
    assert settings_of([]) == []


def test_settings_cells_that_differ_by_seed_are_one():
    assert only(seeds("ess_bulk_min", [1, 2, 3])).seeds == 3


@pytest.mark.parametrize(
    "name", ["ess_bulk_min", "ess_tail_min", "sample_seconds", "ess_per_second"]
)
def test_settings_take_the_median_over_seeds(name):
    assert getattr(only(seeds(name, [1.0, 100.0, 3.0])), name) == 3.0


def test_settings_median_of_two_seeds_is_their_mean():
    assert only(seeds("ess_bulk_min", [1.0, 4.0])).ess_bulk_min == 2.5


def test_settings_take_the_worst_r_hat():
    assert only(seeds("r_hat_max", [1.0, 1.4, 1.01])).r_hat_worst == 1.4


def test_settings_add_the_divergences():
    assert only(seeds("divergences", [1.0, 0.0, 5.0])).divergences == 6


@pytest.mark.parametrize(
    "name", ["ess_bulk_min", "ess_tail_min", "sample_seconds", "ess_per_second"]
)
@pytest.mark.parametrize("values", [[None], [1.0, None, 3.0]])
def test_settings_missing_metric_gives_none(name, values):
    assert getattr(only(seeds(name, values)), name) is None


@pytest.mark.parametrize("values", [[None], [1.0, None]])
def test_settings_missing_r_hat_gives_none(values):
    assert only(seeds("r_hat_max", values)).r_hat_worst is None


def test_settings_missing_metric_hides_no_other():
    assert only(seeds("r_hat_max", [1.0, None])).ess_bulk_min == 400.0


def test_settings_count_failed_cells():
    setting = only([*seeds("ess_bulk_min", [1.0, 2.0]), failed(seed="3")])
    assert (setting.seeds, setting.failed) == (2, 1)


def test_settings_failed_cells_are_in_no_median():
    assert only([*seeds("ess_bulk_min", [1.0, 2.0]), failed(seed="3")]).ess_bulk_min == 1.5


def test_settings_of_failed_cells_alone_have_no_figures():
    setting = only([failed()])
    assert (setting.seeds, setting.failed, setting.ess_bulk_min, setting.r_hat_worst) == (
        0,
        1,
        None,
        None,
    )


def test_settings_count_the_seeds_that_passed_the_gate():
    gates = ["passed", "failed", "passed"]
    cells = [cell(params={"seed": str(seed)}, gate=gate) for seed, gate in enumerate(gates)]
    assert only(cells).passed == 2


def test_settings_a_failed_cell_passes_no_gate():
    passed = OneCell(RunStatus.KILLED, PARAMS, {}, {"posterior": "ames · 1", "gate": "passed"})
    assert only([passed]).passed == 0


@pytest.mark.parametrize(
    ("key", "other"),
    [
        ("parameterization", "noncentered"),
        ("sampler", "pymc"),
        ("sampler.target_accept", "0.95"),
        ("prior.scale", "4"),
    ],
)
def test_settings_differ_by_what_was_swept(key, other):
    found = settings_of([cell(), cell(params={key: other})])
    assert [setting.axes[key] for setting in found] == [PARAMS[key], other]


@pytest.mark.parametrize(
    ("key", "other"),
    [
        ("workers", "2"),
        ("cores_per_cell", "2"),
        ("artifacts", "full"),
        ("plots", "all"),
        ("plots.groups", "a"),
        ("predictive.draws", "7"),
        ("limits.cell_seconds", "60"),
        ("tracking.uri", "http://host"),
    ],
)
def test_settings_do_not_differ_by_what_changes_no_draw(key, other):
    first = cell(params={key: "1"})
    assert only([first, cell(params={"seed": "2", key: other})]).seeds == 2


def test_settings_always_name_the_parameterization():
    assert only([cell()]).axes == {"parameterization": "centered"}


def test_settings_of_one_posterior_stand_together():
    cells = [
        cell(params={"prior.scale": scale, "parameterization": form}, posterior=f"p{scale}")
        for form in ("centered", "noncentered")
        for scale in ("1", "4")
    ]
    assert [setting.posterior for setting in settings_of(cells)] == ["p1", "p1", "p4", "p4"]


def test_settings_are_not_ranked():
    slow = cell(params={"parameterization": "centered"}, metrics={"ess_per_second": 1.0})
    fast = cell(params={"parameterization": "noncentered"}, metrics={"ess_per_second": 9.0})
    assert [s.axes["parameterization"] for s in settings_of([slow, fast])] == [
        "centered",
        "noncentered",
    ]


def printed(cells, capsys):
    print_settings(settings_of(cells))
    return capsys.readouterr().out


def test_settings_print_one_table_per_posterior(capsys):
    cells = [cell(posterior=f"p{scale}", params={"prior.scale": scale}) for scale in ("1", "4")]
    assert printed(cells, capsys).count("parameterization") == 2


def test_settings_print_a_dash_where_a_figure_is_missing(capsys):
    row = printed(seeds("ess_bulk_min", [None]), capsys).splitlines()[3]
    assert row.split() == ["centered", "1", "1/1", "1.000", "0", "-", "200", "2.00"]


def test_settings_print_how_many_failed(capsys):
    assert "1 (+1 failed)" in printed([cell(), failed(seed="2")], capsys)
