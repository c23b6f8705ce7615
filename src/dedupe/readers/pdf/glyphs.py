"""Follow the operators of a page: which characters stand where.

pypdf reads the file, its fonts and its streams. Its own extraction of text keeps the
order in which a page is drawn, which for Arabic depends on the program that made the
file; here each glyph gets its place, and the order is left to the reader of lines.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from dedupe.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pypdf import PageObject, PdfReader
    from pypdf.generic import DictionaryObject
    from pypdf.generic._font import Font as PdfFont

Matrix: TypeAlias = tuple[float, float, float, float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
# What takes time besides the bytes of a stream, in bytes.
_COST_OF_STREAM = 1 << 10
_COST_OF_OPERATION = 8
# Forms inside forms; real pages nest two or three.
_DEEPEST_FORM = 8
# Codes of fonts whose numbers are those of glyphs, not of characters.
_GLYPH_NUMBERS = ("/Identity-H", "/Identity-V")


class Glyph(NamedTuple):
    """What one sign on the page stands for, and where it stands."""

    text: str  # empty where the file does not say
    left: float  # along the line, in points
    right: float
    baseline: float  # upwards
    size: float  # of the font
    turn: int  # quarter turns of the line
    unknown: str = ""  # its font and code, where the file does not say what it is


class Book:
    """A file that is open: its fonts, and what it may still unpack to."""

    def __init__(self, reader: PdfReader, limit: int) -> None:
        """Open a book whose pages may unpack to `limit` bytes, all together."""
        self.reader = reader
        self.left = limit
        self.known = 0
        self.unknown: Counter[str] = Counter()
        # With the resource, so that its identity is not given to another.
        self._faces: dict[int, tuple[DictionaryObject, _Face | None]] = {}

    def glyphs_of(self, page: PageObject) -> list[Glyph]:
        """Return the glyphs of a page in the order in which it is drawn."""
        contents = page.get_contents()
        if contents is None:
            return []
        interpreter = _Interpreter(self)
        interpreter.run(contents, _entry(page, "/Resources") or {})
        for glyph in interpreter.glyphs:
            if glyph.unknown:
                self.unknown[glyph.unknown] += 1
            else:
                self.known += 1
        return interpreter.glyphs

    def face(self, resource: DictionaryObject) -> _Face | None:
        """Return the font of a resource, read once."""
        key = id(resource)
        if key not in self._faces:
            self._faces[key] = resource, _face(resource, str(len(self._faces)))
        return self._faces[key][1]

    def spend(self, size: int) -> None:
        """Take note of bytes unpacked; raise InputError when they are too many."""
        self.left -= size
        if self.left < 0:
            raise InputError(
                "unpacks to far more than its size, which looks like a decompression "
                "bomb; print it anew as PDF if you trust it"
            )


@dataclass
class _State:
    """What q saves and Q restores."""

    matrix: Matrix = IDENTITY
    font: _Face | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0


class _Sign(NamedTuple):
    """What a code of a font stands for."""

    text: str
    unknown: str
    width: float  # in ems
    is_space: bool  # the one that word spacing widens


class _Face:
    """A font as the extraction needs it: codes to characters and widths."""

    def __init__(
        self, name: str, font: PdfFont, unit: float, *, is_numbered: bool
    ) -> None:
        self.name = name
        self.font = font
        self.unit = unit  # of its widths, in ems
        self.is_numbered = is_numbered  # codes say nothing without a table
        self.known: dict[str, _Sign] = {}

    def signs(self, shown: bytes) -> Iterator[_Sign]:
        """Yield the signs of a string."""
        encoding = self.font.encoding
        if isinstance(encoding, str):
            errors = "replace" if len(shown) % 2 else "surrogatepass"
            for code in shown.decode(encoding, errors):
                yield self._sign(code, code)
        else:
            for byte in shown:
                yield self._sign(chr(byte), encoding.get(byte, chr(byte)))

    def _sign(self, code: str, letter: str) -> _Sign:
        if code not in self.known:
            width = self.font.character_widths.get(code)
            if width is None:
                width = self.font.character_widths["default"]
            text = self._text(letter).replace("\0", "")
            unknown = "" if text else f"{self.name} {ord(code)}"
            is_space = code == " " and not isinstance(self.font.encoding, str)
            self.known[code] = _Sign(text, unknown, float(width) * self.unit, is_space)
        return self.known[code]

    def _text(self, letter: str) -> str:
        mapped = self.font.character_map.get(letter)
        if mapped is None:
            mapped = "" if self.is_numbered else letter
        return mapped if isinstance(mapped, str) else ""


@dataclass
class _Marked:
    """A stretch of the page; the file may say which text it stands for."""

    actual: str | None
    glyphs: int  # how many there were before it


class _Interpreter:
    """Runs the operators of a page and of the forms on it."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.glyphs: list[Glyph] = []
        self.state = _State()
        self.text = self.line = IDENTITY
        self.entered: list[int] = []

    def run(self, contents: object, resources: Mapping[str, Any]) -> None:
        """Follow one stream of operators."""
        from pypdf.generic import ContentStream  # noqa: PLC0415 - an extra

        stream = ContentStream(contents, self.book.reader, "bytes")
        self.book.spend(_COST_OF_STREAM + len(stream.get_data()))
        self.book.spend(_COST_OF_OPERATION * len(stream.operations))
        stack: list[_State] = []
        marked: list[_Marked] = []
        for operands, operator in stream.operations:
            if operator == b"q":
                stack.append(replace(self.state))
            elif operator == b"Q" and stack:
                self.state = stack.pop()
            elif operator in {b"BDC", b"BMC"}:
                actual = _actual_text(operands, resources)
                marked.append(_Marked(actual, len(self.glyphs)))
            elif operator == b"EMC" and marked:
                self._close(marked.pop())
            elif operator == b"Do":
                self._draw(operands, resources)
            elif operator == b"Tf":
                self._choose_font(operands, resources)
            else:
                self._obey(operator, operands)

    def _obey(self, operator: bytes, operands: list[Any]) -> None:
        method = _OPERATORS.get(operator)
        if method:
            try:
                method(self, *operands)
            except (TypeError, ValueError):
                return  # an operator with wrong operands draws nothing

    def _close(self, marked: _Marked) -> None:
        """Put the text that the file tells in the place of what was drawn."""
        drawn = self.glyphs[marked.glyphs :]
        if marked.actual is None or not drawn:
            return
        first = drawn[0]
        same = [glyph for glyph in drawn if glyph.turn == first.turn]
        self.glyphs[marked.glyphs :] = [
            first._replace(
                text=marked.actual,
                unknown="",
                left=min(glyph.left for glyph in same),
                right=max(glyph.right for glyph in same),
            )
        ]

    def _draw(self, operands: list[Any], resources: Mapping[str, Any]) -> None:
        """Follow the operators of a form that the page shows."""
        objects = _entry(resources, "/XObject")
        form = _entry(objects, operands[0]) if operands else None
        if form is None or form.get("/Subtype") != "/Form":
            return
        if id(form) in self.entered or len(self.entered) >= _DEEPEST_FORM:
            return
        saved, self.state = self.state, replace(self.state)
        matrix = _numbers(form.get("/Matrix"))
        if len(matrix) == len(IDENTITY):
            self.state.matrix = multiplied(_matrix(matrix), self.state.matrix)
        self.entered.append(id(form))
        self.run(form, _entry(form, "/Resources") or resources)
        self.entered.pop()
        self.state = saved

    def _choose_font(self, operands: list[Any], resources: Mapping[str, Any]) -> None:
        name, *sizes = operands or [None]
        fonts = _entry(resources, "/Font")
        resource = _entry(fonts, name) if name else None
        self.state.font = self.book.face(resource) if resource is not None else None
        self.state.size = next(iter(_numbers(sizes)), self.state.size)

    def show(self, shown: object) -> None:
        """Place the glyphs of a string and move on behind them."""
        state = self.state
        if isinstance(shown, str):
            shown = getattr(shown, "original_bytes", shown.encode("latin-1", "ignore"))
        if not isinstance(shown, bytes) or state.font is None:
            return
        whole = multiplied(self.text, state.matrix)
        place = _Placing(whole, state)
        offset = 0.0
        for sign in state.font.signs(shown):
            width = sign.width * state.size * state.scale
            self.glyphs.append(place(sign, offset, offset + width))
            spacing = state.spacing + (state.word_spacing if sign.is_space else 0.0)
            offset += width + spacing * state.scale
        self._move_on(offset)

    def show_array(self, shown: Iterable[object]) -> None:
        """Place strings with the gaps between them."""
        for piece in shown:
            if isinstance(piece, (int, float)):
                gap = float(piece) / 1000 * self.state.size * self.state.scale
                self._move_on(-gap)
            else:
                self.show(piece)

    def _move_on(self, distance: float) -> None:
        a, b, c, d, e, f = self.text
        self.text = a, b, c, d, e + distance * a, f + distance * b

    def begin(self) -> None:
        self.text = self.line = IDENTITY

    def set_matrix(self, *matrix: float) -> None:
        self.text = self.line = _matrix(matrix)

    def change_matrix(self, *matrix: float) -> None:
        self.state.matrix = multiplied(_matrix(matrix), self.state.matrix)

    def move(self, right: float, up: float) -> None:
        self.line = multiplied((1, 0, 0, 1, float(right), float(up)), self.line)
        self.text = self.line

    def move_and_lead(self, right: float, up: float) -> None:
        self.state.leading = -float(up)
        self.move(right, up)

    def next_line(self) -> None:
        self.move(0, -self.state.leading)

    def next_line_and_show(self, shown: object) -> None:
        self.next_line()
        self.show(shown)

    def space_and_show(self, word: float, letter: float, shown: object) -> None:
        self.state.word_spacing, self.state.spacing = float(word), float(letter)
        self.next_line_and_show(shown)

    def set_spacing(self, value: float) -> None:
        self.state.spacing = float(value)

    def set_word_spacing(self, value: float) -> None:
        self.state.word_spacing = float(value)

    def set_scale(self, value: float) -> None:
        self.state.scale = float(value) / 100

    def set_leading(self, value: float) -> None:
        self.state.leading = float(value)

    def set_rise(self, value: float) -> None:
        self.state.rise = float(value)


