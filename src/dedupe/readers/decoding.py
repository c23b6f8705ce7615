"""Bytes → text, in an encoding that can be vouched for."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from dedupe.errors import DecodingError, SettingsError
from dedupe.readers.arabic_encodings import guess_arabic

AUTO = "auto"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)

# The names in which encodings are reported, where Python has another one.
_REPORTED = {
    "cp1256": "windows-1256",
    "cp1252": "windows-1252",
    "iso8859-6": "iso-8859-6",
    "iso8859-1": "iso-8859-1",
    "ascii": "us-ascii",
}

# Codecs that swallow the mark would shift every offset by one.
_KEEPING_THE_MARK = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}

# Text in another encoding that happens to hold valid UTF-8 sequences has fewer valid
# ones than broken ones; text in UTF-8 that was cut or patched has many more.
_CLEARLY_UTF8 = 2
# Broken sequences that are repaired whatever the length of the text.
_FEW = 8
# Above that, one in this many.
_ONE_IN = 1000

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# The letters, marks and digits of Arabic, its presentation forms, ASCII and the
# Latin, punctuation and symbol blocks that stand in Arabic text.
_PLAUSIBLE = re.compile(
    "[\t\n\r\x20-\x7e\xa0-\u024f\u0600-\u06ff\u0750-\u077f\u2000-\u22ff"
    "\ufb50-\ufdff\ufe70-\ufeff]"
)


class Decoded(NamedTuple):
    """Text, the encoding it was in, and what the reader should know of it."""

    text: str
    encoding: str
    warning: str = ""


def decode(data: bytes | bytearray | memoryview, encoding: str = AUTO) -> Decoded:
    r"""Return the text of an input; offsets are counted in this text.

    A byte order mark stays as the first character. A text with carriage returns and
    no line feed gets line feeds in their place; no other character is changed.

    >>> decode("سلام".encode("cp1256") * 9).encoding
    'windows-1256'
    >>> decode(b"one\rtwo").text
    'one\ntwo'
    """
    raw = bytes(data)
    decoded = _detect(raw) if encoding == AUTO else _decode_as(raw, encoding)
    if "\0" in decoded.text:
        raise DecodingError(
            "looks binary: it holds NUL bytes; leave it out with --exclude, or pass "
            "--encoding if it is text"
        )
    return decoded._replace(text=with_line_feeds(decoded.text))


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


def is_wide(head: bytes, encoding: str = AUTO) -> bool:
    r"""Tell from its first bytes whether a line feed is more than the byte 0x0A.

    >>> is_wide('{"id": 1}'.encode("utf-16-le"))
    True
    """
    if encoding != AUTO:
        return "\n".encode(encoding) != b"\n"
    if any(head.startswith(mark) for mark, _, codec in _MARKS if codec != "utf-8"):
        return True
    return b"\0" in head[:4]


def _decode_as(raw: bytes, encoding: str) -> Decoded:
    codec = codecs.lookup(encoding).name
    reported = _REPORTED.get(codec, codec)
    for mark, name, marked in _MARKS:
        if raw.startswith(mark) and codec in {name, marked, marked.removesuffix("-le"), marked.removesuffix("-be")}:
            codec, reported = marked, name
            break
    codec = _KEEPING_THE_MARK.get(codec, codec)
    try:
        return Decoded(without_surrogates(raw.decode(codec)), reported)
    except UnicodeError as error:
        where = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        raise DecodingError(
            f"not text in {encoding}{where}; pass the --encoding it is in, or auto"
        ) from None


def _detect(raw: bytes) -> Decoded:
    for mark, name, codec in _MARKS:
        if raw.startswith(mark):
            return _decode_marked(raw, name, codec)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return _detect_without_utf8(raw)
    if _CONTROLS.search(text):
        return _decode_wide(raw) or Decoded(text, "utf-8")
    return Decoded(text, "utf-8")


def _detect_without_utf8(raw: bytes) -> Decoded:
    if b"\0" in raw:
        wide = _decode_wide(raw)
        if wide:
            return wide
    nearly = _decode_nearly_utf8(raw)
    if nearly:
        return nearly
    wide = _decode_wide(raw)
    if wide:
        return wide
    if b"\0" not in raw:
        guess = guess_arabic(raw)
        if guess:
            return Decoded(*guess)
        raise DecodingError(
            "not UTF-8, and not Arabic in an encoding that can be told for certain; "
            "convert it or pass --encoding"
        )
    raise DecodingError(
        "looks binary: it holds NUL bytes; leave it out with --exclude, or pass "
        "--encoding if it is text"
    )


def _decode_marked(raw: bytes, name: str, codec: str) -> Decoded:
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
    """Return text whose few broken sequences are replaced, or None if it is no UTF-8."""
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
    return f"{broken} broken sequences of {name} were read as U+FFFD"


def _decode_wide(raw: bytes) -> Decoded | None:
    """Return UTF-16 text that carries no mark, told by what its characters would be."""
    best: Decoded | None = None
    share = 0.9
    for codec in ("utf-16-le", "utf-16-be"):
        text = raw.decode(codec, "replace")
        plausible = len(_PLAUSIBLE.findall(text)) / len(text)
        if plausible > share:
            broken = text.count(REPLACEMENT)
            warning = _warning(broken, codec) if broken else ""
            best, share = Decoded(text, codec, warning), plausible
    return best
