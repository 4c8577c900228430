"""Take the README's pictures of a sweep: `python -m tests.browser.screenshots [SWEEP_ID]`.

The store is the one that `hierbench ui` would open; the sweep is the latest unless named.
"""

import argparse
import io
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from hierbench.comparison import Sweep, cells_frame, compare_cells
from hierbench.report import write_report
from hierbench.tracking import cells_of, find_run, latest_sweep, locate, open_store
from tests.browser.driving import browser, page_in, served

FOLDER = Path(__file__).parents[2] / "docs" / "images"
COLOURS = 128
"""In a picture: flat pages need no more, and it is a quarter of the size."""


def main() -> None:
    """Write one PNG per page into docs/images."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sweep", nargs="?")
    parser.add_argument("--store")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    store = open_store(locate(given.store, Path.cwd()), create=False)
    run = find_run(store, given.sweep) if given.sweep else latest_sweep(store)
    with tempfile.TemporaryDirectory() as name, browser() as running:
        report = Path(name) / "report.html"
        command, started = run.tags.get("command", ""), run.started_seconds
        sweep = Sweep(run.run_id, run.name, str(run.status), None, command, started)
        cells = cells_frame(cells_of(store, run.run_id))
        write_report(report, compare_cells(cells, sweeps=[sweep]), store=store)
        report_pictures(running, report.as_uri(), given.folder)
        with served(store.location.uri, run.run_id) as pages:
            ui_pictures(running, pages, given.folder)


def report_pictures(running: Any, uri: str, folder: Path) -> None:
    """Take the report's parts: the heat maps, the intervals in the dark, the funnel."""
    parts = {
        "report-heat-maps": ("light", "#heat-maps", None),
        "report-intervals-dark": ("dark", "#settings-with-their-intervals", 900),
        "report-worst-cell": ("light", "#the-worst-cell", None),
    }
    for name, (scheme, part, highest) in parts.items():
        with page_in(running, width=1180, height=900, scheme=scheme) as page:
            page.goto(uri)
            box = page.locator(part).bounding_box()
            high = min(box["height"], highest or box["height"])
            clip = {"x": 0, "y": box["y"], "width": 1180, "height": high + 8}
            save(page.screenshot(full_page=True, clip=clip), folder / f"{name}.png")
    with page_in(running, width=390, height=844, scale=2) as page:
        page.goto(uri)
        save(page.screenshot(), folder / "report-phone.png")


def ui_pictures(running: Any, pages: dict[str, str], folder: Path) -> None:
    """Take the prepared views of the MLflow UI."""
    for name, ready in (("table", "[role=row][row-id]"), ("charts", ".parcoords svg")):
        with page_in(running, width=1600, height=1000) as page:
            page.goto(pages[name])
            page.locator(ready).first.wait_for()
            page.wait_for_timeout(5000)  # charts grow into their place
            save(page.screenshot(), folder / f"ui-{name}.png")


def save(picture: bytes, path: Path) -> None:
    """Write a picture in few colours."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    few = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(f"{path}  {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
