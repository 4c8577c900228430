"""Plots of one fit: draws and rows in, PNG files out.

Owns what is drawn and how it looks; knows the records and matplotlib, and must not know
samplers, MLflow or the configuration. Every figure is drawn off screen, without pyplot: its
global list of figures is neither thread-safe nor ever emptied.
"""
