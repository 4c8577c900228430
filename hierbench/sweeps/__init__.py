"""Many cells: planned, launched through Hydra, shown while they run."""
