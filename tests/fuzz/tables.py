"""Mutated tables: a valid file with other bytes; of CSV also other cells, lines and columns."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.fuzz.running import Case
from tests.unit.tables.written import WRITERS

GROUPS, ROWS = 5, 40
COLUMNS = ["data.group=zip", "data.x=area", "data.y=price"]
CELLS = (
    *("", " ", "nan", "NaN", "inf", "-inf", "1e308", "1e101", "-1e99", "1e-320", "0", "-0.0"),
    *("1,5", "1.5", "1_000", "0x10", "true", "None", "text", "12067", "01067", "9" * 5000),
    *('"', '""', '"a,b"', "'", "a\tb", "é", "区", "\u202eabc", "\x1b[2J", "\x00", "=1+1", "<b>"),
    *("x" * 140000, "1" * 140000, " 3 ", "3 ", "+3", "1e5", "٣", "½", "\ufeff", "a|b", "a;b"),
)
OTHER_KINDS = tuple(kind for kind in WRITERS if kind != "csv")
ENCODINGS = ("utf-8-sig", "utf-16", "latin-1", "utf-32", "cp1252", *["utf-8"] * 4)
LINE_ENDS = ("\r\n", "\r", "\n\n", "\x0b", "\u2028")


def cases(random: Random, count: int, folder: Path) -> Iterator[Case]:
    """Yield `count` command lines of `data check` and of `sweep`, each on a table in `folder`."""
    for number in range(count):
        kind = "csv" if number % 2 else random.choice(OTHER_KINDS)
        file = folder / f"table-{number}.{kind}"
        content = mutated(random) if kind == "csv" else mutated_kind(random, file)
        if number % 4:
            words = ["data", "check", str(file), *COLUMNS]
        else:
            words = ["sweep", "data=csv", f"data.path={file}", *COLUMNS, "seed=1,2", "--dry-run"]
        yield Case(
            words, lambda file=file, content=content: kept(file, content), content[:200].hex()
        )


@contextmanager
def kept(file: Path, content: bytes) -> Iterator[None]:
    """Hold a file with `content` for the length of the block."""
    file.write_bytes(content)
    try:
        yield
    finally:
        file.unlink()


def valid(random: Random) -> list[list[str]]:
    """Return a table's header and rows."""
    rows = [
        [f"0{1 + row % GROUPS}067", f"{random.gauss(100, 20):.2f}", f"{random.gauss(4, 1):.4f}"]
        for row in range(ROWS)
    ]
    return [["zip", "area", "price"], *rows]


def mutated(random: Random) -> bytes:
    """Return the bytes of a table that is valid but for a few mutations."""
    table = valid(random)
    for _ in range(random.choice((0, 1, 1, 2))):
        if table and all(table):  # an empty line has no cell to change
            random.choice(OF_TABLES)(random, table)
    text = "\n".join(",".join(row) for row in table) + "\n"
    if random.random() < 0.2:
        text = text.replace("\n", random.choice(LINE_ENDS), random.choice((1, -1)))
    content = text.encode(random.choice(ENCODINGS), errors="replace")
    return of_bytes(random, content) if content and random.random() < 0.25 else content


def mutated_kind(random: Random, file: Path) -> bytes:
    """Return the bytes of a valid table of another kind than CSV, some of them changed."""
    header, *rows = valid(random)
    columns = {
        name: [cell if name == "zip" else float(cell) for cell in column]
        for name, column in zip(header, zip(*rows, strict=True), strict=True)
    }
    content = WRITERS[file.name.partition(".")[2]](file, columns).read_bytes()
    file.unlink()
    return content if random.random() < 0.4 else of_bytes(random, content)


def cell(random: Random, table: list[list[str]]) -> None:
    """Put another cell in the place of one."""
    row = random.choice(table)
    row[random.randrange(len(row))] = random.choice(CELLS)


def column(random: Random, table: list[list[str]]) -> None:
    """Give a column one value, or drop it, or double it."""
    place, what = random.randrange(len(table[0])), random.choice(("one", "drop", "double", "empty"))
    value = random.choice(CELLS)
    for row in table[1:] if what == "one" else table:
        if place < len(row):
            row[place : place + 1] = {
                "one": [value],
                "drop": [],
                "double": [row[place]] * 2,
                "empty": [row[place], ""],
            }[what]


def line(random: Random, table: list[list[str]]) -> None:
    """Drop, double or move a line, or leave only some."""
    place = random.randrange(len(table))
    random.choice(
        (
            lambda: table.pop(place),
            lambda: table.insert(place, list(table[place])),
            lambda: table.append(table.pop(place)),
            lambda: table.__delitem__(slice(random.randrange(5), None)),
            lambda: table[place].pop(),
            lambda: table.insert(place, []),
            lambda: random.shuffle(table),
        )
    )()


def scale(random: Random, table: list[list[str]]) -> None:
    """Multiply a column of numbers."""
    place, factor = random.choice((1, 2)), 10.0 ** random.randint(-200, 200)
    for row in table[1:]:
        if len(row) > place:
            try:
                row[place] = str(float(row[place]) * factor)
            except ValueError:
                continue


OF_TABLES = (cell, cell, column, line, scale)


def of_bytes(random: Random, content: bytes) -> bytes:
    """Return bytes with some changed, cut off or added."""
    changed = bytearray(content)
    what = random.choice(("flip", "cut", "insert", "empty"))
    if what == "cut":
        return content[: random.randrange(len(content))]
    if what == "empty":
        return random.choice((b"", b"\n", b"\x00", b"\xef\xbb\xbf"))
    for _ in range(random.randint(1, 5)):
        place = random.randrange(len(changed))
        if what == "flip":
            changed[place] ^= 1 << random.randrange(8)
        else:
            changed[place:place] = random.choice((b"\x00", b'"', b",", b"\n", b"\xff\xfe"))
    return bytes(changed)
