import math

import pytest

from hierbench.config.schema import DataConfig
from hierbench.errors import ConfigError, DataError
from hierbench.models.homes.datasets import berlin_rents, csv_file

HEADER = "regio1,baseRent,totalRent,livingSpace,geo_plz"
USUAL = [
    f"Berlin,{10 * area + area % 7},{12 * area},{area},{10115 + area % 3}" for area in range(40, 80)
]


def zips_with(write_file, *rows):
    frame = berlin_rents.prepare(write_file(HEADER, *USUAL, *rows))
    return frame["zip"].tolist()[len(USUAL) :]


def test_usual_offers_are_kept(write_file):
    frame = berlin_rents.prepare(write_file(HEADER, *USUAL))
    assert list(frame.columns) == ["zip", "rent", "living_space"]
    assert len(frame) == len(USUAL)


def test_zip_is_stripped(write_file):
    assert zips_with(write_file, "Berlin,600,700,60, 12045 ") == ["12045"]


def test_duplicates_stay(write_file):
    assert zips_with(write_file, *2 * ["Berlin,600,700,60,12045"]) == ["12045", "12045"]


@pytest.mark.parametrize(
    "row",
    [
        "Bayern,600,700,60,12045",
        "Berlin,600,,60,12045",
        "Berlin,600,NA,60,12045",
        "Berlin,,700,60,12045",
        "Berlin,0,700,60,12045",
        "Berlin,600,700,0,12045",
        "Berlin,600,700,60,",
        "Berlin,60000,70000,60,12045",
        "Berlin,60,700,60,12045",
    ],
)
def test_unusable_offer_is_dropped(write_file, row):
    assert zips_with(write_file, row) == []


def test_rent_is_the_base_rent(write_file):
    frame = berlin_rents.prepare(write_file(HEADER, *USUAL))
    assert frame["rent"].iloc[0] == 405.0


def test_fences_stand_at_the_quartiles_and_three_and_a_half_ranges(write_file):
    # log rent per m2 0, 1, 2, 3, 4: quartiles 1 and 3, fences -6 and 10; the last offer moves
    # them to 1.25 and 3.75, so the fences to -7.5 and 12.5
    logs = [0, 1, 2, 3, 4]
    for last, kept in ((12.4, 6), (12.6, 5)):
        rows = [f"Berlin,{math.exp(log)},1,1,10115" for log in [*logs, last]]
        assert len(berlin_rents.prepare(write_file(HEADER, *rows))) == kept


def test_rents_load_as_csv_what_prepare_wrote(write_file, tmp_path):
    raw, cleaned = write_file(HEADER, *USUAL, "Berlin,1,2,60,12045"), tmp_path / "rents.csv"
    berlin_rents.prepare(raw).to_csv(cleaned, index=False)
    config = DataConfig("csv", str(cleaned), group="zip", x="living_space", y="rent", y_scale=100)
    again = csv_file.load(config)
    data = berlin_rents.load(DataConfig(name="berlin_rents", path=str(raw), y_scale=100))
    assert again.arrays_sha256 == data.arrays_sha256


def test_rents_note_what_was_kept(write_file):
    path = str(write_file(HEADER, *USUAL))
    data = berlin_rents.load(DataConfig(name="berlin_rents", path=path, y_scale=100))
    assert data.notes[0].startswith("kept 40 offers: in Berlin, total rent and ZIP given")


def test_rents_without_a_path():
    with pytest.raises(ConfigError, match="the Kaggle set 'Apartment rental offers in Germany'"):
        berlin_rents.load(DataConfig(name="berlin_rents"))


def test_rents_without_a_column(write_file):
    with pytest.raises(DataError, match=r"no column 'regio1'; .* columns regio1, baseRent, total"):
        berlin_rents.prepare(write_file("zip,price", "1,2"))


def test_rents_without_berlin(write_file):
    with pytest.raises(DataError, match="holds no usable offer with regio1 'Berlin'; set data"):
        berlin_rents.prepare(write_file(HEADER, "Bayern,600,700,60,80331"))
