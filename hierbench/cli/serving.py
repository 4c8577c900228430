"""The verb ui: the MLflow UI on the store, on loopback, opened where the figures are."""

import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from hierbench.cli.arguments import Arguments
from hierbench.cli.guard import guarded
from hierbench.errors import ConfigError, HierbenchError, StoreError
from hierbench.shown import say, warn
from hierbench.tracking import (
    Store,
    find_run,
    latest_sweep,
    locate,
    look,
    prepare_views,
    view_page,
)

__all__ = ["ui"]

LOOPBACK = "127.0.0.1"
TRAINING = "workflowType=machine_learning"
"""Without it the UI opens with the menu of its pages for language models."""

FIRST_PORT, LAST_PORT = 5000, 5099
LONGEST_START_SECONDS = 180.0  # the first start of an MLflow compiles itself
END_SECONDS = 10.0
BETWEEN_QUESTIONS_SECONDS = 0.2


def ui(arguments: Arguments) -> int:
    """Serve the MLflow UI on the store until Ctrl-C, opened at a sweep's cells."""
    location = locate(arguments.store, Path.cwd())
    store = look(location)
    sweep_id = chosen_sweep(store, arguments.rest)
    key = prepared(store, sweep_id)
    if location.uri.startswith("http"):
        # A browser's command line is for all to see: it asks for the password itself.
        place = without_user(location.uri)
        show(store, place, sweep_id, key, browser=not arguments.no_browser)
        return 0
    port = free_port(arguments.port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if store.copy_uri:
        warn(
            f"{location.file} cannot be written: the UI shows a copy of it as it is now, and what "
            "is changed there is lost"
        )
    server = start(store.copy_uri or location.uri, port)
    say(f"starting the MLflow UI on port {port}; the first time takes longest", file=sys.stderr)
    try:
        wait_for(server, port)
        place = f"http://{LOOPBACK}:{port}"
        show(store, place, sweep_id, key, browser=not arguments.no_browser)
        say("Ctrl-C ends it", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        end(server)


def chosen_sweep(store: Store, named: tuple[str, ...]) -> str | None:
    """Return the id of the sweep that was named, else of the latest; None where there is none.

    Raises
    ------
    StoreError
        If what was named is no sweep of the store.
    ConfigError
        If more than one was named.
    """
    if not named:
        with suppress(StoreError):
            return latest_sweep(store).run_id
        return None
    if len(named) > 1:
        raise ConfigError(f"ui {' '.join(named)}: {len(named)} sweeps; name one, or none")
    run = find_run(store, named[0])
    if run.kind != "sweep":
        raise StoreError(
            f"{run.run_id}: a {run.kind}, not a sweep; see it with `hierbench show "
            f"{run.run_id[:8]}`"
        )
    return run.run_id


def prepared(store: Store, sweep_id: str | None) -> str | None:
    """Write the views where they are not yet; return the sweep whose views there are.

    A store that can be read and not written shows what others have prepared.
    """
    with suppress(StoreError):
        prepare_views(store)
        if sweep_id:
            prepare_views(store, sweep_id)
            return sweep_id
    return None


def show(store: Store, place: str, sweep_id: str | None, key: str | None, *, browser: bool) -> None:
    """Print the pages worth opening and open the table in the browser."""
    pages = {name: f"{place}/{view_page(store, name, key)}" for name in ("table", "charts")}
    if sweep_id:
        run = f"{place}/#/experiments/{store.experiment_id}/runs/{sweep_id}"
        pages["sweep"] = f"{run}?{TRAINING}"
        pages["report"] = f"{run}/artifacts/report.html?{TRAINING}"
    for name, page in pages.items():
        say(f"{name:7} {page}", flush=True)
    if browser and can_show():
        webbrowser.open(pages["table"])


def without_user(uri: str) -> str:
    """Return the address of a server without user, password and what follows its path.

    >>> without_user("https://me:secret@host:8443/mlflow/?token=x")
    'https://host:8443/mlflow'
    """
    parts = urlsplit(uri)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}".rstrip("/")


def can_show() -> bool:
    """Return whether a browser has a screen to open on."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform == "darwin" or any(name in os.environ for name in screens)


def start(uri: str, port: int) -> "subprocess.Popen[bytes]":
    """Start MLflow's server, in a process group of its own so that all of it can be ended."""
    command = [sys.executable, "-m", "mlflow", "server", "--host", LOOPBACK]
    command += ["--port", str(port), "--workers", "1"]
    settings = {
        # Not on the command line: other users see that, and a URI may hold a password.
        "MLFLOW_BACKEND_STORE_URI": uri,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_UVICORN_OPTS": "--log-level warning",
        "PYTHONWARNINGS": "ignore",
    }
    words = guarded(os.getpid(), command)
    return subprocess.Popen(words, env={**os.environ, **settings}, start_new_session=True)


def wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    """Return as soon as the server answers.

    Raises
    ------
    HierbenchError
        If it ends instead, or says nothing for too long.
    """
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise HierbenchError(
                f"the MLflow server ended with code {server.returncode} before it answered; "
                "its own words are above"
            )
        with suppress(URLError, OSError), urlopen(f"http://{LOOPBACK}:{port}/health", timeout=5):
            return
        time.sleep(BETWEEN_QUESTIONS_SECONDS)
    raise HierbenchError(
        f"the MLflow server did not answer within {LONGEST_START_SECONDS:g} s on port {port}; "
        "try again, or another --port"
    )


def end(server: "subprocess.Popen[bytes]") -> None:
    """End the server and every process that it started."""
    for word in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(server.pid, word)
        with suppress(subprocess.TimeoutExpired):
            server.wait(END_SECONDS)
            return


def free_port(wanted: int | None) -> int:
    """Return `wanted`, or the first free port from 5000 on.

    Raises
    ------
    ConfigError
        If it is taken.
    """
    for port in [wanted] if wanted else range(FIRST_PORT, LAST_PORT + 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex((LOOPBACK, port)) != 0:
                return port
    taken = wanted or f"{FIRST_PORT} to {LAST_PORT}"
    raise ConfigError(f"--port {taken}: in use; choose another with --port")
