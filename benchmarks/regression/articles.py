"""Write the articles that costs are counted on: always the same, whoever counts.

The words are made of Arabic roots and patterns and are as unevenly common as those of
news, so that shingles are as rare; some of the paragraphs are copies of earlier ones.
"""

from __future__ import annotations

import itertools
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# More paragraphs than an archive compares as a whole.
ARTICLES = 400
PARAGRAPHS = 6
WORDS = (12, 48)
COPIED = 0.15
# The copies of one story, each edited: what bands and families are for.
STORY_COPIES = 40

COMMON_TEXT = "في من على إلى أن عن مع هذا التي كان قال بعد بين لم ما كل قد حيث أو ثم"
COMMON = COMMON_TEXT.split()
ROOTS = [
    "".join(root)
    for root in itertools.product("كدسعنقر", "تبلجحمش", "بفمرصه")
    if len(set(root)) == len(root)
]
PATTERNS = (
    "{0}{1}{2}",
    "{0}ا{1}{2}",
    "م{0}{1}و{2}",
    "ال{0}{1}ي{2}ة",
    "أ{0}{1}ا{2}",
    "ت{0}{1}ي{2}",
    "ا{0}ت{1}ا{2}",
    "ال{0}{1}{2}ى",
)


def articles() -> dict[str, str]:
    """Return the texts by name."""
    random = Random(1)
    vocabulary = _vocabulary(random)
    weights = list(
        itertools.accumulate(1 / (rank + 3) for rank in range(len(vocabulary)))
    )

    def paragraph() -> str:
        count = random.randint(*WORDS)
        words = random.choices(vocabulary, cum_weights=weights, k=count)
        return _punctuated(words, random)

    earlier = [paragraph()]
    story = paragraph()
    texts = {}
    for number in range(ARTICLES):
        lines = []
        for _ in range(PARAGRAPHS):
            if random.random() < COPIED:
                change = random.choice(CHANGES)
                lines.append(change(random.choice(earlier), random))
            else:
                lines.append(paragraph())
                earlier.append(lines[-1])
        if number < STORY_COPIES:
            lines.append(_edited(story, random))
        texts[f"{number:03}.txt"] = "\n".join(lines) + "\n"
    return texts


def _vocabulary(random: Random) -> list[str]:
    words = [pattern.format(*root) for root in ROOTS for pattern in PATTERNS]
    return COMMON + random.sample(words, len(words))


def _punctuated(words: list[str], random: Random) -> str:
    marked = [word + "،" if random.random() < 0.06 else word for word in words]
    return " ".join(marked) + "."


def _as_is(text: str, _random: Random) -> str:
    return text


def _respelled(text: str, random: Random) -> str:
    text = text.translate(str.maketrans("أإآى", "اااي"))
    fatha = "\N{ARABIC FATHA}"
    return "".join(
        letter + fatha if letter in "كتبقل" and random.random() < 0.3 else letter
        for letter in text
    )


def _edited(text: str, random: Random) -> str:
    words = text.split()
    for _ in range(max(1, len(words) // 10)):
        words[random.randrange(len(words))] = random.choice(COMMON)
    return " ".join(words)


def _quoted(text: str, random: Random) -> str:
    words = text.split()
    start = random.randrange(max(1, len(words) - 12))
    around = [random.choice(ROOTS) for _ in range(20)]
    return " ".join([*around[:10], *words[start : start + 12], *around[10:]])


CHANGES: tuple[Callable[[str, Random], str], ...] = (
    _as_is,
    _respelled,
    _edited,
    _quoted,
)