_OPERATORS: dict[bytes, Callable[..., None]] = {
    b"BT": _Interpreter.begin,
    b"Tm": _Interpreter.set_matrix,
    b"cm": _Interpreter.change_matrix,
    b"Td": _Interpreter.move,
    b"TD": _Interpreter.move_and_lead,
    b"T*": _Interpreter.next_line,
    b"Tj": _Interpreter.show,
    b"TJ": _Interpreter.show_array,
    b"'": _Interpreter.next_line_and_show,
    b'"': _Interpreter.space_and_show,
    b"Tc": _Interpreter.set_spacing,
    b"Tw": _Interpreter.set_word_spacing,
    b"Tz": _Interpreter.set_scale,
    b"TL": _Interpreter.set_leading,
    b"Ts": _Interpreter.set_rise,
}


class _Placing:
    """Tells where on the page, seen along its line, a glyph of one string stands."""

    def __init__(self, matrix: Matrix, state: _State) -> None:
        self.turn = round(math.atan2(matrix[1], matrix[0]) / (math.pi / 2)) % 4
        a, b, c, d, e, f = _turned(matrix, self.turn)
        self.along, self.left = a, e + c * state.rise
        self.baseline, self.slope = f + d * state.rise, b
        self.size = abs(state.size) * math.hypot(c, d)

    def __call__(self, sign: _Sign, start: float, end: float) -> Glyph:
        return Glyph(
            sign.text,
            self.left + self.along * start,
            self.left + self.along * end,
            self.baseline + self.slope * start,
            self.size,
            self.turn,
            sign.unknown,
        )


