"""Compiled models on disk: the same draws from a warm cache, a cold one, a broken one and none.

Cold compilations take ten seconds and more, so the quick tests share the user's own cache with
the other tests; what it holds already is what they test. The slow ones begin with an empty one.
"""

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import nutpie
import pytest
from numba.core.compiler import CompileResult

from hierbench.compiled_files import CompiledFiles
from hierbench.environment import compiled_folder
from hierbench.models.homes.forms import FORMS
from hierbench.samplers import compile_cache
from hierbench.samplers.compile_cache import compiled_and_kept, compiled_for_nutpie
from hierbench.samplers.compile_key import key_of
from tests import compiling
from tests.extras import needed

ROOT = Path(__file__).parents[2]
QUICK = ("tiny",)
EVERY = (
    *(f"{form.name}/{likelihood}" for form in FORMS.values() for likelihood in form.likelihoods),
    "unshipped",
    "linear_algebra",
)


def program(*words):
    return [sys.executable, "-m", "tests.compiling", *words]


def compiled_elsewhere(*names, home=None, flags=""):
    """Return what compiling and sampling each model did in one new process."""
    environment = {**os.environ, **({"XDG_CACHE_HOME": str(home)} if home else {})}
    for name in ("PYTENSOR_FLAGS", "NUMBA_CACHE_DIR"):
        environment.pop(name, None)
    environment["PYTENSOR_FLAGS"] = flags
    done = subprocess.run(
        program(*names), cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}


SHORT = {"draws": 50, "tune": 50, "chains": 1, "cores": 1, "seed": 1, "progress_bar": False}

# A second process


@pytest.fixture(scope="module")
def second():
    """Return what a second process found of models that a first has compiled."""
    first = {name: compiling.compiled(compiling.model_of(name)) for name in QUICK}
    return first, compiled_elsewhere(*QUICK)


@pytest.mark.parametrize("name", QUICK)
def test_a_second_process_compiles_nothing_and_draws_the_same(second, name):
    first, again = (found[name] for found in second)
    assert again["from_disk"]
    assert again["compilations"] == 0
    assert again["digest"] == first["digest"]
    assert again["said"] == []


@pytest.mark.slow
def test_cold_warm_and_no_cache_give_every_model_the_same_draws(tmp_path):
    none = compiled_elsewhere(*EVERY, home=tmp_path, flags="numba__cache=False")
    cold = compiled_elsewhere(*EVERY, home=tmp_path)
    warm = compiled_elsewhere(*EVERY, home=tmp_path)
    assert set(warm) == set(EVERY)
    for name in EVERY:
        digests = {found[name]["digest"] for found in (none, cold, warm)}
        assert len(digests) == 1, name
        assert [found[name]["from_disk"] for found in (none, cold, warm)] == [False, False, True]
        assert warm[name]["compilations"] == 0, name


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["numpyro", "blackjax"])
def test_a_second_process_takes_a_jax_program_from_disk(tmp_path, sampler):
    needed(sampler)
    name = f"{sampler}:tiny"
    first, second = (compiled_elsewhere(name, home=tmp_path)[name] for _ in range(2))
    assert first["compilations"] > 0
    assert second["compilations"] == 0
    assert second["digest"] == first["digest"]


@pytest.mark.slow
def test_four_processes_compile_once(tmp_path):
    """The cache of PyTensor and numba stays the user's: a race in it is not ours to test."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    racers = [
        subprocess.Popen(
            program("--wait", "tiny"),
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    found = [json.loads(racer.communicate()[0]) for racer in racers]
    assert sorted(one["from_disk"] for one in found) == [False, True, True, True]
    assert len({one["digest"] for one in found}) == 1
    assert [one["said"] for one in found] == [[]] * 4


# A cache that cannot be used


@pytest.fixture(scope="module")
def known():
    """Return the tiny model compiled now, with the results that numba gave, and its draws."""
    results = []
    recorder = compile_cache.recorder(results)
    compiled = nutpie.compile_pymc_model(compiling.tiny(), backend="numba", pipeline_class=recorder)
    return compiled, results


@pytest.fixture
def kept(known, monkeypatch, tmp_path):
    """Keep the tiny model in a folder of the test's own; return its file, and the compilations.

    To compile it again gives back what was compiled before: that takes ten seconds.
    """
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compile_cache, "_said", set())
    compilations = []

    def compile_pymc_model(model, *, backend, pipeline_class=None):
        compilations.append(model)
        if pipeline_class is not None:
            pipeline_class.extend(known[1])
        shared = dict(zip(model.data_vars, known[0].shared_var_keys.values(), strict=True))
        return replace(known[0], shared_var_keys=shared)

    monkeypatch.setattr(compile_cache, "recorder", lambda results: results)
    monkeypatch.setattr(compile_cache.nutpie, "compile_pymc_model", compile_pymc_model)
    compiling.compiled(compiling.tiny())
    (file,) = compiled_folder().glob("*.compiled")
    assert len(compilations) == 1
    compilations.clear()
    return file, compilations


@pytest.fixture(scope="module")
def digest(known):
    """Return the digest of the tiny model's draws."""
    return compiling.compiled(compiling.tiny())["digest"]


def check_compiled_anew(kept, digest, *, sentences):
    found = compiling.compiled(compiling.tiny())
    assert len(kept[1]) == 1
    assert not found["from_disk"]
    assert found["digest"] == digest
    assert len(found["said"]) == sentences
    assert all(sentence.count(".") <= 3 and "\n" not in sentence for sentence in found["said"])


