"""The verb ui."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from hierbench.cli.arguments import Arguments
from hierbench.errors import ConfigError
from hierbench.tracking import locate, open_store

__all__ = ["ui"]

LOOPBACK = "127.0.0.1"
FIRST_PORT, LAST_PORT = 5000, 5099


def ui(arguments: Arguments) -> int:
    """Serve the MLflow UI on the store until Ctrl-C."""
    location = locate(arguments.store, Path.cwd())
    store = open_store(location, create=False)
    page = f"#/experiments/{store.experiment_id}/runs"
    if location.uri.startswith("http"):
        print(f"{location.uri}/{page}")
        return 0
    port = free_port(arguments.port)
    print(f"http://{LOOPBACK}:{port}/{page}  (Ctrl-C ends it)", flush=True)
    command = [sys.executable, "-m", "mlflow", "server", "--host", LOOPBACK]
    command += ["--port", str(port), "--workers", "1", "--backend-store-uri", location.uri]
    quiet = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(command, env={**os.environ, **quiet}) as server:
        try:
            return server.wait()
        except KeyboardInterrupt:
            server.terminate()
            return 0


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
