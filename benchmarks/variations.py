"""Write a paragraph anew as other newsrooms, keyboards and editors would.

Every variation takes the original, unfolded text and a random generator, so that a
seed decides all of it, and gives one line of text.
"""

from __future__ import annotations

import bisect
import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random


class Vocabulary:
    """The words of a corpus, drawn as often as they are written."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Count the words of texts, without the punctuation around them."""
        counts = Counter(
            word
            for text in texts
            for word in (token.strip(_PUNCTUATION) for token in text.split())
            if word
        )
        self._words = sorted(counts)
        self._totals = list(itertools.accumulate(counts[word] for word in self._words))

    def draw(self, random: Random, *, unlike: str = "") -> str:
        """Return a random word that is not `unlike`."""
        while True:
            place = bisect.bisect_right(
                self._totals, random.randrange(self._totals[-1])
            )
            if self._words[place] != unlike.strip(_PUNCTUATION):
                return self._words[place]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a variation may draw on besides the paragraph."""

    before: str  # two paragraphs of other articles, used for this variant alone
    after: str
    vocabulary: Vocabulary


Vary: TypeAlias = "Callable[[str, Random, Surroundings], str]"
Prepare: TypeAlias = "Callable[[str, Random], str]"


@dataclass(frozen=True, slots=True)
class Variation:
    """A way to write a paragraph anew, and the recall that is asked for."""

    vary: Vary
    target: float | None = None
    prepare: Prepare | None = None  # what the original must hold to begin with
    surrounded: bool = False  # by paragraphs of other articles


_PUNCTUATION = "".join(
    letter
    for letter in map(chr, range(0x3000))
    if unicodedata.category(letter).startswith("P")
)
_MARK = re.compile(f"[{re.escape(_PUNCTUATION)}]")
_ARABIC_LETTER = re.compile("[ء-غف-ي]")
_INSIDE_A_WORD = re.compile("(?<=[بتثجحخسشصضطظعغفقكلمنهي])(?=[ء-غف-ي])")

_TANWIN = "\N{ARABIC FATHATAN}\N{ARABIC DAMMATAN}\N{ARABIC KASRATAN}"
_VOWELS = (
    "\N{ARABIC FATHA}\N{ARABIC DAMMA}\N{ARABIC KASRA}\N{ARABIC SUKUN}"
    "\N{ARABIC FATHA}\N{ARABIC KASRA}"
)
_SHADDA = "\N{ARABIC SHADDA}"


def exact(text: str, _random: Random, _around: Surroundings) -> str:
    """Change nothing."""
    return text


def drop_hamza(text: str, _random: Random, _around: Surroundings) -> str:
    """Write every alef bare."""
    return re.sub("[أإآ]", "ا", text)


def ta_marbuta_as_ha(text: str, _random: Random, _around: Surroundings) -> str:
    """Leave the dots of ta marbuta out."""
    return text.replace("ة", "ه")


def final_ya_without_dots(text: str, _random: Random, _around: Surroundings) -> str:
    """Write final ya as Egypt does."""
    return re.sub(r"ي\b", "ى", text)


def persian_letters(text: str, _random: Random, _around: Surroundings) -> str:
    """Write ya and kaf with the letters of a Persian keyboard."""
    return re.sub("[يى]", "ی", text).replace("ك", "ک")


def all_letters(text: str, random: Random, around: Surroundings) -> str:
    """Apply all habits of single letters."""
    for habit in (drop_hamza, ta_marbuta_as_ha, final_ya_without_dots, persian_letters):
        text = habit(text, random, around)
    return text


def some_tashkeel(text: str, random: Random, _around: Surroundings) -> str:
    """Vocalize three letters in ten."""
    return _vocalize(text, random, 0.3)


def full_tashkeel(text: str, random: Random, _around: Surroundings) -> str:
    """Vocalize every letter."""
    return _vocalize(text, random, 1.0)


def _vocalize(text: str, random: Random, share: float) -> str:
    letters: list[str] = []
    for place, letter in enumerate(text):
        letters.append(letter)
        if not _ARABIC_LETTER.match(letter) or random.random() > share:
            continue
        last = not _ARABIC_LETTER.match(text[place + 1 : place + 2])
        mark = random.choice(_TANWIN if last else _VOWELS)
        # Both orders of shadda and vowel are written.
        doubled = [mark + _SHADDA, _SHADDA + mark]
        letters.append(random.choice(doubled) if random.random() < 0.15 else mark)
    return "".join(letters)


def _inside_words(
    text: str, random: Random, share: float, additions: tuple[str, ...]
) -> str:
    def add(word: str) -> str:
        places = [gap.start() for gap in _INSIDE_A_WORD.finditer(word)]
        if not places or random.random() > share:
            return word
        place = random.choice(places)
        return word[:place] + random.choice(additions) + word[place:]

    return " ".join(add(word) for word in text.split(" "))


def tatweel(text: str, random: Random, _around: Surroundings) -> str:
    """Stretch three words in ten."""
    dash = "\N{ARABIC TATWEEL}"
    return _inside_words(text, random, 0.3, (dash, dash * 2, dash * 4))


def invisible_characters(text: str, random: Random, _around: Surroundings) -> str:
    """Put zero-width characters and soft hyphens inside three words in ten."""
    additions = (
        "\N{ZERO WIDTH NON-JOINER}",
        "\N{ZERO WIDTH SPACE}",
        "\N{ZERO WIDTH JOINER}",
        "\N{SOFT HYPHEN}",
        "\N{ZERO WIDTH NO-BREAK SPACE}",
    )
    return _inside_words(text, random, 0.3, additions)


def bidi_marks(text: str, random: Random, _around: Surroundings) -> str:
    """Scatter direction marks and wrap words in embeddings and isolates."""
    marks = (
        "\N{RIGHT-TO-LEFT MARK}",
        "\N{LEFT-TO-RIGHT MARK}",
        "\N{ARABIC LETTER MARK}",
    )
    pairs = (
        ("\N{RIGHT-TO-LEFT EMBEDDING}", "\N{POP DIRECTIONAL FORMATTING}"),
        ("\N{RIGHT-TO-LEFT ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"),
    )
    words = []
    for word in text.split(" "):
        opening, closing = random.choice(pairs)
        kind = random.random()
        if kind < 0.2:
            words.append(word + random.choice(marks))
        elif kind < 0.3:
            words.append(opening + word + closing)
        elif kind < 0.4:
            words.append(_inside_words(word, random, 1.0, marks))
        else:
            words.append(word)
    return "\N{RIGHT-TO-LEFT EMBEDDING}" + " ".join(words)


def _presentation_forms() -> dict[str, dict[str, str]]:
    forms: dict[str, dict[str, str]] = defaultdict(dict)
    for form in map(chr, range(0xFE80, 0xFEFD)):
        shape, *codes = unicodedata.decomposition(form).split()
        forms["".join(chr(int(code, 16)) for code in codes)][shape.strip("<>")] = form
    return dict(forms)


_FORMS = _presentation_forms()
_LAM_ALEF = re.compile("ل[اأإآ]")


def lam_alef_ligatures(text: str, random: Random, _around: Surroundings) -> str:
    """Write lam-alef as one character, as old publishing systems do."""
    return _LAM_ALEF.sub(
        lambda pair: _FORMS[pair[0]][random.choice(("isolated", "final"))], text
    )


def presentation_forms(text: str, _random: Random, _around: Surroundings) -> str:
    """Write every letter in its shape, as text taken from a PDF."""
    return re.sub("[ء-غف-ي]+", lambda word: _shape(word[0]), text)


def _shape(word: str) -> str:
    shaped: list[str] = []
    joins = False  # whether the letter before reaches out to this one
    place = 0
    while place < len(word):
        pair = word[place : place + 2]
        unit = pair if _LAM_ALEF.fullmatch(pair) else word[place]
        place += len(unit)
        forms = _FORMS[unit]
        reaches = "initial" in forms and place < len(word) and word[place] != "ء"
        names = ("initial", "medial") if reaches else ("isolated", "final")
        shaped.append(forms.get(names[joins], forms["isolated"]))
        joins = reaches
    return "".join(shaped)


def no_punctuation(text: str, _random: Random, _around: Surroundings) -> str:
    """Leave punctuation out, except inside numbers."""
    bare = re.sub(rf"(?<!\d){_MARK.pattern}|{_MARK.pattern}(?!\d)", " ", text)
    return " ".join(bare.split())


def spaced_punctuation(text: str, _random: Random, _around: Surroundings) -> str:
    """Put a space before every mark that ends a clause."""
    return re.sub(r"(?<=\w)([،؛؟:!.])(?=\s|$)", r" \1", text)


def add_numbers(text: str, random: Random) -> str:
    """Give a paragraph without digits three numbers."""
    if any(letter.isdecimal() for letter in text):
        return text
    words = text.split(" ")
    for _ in range(3):
        number = random.choice((random.randint(2, 99), random.randint(1900, 2030)))
        words.insert(random.randint(1, len(words) - 1), str(number))
    return " ".join(words)


_ASCII, _INDIC = "0123456789", "٠١٢٣٤٥٦٧٨٩"


def other_digits(text: str, _random: Random, _around: Surroundings) -> str:
    """Exchange ASCII and Arabic-Indic digits."""
    return text.translate(str.maketrans(_ASCII + _INDIC, _INDIC + _ASCII))


def decomposed(text: str, _random: Random, _around: Surroundings) -> str:
    """Write hamza and madda as marks of their own (NFD)."""
    return unicodedata.normalize("NFD", text)


def other_spacing(text: str, random: Random, _around: Surroundings) -> str:
    """Join and split the words that newsrooms space differently."""
    text = re.sub(
        r"\bعبد (?=ال)|\bعبد(?=ال)",
        lambda name: "عبد" if name[0].endswith(" ") else "عبد ",
        text,
    )
    return re.sub(
        r"(?<!\S)و(?=[ء-غف-ي]{4})",
        lambda waw: waw[0] + " " if random.random() < 0.5 else waw[0],
        text,
    )


def _replace(text: str, random: Random, around: Surroundings, count: int) -> str:
    words = text.split()
    for place in random.sample(range(len(words)), count):
        words[place] = around.vocabulary.draw(random, unlike=words[place])
    return " ".join(words)


def replace_one(text: str, random: Random, around: Surroundings) -> str:
    """Replace one word."""
    return _replace(text, random, around, 1)


def replace_share(share: float) -> Vary:
    """Return a variation that replaces a share of the words, wherever they are."""

    def vary(text: str, random: Random, around: Surroundings) -> str:
        count = max(1, round(share * len(text.split())))
        return _replace(text, random, around, count)

    return vary


def insert_words(text: str, random: Random, around: Surroundings) -> str:
    """Insert 15 % more words."""
    words = text.split()
    for _ in range(round(0.15 * len(words))):
        place = random.randint(0, len(words))
        words.insert(place, around.vocabulary.draw(random))
    return " ".join(words)


def delete_words(text: str, random: Random, _around: Surroundings) -> str:
    """Delete 15 % of the words."""
    words = text.split()
    gone = set(random.sample(range(len(words)), round(0.15 * len(words))))
    return " ".join(word for place, word in enumerate(words) if place not in gone)


def reorder_clauses(text: str, random: Random, _around: Surroundings) -> str:
    """Shuffle three to five clauses."""
    return " ".join(_shuffled(_chunks(text, "[،.؛]", random.randint(3, 5)), random))


def reorder_sentences(text: str, random: Random, _around: Surroundings) -> str:
    """Shuffle the sentences, or exchange the halves of a single one."""
    # A full stop may stand between spaces.
    sentences = re.findall(r".*?\w.*?(?:[.!؟](?=\s|$)|$)", text)
    if len(sentences) == 1:
        sentences = _chunks(text, "[،؛]", 2)
    return " ".join(_shuffled([sentence.strip() for sentence in sentences], random))


def _chunks(text: str, marks: str, count: int) -> list[str]:
    """Cut a text into a number of chunks, behind marks where there are enough."""
    words = text.split()
    ends = [
        place for place, word in enumerate(words, 1) if re.search(marks + "$", word)
    ]
    ends = [place for place in ends if place < len(words)]
    chosen = [
        min(ends or [ideal], key=lambda end: abs(end - ideal))
        for ideal in (len(words) * part // count for part in range(1, count))
    ]
    if len(set(chosen)) < count - 1:
        chosen = [len(words) * part // count for part in range(1, count)]
    cuts = [0, *sorted(set(chosen)), len(words)]
    return [" ".join(words[start:end]) for start, end in itertools.pairwise(cuts)]


def _shuffled(parts: list[str], random: Random) -> list[str]:
    shuffled = parts.copy()
    while shuffled == parts and len(set(parts)) > 1:
        random.shuffle(shuffled)
    return shuffled


def first_half(text: str, _random: Random, _around: Surroundings) -> str:
    """Keep the first half of the words."""
    words = text.split()
    return " ".join(words[: len(words) // 2])


def second_half(text: str, _random: Random, _around: Surroundings) -> str:
    """Keep the second half of the words."""
    words = text.split()
    return " ".join(words[len(words) // 2 :])


def embedded(text: str, _random: Random, around: Surroundings) -> str:
    """Put the paragraph between two others, in one longer paragraph."""
    return f"{around.before} {text} {around.after}"


def quotation(length: int) -> Vary:
    """Return a variation that quotes a number of words in another paragraph."""

    def vary(text: str, random: Random, around: Surroundings) -> str:
        words, host = text.split(), around.before.split()
        # A dash between spaces is no word.
        places = [place for place, word in enumerate(words) if re.search(r"\w", word)]
        first = random.randint(0, len(places) - length)
        last = places[first + length - 1]
        quoted = " ".join(words[places[first] : last + 1])
        place = random.randint(len(host) // 4, 3 * len(host) // 4)
        return " ".join([*host[:place], f"«{quoted}»", *host[place:]])

    return vary


def replaced_and_respelled(text: str, random: Random, around: Surroundings) -> str:
    """Replace 20 % of the words and change every spelling."""
    text = replace_share(0.2)(text, random, around)
    habits = (all_letters, spaced_punctuation, other_digits, some_tashkeel, tatweel)
    for habit in (*habits, bidi_marks):
        text = habit(text, random, around)
    return text


_DATELINES = (
    "الرياض - واس:",
    "القاهرة (رويترز) -",
    "دبي، الإمارات العربية المتحدة --",
    "عمّان – بترا –",
    "بيروت: «مراسلنا»",
    "تونس/ وات",
    "الدوحة في ١٢ مايو /قنا/",
    "واشنطن ـ خاص",
)


def dateline_and_tail(text: str, random: Random, around: Surroundings) -> str:
    """Put a dateline before the paragraph and another sentence behind it."""
    tail = " ".join(around.after.split()[: random.randint(9, 14)])
    return f"{random.choice(_DATELINES)} {text} {tail}."


def lost_letters(text: str, random: Random, _around: Surroundings) -> str:
    """Lose 2 % of the letters, as a bad scan does."""
    return "".join(
        letter
        for letter in text
        if not _ARABIC_LETTER.match(letter) or random.random() > 0.02
    )


def with_dateline(text: str, random: Random) -> str:
    """Begin as agencies do."""
    return f"{random.choice(_DATELINES)} {text}"


def other_dateline(text: str, random: Random, _around: Surroundings) -> str:
    """Exchange the dateline for that of another agency, or add one."""
    old = next((line for line in _DATELINES if text.startswith(line)), "")
    others = [line for line in _DATELINES if line != old]
    return f"{random.choice(others)} {text.removeprefix(old).lstrip()}"


_SAID = ("قال", "أوضح", "ذكر", "أكد", "صرح", "أضاف", "بين", "أفاد", "أشار", "لفت")
_SPEAKERS = (
    "المتحدث الرسمي",
    "مصدر مطلع",
    "رئيس اللجنة",
    "الناطق باسم الهيئة",
    "مسؤول محلي",
    "شهود عيان",
)
_SOURCES = (
    "في تصريح صحفي",
    "لوكالة الأنباء",
    "خلال اتصال هاتفي",
    "عبر حسابه الرسمي",
    "في مؤتمر صحفي",
    "بحسب بيان مكتوب",
)
_ATTRIBUTION = re.compile(rf"(?:{'|'.join(_SAID)}) (?:{'|'.join(_SPEAKERS)})")


def attributed(text: str, random: Random) -> str:
    """Say in the middle who said it."""
    words = text.split()
    place = len(words) // 2
    told = f"و{random.choice(_SAID)} {random.choice(_SPEAKERS)} أن"
    return " ".join([*words[:place], told, *words[place:]])


def other_attribution(text: str, random: Random, _around: Surroundings) -> str:
    """Have somebody else say it, in other words, and tell where."""
    told = (
        f"{random.choice(_SAID)} {random.choice(_SPEAKERS)} {random.choice(_SOURCES)}"
    )
    return _ATTRIBUTION.sub(told, text, count=1)


_NUMERALS = dict(
    enumerate(
        ["ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة"],
        start=3,
    )
)
_SMALL_NUMBER = re.compile(r"(?<![\d.,٫٬])(?:[3-9]|10)(?![\d.,٫٬%])")


def add_small_numbers(text: str, random: Random) -> str:
    """Give a paragraph three numbers that are also written as words."""
    words = text.split()
    for _ in range(3):
        place = random.randint(1, len(words) - 1)
        words.insert(place, str(random.choice(list(_NUMERALS))))
    return " ".join(words)


def numbers_as_words(text: str, _random: Random, _around: Surroundings) -> str:
    """Write small numbers as words."""
    return _SMALL_NUMBER.sub(lambda number: _NUMERALS[int(number[0])], text)


_HONORIFICS = (
    "صاحب السمو الملكي",
    "فخامة الرئيس",
    "معالي الوزير الدكتور",
    "سعادة السفير",
    "فضيلة الشيخ",
    "دولة رئيس مجلس الوزراء",
)


def with_honorifics(text: str, random: Random) -> str:
    """Address two people as protocol demands."""
    words = text.split()
    for _ in range(2):
        words.insert(random.randint(1, len(words) - 1), random.choice(_HONORIFICS))
    return " ".join(words)


def no_honorifics(text: str, _random: Random, _around: Surroundings) -> str:
    """Leave titles of respect out."""
    bare = re.sub(rf"(?:{'|'.join(_HONORIFICS)}) ?", "", text)
    return " ".join(bare.split())


# What one house writes and another does not, where both mean the same.
_STYLES = (
    ("بسبب", "نتيجة"),
    ("خلال", "أثناء"),
    ("حول", "بشأن"),
    ("بعد", "عقب"),
    ("الذي", "والذي"),
    ("التي", "والتي"),
    ("كما", "وأيضا"),
    ("لكن", "إلا أن"),
    ("نحو", "قرابة"),
    ("مع", "برفقة"),
    ("قبل", "قبيل"),
    ("من أجل", "بغية"),
    ("رغم", "على الرغم من"),
    ("عدد من", "جملة من"),
    ("يوم", "نهار"),
    ("أمام", "قبالة"),
    ("عبر", "من خلال"),
    ("حيث", "إذ"),
    ("أن", "بأن"),
    ("إلى", "صوب"),
)
_TO_STYLE = {one: other for pair in _STYLES for one, other in (pair, pair[::-1])}
_STYLED = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted(_TO_STYLE, key=len, reverse=True)) + r")(?!\w)"
)


def other_style(text: str, _random: Random, _around: Surroundings) -> str:
    """Write small words as the style of another house has them."""
    return _STYLED.sub(lambda word: _TO_STYLE[word[0]], text)


# Letters of one shape, which a scanner tells apart by their dots alone.
_SHAPES = (
    "بتثنيپ",
    "جحخچ",
    "دذ",
    "رزژ",
    "سش",
    "صض",
    "طظ",
    "عغ",
    "فق",
    "كگ",
    "هة",
    "ىي",
)
_LOOKALIKES = {
    letter: shape.replace(letter, "") for shape in _SHAPES for letter in shape
}


def scanned(text: str, random: Random, _around: Surroundings) -> str:
    """Misread the dots of 3 % of the letters, as a scanner does."""

    def read(letter: str) -> str:
        alike = _LOOKALIKES.get(letter)
        return random.choice(alike) if alike and random.random() < 0.03 else letter

    return "".join(map(read, text))


def mistyped(text: str, random: Random, _around: Surroundings) -> str:
    """Exchange two letters or double one in 6 % of the words."""

    def mistype(word: str) -> str:
        if len(word) < 4 or random.random() > 0.06:
            return word
        place = random.randint(0, len(word) - 2)
        one, other = word[place], word[place + 1]
        wrong = other + one if one != other and random.random() < 0.5 else one + one
        rest = place + (2 if wrong == other + one else 1)
        return word[:place] + wrong + word[rest:]

    return " ".join(mistype(word) for word in text.split(" "))


def lost_spaces(text: str, random: Random, _around: Surroundings) -> str:
    """Run 5 % of the words into the next, as text taken from a page does."""
    words = text.split()
    ends = ["" if random.random() < 0.05 else " " for _ in words]
    return "".join(map("".join, zip(words, ends, strict=True))).strip()


def broken_words(text: str, random: Random, _around: Surroundings) -> str:
    """Break 5 % of the longer words, as text taken from columns does."""

    def broken(word: str) -> str:
        if len(word) < 6 or random.random() > 0.05:
            return word
        place = random.randint(2, len(word) - 2)
        return f"{word[:place]} {word[place:]}"

    return " ".join(broken(word) for word in text.split())


def leftover_markup(text: str, random: Random, _around: Surroundings) -> str:
    """Leave entities and tags of a page in the text."""

    def mark(word: str) -> str:
        kind = random.random()
        if kind < 0.04:
            return f"{word}&nbsp;"
        if kind < 0.06:
            return f"&quot;{word}&quot;"
        return f"<b>{word}</b>" if kind < 0.08 else word

    return " ".join(mark(word) for word in text.split())


def shortened(text: str, _random: Random, _around: Surroundings) -> str:
    """Cut the last quarter off, as the end of a column does."""
    words = text.split()
    return " ".join(words[: len(words) * 3 // 4])


def merged(text: str, _random: Random, around: Surroundings) -> str:
    """Run the paragraph and the next into one."""
    return f"{text} {around.after}"


def condensed(text: str, random: Random, _around: Surroundings) -> str:
    """Leave out two of five clauses and join the others."""
    chunks = _chunks(text, "[،.؛]", 5)
    gone = set(random.sample(range(len(chunks)), min(2, len(chunks) - 1)))
    return " ".join(chunk for place, chunk in enumerate(chunks) if place not in gone)


def rewritten(text: str, random: Random, around: Surroundings) -> str:
    """Change style, order, a tenth of the words and the dateline, as a desk does."""
    text = other_style(text, random, around)
    text = reorder_clauses(text, random, around)
    text = replace_share(0.1)(text, random, around)
    return with_dateline(text, random)


VARIATIONS: dict[str, Variation] = {
    "exact": Variation(exact, 1.0),
    "hamza dropped": Variation(drop_hamza, 1.0),
    "ta marbuta as ha": Variation(ta_marbuta_as_ha, 1.0),
    "final ya without dots": Variation(final_ya_without_dots, 1.0),
    "Persian letters": Variation(persian_letters, 1.0),
    "all letters": Variation(all_letters, 1.0),
    "tashkeel on 30 %": Variation(some_tashkeel, 1.0),
    "tashkeel on all": Variation(full_tashkeel, 1.0),
    "tatweel": Variation(tatweel, 1.0),
    "bidi marks": Variation(bidi_marks, 1.0),
    "invisible characters": Variation(invisible_characters, 1.0),
    "lam-alef ligatures": Variation(lam_alef_ligatures, 1.0),
    "presentation forms": Variation(presentation_forms, 1.0),
    "punctuation removed": Variation(no_punctuation, 1.0),
    "punctuation spaced": Variation(spaced_punctuation, 1.0),
    "digits": Variation(other_digits, 1.0, add_numbers),
    "NFD": Variation(decomposed, 1.0),
    "spacing": Variation(other_spacing, 1.0),
    "1 word replaced": Variation(replace_one, 1.0),
    "5 % replaced": Variation(replace_share(0.05), 1.0),
    "10 % replaced": Variation(replace_share(0.10), 0.995),
    "20 % replaced": Variation(replace_share(0.20), 0.99),
    "30 % replaced": Variation(replace_share(0.30), 0.95),
    "15 % inserted": Variation(insert_words, 0.98),
    "15 % deleted": Variation(delete_words, 0.98),
    "clauses reordered": Variation(reorder_clauses, 0.99),
    "sentences reordered": Variation(reorder_sentences, 0.99),
    "first half": Variation(first_half, 1.0),
    "second half": Variation(second_half, 1.0),
    "embedded": Variation(embedded, 1.0, surrounded=True),
    "quotation of 12": Variation(quotation(12), 0.99, surrounded=True),
    "quotation of 10": Variation(quotation(10), surrounded=True),
    "quotation of 8": Variation(quotation(8), 0.95, surrounded=True),
    "20 % and spellings": Variation(replaced_and_respelled, 0.97),
    "dateline and tail": Variation(dateline_and_tail, surrounded=True),
    "2 % of letters lost": Variation(lost_letters),
    "dateline changed": Variation(other_dateline, prepare=with_dateline),
    "attribution changed": Variation(other_attribution, prepare=attributed),
    "numbers in words": Variation(numbers_as_words, prepare=add_small_numbers),
    "honorifics dropped": Variation(no_honorifics, prepare=with_honorifics),
    "house style": Variation(other_style),
    "scanned, 3 % misread": Variation(scanned),
    "mistyped, 6 %": Variation(mistyped),
    "spaces lost, 5 %": Variation(lost_spaces),
    "words broken, 5 %": Variation(broken_words),
    "markup left in": Variation(leftover_markup),
    "last quarter cut": Variation(shortened),
    "merged with the next": Variation(merged, surrounded=True),
    "condensed to 3 of 5": Variation(condensed),
    "rewritten by a desk": Variation(rewritten),
}
