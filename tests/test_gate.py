from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedupe
from corpora import respelled
from dedupe.errors import SettingsError
from dedupe.gate import Policy, judge
from dedupe.model import RELATIONS, Finding, Published, ScanResult
from dedupe.readers import find_sources, from_texts

SAID = "إن الاتفاقية سوف تسهم في تعزيز التعاون بين البلدين الشقيقين وتفتح الأسواق"
HALF, REST = SAID[:32].rstrip(), SAID[32:].lstrip()
ORIGINAL = f"{SAID} أمام الشركات الصغيرة خلال السنوات المقبلة كما ذكر البيان الختامي"
VERSE = "إن الذين آمنوا وعملوا الصالحات كانت لهم جنات الفردوس نزلا خالدين فيها"
DISCLAIMER = (
    "ملاحظة مضمون هذا الخبر كتب بواسطة وكالة الأنباء ولا يعبر عن وجهة نظر الموقع "
    "وإنما تم نقله بمحتواه كما هو من المصدر ونحن غير مسؤولين عما ورد فيه"
)
OTHER = "افتتحت البلدية أمس المكتبة العامة في الحي القديم بعد ترميمها مدة عامين"


def judged(
    texts: dict[str, str], allowed: dict[str, str] | None = None, **policy: object
) -> ScanResult:
    found = from_texts(texts)
    rules = Policy(**policy)  # type: ignore[arg-type]
    return judge(dedupe.scan(found), rules, allowed or {})


def reasons(result: ScanResult) -> list[str]:
    return [finding.allowed for finding in result.findings]


QUOTED = {
    "guillemets": (f"ونقلت الوكالة عن مصدر «{SAID}» من دون تفاصيل", True),
    "curly": (f"ونقلت الوكالة عن مصدر “{SAID}” من دون تفاصيل", True),
    "curly the other way": (f"ونقلت الوكالة عن مصدر ”{SAID}“ من دون تفاصيل", True),
    "straight": (f'ونقلت الوكالة عن مصدر "{SAID}" من دون تفاصيل', True),
    "a point inside": (f"ونقلت الوكالة عن مصدر «{SAID}.» من دون تفاصيل", True),
    "one inside another": (f"ونقل المصدر «قيل «{HALF}» {REST} وهكذا» أمس", True),
    "straight inside": (f'ونقل المصدر «قيل "{HALF}" {REST} وهكذا» أمس', True),
    "in two pieces": (f"ونقلت عن مصدر «{HALF}» «{REST}» من دون تفاصيل", True),
    "a whole paragraph": (f"«{SAID}»", True),
    "verse": (f"قال تعالى ﴿{SAID}﴾ صدق الله العظيم", True),
    "verse the other way": (f"قال تعالى ﴾{SAID}﴿ صدق الله العظيم", True),
    "no marks": (f"ونقلت الوكالة عن مصدر {SAID} من دون تفاصيل", False),
    "partly outside": (f"ونقلت الوكالة عن مصدر {HALF} «{REST}» من دون", False),
    "the last word outside": (
        f"ونقلت الوكالة «{SAID.rsplit(' ', 1)[0]}» {SAID.rsplit(' ', 1)[1]} أمس",
        False,
    ),
    "never closed": (f"ونقلت الوكالة عن مصدر «{SAID} من دون تفاصيل", False),
    "never opened": (f"ونقلت الوكالة عن مصدر {SAID}» من دون تفاصيل", False),
    "closed in another paragraph": (f"نقلت «{SAID} أمس\nومن دون تفاصيل»", False),
    "opened once too often": (f'نقلت "الوكالة" عن "{SAID} أمس', False),
    "between two quotations": (f"نقلت «الوكالة» {SAID} «أمس» ليلا", False),
    "a mark of inches": (f'نقلت 5" عن "{SAID}" من دون تفاصيل', False),
    "brackets": (f"ونقلت الوكالة عن مصدر ({SAID}) من دون تفاصيل", False),
}


@pytest.mark.parametrize(("text", "passes"), QUOTED.values(), ids=QUOTED)
def test_what_stands_wholly_between_marks_passes(text: str, passes: bool) -> None:  # noqa: FBT001
    result = judged({"a": ORIGINAL, "b": text})
    assert len(result.findings) == 1
    expected = {"verse" if "﴿" in text else "quotation"} if passes else {""}
    assert set(reasons(result)) == expected
    assert result.failing == (not passes)
    assert result.status == ("clean" if passes else "findings")


def test_quotations_can_be_forbidden_and_verses_cannot() -> None:
    quoted = {"a": ORIGINAL, "b": f"ونقلت الوكالة «{SAID}» أمس"}
    assert reasons(judged(quoted, allow_quotations=False)) == [""]
    verse = {"a": ORIGINAL, "b": f"قال تعالى ﴿{SAID}﴾ صدق الله"}
    assert reasons(judged(verse, allow_quotations=False)) == ["verse"]


