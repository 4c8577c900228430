"""Text as a value on a Hydra command line."""

import re

__all__ = ["quoted", "word"]

WORD = re.compile(r"(?!(null|true|false|nan|inf)$)/?[a-z_][\w/.+-]*", re.ASCII | re.IGNORECASE)
"""What Hydra reads back as the same text; any other is quoted."""


def word(text: str) -> str:
    """Return `text` as a Hydra value, quoted where it must be.

    >>> word("centered"), word("01067")
    ('centered', "'01067'")
    """
    return text if WORD.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    r"""Return `text` as a Hydra value, whatever characters it has.

    >>> quoted("my homes, 2019.csv")
    "'my homes, 2019.csv'"
    >>> print(quoted("a${b}"))
    'a\${b}'
    """
    # OmegaConf would put another key or an environment variable in place of ${...}.
    text = re.sub(r"(\\*)\$\{", lambda found: found[1] * 2 + r"\${", text)
    # To Hydra a backslash is one, save in front of a quote.
    escaped = re.sub(r"(\\*)('|$)", lambda found: found[1] * 2 + found[2].replace("'", "\\'"), text)
    return f"'{escaped}'"
