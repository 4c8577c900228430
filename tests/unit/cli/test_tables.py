"""Tables in the terminal: 100 columns, and no interval torn apart."""

import re

from hierbench.cli.tables import print_table
from hierbench.comparison.text import TextTable

ROW = ("correlated_noncentered, stan", "1234 [1001, 1499]", "0.123 [0.0987, 0.145]")
INTERVAL = re.compile(r"\[\S+, \S+\]")


def table(repeats):
    """Return a table of one row with 2 x `repeats` figures."""
    figures = ROW[1:] * repeats
    header = ("form", *(f"metric {i}" for i in range(len(figures))))
    return TextTable("posterior", header, 1, ((ROW[0], *figures),))


def printed(repeats, capsys):
    print_table(table(repeats))
    return capsys.readouterr().out


def test_table_that_fits_has_its_intervals_in_the_row(capsys):
    assert "1234 [1001, 1499] 0.123 [0.0987, 0.145]" in " ".join(printed(1, capsys).split())


def test_table_that_does_not_fit_has_whole_intervals_below(capsys):
    lines = printed(2, capsys).splitlines()
    assert max(map(len, lines)) <= 100
    assert not any("[" in line for line in lines if ROW[0] in line)
    assert [len(INTERVAL.findall(line)) for line in lines if "[" in line] == [4]