def test_a_kept_model_is_used(kept, digest):
    found = compiling.compiled(compiling.tiny())
    assert (found["from_disk"], found["digest"], found["said"]) == (True, digest, [])
    assert kept[1] == []


def truncated(file):
    os.truncate(file, file.stat().st_size // 2)


def flipped(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 4
    file.write_bytes(content)


def of_another_version(file):
    file.write_bytes(file.read_bytes().replace(b"functions 1\n", b"functions 0\n"))


def foreign(file):
    file.chmod(0o666)


def unreadable(file):
    file.unlink()
    file.mkdir()


def with_another_payload(file):
    """Keep well what is nothing of ours."""
    CompiledFiles(file.parent).write(file.stem, b"\x80\x04N.")


@pytest.mark.parametrize(
    "spoil", [truncated, flipped, of_another_version, foreign, unreadable, with_another_payload]
)
def test_a_spoiled_file_is_compiled_anew(kept, digest, spoil):
    spoil(kept[0])
    check_compiled_anew(kept, digest, sentences=1)


def test_a_spoiled_file_is_replaced(kept, digest):
    truncated(kept[0])
    compiling.compiled(compiling.tiny())
    assert compiling.compiled(compiling.tiny())["from_disk"]


def test_wrong_answers_of_a_kept_model_are_not_used(kept, digest, monkeypatch):
    given = compile_cache.answers
    monkeypatch.setattr(compile_cache, "answers", lambda *of: (*given(*of)[:3], b"other bits"))
    check_compiled_anew(kept, digest, sentences=1)


def test_a_read_only_folder_is_compiled_anew(kept, digest, monkeypatch):
    kept[0].unlink()
    opened = os.open

    def read_only(path, flags, *mode, **more):
        if str(path).startswith(str(kept[0].parent)) and flags & (os.O_CREAT | os.O_WRONLY):
            raise OSError(errno.EROFS, "Read-only file system")
        return opened(path, flags, *mode, **more)

    monkeypatch.setattr(os, "open", read_only)
    check_compiled_anew(kept, digest, sentences=1)


def test_a_kept_model_is_used_in_a_read_only_folder(kept, digest, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "utime", refused)
    monkeypatch.setattr(os, "replace", refused)
    assert compiling.compiled(compiling.tiny())["from_disk"]


def test_a_full_disk_is_compiled_anew(kept, digest, monkeypatch):
    kept[0].unlink()

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    check_compiled_anew(kept, digest, sentences=1)
    assert list(kept[0].parent.glob(".new-*")) == []


def test_the_cache_is_off_where_numbas_is(kept, digest, monkeypatch):
    with compile_cache.config.change_flags(numba__cache=False):
        check_compiled_anew(kept, digest, sentences=0)


# Values of data


def test_a_kept_model_serves_other_values_of_its_data(kept, known):
    model = compiling.tiny()
    loaded, from_disk = compiled_for_nutpie(model)
    assert from_disk
    fits = [
        nutpie.sample(of.with_data(y=np.array([9.0, 8.0, 7.0])), **SHORT)
        for of in (known[0], loaded)
    ]
    draws = [fit.posterior["mu"].values for fit in fits]
    assert draws[0].tobytes() == draws[1].tobytes()
    assert draws[0].mean() > 3  # drawn to the new data


def test_two_models_of_one_key_in_one_process_are_apart(kept):
    first, second = (compiled_for_nutpie(compiling.tiny())[0] for _ in range(2))
    moved = first.with_data(y=np.array([9.0, 8.0, 7.0]))
    draws = [nutpie.sample(of, **SHORT).posterior["mu"].values for of in (moved, second)]
    assert draws[0].mean() - draws[1].mean() > 3


def test_a_model_may_outlive_another_of_its_key(kept, digest):
    first = compiled_for_nutpie(compiling.tiny())[0]
    second = compiled_for_nutpie(compiling.tiny())[0]
    before = nutpie.sample(second, **SHORT).posterior["mu"].values
    del first
    assert nutpie.sample(second, **SHORT).posterior["mu"].values.tobytes() == before.tobytes()


# What it stands on: private parts of numba and nutpie


def test_numba_takes_results_apart_and_puts_them_together(known):
    """A canary: fails where a new numba changes the private methods that keep a function."""
    compiled, (logp, expand) = known
    parts = logp._reduce()
    assert len(parts) == 9
    assert callable(CompileResult._rebuild)
    again = [compile_cache.from_bytes(compile_cache.as_bytes(one)) for one in (logp, expand)]
    kept = compile_cache.taken_apart(compiled, [logp, expand], key_of_known(compiled))
    assert kept is not None
    given = compile_cache.answers(*again, kept, compiled.user_data)
    assert given == kept.answers


def key_of_known(compiled):
    """Return a key whose shared variables are those of `compiled`."""
    return compile_cache.ModelKey("", list(compiled.shared_var_keys))


@pytest.mark.parametrize("missing", ["_reduce", "_rebuild"])
def test_without_numbas_private_methods_all_is_compiled_anew(kept, digest, monkeypatch, missing):
    if missing == "_reduce":
        kept[0].unlink()
    monkeypatch.delattr(CompileResult, missing)
    check_compiled_anew(kept, digest, sentences=1)


def test_what_pytensor_does_not_keep_is_not_kept(kept, monkeypatch):
    kept[0].unlink()
    monkeypatch.setattr(compile_cache, "pytensor_keeps", lambda compiled: False)
    model = compiling.tiny()
    files = CompiledFiles(compiled_folder())
    compiled_and_kept(files, model, key_of(model))
    assert files.sizes() == []
