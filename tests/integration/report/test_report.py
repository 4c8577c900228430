"""The report against the store: every figure is MLflow's own, and text stays text."""

from statistics import median

import pytest

from hierbench.comparison import Sweep, cells_frame, compare_cells
from hierbench.report import write_report
from hierbench.tracking import cells_of, find_run
from tests.integration.report.filled import EVIL
from tests.integration.report.pages import figures, page_at, section, words_of


@pytest.fixture(scope="module")
def comparison(swept):
    store, sweep_id = swept
    run = find_run(store, sweep_id)
    sweep = Sweep(sweep_id, run.name, str(run.status), 19, run.tags["command"], run.started_seconds)
    return compare_cells(cells_frame(cells_of(store, sweep_id)), sweeps=[sweep])


@pytest.fixture(scope="module")
def page(swept, comparison, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_report(path, comparison, store=swept[0])
    return page_at(path)


@pytest.fixture(scope="module")
def tracked(swept):
    """The cells as mlflow.search_runs gives them."""
    import mlflow

    store, sweep_id = swept
    query = f"tags.`hierbench.sweep_id` = '{sweep_id}'"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", store.location.uri)
        runs = mlflow.search_runs([store.experiment_id], query, max_results=1000)
    return runs.set_index("run_id")


def test_report_every_run_has_the_figures_that_mlflow_gives(page, tracked):
    rows = section(page, "Every run").findall(".//tbody/tr")
    shown = {row.find(".//span[@data-run]").get("data-run"): figures(row) for row in rows}
    assert set(shown) == set(tracked.index)
    for run_id, by_metric in shown.items():
        kept = tracked.loc[run_id].filter(like="metrics.").dropna()
        known = {name.removeprefix("metrics."): value for name, value in kept.items()}
        known.pop("seconds_per_gradient", None)  # has no column of its own here
        assert by_metric == known


def medians(tracked):
    """Return the medians over seeds by (posterior, form), where every finished cell has them."""
    finished = tracked[tracked["status"] == "FINISHED"]
    keys = ["tags.hierbench.posterior", "params.parameterization"]
    return {
        key: {
            name.removeprefix("metrics."): median(of[name])
            for name in of.filter(like="metrics.").columns
        }
        for key, of in finished.groupby(keys)
    }


def test_report_settings_have_the_medians_of_what_mlflow_gives(page, tracked):
    part = section(page, "Settings with their intervals")
    titles = [words_of(title) for title in part.iter("h3")]
    tables = list(part.iter("table"))
    expected = medians(tracked)
    assert len(titles) == len(tables) == 4
    seen = set()
    for posterior, table in zip(titles, tables, strict=True):
        for row in table.findall("./tbody/tr"):
            key = (posterior, words_of(row.find("th")))
            shown = figures(row)
            worst = shown.pop("r_hat_max")
            of = tracked[tracked["tags.hierbench.posterior"] == posterior]
            of = of[of["params.parameterization"] == key[1]]
            assert worst == of["metrics.r_hat_max"].max()
            assert {name: expected[key][name] for name in shown} == pytest.approx(shown, rel=1e-12)
            assert len(shown) == 4
            seen.add(key)
    assert seen == set(expected)


def test_report_heat_maps_have_the_same_medians(page, tracked):
    expected = medians(tracked)
    tables = section(page, "Heat maps").findall(".//table")
    assert [words_of(table.find("caption")) for table in tables] == [
        "ess per second",
        "ess per 1000 gradients",
    ]
    for table, metric in zip(tables, ("ess_per_second", "ess_per_gradient"), strict=True):
        shown = [float(data.get("value")) for data in table.iter("data")]
        assert sorted(shown) == pytest.approx(sorted(of[metric] for of in expected.values()))


def test_report_counts_are_those_of_the_store(page, tracked):
    facts = {
        words_of(pair.find("dt")): words_of(pair.find("dd")) for pair in page.findall(".//dl/div")
    }
    finished = tracked["status"] == "FINISHED"
    passed = tracked["tags.hierbench.gate"] == "passed"
    assert facts["cells"] == str(len(tracked))
    assert facts["finished"] == str(finished.sum())
    assert facts["failed"] == str((~finished).sum())
    assert facts["passed the gate"] == str((finished & passed).sum())


def test_report_colours_only_what_is_ranked(page):
    cells = section(page, "Heat maps").findall(".//td")
    ranked = [cell for cell in cells if "out" not in cell.get("class").split()]
    assert len(ranked) == 8  # two forms, two scales, two metrics
    assert {cell.get("class").split()[0] for cell in ranked} >= {"h9"}
    reasons = [words_of(cell) for cell in cells if cell not in ranked]
    assert all("seeds passed the gate" in text or "failed" in text for text in reasons)


def test_report_texts_of_the_store_stay_text(page):
    assert list(page.iter("script")) == []
    assert not [
        name
        for node in page.iter()
        for name in node.attrib
        if name.startswith("on") or name == "src"
    ]
    said = words_of(page)
    assert "<script>alert('x')</script>" in said
    assert "\x1b" not in "".join(page.itertext())
    assert EVIL not in said  # its control character is spelled out


def test_report_leads_nowhere_but_to_the_ui(page):
    links = {node.get("href") for node in page.iter("a")}
    outside = {link for link in links if not link.startswith("#")}
    assert outside
    assert all(link.startswith("http://127.0.0.1:5000/#/experiments/") for link in outside)
    assert list(page.iter("link")) == []


def test_report_links_within_the_page_lead_to_a_part(page):
    ids = {node.get("id") for node in page.iter() if node.get("id")}
    inside = {node.get("href")[1:] for node in page.iter("a") if node.get("href").startswith("#")}
    assert inside <= ids


def test_report_ids_are_their_own(page):
    ids = [node.get("id") for node in page.iter() if node.get("id")]
    assert len(ids) == len(set(ids))


def test_report_draws_the_worst_cells_funnel(page, tracked):
    part = section(page, "The worst cell")
    worst = tracked["metrics.r_hat_max"].idxmax()
    assert part.find(".//code").get("title") == worst
    assert "7 draws of 100 that diverged" in words_of(part)
    assert part.find(".//svg") is not None


def test_report_says_whether_the_negative_control_was_caught(page):
    assert "It was caught: 6 of 6 finished cells fail the gate." in words_of(
        section(page, "Negative control")
    )


def test_report_without_store_says_that_no_draws_were_read(comparison, tmp_path):
    write_report(tmp_path / "report.html", comparison)
    root = page_at(tmp_path / "report.html")
    assert "no store was given" in words_of(section(root, "The worst cell"))
    assert {link for link in root.iter("a") if not link.get("href").startswith("#")} == set()


def test_report_of_a_cell_whose_draws_are_gone_says_so(swept, comparison, tmp_path):
    cells = comparison.cells.assign(run_id="0" * 32)
    gone = compare_cells(cells.drop(columns="setting"))
    write_report(tmp_path / "report.html", gone, store=swept[0])
    said = words_of(section(page_at(tmp_path / "report.html"), "The worst cell"))
    assert "Its draws could not be read" in said


def test_report_of_one_seed_ranks_nothing(comparison, tmp_path):
    cells = comparison.cells
    one = compare_cells(cells[cells["seed"] == "1"].drop(columns="setting"))
    write_report(tmp_path / "report.html", one)
    root = page_at(tmp_path / "report.html")
    classes = {
        name for td in section(root, "Heat maps").iter("td") for name in td.get("class").split()
    }
    assert "out" in classes
    assert not {name for name in classes if name.startswith("h")}


def test_report_of_cells_that_all_failed_is_written(comparison, tmp_path):
    cells = comparison.cells
    none = compare_cells(cells[cells["status"] == "FAILED"].drop(columns="setting"))
    write_report(tmp_path / "report.html", none)
    assert "No cell has finished" in words_of(page_at(tmp_path / "report.html"))


@pytest.mark.parametrize("metric", ["r_hat_max", "ess_per_second"])
def test_report_of_a_cell_without_a_metric_is_written(comparison, tmp_path, metric):
    cells = comparison.cells.drop(columns="setting")
    lacking = cells.assign(**{metric: cells[metric].where(cells.index != 0)})
    write_report(tmp_path / "report.html", compare_cells(lacking))
    assert "–" in words_of(section(page_at(tmp_path / "report.html"), "Every run"))
