"""Bytes → text, in an encoding that can be vouched for."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from dedupe.byte_order import MARKED, Marked, opening
from dedupe.errors import DecodingError, SettingsError

AUTO = "auto"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# The names in which encodings are reported, where Python has another one.
_REPORTED = {
    "cp1256": "windows-1256",
    "cp1252": "windows-1252",
    "iso8859-6": "iso-8859-6",
    "iso8859-1": "iso-8859-1",
    "ascii": "us-ascii",
}

# Text in another encoding that happens to hold valid UTF-8 sequences has fewer valid
# ones than broken ones; text in UTF-8 that was cut or patched has many more.
_CLEARLY_UTF8 = 2
# Broken sequences that are repaired whatever the length of the text.
_FEW = 8
# Above that, one in this many.
_ONE_IN = 1000

# Of bytes in UTF-8: ASCII, those that go on with a character, those that lead one.
_KINDS = b"A" * 0x80 + b"C" * 0x40 + b"L" * 0x40

_SURROGATE = re.compile("[\ud800-\udfff]")
# The letters, marks and digits of Arabic and its presentation forms, ASCII, and the
# Latin letters, punctuation and emoji that stand in Arabic text.
_PLAUSIBLE = (
    "[\t\n\r\x20-\x7e\xa0-\u024f\u0600-\u06ff\u0750-\u077f\u2000-\u203a"
    "\ufb50-\ufdff\ufe70-\ufeff\U0001f000-\U0001faff]"
)
_MOSTLY = 0.9
_SAMPLE = 64 << 10
# The upper byte of an Arabic character in UTF-16; that of an ASCII one is 0. Neither is
# written in other text.
_ARABIC_BYTE = 0x06
_MARKED = codecs.BOM_UTF8[:1]
_RETURN = 0x0D
_BINARY = "looks binary: it holds NUL characters; leave it out with --exclude"


class Decoded(NamedTuple):
    """Text, the encoding it was in, and what the reader should know of it."""

    text: str
    encoding: str
    warning: str = ""


def decode(
    data: bytes | bytearray | memoryview, encoding: str = AUTO, *, strict: bool = False
) -> Decoded:
    r"""Return the text of an input; offsets are counted in this text.

    It is what the codec that is named gives: a byte order mark is no part of it. A text
    with carriage returns and no line feed gets line feeds in their place; no other
    character is changed. Raises DecodingError for bytes that are no text, and if
    `strict` for some that are broken.

    >>> decode("ما السلام إلا سلام الصادقين".encode("cp1256")).encoding
    'windows-1256'
    >>> decode(b"one\rtwo").text
    'one\ntwo'
    """
    raw = bytes(data)
    decoded = _detect(raw) if encoding == AUTO else _decode_as(raw, encoding)
    if "\0" in decoded.text:
        raise DecodingError(_BINARY)
    if strict and decoded.warning:
        raise DecodingError(f"{decoded.warning}; convert it or pass --encoding")
    return decoded._replace(text=with_line_feeds(decoded.text))


def decode_plain(raw: bytes) -> str | None:
    """Return the text of bytes if they are UTF-8 and nothing else can be."""
    if 0 in raw or _ARABIC_BYTE in raw or raw[:1] == _MARKED:
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return with_line_feeds(text) if _RETURN in raw else text


def with_line_feeds(text: str) -> str:
    """Return the text with a line feed for each carriage return if it has no other."""
    if "\r" in text and "\n" not in text:
        return text.replace("\r", "\n")
    return text


def without_surrogates(text: str) -> str:
    """Return the text with U+FFFD for each half of a character that stands alone."""
    return _SURROGATE.sub(REPLACEMENT, text)


def require_codec(encoding: str) -> None:
    """Refuse an encoding that Python cannot decode text from."""
    if encoding == AUTO:
        return
    try:
        b"x".decode(encoding)
    except UnicodeError:
        return
    except (LookupError, ValueError):
        raise SettingsError(
            f"encoding {encoding!r} is not known; use auto, utf-8, windows-1256, "
            "iso-8859-6 or another name that Python knows."
        ) from None


def is_utf8(encoding: str) -> bool:
    """Return whether an encoding is UTF-8, under any of its names.

    >>> is_utf8("UTF8"), is_utf8("auto")
    (True, False)
    """
    return encoding != AUTO and codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}


def is_wide(head: bytes) -> bool:
    r"""Tell from its first bytes whether a line feed is more than the byte 0x0A.

    >>> is_wide('{"id": 1}'.encode("utf-16-le"))
    True
    """
    wide = (one.mark for one in MARKED if one.codec != "utf-8")
    return head.startswith(tuple(wide)) or b"\0" in head


def _decode_as(raw: bytes, encoding: str) -> Decoded:
    mark, codec = opening(raw, encoding)
    reported = _REPORTED.get(codec, codec)
    for one in MARKED:
        if codec == one.codec and raw.startswith(one.mark):
            mark, reported = one.mark, one.name
    try:
        return Decoded(without_surrogates(raw[len(mark) :].decode(codec)), reported)
    except UnicodeDecodeError as error:
        at = len(mark) + error.start
        reason = f"not text in {encoding}: byte {at} cannot be; pass the"
    except UnicodeError:
        reason = f"not text in {encoding}; pass the"
    raise DecodingError(f"{reason} --encoding it is in, or auto")


def _detect(raw: bytes) -> Decoded:
    for one in MARKED:
        if raw.startswith(one.mark):
            return _decode_marked(raw[len(one.mark) :], one)
    if 0 in raw or _ARABIC_BYTE in raw:
        wide = _decode_wide(raw)
        if wide:
            return wide
    try:
        return Decoded(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _detect_other(raw)


def _detect_other(raw: bytes) -> Decoded:
    if b"\0" in raw:
        raise DecodingError(_BINARY)
    nearly = _decode_nearly_utf8(raw)
    if nearly:
        return nearly
    # Loaded here: it needs numpy, and nothing else on the way of --help does.
    from dedupe.readers.arabic_encodings import guess_arabic  # noqa: PLC0415

    guess = guess_arabic(raw)
    if guess:
        return Decoded(*guess)
    raise DecodingError(
        "not UTF-8, and not Arabic in an encoding that can be told for certain; "
        "convert it or pass --encoding"
    )


def _decode_marked(raw: bytes, marked: Marked) -> Decoded:
    """Return the text of what follows a mark."""
    _, name, codec = marked
    try:
        return Decoded(raw.decode(codec), name)
    except UnicodeDecodeError:
        pass
    text = raw.decode(codec, "replace")
    broken = text.count(REPLACEMENT)
    if not _is_repairable(broken, len(text) - broken):
        raise DecodingError(
            f"begins with the byte order mark of {name} but is not text in it; "
            "convert it or pass --encoding"
        )
    return Decoded(text, name, _warning(broken, name))


def _decode_nearly_utf8(raw: bytes) -> Decoded | None:
    """Return text whose few broken sequences are replaced, None if it is no UTF-8.

    Raises DecodingError for what is UTF-8 with too much damage: nothing else may be
    tried on it.
    """
    kinds = raw.translate(_KINDS)
    pairs = kinds.count(b"LC")
    if pairs < _CLEARLY_UTF8 * (kinds.count(b"L") - pairs):
        return None  # settled at a hundredth of what it costs to replace them all
    text = raw.decode("utf-8", "replace")
    broken = text.count(REPLACEMENT) - raw.count(REPLACEMENT.encode())
    ascii_bytes = len(raw.decode("ascii", "ignore"))
    whole = len(text) - ascii_bytes - broken
    if whole < _CLEARLY_UTF8 * broken:
        return None
    if not _is_repairable(broken, whole):
        raise DecodingError(
            f"UTF-8 with {broken} broken sequences, too many to repair; "
            "convert it or pass --encoding"
        )
    return Decoded(text, "utf-8", _warning(broken, "UTF-8"))


def _is_repairable(broken: int, whole: int) -> bool:
    return broken <= max(_FEW, whole // _ONE_IN) and whole >= _CLEARLY_UTF8 * broken


def _warning(broken: int, name: str) -> str:
    if broken == 1:
        return f"one broken sequence of {name} was read as U+FFFD"
    return f"{broken} broken sequences of {name} were read as U+FFFD"


def _decode_wide(raw: bytes) -> Decoded | None:
    """Return UTF-16 text that carries no mark, told by what its characters would be."""
    likeliest, share = "", _MOSTLY
    for codec in ("utf-16-le", "utf-16-be"):
        text = raw[:_SAMPLE].decode(codec, "replace")
        plausible = len(re.findall(_PLAUSIBLE, text)) / len(text)
        if plausible > share:
            likeliest, share = codec, plausible
    if not likeliest:
        return None
    text = raw.decode(likeliest, "replace")
    broken = text.count(REPLACEMENT)
    return Decoded(text, likeliest, _warning(broken, likeliest) if broken else "")
