"""The exact algebra of the model's Normals: effects integrated out given the scales.

Knows NumPy alone, so that models, references and validation can all use it.
"""