def test_a_quotation_lets_no_third_place_pass() -> None:
    quoting = f"ونقلت الوكالة «{SAID}» أمس"
    assert reasons(judged({"a": ORIGINAL, "b": quoting})) == ["quotation"]
    three = judged({"a": ORIGINAL, "b": quoting, "c": f"{SAID} وذكر آخرون غير ذلك"})
    failing = [finding for finding in three.findings if finding.fails]
    assert failing, reasons(three)
    assert {place.document for finding in failing for place in finding.occurrences} >= {
        "a",
        "c",
    }


def test_every_paragraph_of_a_block_needs_its_own_marks() -> None:
    marked = [f"«{SAID}»", f"«{VERSE}»", f"«{OTHER}»"]
    block = "\n".join(marked)
    assert reasons(judged({"a": block, "b": block})) == ["quotation"]
    block = "\n".join([*marked[:2], OTHER])
    assert reasons(judged({"a": block, "b": block})) == [""]


def test_one_finding_can_have_several_excuses() -> None:
    block = f"«{SAID}»\n﴿{VERSE}﴾\n{DISCLAIMER}"
    result = judged({"a": block, "b": block}, {"official/note.txt": DISCLAIMER})
    assert reasons(result) == ["allowed: official/note.txt, quotation, verse"]


@pytest.mark.parametrize("seed", range(12))
def test_a_listed_text_passes_in_every_spelling(seed: int) -> None:
    random = Random(seed)
    texts = {
        "a": f"{OTHER}\n\n{respelled(DISCLAIMER, random)}",
        "b": f"{SAID}\n\n{respelled(DISCLAIMER, random)}",
    }
    assert reasons(judged(texts)) == [""]
    listed = {"long.txt": f"{VERSE}\n{DISCLAIMER}", "other.txt": OTHER}
    assert reasons(judged(texts, listed)) == ["allowed: long.txt"]
    assert reasons(judged(texts, {"other.txt": OTHER})) == [""]


@pytest.mark.parametrize(
    ("changed", "reason"), [(1, "allowed: note.txt"), (2, ""), (6, "")]
)
def test_a_listed_text_is_known_by_nine_tenths_of_its_shingles(
    changed: int, reason: str
) -> None:
    words = f"{DISCLAIMER} {VERSE}".split()
    for place in range(changed):
        words[3 + 5 * place] = "مصباح"
    text = " ".join(words)
    result = judged({"a": text, "b": text}, {"note.txt": f"{DISCLAIMER} {VERSE}"})
    assert reasons(result) == [reason]


def test_a_text_longer_than_the_listed_one_fails() -> None:
    text = f"{DISCLAIMER} {OTHER}"
    assert reasons(judged({"a": text, "b": text}, {"note.txt": DISCLAIMER})) == [""]


@pytest.mark.parametrize(
    ("line", "reason"), [("وكالة الأنباء", "allowed: n"), ("الأنباء وكالة", "")]
)
def test_a_line_of_two_words_must_stand_in_the_listed_text(
    line: str, reason: str
) -> None:
    result = judged({"a": f"{line}\n{OTHER}", "b": line}, {"n": DISCLAIMER})
    assert reasons(result) == [reason]


def test_the_relation_that_fails_can_be_chosen() -> None:
    edited = SAID.replace("الشقيقين", "الجارين")
    texts = {
        "identical": f"{OTHER}\n{OTHER}",
        "orthographic": f"{VERSE}\n{VERSE.replace('آ', 'ا')}",
        "edited": f"{SAID}\n{edited}",
    }
    relations = {
        finding.relation: finding.id
        for name, text in texts.items()
        for finding in judged({name: text}).findings
    }
    assert list(relations) == list(texts)
    for fail_on in RELATIONS:
        result = judged(texts, fail_on=fail_on)
        closest = RELATIONS[: RELATIONS.index(fail_on) + 1]
        assert {finding.relation for finding in result.findings} == set(texts)
        for finding in result.findings:
            assert finding.fails == (finding.relation in closest)
            assert finding.fails or finding.allowed == "below --fail-on"


def test_few_words_and_small_shares_do_not_fail() -> None:
    texts = {"a": f"{OTHER}\n{SAID}", "b": f"{OTHER}\n{VERSE}"}
    ((finding,), words) = judged(texts).findings, len(OTHER.split())
    assert finding.words == words
    assert reasons(judged(texts, fail_words=words)) == [""]
    assert reasons(judged(texts, fail_words=words + 1)) == ["below --fail-words"]
    share = 100 * words / (words + min(len(SAID.split()), len(VERSE.split())))
    assert reasons(judged(texts, fail_share=share - 0.01)) == [""]
    assert reasons(judged(texts, fail_share=share + 0.01)) == ["below --fail-share"]


def test_a_repeat_inside_a_document_covers_both_of_its_places() -> None:
    texts = {"a": f"{OTHER}\n{SAID}\n{OTHER}"}
    words = len(OTHER.split())
    share = 100 * 2 * words / (2 * words + len(SAID.split()))
    assert reasons(judged(texts, fail_share=share - 0.01)) == [""]
    assert reasons(judged(texts, fail_share=share + 0.01)) == ["below --fail-share"]


