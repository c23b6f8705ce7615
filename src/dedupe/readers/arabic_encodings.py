"""Tell which of the older Arabic encodings a text is in, by how its letters follow."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Bytes: TypeAlias = npt.NDArray[np.uint8]

# How surprising it is that the letter of a column follows the letter of a row, the end
# of a word being a letter as well: the negative natural logarithm of the frequency,
# from 0 to 9, counted in 8,000 news articles. Columns are in the order of rows.
_SURPRISE = (
    (" ", "0963949139364455646455657363443244294"),
    ("ء", "0999999394499999999999999999985775798"),
    ("آ", "7989999936335915446367999985862325573"),
    ("أ", "4999899945444334635344446354434224273"),
    ("ؤ", "5999999378335933658238989999423463163"),
    ("إ", "9999999949653453346344447355461326993"),
    ("ئ", "4999999342594493734676669484452343591"),
    ("ا", "2499894946355464635465558474451335594"),
    ("ب", "2984858253466463636545649366453433382"),
    ("ة", "0999999999999999999999999999999999999"),
    ("ت", "1995798346454344635444546354344343353"),
    ("ث", "2998999243579998929999999776372335482"),
    ("ج", "2986996244368593634589999477983233382"),
    ("ح", "2999999243355992534364455994333355362"),
    ("خ", "3999999235397973425563539994992466493"),
    ("د", "1695997253447754938579999484564344352"),
    ("ذ", "2999998145595979949999999796832652462"),
    ("ر", "1985694233474474956455459554436444342"),
    ("ز", "1598996243596675935999999485664344371"),
    ("س", "2996597234294565939599949394543344362"),
    ("ش", "3964596235495534929599958353434343462"),
    ("ص", "3999999233699363929994959453682436263"),
    ("ض", "2999997244496354939999959356993354342"),
    ("ط", "2896796233599697929679959483392534363"),
    ("ظ", "3999999252599999929999999993983252452"),
    ("ع", "2999999233466993735556466996462334363"),
    ("غ", "2999999244489994424466449995983345362"),
    ("ف", "2996856263395566636466454477454644451"),
    ("ق", "2999999233399792639564438394583544352"),
    ("ك", "2995989233338794534459899795873335282"),
    ("ل", "2963949244354444446445657354433244433"),
    ("م", "2997596243354454735344657365443424373"),
    ("ن", "1998997244385564565455744564458563462"),
    ("ه", "1999699155594993335979799998774246363"),
    ("و", "3774957235354453534354456454342334553"),
    ("ى", "0899999999999999999999999999999999999"),
    ("ي", "1797796342455553635456557464444324494"),
)


class _Encoding(NamedTuple):
    name: str  # in reports
    codec: str
    rarity: float  # surprise at meeting it at all


# Where two give the same letters the commoner is named: Mac Arabic has its letters
# where ISO 8859-6 has them.
_ENCODINGS = (
    _Encoding("windows-1256", "cp1256", 0),
    _Encoding("iso-8859-6", "iso8859-6", 2),
    _Encoding("cp720", "cp720", 4),
    _Encoding("mac-arabic", "mac-arabic", 5),
)

# The classes of characters: letters by their row, then these.
_LETTERS = "".join(letter for letter, _ in _SURPRISE)
_END_OF_WORD = 0
_ASCII_LETTER, _PUNCTUATION, _MARK, _FOREIGN = range(len(_LETTERS), len(_LETTERS) + 4)
_CLASSES = _FOREIGN + 1
_MARKS = (
    "\N{ARABIC TATWEEL}\N{ARABIC FATHATAN}\N{ARABIC DAMMATAN}\N{ARABIC KASRATAN}"
    "\N{ARABIC FATHA}\N{ARABIC DAMMA}\N{ARABIC KASRA}\N{ARABIC SHADDA}\N{ARABIC SUKUN}"
)
_SPACES = (
    " \n\N{NO-BREAK SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
    "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
)
# Beyond ASCII; Mac Arabic has the ASCII ones a second time.
_POINTS = "،؛؟«»٪٫٬٠١٢٣٤٥٦٧٨٩“”‘’–—…•·°.,:()-/"
_WORST = 9.0
# What a punctuation mark adds to the end of a word: one letter in twenty has one.
_POINT = 3.0

# Arabic stays below this mean surprise; other languages taken for Arabic do not.
_ARABIC = 3.7
# A reading that is less than seven times as likely as the next is a guess.
_MARGIN = 2.0
# So many bytes of a long text decide; the second number where the first is not enough.
_SAMPLES = (1 << 10, 16 << 10)
# Fewer letters than this prove nothing, nor do a few that come again and again: the
# quotation marks of a French text from an old Mac are letters in windows-1256.
_FEWEST, _FEWEST_DISTINCT = 6, 4
_NO_BREAK_SPACE, _SPACE, _LAST_ASCII = 0xA0, 0x20, 0x7F


class _Reading(NamedTuple):
    total: float  # surprise of the whole sample
    mean: float  # surprise of a pair of characters
    encoding: _Encoding
    classes: Bytes

    def letters(self) -> bytes:
        """Return the letters by their class, without anything else."""
        classes = self.classes
        is_letter = (classes > _END_OF_WORD) & (classes < len(_LETTERS))
        return classes[is_letter].tobytes()


def guess_arabic(raw: bytes) -> tuple[str, str] | None:
    """Return the text and the name of its Arabic encoding, None when in doubt."""
    for length in _SAMPLES:
        encoding = _likeliest(_sample(raw, length))
        if encoding is not None:
            try:
                return raw.decode(encoding.codec), encoding.name
            except UnicodeDecodeError:
                return None
    return None


def _likeliest(sample: bytes) -> _Encoding | None:
    readings = _readings(sample)
    if not readings or readings[0].mean > _ARABIC or _is_doubtful(readings):
        return None
    return readings[0].encoding


def _sample(raw: bytes, length: int) -> bytes:
    """Return the part of a text where its letters begin."""
    if len(raw) <= length:
        return raw
    start = int(np.argmax(np.frombuffer(raw, np.uint8) > _LAST_ASCII))
    return raw[max(start - 1, 0) : start + length]


def _readings(sample: bytes) -> list[_Reading]:
    """Return what a text may say, the likeliest first."""
    readings = []
    for encoding in _ENCODINGS:
        try:
            sample.decode(encoding.codec)
        except UnicodeDecodeError:
            continue
        classes = np.frombuffer(sample.translate(_classes(encoding.codec)), np.uint8)
        total, pairs = _surprise(classes)
        mean = total / pairs if pairs else _WORST
        total += _rarity(encoding, sample)
        readings.append(_Reading(total, mean, encoding, classes))
    return sorted(readings, key=lambda reading: reading.total)


def _rarity(encoding: _Encoding, sample: bytes) -> float:
    """Return the surprise at an encoding; words apart by 0xA0 are the mark of a Mac."""
    if sample.count(_NO_BREAK_SPACE) > sample.count(_SPACE):
        return 0.0 if encoding.codec == "mac-arabic" else encoding.rarity + _MARGIN
    return encoding.rarity


def _is_doubtful(readings: list[_Reading]) -> bool:
    """Return whether a reading of other letters is nearly as likely as the first."""
    best = readings[0]
    letters = best.letters()
    if len(letters) < _FEWEST or len(set(letters)) < _FEWEST_DISTINCT:
        return True
    return any(
        other.total - best.total < _MARGIN and other.letters() != letters
        for other in readings[1:]
    )


def _surprise(classes: Bytes) -> tuple[float, int]:
    """Return the surprise at how characters follow, and how many pairs told."""
    marks = classes == _MARK
    floating = int(np.count_nonzero(marks[1:] & _IS_NO_LETTER[classes[:-1]]))
    written = classes[~marks]
    pairs = written[:-1].astype(np.intp) * _CLASSES + written[1:]
    surprises = _TABLE[pairs]
    # Every pair of letters has some; what has none says nothing of the encoding.
    telling = int(np.count_nonzero(surprises)) + floating
    return float(surprises.sum()) + _WORST * floating, telling


@cache
def _classes(codec: str) -> bytes:
    """Return the class of the character of each byte."""
    characters = bytes(range(256)).decode(codec, "replace")
    return bytes(map(_class, characters, range(256)))


def _class(character: str, byte: int) -> int:
    if byte <= _LAST_ASCII:
        return _ASCII_LETTER if character.isalpha() else _END_OF_WORD
    if character in _SPACES:
        return _END_OF_WORD
    if character in _LETTERS:
        return _LETTERS.index(character)
    if character in _MARKS:
        return _MARK
    return _PUNCTUATION if character in _POINTS else _FOREIGN


def _pair_table() -> npt.NDArray[np.float32]:
    """Return the surprise of each pair of classes, row by row."""
    table = np.full((_CLASSES, _CLASSES), _WORST, np.float32)
    for row, (_, digits) in enumerate(_SURPRISE):
        table[row, : len(_LETTERS)] = [int(digit) for digit in digits]
    for outside in (_END_OF_WORD, _ASCII_LETTER):
        table[outside, [_END_OF_WORD, _ASCII_LETTER]] = 0
    table[:, _PUNCTUATION] = table[:, _END_OF_WORD] + _POINT
    table[_PUNCTUATION, :] = table[_END_OF_WORD, :]
    return table.ravel()


_TABLE = _pair_table()
_IS_NO_LETTER = np.isin(
    np.arange(_CLASSES), [_END_OF_WORD, _ASCII_LETTER, _PUNCTUATION, _FOREIGN]
)
