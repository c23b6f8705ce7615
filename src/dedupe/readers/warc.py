"""Read WARC files: each page that a crawler was answered with is a document."""

from __future__ import annotations

import io
import logging
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from dedupe.errors import ForeignFile, InputError, MissingExtra
from dedupe.model import About
from dedupe.readers.decoding import decode
from dedupe.readers.documents import Converted, Unreadable
from dedupe.readers.html import convert_page, decode_html
from dedupe.readers.markup import collapse

if TYPE_CHECKING:
    from typing import BinaryIO

    from dedupe.readers.documents import ReadOptions

Record: TypeAlias = Any  # warcio ships no types

_GZIP = b"\x1f\x8b"
_PIECE = 64 << 10
# No page of text is larger; what is, is data or an attack.
_LARGEST_PAGE = 16 << 20
# What stands before the body of an answer.
_LARGEST_ANSWER_HEAD = 64 << 10
# The headers of a record, and what stands between two.
_LARGEST_HEAD = 1 << 20
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_TEXT = "text/plain"
_OK = range(200, 300)
_KINDS = frozenset(
    [
        "warcinfo",
        "response",
        "resource",
        "request",
        "metadata",
        "revisit",
        "conversion",
        "continuation",
    ]
)
# So many kinds of what is no page are told apart.
_MOST_KINDS, _LONGEST_KIND = 12, 40
# Bytes of Brotli that go in at once: a few can make sixteen megabytes.
_BROTLI_PIECE = 16

_BOMB = (
    "unpacks to more than {limit:,} bytes, which looks like a decompression bomb; "
    "unpack it yourself if you trust it"
)
_CUT = "ends in the middle of a record: what stands before it was read"
_DAMAGED = "damaged: what stands before the damage was read"
_NO_WARC = "no WARC file, or one that is damaged at its beginning"
_TWICE = "compressed twice; unpack it once"
_TOO_LARGE = f"a page of more than {_LARGEST_PAGE:,} bytes"


def read_documents(
    file: BinaryIO, options: ReadOptions
) -> Iterator[Converted | Unreadable | InputError]:
    """Yield the pages of a file in their order, then how many records were none.

    Raises InputError at the place where the file is damaged, cut short or a bomb.
    """
    others: Counter[str] = Counter()
    count = 0
    for record in _records(_Stream(file, options)):
        count += 1
        item = _read(record, options)
        if isinstance(item, str):
            others[item if len(others) < _MOST_KINDS else "others"] += 1
        else:
            yield item
    if not count:
        raise InputError(_NO_WARC)
    if others:
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(others.items()))
        reason = f"{others.total()} of {count} records are no pages: {told}"
        yield Unreadable(reason, "other records", is_skipped=True)


class _Record(NamedTuple):
    """A record that is read only as far as it was asked for."""

    kind: str
    headers: Mapping[str, str]  # names in lower case
    body: Any  # a stream of warcio


def _records(stream: _Stream) -> Iterator[_Record]:
    """Yield the records of a file; each must be read before the next is asked for."""
    try:
        from warcio import ArchiveIterator  # noqa: PLC0415 - an extra
        from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415
        from warcio.statusandheaders import (  # noqa: PLC0415
            StatusAndHeadersParserException as BadHead,
        )
    except ImportError:
        raise MissingExtra(".warc", "warcio", "warc") from None

    # It tells of addresses with spaces, which is not for our users.
    logging.getLogger("warcio").addHandler(logging.NullHandler())

    class Silent(ArchiveIterator):  # type: ignore[misc]
        INC_RECORD = ""  # it would print a warning

    records = iter(Silent(stream, no_record_parse=True))
    count = 0
    while True:
        try:
            record = next(records, None)
        except (ArchiveLoadFailed, BadHead, AttributeError, UnicodeError, ValueError):
            raise InputError(_DAMAGED if count else _NO_WARC) from None
        if record is None:
            return
        count += 1
        headers = {name.lower(): value for name, value in record.rec_headers.headers}
        if "content-length" not in headers:
            raise InputError(_CUT)
        with stream.body():
            yield _Record(str(record.rec_type), headers, record.raw_stream)
            _drain(record.raw_stream)