def multiplied(first: Matrix, second: Matrix) -> Matrix:
    """Return the matrix that does the first, then the second."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def _turned(matrix: Matrix, turn: int) -> Matrix:
    """Return the matrix turned back, so that its line runs to the right."""
    turns: tuple[Matrix, ...] = (
        IDENTITY,
        (0, -1, 1, 0, 0, 0),
        (-1, 0, 0, -1, 0, 0),
        (0, 1, -1, 0, 0, 0),
    )
    return multiplied(matrix, turns[turn])


def _matrix(values: Iterable[float]) -> Matrix:
    a, b, c, d, e, f = map(float, values)
    return a, b, c, d, e, f


def _numbers(values: object) -> list[float]:
    held = _object(values)
    found = held if isinstance(held, list) else []
    return [float(value) for value in found if isinstance(value, (int, float))]


def _entry(holder: object, name: object) -> Any:  # noqa: ANN401 - as the file has it
    """Return what a dictionary of the file holds under a name, None if nothing."""
    held = _object(holder)
    return _object(held.get(name)) if isinstance(held, dict) else None


def _object(held: object) -> object:
    """Return what a reference leads to."""
    get_object = getattr(held, "get_object", None)
    return cast("object", get_object()) if get_object else held


def _actual_text(operands: list[Any], resources: Mapping[str, Any]) -> str | None:
    """Return what the file says that a marked stretch stands for."""
    properties = operands[1] if len(operands) > 1 else None
    if isinstance(properties, str):
        properties = _entry(_entry(resources, "/Properties"), properties)
    actual = _entry(properties, "/ActualText")
    if isinstance(actual, bytes):
        return _text_string(actual)
    return str(actual) if isinstance(actual, str) else None


def _text_string(data: bytes) -> str:
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace")
    return data.decode("latin-1")


def _face(resource: DictionaryObject, name: str) -> _Face | None:
    from pypdf.generic._font import Font  # noqa: PLC0415 - an extra

    try:
        font = Font.from_font_resource(resource)
    except (AttributeError, TypeError, KeyError, IndexError):
        return None  # what it draws cannot be told; the gate counts what is missing
    unit = 1 / 1000
    if font.sub_type == "Type3":
        unit = next(iter(_numbers(resource.get("/FontMatrix"))), unit)
    is_numbered = resource.get("/Encoding") in _GLYPH_NUMBERS or (
        "/Encoding" not in resource and "/ToUnicode" in resource
    )
    return _Face(name, font, unit, is_numbered=is_numbered)
