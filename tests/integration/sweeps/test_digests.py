"""A cell's draws depend on nothing but what it asks for."""

import pytest

from hierbench.models.data import load
from hierbench.sweeps.plan import plan_sweep
from hierbench.tracking import locate, open_store, past_cells
from tests.integration.sweeps.programs import TINY
from tests.integration.sweeps.sweeping import config_of, opened


@pytest.fixture(scope="module")
def one_after_the_other(alone):
    """Digests of two cells that ran one after the other in one worker."""
    return alone[1]


def test_digests_with_two_workers_and_other_scales_before(one_after_the_other, store):
    scaled = [config_of(workers=2, prior={"scale": scale}) for scale in (2.0, 0.5)]
    plain = [config_of(workers=2, seed=seed) for seed in (2, 1)]
    plan = plan_sweep([*scaled, *plain], load, [], "local")
    sweep = opened(plan, store)
    sweep.finish()
    assert {key: sweep.digests()[key] for key in one_after_the_other} == one_after_the_other


def test_digests_tell_seeds_apart(one_after_the_other):
    assert len(set(one_after_the_other.values())) == 2


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["nutpie", "pymc"])
def test_digest_whatever_ran_before_beside_and_in_the_cache(programs, tmp_path, sampler):
    tiny = [*TINY, f"sampler={sampler}"]
    cache = {
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "NUMBA_CACHE_DIR": str(tmp_path / "cache" / "numba"),
        "PYTENSOR_FLAGS": f"base_compiledir={tmp_path / 'cache' / 'pytensor'}",
    }

    def run(name, *words, env=None):
        program = programs(*words, folder=tmp_path / name, env=env)
        assert program.wait() == 0, program.printed
        store = open_store(locate(None, tmp_path / name), create=False)
        asked = {"seed": "10", "prior.scale": "1"}
        return {
            cell.tags["draws_digest"]
            for cell in past_cells(store.location)
            if asked.items() <= cell.params.items()
        }

    cold = run("cold", "run", *tiny, "seed=10", env=cache)
    assert len(cold) == 1
    assert run("warm", "run", *tiny, "seed=10", env=cache) == cold
    assert run("usual", "run", *tiny, "seed=10") == cold
    assert run("tenth", "sweep", *tiny, "seed=range(1,11)") == cold
    scales = "prior.scale=4,1"
    assert run("two", "sweep", *tiny, scales, "seed=9,10", "--workers", "2") == cold
