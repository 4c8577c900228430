"""A password that is planted, and where it is looked for."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd
from mlflow import MlflowClient

PASSWORD = "PLANTED-pass"
SECRET = "PLANTED"
"""Of it, whatever a library has done to the rest."""


def address(port: int) -> str:
    """Return the server's address with a password; it ignores who asks."""
    return f"http://planted-user:{PASSWORD}%40x@127.0.0.1:{port}"


def files_with(folder: Path, secret: str = SECRET) -> Iterator[str]:
    """Yield every file below `folder` that holds `secret`, compressed tables too."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        if secret.encode() in path.read_bytes() or secret in path.name:
            yield str(path)
        if path.suffix == ".parquet" and secret in pd.read_parquet(path).to_csv():
            yield str(path)


def runs_with(uri: str, secret: str = SECRET) -> Iterator[str]:
    """Yield every run of the store that holds `secret`: name, params, tags, notes, inputs."""
    client = MlflowClient(tracking_uri=uri)
    experiments = client.search_experiments()
    runs = client.search_runs([of.experiment_id for of in experiments], max_results=1000)
    assert runs, "the store holds no run: nothing was looked at"
    for run in runs:
        if secret in str(run.to_dictionary()):
            yield run.info.run_id
    for experiment in experiments:
        if secret in str(experiment.tags):
            yield experiment.name


def command_lines(session: int) -> Iterator[tuple[int, str]]:
    """Yield pid and command line of every process of a session."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if entry.name.isdigit() and os.getsid(int(entry.name)) == session:
                words = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                )
                yield int(entry.name), words
