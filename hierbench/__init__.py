"""A benchmarking harness for Bayesian hierarchical models that keeps every run."""
