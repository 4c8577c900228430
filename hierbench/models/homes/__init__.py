"""Prices on areas, intercept and slope varying by group: the 2019 notebook's model."""
