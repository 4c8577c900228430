"""Who is ranked, in which order, and what stands in no rank."""

from dataclasses import replace

import pytest

from hierbench.comparison import Lead
from hierbench.errors import ConfigError
from hierbench.records import RunStatus
from tests.unit.comparison.cells import cell, compared, failed, seeds

NINTH = {"seed": "9", "parameterization": "noncentered"}
TIMINGS = ("true", "false", "false", "")  # the last is of a store from before timing
SLOW, FAST = [100.0, 105.0, 98.0], [300.0, 310.0, 290.0]


def two(name="ess_per_second", first=SLOW, second=FAST):
    return [*seeds(name, first), *seeds(name, second, parameterization="noncentered")]


def forms(comparison):
    return [setting.axes["parameterization"] for setting in comparison.settings]


def test_comparison_puts_the_best_first():
    assert forms(compared(two())) == ["noncentered", "centered"]


def test_comparison_by_seconds_puts_the_shortest_first():
    assert forms(compared(two("sample_seconds"), metric="sample_seconds"))[0] == "centered"


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda cells: [*cells, failed(seed="9", parameterization="noncentered")],
        lambda cells: [*cells, cell(params=NINTH, gate="failed")],
        lambda cells: cells[:4],
    ],
    ids=["failed", "gate", "one seed"],
)
def test_comparison_what_is_not_ranked_cannot_lead(spoiled):
    found = compared(spoiled(two()))
    first, second = found.settings
    assert first.axes["parameterization"] == "centered"
    assert (first.ranked, second.ranked) == (True, False)
    assert (second.probability_best, found.pairs) == ({}, ())


def test_comparison_a_missing_figure_never_leads():
    found = compared(two(second=[300.0, None, 290.0]))
    assert forms(found) == ["centered", "noncentered"]
    assert found.settings[1].probability_best.get("ess_per_second") is None


