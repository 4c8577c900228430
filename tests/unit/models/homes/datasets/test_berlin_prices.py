import pytest

from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError, DataError
from hierbench.models.homes.datasets import berlin_prices

HEADER = "zip,rooms,living_space,price"


def config_of(path):
    return DataConfig(name="berlin_prices", path=str(path), y_scale=100_000)


def test_prices_load(write_file):
    data = berlin_prices.load(config_of(write_file(HEADER, " 10115,3,80,350000", "12045,2,60,2e5")))
    assert data.y.tolist() == [3.5, 2.0]
    assert data.labels == ("10115", "12045")
    assert (data.x_mean, data.x_sd) == (70.0, 10.0)


def test_prices_prepare_gives_three_columns(write_file):
    frame = berlin_prices.prepare(write_file(HEADER, "10115 ,3,80,350000"))
    assert frame.to_csv(index=False) == "zip,price,living_space\n10115,350000.0,80.0\n"


def test_prices_without_a_path():
    with pytest.raises(ConfigError) as caught:
        berlin_prices.load(DataConfig(name="berlin_prices"))
    assert str(caught.value) == (
        "data.path is not set, and data=berlin_prices needs it; set data.path to a houses.csv "
        "with the columns zip, price and living_space"
    )


def test_prices_without_a_column(write_file):
    with pytest.raises(DataError, match=r"no column 'price'; .* with the columns zip, price and"):
        berlin_prices.load(config_of(write_file("zip,living_space", "10115,80")))
