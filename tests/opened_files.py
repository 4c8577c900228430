"""Models in files of the tests, opened as a user's would be."""

import importlib.util
from pathlib import Path

from hierbench.config.schema import DataConfig
from hierbench.dataset import Dataset
from hierbench.models.contract import Model
from hierbench.models.written import written


def model_at(path: Path) -> Model:
    """Return the record of the model in a file."""

    def module():
        spec = importlib.util.spec_from_file_location(path.stem, path)
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return made

    return written(path, module)


def own_data(model: Model) -> Dataset:
    """Return the data that a model brings."""
    name = next(iter(model.data))
    return model.data[name].load(DataConfig(name))
