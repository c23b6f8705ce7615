"""Make text of others safe to show on a terminal or in a log."""

from __future__ import annotations

import re
from functools import lru_cache

# What can move the cursor, set a title, hide or reorder text: the control characters,
# marks and overrides of direction, line separators, deprecated format characters, lone
# surrogates. The joiners ZWNJ and ZWJ are spelling and stay.
UNSAFE = (
    r"\x00-\x1f\x7f-\x9f"
    r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f"
    r"\ud800-\udfff\ufff9-\ufffb"
)

_UNSAFE_CHARACTER = f"[{UNSAFE}]"  # compiled when one is met
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

# Log viewers of CI services obey lines that start with :: or ##.
_PLAIN_START = re.compile(r"[\w./~\\-]")
# Some find theirs anywhere in a line.
_ORDER = re.compile(r"#(?=#\w*\[)")
_AMBIGUOUS = re.compile(r'"|: |, | -> |##|\s$')


def neutralize(text: str) -> str:
    r"""Return the text with every unsafe character as a visible escape.

    >>> print(neutralize("\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}txt"))
    \x1b[2J\u202etxt
    """
    if text.isprintable():
        return text
    return re.sub(_UNSAFE_CHARACTER, _escape, text)


def disarm(text: str) -> str:
    r"""Return the text neutralized, and with no order to the log of a CI service.

    >>> print(disarm("##vso[task.complete]\x1b"))
    # #vso[task.complete]\x1b
    """
    if "##" in text:
        text = _ORDER.sub("# ", text)
    return neutralize(text)


@lru_cache(maxsize=1 << 14)
def show_name(name: str) -> str:
    r"""Return the name of a document, quoted if it could be mistaken for more.

    >>> print(show_name("news/001.txt"), show_name("::warning::x"), show_name("a\nb"))
    news/001.txt "::warning::x" "a\nb"
    """
    if name.isprintable() and _PLAIN_START.match(name) and not _AMBIGUOUS.search(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{disarm(escaped)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if code < 0x100:  # noqa: PLR2004
        return _SHORT.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}"