def _drain(body: Any) -> None:  # noqa: ANN401
    """Read what is left of a record; raise InputError when the file ends before it."""
    while body.read(_PIECE):
        pass
    if getattr(body, "limit", 0):
        raise InputError(_CUT)


class _Stream:
    """A file as it is unpacked, piece by piece, within the limits for a bomb."""

    def __init__(self, file: BinaryIO, options: ReadOptions) -> None:
        self._file = file
        self._floor, self._ratio = options.ratio_floor, options.max_ratio
        self._packed = file.read(_PIECE)
        self._read = len(self._packed)
        self._is_packed = self._packed.startswith(_GZIP)
        self._inflate: Any = None
        self._at = 0
        self._head = 0  # bytes since the last body
        self._is_in_body = False

    def __enter__(self) -> None:
        self._is_in_body = True

    def __exit__(self, *_: object) -> None:
        self._is_in_body = False
        self._head = 0

    def body(self) -> _Stream:
        """Return a context in which the body of a record is read, not its head."""
        return self

    def tell(self) -> int:
        """Return how many bytes were read."""
        return self._at

    def read(self, size: int) -> bytes:
        """Return the next bytes, none at the end."""
        data = self._unpacked(size) if self._is_packed else self._plain(size)
        if not self._at and data.startswith(_GZIP):
            raise InputError(_TWICE)
        self._at += len(data)
        if not self._is_in_body:
            self._head += len(data)
            if self._head > _LARGEST_HEAD:
                raise InputError(_DAMAGED if self._at > self._head else _NO_WARC)
        return data

    def _plain(self, size: int) -> bytes:
        data = self._packed[:size]
        self._packed = self._packed[size:] or self._more()
        return data

    def _more(self) -> bytes:
        piece = self._file.read(_PIECE)
        self._read += len(piece)
        return piece

    def _unpacked(self, size: int) -> bytes:
        while True:
            if self._inflate is None:
                self._packed = self._packed.lstrip(b"\0") or self._more()
                if not self._packed:
                    return b""
                self._inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            data = self._inflated(size)
            if data:
                return data

    def _inflated(self, size: int) -> bytes:
        inflate = self._inflate
        try:
            data: bytes = inflate.decompress(self._packed, size)
        except zlib.error:
            raise InputError(_DAMAGED) from None
        if inflate.eof:
            self._packed, self._inflate = inflate.unused_data, None
            return data
        self._packed = inflate.unconsumed_tail or self._more()
        if not data and not self._packed:
            raise InputError(_CUT)
        limit = max(self._floor, self._ratio * self._read)
        if self._at + len(data) > limit:
            raise InputError(_BOMB.format(limit=limit))
        return data


def _read(record: _Record, options: ReadOptions) -> Converted | Unreadable | str:
    """Return the page of a record, why it cannot be read, or what else it is."""
    kind = record.kind
    type_, charset = _content_type(record.headers.get("content-type", ""))
    if kind == "response" and type_ == "application/http":
        return _read_answer(record, options)
    if kind == "resource" and type_ in _HTML:
        return _page(record, record.body.read(_LARGEST_PAGE + 1), charset, options)
    if kind == "conversion" and type_ == _TEXT:
        return _text(record, record.body.read(_LARGEST_PAGE + 1), options)
    if kind in {"response", "resource", "conversion"}:
        return _of_type(type_)
    return f"{kind} records" if kind in _KINDS else "of unknown kinds"


def _of_type(type_: str) -> str:
    return f"of type {type_[:_LONGEST_KIND]}" if type_ else "of no type"


def _read_answer(record: _Record, options: ReadOptions) -> Converted | Unreadable | str:
    head = record.body.read(_LARGEST_ANSWER_HEAD)
    status, headers, body = _answer(head)
    if status not in _OK:
        return f"of status {status}" if status else "without an HTTP header"
    type_, charset = _content_type(headers.get("content-type", ""))
    if type_ not in _HTML:
        return _of_type(type_)
    body += record.body.read(_LARGEST_PAGE + 1)
    try:
        body = _without_coding(body, headers)
    except InputError as error:
        return Unreadable(str(error), _url(record))
    return _page(record, body, charset, options)


