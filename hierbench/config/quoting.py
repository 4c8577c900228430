"""Text as a value on a Hydra command line."""

import re
import shlex

__all__ = ["quoted", "shell_word", "word"]

WORD = re.compile(r"(?!(null|true|false|nan|inf)$)/?[a-z_][\w/.+-]*", re.ASCII | re.IGNORECASE)
"""What Hydra reads back as the same text; any other is quoted."""

SPECIAL = re.compile(r'["$`\\!]')
"""What a shell reads inside double quotes."""


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


def shell_word(text: str) -> str:
    """Return `text` as one word of a shell's command line, in double quotes where they do.

    >>> print(shell_word("data.path='my homes.csv'"))
    "data.path='my homes.csv'"
    """
    return shlex.quote(text) if SPECIAL.search(text) else f'"{text}"'
