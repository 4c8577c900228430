"""Models in files of the tests, opened as a user's are."""

from pathlib import Path

from hierbench.config.schema import DataConfig
from hierbench.dataset import Dataset
from hierbench.models import model_of
from hierbench.models.contract import Model


def model_at(path: Path) -> Model:
    """Return the record of the model in a file."""
    return model_of(str(path))


def own_data(model: Model) -> Dataset:
    """Return the data that a model brings."""
    name = next(iter(model.data))
    return model.data[name].load(DataConfig(name))