def _page(
    record: _Record, data: bytes, charset: str, options: ReadOptions
) -> Converted | Unreadable:
    url = _url(record)
    try:
        if len(data) > _LARGEST_PAGE:
            raise InputError(_TOO_LARGE)  # noqa: TRY301 - told like all the others
        page = convert_page(decode_html(data, options, charset), options, url)
    except ForeignFile as error:
        return Unreadable(str(error), url, is_skipped=True)
    except MissingExtra:
        raise
    except InputError as error:
        return Unreadable(str(error), url)
    about, warning = page.about, page.warning
    if record.headers.get("warc-truncated"):
        warning = "; ".join(filter(None, (warning, "the crawler cut the page short")))
    about = about._replace(
        date=about.date or record.headers.get("warc-date", ""),
        outlet=about.outlet or _host(url),
    )
    return page._replace(about=about, warning=warning, name=url)


def _text(record: _Record, data: bytes, options: ReadOptions) -> Converted | Unreadable:
    url = _url(record)
    try:
        if len(data) > _LARGEST_PAGE:
            raise InputError(_TOO_LARGE)  # noqa: TRY301 - told like all the others
        decoded = decode(data, options.encoding, strict=options.strict)
    except InputError as error:
        return Unreadable(str(error), url)
    text = "\n".join(filter(None, map(collapse, decoded.text.splitlines())))
    date = record.headers.get("warc-date", "")
    about = About(date=date, outlet=_host(url), url=url)
    return Converted(text, about, decoded.warning, url, decoded.encoding)


def _url(record: _Record) -> str:
    return record.headers.get("warc-target-uri", "").strip("<> ")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _content_type(value: str) -> tuple[str, str]:
    """Return the type and the charset of a Content-Type.

    >>> _content_type('Text/HTML; Charset="windows-1256"')
    ('text/html', 'windows-1256')
    """
    type_, _, parameters = value.lower().partition(";")
    for parameter in parameters.split(";"):
        name, _, told = parameter.partition("=")
        if name.strip() == "charset":
            return type_.strip(), told.strip(" \"'")
    return type_.strip(), ""


def _answer(data: bytes) -> tuple[int, dict[str, str], bytes]:
    r"""Return the status of an answer by HTTP, its headers, and its body so far.

    >>> _answer(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
    (200, {'content-type': 'text/html'}, b'<p>')
    """
    ends = [(data.find(mark), len(mark)) for mark in (b"\r\n\r\n", b"\n\n")]
    end, length = min(((at, of) for at, of in ends if at >= 0), default=(-1, 0))
    if end < 0 or not data.startswith(b"HTTP/"):
        return 0, {}, b""
    first, *lines = data[:end].decode("latin-1").splitlines()
    told = first.split()
    status = int(told[1]) if len(told) > 1 and told[1].isdecimal() else 0
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return status, headers, data[end + length :]


def _without_coding(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return a body as it was before it was compressed and cut to be sent."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        from warcio.bufferedreaders import (  # noqa: PLC0415 - an extra
            ChunkedDataReader,
        )

        body = ChunkedDataReader(io.BytesIO(body)).read()
    for coding in reversed(headers.get("content-encoding", "").lower().split(",")):
        body = _decoded(body, coding.strip())
    return body


def _decoded(body: bytes, coding: str) -> bytes:
    if coding in {"", "identity", "none", "utf-8"}:
        return body
    if coding in {"gzip", "x-gzip", "deflate"}:
        return _inflate(body)
    if coding == "br":
        return _unbrotli(body)
    raise InputError(
        f"compressed with {coding[:_LONGEST_KIND]}, which is not read here"
    )


def _inflate(body: bytes) -> bytes:
    """Unpack a body; many crawlers keep it unpacked and leave the header as it was."""
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        inflate = zlib.decompressobj(wbits=bits)
        try:
            data = inflate.decompress(body, _LARGEST_PAGE + 1)
        except zlib.error:
            continue
        return data
    return body


def _unbrotli(body: bytes) -> bytes:
    try:
        import brotli  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("pages compressed with br", "brotli", "warc") from None
    decompressor = brotli.Decompressor()
    data = bytearray()
    try:
        for at in range(0, len(body), _BROTLI_PIECE):
            data += decompressor.process(body[at : at + _BROTLI_PIECE])
            if len(data) > _LARGEST_PAGE:
                break
    except brotli.error:
        return bytes(data) or body
    return bytes(data)
