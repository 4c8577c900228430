"""Headless Chromium and `hierbench ui`, for tests and for the README's pictures."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.waiting import ended

__all__ = ["LONGEST_MS", "MISSING", "browser", "chromium", "page_in", "served"]

LONGEST_MS = 120_000
ASSISTANT_SEEN = "localStorage.setItem('mlflow.assistant.fab.autoOpenedOnFirstLoad_v1', 'true')"
"""MLflow opens its assistant over a quarter of the page for who comes the first time."""

MISSING = (
    "no chromium: the browser tests need it (Debian: apt-get install -y --no-install-recommends "
    "chromium)"
)


def chromium() -> str | None:
    """Return the path of Chromium, None where there is none."""
    return next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


@contextmanager
def browser() -> Iterator[Any]:
    """Give a headless browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield running
        running.close()


@contextmanager
def page_in(
    running: Any, *, width: int = 1600, height: int = 1000, scheme: str = "light", scale: int = 1
) -> Iterator[Any]:
    """Give a page of this size, whose `errors` are the errors on its console."""
    context = running.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=scale
    )
    context.add_init_script(ASSISTANT_SEEN)
    context.set_default_timeout(LONGEST_MS)
    page = context.new_page()
    page.errors = []
    page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    context.close()


@contextmanager
def served(uri: str, *words: str) -> Iterator[dict[str, str]]:
    """Run `hierbench ui` on a store; give the pages that it prints, by name."""
    command = [sys.executable, "-m", "hierbench", "ui", *words, "--no-browser", "--store", uri]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as ui:
        try:
            pages = {}
            for line in ui.stdout or ():
                name, _, rest = line.strip().partition(" ")
                pages[name] = rest.strip()
                if name == "Ctrl-C":
                    break
            yield pages
        finally:
            ui.terminate()  # a test run in the background ignores SIGINT, and so do its children
            try:
                ended(ui, "`hierbench ui` after SIGTERM")
            except AssertionError:
                ui.kill()
                raise
