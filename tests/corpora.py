"""Small corpora with planted copies, for hypothesis to vary."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

# Words that have nothing in common, in the spelling of careful writers.
TEXT = """
أعلنت إدارة المتحف الوطني افتتاح قاعة جديدة للمخطوطات النادرة بعد ترميم استمر ثلاثة
أعوام شارك فيه خبراء كثيرون ودعت المدرسة تلاميذها إلى زيارة مزرعة الزيتون قرب النهر
حيث تعلموا قطف الثمار وعصرها صباح الخميس وصل قطار البضائع متأخرا بسبب الضباب الكثيف
فوق الجسر القديم فانتظر التجار ساعات طويلة حتى أفرغت حمولته يحب جارنا النجار صناعة
الكراسي الخشبية ويبيعها سوق المدينة كل جمعة بثمن قليل لكن زبائنه أوفياء تهطل الأمطار
غزيرة شتاء على سفوح الجبال
"""
WORDS = TEXT.split()
NEW_WORDS = ("قمر", "بحيرة", "دفتر", "مصباح", "غزالة", "عاصفة", "مفتاح", "لؤلؤ")

RESPELLINGS: list[dict[int, str]] = [
    dict.fromkeys(map(ord, "أإآ"), "ا"),
    {ord("ة"): "ه", ord("ى"): "ي"},
    {ord("ي"): "ی", ord("ك"): "ک"},
    {ord(letter): letter + "\N{ARABIC FATHA}" for letter in "بتلمن"},
    {ord(letter): letter + "\N{ARABIC TATWEEL}" for letter in "سشعم"},
    {ord(" "): "\N{RIGHT-TO-LEFT MARK} ، "},
]


@dataclass(frozen=True)
class Plan:
    """What a corpus is made from; small numbers, so that a failure can be shrunk."""

    bases: list[int]  # words of each paragraph
    copies: list[tuple[int, str, int]]  # which paragraph, what is done to it, how
    documents: int
    seed: int


def respelled(text: str, random: Random) -> str:
    return text.translate(random.choice(RESPELLINGS))


def edited(text: str, random: Random) -> str:
    words = text.split()
    for _ in range(max(1, len(words) // 12)):
        words[random.randrange(len(words))] = random.choice(NEW_WORDS)
    return " ".join(words)


def shortened(text: str, random: Random) -> str:
    words = text.split()
    return " ".join(words[: max(8, len(words) * random.randint(5, 9) // 10)])


def embedded(text: str, random: Random) -> str:
    words = text.split()
    size = random.randint(8, 14)
    at = random.randint(0, max(0, len(words) - size))
    around = [random.choice(NEW_WORDS) for _ in range(12)]
    return " ".join([*around[:6], *words[at : at + size], *around[6:]])


def extended(text: str, random: Random) -> str:
    return " ".join([text, *(random.choice(WORDS) for _ in range(6))])


def spaced(text: str, random: Random) -> str:
    """Part one word in two, so that only the letters agree."""
    words = text.split()
    at = random.randrange(len(words))
    return " ".join([*words[:at], words[at][:2], words[at][2:], *words[at + 1 :]])


def as_is(text: str, _random: Random) -> str:
    return text


CHANGES = {
    change.__name__: change
    for change in (as_is, respelled, edited, shortened, embedded, extended, spaced)
}


def build(plan: Plan) -> dict[str, str]:
    """The documents of a plan."""
    random = Random(plan.seed)
    bases = [" ".join(random.choices(WORDS, k=words)) for words in plan.bases]
    copies = [
        CHANGES[change](bases[base % len(bases)], Random(how))
        for base, change, how in plan.copies
    ]
    texts: list[list[str]] = [[] for _ in range(plan.documents)]
    for paragraph in random.sample(bases + copies, len(bases + copies)):
        random.choice(texts).append(paragraph + " .")
    return {f"{number}.txt": "\n".join(text) for number, text in enumerate(texts)}


plans = st.builds(
    Plan,
    bases=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    copies=st.lists(
        st.tuples(
            st.integers(0, 5), st.sampled_from(sorted(CHANGES)), st.integers(0, 99)
        ),
        max_size=6,
    ),
    documents=st.integers(1, 4),
    seed=st.integers(0, 9999),
)
small_corpora = plans.map(build)
