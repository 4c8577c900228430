"""Mutated configurations: valid overrides with other values, and other words in their places."""

from collections.abc import Iterator
from random import Random

from tests.fuzz.running import Case

VALID = {
    "model": ("homes", "eight_schools", "homes,eight_schools"),
    "parameterization": (
        "all",
        "centered",
        "noncentered",
        "correlated",
        "marginal",
        "centered,marginal",
    ),
    "likelihood": ("rowwise", "sufficient"),
    "prior": ("notebook", "formula", "halfnormal"),
    "prior.sigma": ("1", "0.5,2", "halfnormal"),
    "prior.tau": ("1", "1,2"),
    "prior.scale": ("1", "0.5", "2", "0.5,1,2", "1e-3"),
    "sampler": ("nutpie", "pymc"),
    "sampler.draws": ("10", "1000", "10,20"),
    "sampler.tune": ("10", "1000"),
    "sampler.chains": ("1", "4"),
    "sampler.target_accept": ("0.8", "0.95", "0.8,0.9"),
    "sampler.max_treedepth": ("1", "10", "20"),
    "sampler.adaptation": ("diag", "low_rank"),
    "seed": ("1", "1,2,3", "range(1,4)", "2147483647", "choice(1,2)"),
    "gate": ("default", "none"),
    "gate.r_hat_max": ("1.01", "null"),
    "gate.divergences": ("0", "10"),
    "gate.treedepth_hits_share_max": ("0", "0.5"),
    "artifacts": ("minimal", "default", "full"),
    "plots": ("none", "all"),
    "predictive.draws": ("1", "100"),
    "predictive.max_mib": ("0.5", "16"),
    "limits.cell_seconds": ("1", "null"),
    "workers": ("1", "2"),
    "data.rows": ("60", "100", "60,90"),
    "data.groups": ("6", "5"),
    "data.seed": ("1", "1,2"),
    "data.effects": ("correlated", "independent"),
    "data.residuals": ("normal", "student_t"),
    "data.y_scale": ("1", "1000"),
    "hydra/launcher": ("local", "basic"),
    "tracking.uri": ("sqlite:///x.db", "sqlite:///a%20b/mlflow.db"),
}
ODD = (
    *("", "''", "null", "true", "nan", "-inf", "1e400", "-1", "0", "0.1", "1_000", "0x10", "1e9"),
    *("9" * 5000, "2147483648", "9223372036854775808", "1" + "0" * 400, "-" + "9" * 30, "1e-400"),
    *("range(1,1e9)", "range(1,1000000000)", "range(1,2,1e-9)", "range(5)", "range(3,1)"),
    *("glob(*)", "glob([a*,b*])", "interval(0,1)", "choice()", "choice(1,,2)", "shuffle(1,2)"),
    *("sort(3,2,1)", "tag(a,1)", "int(1.5)", "str([1,2])", "float(x)", "1,2,", ",", "1,1,1"),
    *("{a:1}", "{_target_:os.getcwd}", "[1,2,3]", "[[[[[[[[1]]]]]]]]", "{", "]", "'", '"', "\\"),
    *(
        "${seed}",
        "${oc.env:HOME}",
        "${nope}",
        "${",
        "$",
        "@",
        "a@b:c",
        "a=b=c",
        "é",
        "区",
        "\u202e",
    ),
    *("\x1b[2J", "\x00", "\n", "a\tb", "\udcff", "a b", " 1 ", "#1", "%s", "x" * 20000, "()", ".."),
)
PREFIXES = ("+", "++", "~", "-", "@", " ", "hydra.", "data.", "sampler@data.", "é", "seed.")
SMALL = ["data=berlin_like", "data.rows=60", "data.groups=6"]
CASES_OF_OUR_OWN = (
    ["workers=1000000"],
    ["seed=range(1,1000000000)"],
    ["seed=range(1,100001)", "prior.scale=range(1,100001)"],
    ["sampler=glob(*)", "prior=glob(*)"],
    ["data.rows=1000000000000", "data.groups=2"],
    ["data.rows=1000000000", "data.groups=300000000"],
    ["sampler.draws=" + "9" * 5000],
    ["seed=" + ",".join(map(str, range(50)))],
)


def cases(random: Random, count: int) -> Iterator[Case]:
    """Yield `count` command lines of `sweep --dry-run`."""
    for number in range(count):
        if number < len(CASES_OF_OUR_OWN):
            overrides = [*SMALL, *CASES_OF_OUR_OWN[number]]
        else:
            overrides = mutated(random)
        yield Case(["sweep", *overrides, "--dry-run"])


def mutated(random: Random) -> list[str]:
    """Return overrides of which all but a few are valid."""
    keys = random.sample(list(VALID), random.randint(1, 4))
    overrides = [*SMALL, *(f"{key}={random.choice(VALID[key])}" for key in keys)]
    for _ in range(random.choice((0, 1, 1, 1, 2))):
        place = random.randrange(len(SMALL), len(overrides))
        overrides[place] = random.choice(MUTATORS)(random, overrides[place])
    if random.random() < 0.1:
        random.shuffle(overrides)
    return overrides


def other_value(random: Random, override: str) -> str:
    """Return the override with a valid value of another key, or of its own."""
    key = override.partition("=")[0]
    source = random.choice((key, random.choice(list(VALID))))
    return f"{key}={random.choice(VALID.get(source, ('1',)))}"


def odd_value(random: Random, override: str) -> str:
    """Return the override with an odd value."""
    return f"{override.partition('=')[0]}={random.choice(ODD)}"


def more_values(random: Random, override: str) -> str:
    """Return the override with one more value."""
    return f"{override},{random.choice((*ODD, *VALID['prior.scale']))}"


def other_key(random: Random, override: str) -> str:
    """Return the override with another key in front of its value."""
    key, _, value = override.partition("=")
    return random.choice((f"{random.choice(PREFIXES)}{key}={value}", f"{key[:-1]}={value}", key))


def other_number(random: Random, override: str) -> str:
    """Return the override with a number of any size."""
    size = 10.0 ** random.randint(-12, 12) * random.choice((1, 1, 1, -1))
    return f"{override.partition('=')[0]}={random.choice((size, round(size), abs(size)))}"


def other_letter(random: Random, override: str) -> str:
    """Return the override with one character changed, dropped or doubled."""
    place = random.randrange(len(override))
    letter = random.choice(("", override[place] * 2, random.choice("=,.()[]{}'\"$~+@:#é\x07 0")))
    return override[:place] + letter + override[place + 1 :]


MUTATORS = (other_value, other_value, odd_value, more_values, other_key, other_number, other_letter)