def test_boilerplate_fails_only_if_it_shall() -> None:
    random = Random(1)
    words = [f"كلمة{number}" for number in "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"]
    texts = {
        str(number): f"{' '.join(random.sample(words, 20))}\n{DISCLAIMER}"
        for number in range(6)
    }
    forms = [item for item in judged(texts).findings if item.rule == "boilerplate"]
    assert [item.allowed for item in forms] == ["boilerplate"]
    forms = list(judged(texts, fail_on_boilerplate=True).findings)
    assert [item.allowed for item in forms if item.rule == "boilerplate"] == [""]


def test_documents_of_one_name_are_told_apart() -> None:
    plain, quoted = f"{SAID} كما قيل", f"«{SAID}» كما قيل"
    found = from_texts([("a", plain), ("a", quoted), ("b", ORIGINAL)])
    result = judge(dedupe.scan(found), Policy(), {})
    assert {
        place.document
        for finding in result.findings
        if finding.fails
        for place in finding.occurrences
    } >= {"a", "b"}
    found = from_texts([("a", OTHER), ("a", quoted), ("b", ORIGINAL)])
    result = judge(dedupe.scan(found), Policy(), {})
    assert [place.document for place in result.findings[0].occurrences] == [
        "a (2)",
        "b",
    ]
    assert reasons(result) == ["quotation"]


def test_objects_of_one_id_in_several_files_are_told_apart(tmp_path: Path) -> None:
    texts = {"a": [OTHER, f"«{SAID}»"], "b": [ORIGINAL, VERSE]}
    for name, held in texts.items():
        lines = [json.dumps({"id": "7", "text": text}) for text in held]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "c.txt").write_text(f"نقلت «{SAID}» أمس", encoding="utf-8")
    found = find_sources([tmp_path])
    result = judge(dedupe.scan(found), Policy(), {})
    assert result.findings
    assert set(reasons(result)) == {"quotation"}


def published(result: ScanResult, *names: str) -> ScanResult:
    return replace(result, published={name: Published(name) for name in names})


def test_the_marks_of_the_archive_excuse_nobody() -> None:
    texts = {"new": f"{SAID} كما قيل", "old": f"ونقلت الوكالة «{SAID}» أمس"}
    found = from_texts(texts)
    result = published(dedupe.scan(found), "old")
    assert reasons(judge(result, Policy(), {})) == [""]
    assert reasons(judge(dedupe.scan(found), Policy(), {})) == ["quotation"]


def test_only_the_share_of_incoming_documents_counts() -> None:
    texts = {"new": f"{SAID}\n{OTHER}\n{VERSE}\n{DISCLAIMER}", "old": SAID}
    found = from_texts(texts)
    result = published(dedupe.scan(found), "old")
    policy = Policy(fail_share=50)
    assert reasons(judge(result, policy, {})) == ["below --fail-share"]
    assert reasons(judged(texts, fail_share=50)) == [""]


@pytest.mark.parametrize(
    "wrong",
    [
        {"fail_on": "exact"},
        {"fail_words": -1},
        {"fail_share": 101},
        {"fail_share": float("nan")},
    ],
    ids=str,
)
def test_a_policy_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    (name,) = wrong
    with pytest.raises(SettingsError, match=name):
        Policy(**wrong)  # type: ignore[arg-type]


def test_the_verdict_does_not_depend_on_the_order_of_texts() -> None:
    texts = {"a": f"{ORIGINAL}\n{OTHER}", "b": f"نقلت «{SAID}» أمس", "c": OTHER}
    listed = {"x": OTHER, "y": f"{OTHER} {SAID}"}
    verdicts = {
        tuple(
            sorted(
                (
                    item.allowed,
                    tuple(sorted(place.document for place in item.occurrences)),
                )
                for item in judged(dict(order), listed).findings
            )
        )
        for order in permutations(texts.items())
    }
    assert len(verdicts) == 1


MARKS = st.lists(st.sampled_from(["«", "»", '"', "“", "”", "﴿", "﴾", "\n"]), max_size=8)


@given(MARKS, st.randoms(use_true_random=False))
def test_a_verdict_changes_nothing_but_the_reason(
    marks: list[str], random: Random
) -> None:
    words = f"{SAID} {OTHER}".split()
    for mark in marks:
        words.insert(random.randrange(len(words)), mark)
    texts = {"a": " ".join(words), "b": ORIGINAL, "c": f"{OTHER} {VERSE}"}
    result = judged(texts)
    bare: list[Finding] = [item._replace(allowed="") for item in result.findings]
    assert bare == list(dedupe.scan(texts).findings)
    assert result.failing == sum(not item.allowed for item in result.findings)
    if not set(marks) - {"\n"}:
        assert set(reasons(result)) <= {""}
