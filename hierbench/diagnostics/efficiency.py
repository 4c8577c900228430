"""What the effective draws cost, in seconds and in gradients, warm-up included."""

from hierbench.records import Fit

__all__ = ["efficiency_metrics"]


def efficiency_metrics(fit: Fit, ess_bulk_min: float) -> dict[str, float]:
    """Return seconds, gradients and effective draws per either, as many as `fit` allows.

    seconds_per_gradient is in CPU seconds of the process tree over both phases: a second of one
    core, whatever the number of cores and whoever else used them, so that

        ess_per_gradient / seconds_per_gradient = effective draws per core-second

    Neither it nor ess_per_second exists where the sampler compiles inside the clock.
    """
    phases = {"tune_seconds": fit.tune_seconds, "draw_seconds": fit.draw_seconds}
    found = {
        "sample_seconds": fit.sample_seconds,
        "sample_cpu_seconds": fit.sample_cpu_seconds,
        **{name: seconds for name, seconds in phases.items() if seconds is not None},
    }
    if not fit.compiles_in_clock:
        found["ess_per_second"] = ess_bulk_min / fit.sample_seconds
    if fit.gradients_tune is None or fit.gradients_draw is None:
        return found
    gradients = fit.gradients_tune + fit.gradients_draw
    found["gradients_tune"] = float(fit.gradients_tune)
    found["gradients_draw"] = float(fit.gradients_draw)
    found["ess_per_gradient"] = ess_bulk_min / gradients
    if not fit.compiles_in_clock:
        found["seconds_per_gradient"] = fit.sample_cpu_seconds / gradients
    return found
