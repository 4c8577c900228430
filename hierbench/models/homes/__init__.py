"""Prices on areas, intercept and slope varying by group: the 2019 notebook's model."""

__all__ = ["NAME"]

NAME = "homes"
"""As params and the configuration have it."""
