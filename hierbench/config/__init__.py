"""The configuration: its schema, and the way to it from Hydra's overrides."""
