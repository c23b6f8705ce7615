"""Make paragraphs of Arabic news that nobody wrote, for those who have no corpus.

Sentences are put together from the lists in `own_words`, with agreement of gender, so
that the vocabulary is rich, no run of six words stands in two paragraphs, and a seed
decides all of it.
"""

from __future__ import annotations

import itertools
from random import Random
from typing import TYPE_CHECKING

from benchmarks import own_words as words
from benchmarks.words import fold_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARAGRAPHS = 5000
SEED = 20
SENTENCES = (1, 4)

# No run as long as this may stand in two paragraphs.
OWN_RUN = 6

# As often a sentence is drawn again before its paragraph is given up.
TRIES = 20


def paragraphs(count: int = PARAGRAPHS, seed: int = SEED) -> list[str]:
    """Return paragraphs that share no run of six words.

    >>> paragraphs(2) == paragraphs(2)
    True
    """
    random = Random(seed)
    return list(itertools.islice(_distinct(random), count))


def _distinct(random: Random) -> Iterator[str]:
    seen: set[tuple[str, ...]] = set()
    while True:
        text = _paragraph(random, seen)
        if text:
            seen |= _runs(text)
            yield text


def _runs(text: str) -> set[tuple[str, ...]]:
    folded = fold_words(text)
    return {
        tuple(folded[start : start + OWN_RUN])
        for start in range(len(folded) - OWN_RUN + 1)
    }


def _paragraph(random: Random, seen: set[tuple[str, ...]]) -> str:
    """Return a paragraph of unseen runs, or nothing where none was drawn."""
    writer = _Writer(random.choice(words.TOPICS), random)
    text = ""
    for sentence in (_lead, *random.sample(_FOLLOWERS, random.randint(*SENTENCES))):
        longer = (f"{text} {sentence(writer)}".strip() for _ in range(TRIES))
        fresh = (drawn for drawn in longer if seen.isdisjoint(_runs(drawn)))
        text = next(fresh, "")
        if not text:
            return ""
    return text


class _Writer:
    """Draws the words of one paragraph."""

    def __init__(self, topic: words.Topic, random: Random) -> None:
        self._topic = topic
        self._random = random

    def pick(self, choices: tuple[str, ...]) -> str:
        return self._random.choice(choices)

    def number(self) -> str:
        """Return a number as newspapers have them: few digits, or round."""
        kinds = (
            lambda: str(self._random.randint(3, 19)),
            lambda: str(self._random.randint(21, 99)),
            lambda: str(self._random.randint(2, 98) * 50),
            lambda: f"{self._random.randint(2, 40)},{self._random.randint(100, 999)}",
        )
        return self._random.choice(kinds)()

    def share(self) -> str:
        return f"{self._random.randint(3, 94)}%"

    def subject(self) -> tuple[str, bool]:
        """Return an organization and whether it is feminine."""
        return _gendered(self.pick(self._topic.orgs))

    def org(self) -> str:
        return self.subject()[0]

    def things(self) -> str:
        return f"{self.pick(self._topic.things)} {self.pick(self._topic.kinds)}"

    def deed(self) -> str:
        return f"{self.pick(self._topic.deeds)} {self.things()}"

    def plan(self, *, definite: bool = False, object_: bool = False) -> str:
        """Return a plan with its adjective: "خطة واسعة" or "الخطة الواسعة".

        What is masculine and the object of a verb ends in alef: "مشروعا واسعا".
        """
        noun, feminine = _gendered(self.pick(self._topic.plans))
        adjective = self.pick(words.ADJECTIVES)
        ending = "ا" if object_ else ""
        if feminine:
            adjective += "ة"
        else:
            noun, adjective = noun + ending, adjective + ending
        return f"ال{noun} ال{adjective}" if definite else f"{noun} {adjective}"

    def person(self) -> str:
        first, _ = _gendered(self.pick(words.FIRST_NAMES))
        return f"{first} {self.pick(words.LAST_NAMES)}"

    def speaker(self) -> tuple[str, str, bool]:
        """Return the role and the name of somebody, and whether she is a woman."""
        role, feminine = _gendered(self.pick(self._topic.roles))
        names = tuple(
            name for name in words.FIRST_NAMES if _gendered(name)[1] == feminine
        )
        first, _ = _gendered(self.pick(names))
        return role, f"{first} {self.pick(words.LAST_NAMES)}", feminine

    def end(self) -> str:
        """Return why, how or against what, as the end of a sentence."""
        ways: tuple[Callable[[], tuple[str, str]], ...] = (
            lambda: (self.pick(words.BEFORE_DEEDS), self.deed()),
            lambda: (self.pick(words.BEFORE_THINGS), self.things()),
            lambda: (self.pick(words.BEFORE_VIEWS), self.pick(words.VIEWS)),
        )
        before, after = self._random.choice(ways)()
        # One letter is written together with its word.
        space = "" if before.endswith((" ل", " ب")) else " "
        return before + space + after

    def place(self) -> str:
        return self.pick(words.PLACES)

    def time(self) -> str:
        return self.pick(words.TIMES)

    def way(self) -> str:
        return self.pick(words.WAYS)

    def days(self) -> int:
        """Return a number that goes with the singular."""
        return self._random.randint(11, 99)


