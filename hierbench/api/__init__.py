"""What scripts and notebooks call, under the names that `import hierbench` gives.

A store is named as `--store` names one: a URI, else MLFLOW_TRACKING_URI, else `runs/` in the
folder that the process works in. Nothing is printed unless it is asked for.
"""
