"""The data sets of the regression by name; nothing here knows of a form or a sampler."""

from collections.abc import Mapping

from hierbench.models.contract import DataSource
from hierbench.models.homes.datasets import (
    ames,
    berlin_like,
    berlin_prices,
    berlin_rents,
    csv_file,
    prior_draw,
    radon,
    sacramento,
)

__all__ = ["DATASETS"]

DATASETS: Mapping[str, DataSource] = {
    "sacramento": sacramento.SOURCE,
    "ames": ames.SOURCE,
    "radon": radon.SOURCE,
    "berlin_like": berlin_like.SOURCE,
    "prior_draw": prior_draw.SOURCE,
    "csv": csv_file.SOURCE,
    "berlin_rents": berlin_rents.SOURCE,
    "berlin_prices": berlin_prices.SOURCE,
}