def _gendered(word: str) -> tuple[str, bool]:
    return word.removeprefix("+"), word.startswith("+")


def _said(w: _Writer, *, feminine: bool) -> str:
    verb = w.pick(words.SAID)
    return verb.removesuffix("ى") + ("ت" if feminine else verb[-1] * verb.endswith("ى"))


def _lead(w: _Writer) -> str:
    org, feminine = w.subject()
    verb = w.pick(words.DID) + ("ت" if feminine else "")
    return (
        f"{verb} {org} {w.time()} {w.plan(object_=True)} من أجل {w.deed()} "
        f"{w.place()}، {w.end()}."
    )


def _statement(w: _Writer) -> str:
    role, name, feminine = w.speaker()
    verb, pronoun = _said(w, feminine=feminine), "هي" if feminine else "هو"
    return (
        f"و{verb} {name}، و{pronoun} {role}، أن {w.things()} "
        f"{w.pick(words.ARE)} {w.deed()} {w.way()}."
    )


def _share(w: _Writer) -> str:
    return (
        f"وبلغت حصة {w.things()} نحو {w.share()} من كلفة {w.plan(definite=True)}، "
        f"أي ما يعادل {w.number()} من {w.pick(words.UNITS)} {w.time()}."
    )


def _schedule(w: _Writer) -> str:
    return (
        f"وينتظر بدء {w.deed()} {w.time()} {w.place()}، على أن يستمر "
        f"{w.days()} يوما {w.way()}."
    )


def _earlier(w: _Writer) -> str:
    org, feminine = w.subject()
    verb = w.pick(words.DID) + ("ت" if feminine else "")
    return (
        f"وكان سبق ل{w.person()} المطالبة بـ{w.deed()}، غير أن {org} {verb} "
        f"{w.plan(object_=True)} {w.end()}."
    )


def _reaction(w: _Writer) -> str:
    return (
        f"وساد {w.pick(words.FEELINGS)} بين {w.pick(words.VIEWS)} {w.place()} "
        f"بعدما تبين أن {w.deed()} لن يشمل {w.things()} {w.time()}."
    )


def _comparison(w: _Writer) -> str:
    return (
        f"أما {w.things()} فقد زادت {w.time()} بنسبة {w.share()} "
        f"مقارنة مع {w.things()}، {w.end()}."
    )


def _condition(w: _Writer) -> str:
    role, _, feminine = w.speaker()
    turns = "فستلجأ" if feminine else "فسيلجأ"
    return (
        f"وإذا تعذر {w.deed()} {w.time()} {turns} {role} إلى {w.plan()} {w.way()} "
        f"{w.place()}."
    )


def _count(w: _Writer) -> str:
    return (
        f"وشارك في {w.plan(definite=True)} {w.number()} من {w.pick(words.UNITS)} "
        f"و{w.number()} من {w.pick(words.VIEWS)}، إضافة إلى {w.person()} و{w.person()}."
    )


def _contrast(w: _Writer) -> str:
    _, name, feminine = w.speaker()
    return (
        f"لكن {name} {_said(w, feminine=feminine)} {w.time()} "
        f"أن الأولوية ل{w.deed()} لا ل{w.deed()}، {w.end()}."
    )


def _question(w: _Writer) -> str:
    return (
        f"ويسأل {w.pick(words.VIEWS)} {w.place()}: متى ينتهي {w.deed()}؟ "
        f"وهل تكفي {w.things()} حتى {w.time()}؟"
    )


def _quotation(w: _Writer) -> str:
    role, name, feminine = w.speaker()
    wrote = "وكتبت" if feminine else "وكتب"
    return (
        f"{wrote} {role} {name} {w.time()}: «إن {w.plan(definite=True)} بداية لا أكثر، "
        f"و{w.things()} {w.pick(words.ARE)} {w.deed()}»."
    )


_FOLLOWERS: tuple[Callable[[_Writer], str], ...] = (
    _statement,
    _share,
    _schedule,
    _earlier,
    _reaction,
    _comparison,
    _condition,
    _count,
    _contrast,
    _question,
    _quotation,
)
