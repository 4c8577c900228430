"""The loop that a user would write by hand over the same grid: the harness is measured against it.

It imports once, lets PyMC pick its sampler and uses every core; per cell it builds the model,
samples, summarizes, draws one plot and logs to MLflow. Prints JSON: seconds in all and per cell.

    python -m tests.benchmarks.loop --cells 12
"""

import argparse
import json
import tempfile
from itertools import product
from pathlib import Path
from time import perf_counter

GRID = {
    "seed": (1, 2, 3, 4),
    "target_accept": (0.8, 0.9),
    "prior_scale": (0.5, 1.0, 2.0, 4.0),
    "parameterization": ("centered", "noncentered", "correlated"),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cells", type=int, default=12)
    arguments.add_argument("--cores", type=int, default=2)
    options = arguments.parse_args()
    cells = list(product(*GRID.values()))
    step = len(cells) // options.cells
    start = perf_counter()
    run_cells(cells[::step][: options.cells], options.cores)
    seconds = perf_counter() - start
    print(json.dumps({"seconds": seconds, "seconds_per_cell": seconds / options.cells}))


def run_cells(cells: list, cores: int) -> None:
    import arviz as az
    import mlflow
    import numpy as np
    import pymc as pm

    from hierbench.config.schema import Config, DataConfig
    from hierbench.models.data import load

    homes = load(Config(data=DataConfig(name="berlin_like", y_scale=100_000)))
    groups = len(homes.labels)

    def model(parameterization, scale):
        with pm.Model() as built:
            # The notebook's priors, as hierbench's `prior=notebook` has them.
            mu_alpha = pm.Normal(
                "mu_alpha", 0, (5 if parameterization == "correlated" else 20) * scale
            )
            mu_beta = pm.Normal("mu_beta", 0, 5 * scale)
            sigma_alpha = pm.Exponential("sigma_alpha", scale=5 * scale)
            sigma_beta = pm.Exponential("sigma_beta", scale=5 * scale)
            sigma = pm.Exponential("sigma", scale=5 * scale)
            if parameterization == "noncentered":
                offset = pm.Normal("offset", 0, 1, shape=(2, groups))
                alpha = pm.Deterministic("alpha", mu_alpha + sigma_alpha * offset[0])
                beta = pm.Deterministic("beta", mu_beta + sigma_beta * offset[1])
            elif parameterization == "centered":
                alpha = pm.Normal("alpha", mu_alpha, sigma_alpha, shape=groups)
                beta = pm.Normal("beta", mu_beta, sigma_beta, shape=groups)
            else:
                rho = 2 * pm.Beta("rho_unit", 2, 2) - 1
                alpha = pm.Normal("alpha", mu_alpha, sigma_alpha, shape=groups)
                slope = rho * sigma_beta / sigma_alpha
                mean = mu_beta + slope * (alpha - mu_alpha)
                beta = pm.Normal("beta", mean, sigma_beta * np.sqrt(1 - rho**2), shape=groups)
            mean = alpha[homes.group] + beta[homes.group] * homes.x
            pm.Normal("y", mean, sigma, observed=homes.y)
        return built

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        artifacts = (folder / "artifacts").as_uri()
        mlflow.set_experiment(experiment_id=mlflow.create_experiment("loop", artifacts))
        for seed, target_accept, scale, parameterization in cells:
            with mlflow.start_run(), model(parameterization, scale):
                started = perf_counter()
                idata = pm.sample(
                    draws=1000,
                    tune=1000,
                    chains=4,
                    cores=cores,
                    target_accept=target_accept,
                    random_seed=seed,
                    progressbar=False,
                )
                elapsed = perf_counter() - started
                summary = az.summary(idata)
                idata.to_netcdf(folder / "posterior.nc")
                names = ["mu_alpha", "mu_beta", "sigma_alpha", "sigma_beta", "sigma"]
                az.plot_trace_dist(idata, var_names=names).savefig(folder / "trace.png")
                mlflow.log_params(
                    {
                        "parameterization": parameterization,
                        "prior_scale": scale,
                        "target_accept": target_accept,
                        "seed": seed,
                    }
                )
                mlflow.log_metrics(
                    {
                        "ess_bulk_min": float(summary["ess_bulk"].min()),
                        "r_hat_max": float(summary["r_hat"].max()),
                        "divergences": float(idata["sample_stats"]["diverging"].sum()),
                        "elapsed_seconds": elapsed,
                    }
                )
                mlflow.log_artifact(folder / "posterior.nc")
                mlflow.log_artifact(folder / "trace.png")


if __name__ == "__main__":
    main()