@pytest.mark.parametrize("name", ["ess_per_second", "sample_seconds"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_comparison_a_figure_that_is_not_finite_never_leads(name, value):
    """Be more better or less, and be the others of its setting far better."""
    better = 300.0 if name == "ess_per_second" else 30.0
    found = compared(two(name, second=[better, value, better]), metric=name)
    assert forms(found) == ["centered", "noncentered"]
    assert found.settings[1].probability_best.get(name) is None
    assert found.pairs == ()


@pytest.mark.parametrize("timing", ["false", None])
def test_comparison_seconds_without_valid_timing_have_no_interval(timing):
    cells = [*seeds("ess_per_second", SLOW)]
    cells += [
        cell(params={"seed": str(i), "parameterization": "noncentered"}, timing=timing)
        for i in (1, 2)
    ]
    found = compared(cells)
    estimate = found.settings[1].estimates["ess_per_second"]
    assert not estimate.has_interval
    assert estimate.note.startswith("timing not")
    assert found.settings[1].estimates["ess_bulk_min"].has_interval
    assert found.pairs == ()


def test_comparison_without_any_valid_timing_goes_by_gradients():
    cells = [
        cell(
            params={"seed": str(i), "parameterization": form},
            metrics={"ess_per_gradient": 0.01 * i},
            timing="false",
        )
        for form in ("centered", "noncentered")
        for i in (1, 2)
    ]
    assert compared(cells).metric == "ess_per_gradient"


def test_comparison_seconds_on_unequal_cores_are_not_ranked():
    cells = two()
    for place in range(3):
        cells[place] = cell(params={**cells[place].params, "cores_per_cell": "4"})
    found = compared(cells, metric="ess_per_second")
    assert found.pairs == ()
    assert [s.probability_best.get("ess_per_second") for s in found.settings] == [None, None]
    assert found.notes[0].startswith("Seconds rank nothing in 1 of 1 posteriors")
    assert forms(found) == ["centered", "noncentered"]
    assert all("ess_bulk_min" in setting.probability_best for setting in found.settings)


@pytest.mark.parametrize(("speed", "ranked"), [(1100.0, True), (1500.0, False)])
def test_comparison_seconds_of_machines_of_another_speed_are_not_ranked(speed, ranked):
    cells = [
        cell(
            params={"seed": str(i), "parameterization": form},
            metrics={"ess_per_second": 100.0 * i, "machine_speed": pace},
        )
        for form, pace in (("centered", 1000.0), ("noncentered", speed))
        for i in (1, 2)
    ]
    found = compared(cells, metric="ess_per_second")
    assert len(found.pairs) == ranked
    assert all("ess_bulk_min" in setting.probability_best for setting in found.settings)


def test_comparison_seconds_of_a_setting_on_mixed_cores_have_no_interval():
    cells = [cell(params={"seed": str(i), "cores_per_cell": str(i)}) for i in (1, 2)]
    (setting,) = compared(cells).settings
    assert setting.estimates["sample_seconds"].note == "cores_per_cell differ among its cells"


def test_comparison_never_pairs_across_posteriors():
    cells = [
        *seeds("ess_per_second", SLOW),
        *(cell(params={"seed": str(i), "prior.scale": "4"}, posterior="other") for i in (1, 2)),
    ]
    found = compared(cells)
    assert found.pairs == ()
    assert all(setting.probability_best == {} for setting in found.settings)


def test_comparison_pair_says_better():
    (pair,) = compared(two()).pairs
    assert (pair.first, pair.second, pair.verdict, pair.more_seeds) == (0, 1, Lead.BETTER, 0)
    assert pair.low < pair.ratio < pair.high
    assert pair.command == ""


def test_comparison_pair_of_seconds_says_better_below_one():
    (pair,) = compared(two("sample_seconds"), metric="sample_seconds").pairs
    assert (pair.verdict, pair.ratio < 1) == (Lead.BETTER, True)


def test_comparison_undecided_pair_names_the_seeds_to_add():
    (pair,) = compared(two(second=[104.0, 112.0, 103.0])).pairs
    assert pair.verdict is Lead.UNDECIDED
    assert pair.command.startswith("hierbench sweep --extend ssssssss ")
    added = pair.command.rpartition("seed=")[2].strip("'")
    assert added.startswith(("4,", "range(4,")) or added == "4"


def test_comparison_command_names_the_axes_that_leave_others_out():
    third = seeds("ess_per_second", [1.0, 1.1, 1.2], parameterization="correlated")
    pair = compared([*two(second=[104.0, 112.0, 103.0]), *third]).pairs[0]
    assert "parameterization=noncentered,centered" in pair.command or (
        "parameterization=centered,noncentered" in pair.command
    )


def test_comparison_settings_of_several_sweeps_have_no_command():
    cells = two(second=[104.0, 112.0, 103.0])
    other = [cell(params=one.params, metrics=one.metrics, sweep_id="t" * 32) for one in cells[3:]]
    (pair,) = compared([*cells[:3], *other]).pairs
    assert (pair.verdict, pair.command) == (Lead.UNDECIDED, "")


def test_comparison_metric_that_no_cell_has_is_refused():
    with pytest.raises(ConfigError, match="--metric speed: no cell has it; known are ess_per"):
        compared(two(), metric="speed")


def test_comparison_running_cells_are_no_failures():
    running = cell(params={"seed": "9", "parameterization": "noncentered"}, metrics=None)
    running = type(running)(RunStatus.RUNNING, running.params, {}, running.tags)
    found = compared([*two(), running])
    assert found.settings[0].ranked
    assert found.settings[0].failed == 0
    assert "In progress: 6 cells ended, 1 running." in found.notes


def test_comparison_of_no_finished_cell_has_no_figures():
    found = compared([failed(), failed(parameterization="noncentered")])
    assert [s.why_unranked for s in found.settings] == ["1 of 1 cells failed"] * 2


def on(fingerprint, **params):
    """Return a cell that ran on `fingerprint`."""
    one = cell(params=params)
    return replace(one, tags={**one.tags, "fingerprint": fingerprint})


@pytest.mark.parametrize(
    ("sampler", "told"), [("pymc", False), ("nutpie", True)], ids=["of another", "of one"]
)
def test_comparison_tells_of_fingerprints_of_one_sampler_alone(sampler, told):
    """What a sampler is built on differs as the sampler does."""
    found = compared([on("a", seed="1"), on("b", seed="2", sampler=sampler)])
    assert any("ran on 2 fingerprints" in note for note in found.notes) == told


def test_comparison_of_one_seed_names_the_command_that_adds_some():
    found = compared([cell(params={"seed": "5"})])
    (note,) = (note for note in found.notes if note.startswith("One seed per setting"))
    assert note.endswith("add seeds with `hierbench sweep --extend ssssssss seed=6,7`.")


def test_comparison_says_how_many_cells_seconds_do_not_count():
    cells = [cell(params={"seed": str(seed)}, timing=timing) for seed, timing in enumerate(TIMINGS)]
    (note,) = (note for note in compared(cells).notes if note.startswith("The seconds"))
    assert note.startswith("The seconds of 2 of 4 cells do not count: ")


def test_comparison_of_valid_timing_speaks_of_no_seconds():
    cells = [cell(params={"seed": str(seed)}) for seed in range(3)]
    assert not [note for note in compared(cells).notes if "seconds" in note]
