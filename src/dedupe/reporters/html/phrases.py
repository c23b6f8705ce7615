"""What the page says, in the languages of its interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from dedupe.reporters.html.languages import DIRECTIONS, LANGUAGES, Language

Forms: TypeAlias = Mapping[str, str]  # of a counted noun, by the plural rules of CLDR

# A noun after a number takes one of six forms in Arabic, one of two in English.
COUNTED: dict[str, dict[Language, Forms]] = {
    "words": {
        "ar": {
            "zero": "لا كلمات",
            "one": "كلمة واحدة",
            "two": "كلمتان",
            "few": "{n} كلمات",
            "other": "{n} كلمة",
        },
        "en": {"one": "{n} word", "other": "{n} words"},
    },
    "documents": {
        "ar": {
            "zero": "لا وثائق",
            "one": "وثيقة واحدة",
            "two": "وثيقتان",
            "few": "{n} وثائق",
            "other": "{n} وثيقة",
        },
        "en": {"one": "{n} document", "other": "{n} documents"},
    },
    "paragraphs": {
        "ar": {
            "zero": "لا فقرات",
            "one": "فقرة واحدة",
            "two": "فقرتان",
            "few": "{n} فقرات",
            "other": "{n} فقرة",
        },
        "en": {"one": "{n} paragraph", "other": "{n} paragraphs"},
    },
    "findings": {
        "ar": {
            "zero": "لا نتائج",
            "one": "نتيجة واحدة",
            "two": "نتيجتان",
            "few": "{n} نتائج",
            "other": "{n} نتيجة",
        },
        "en": {"one": "{n} finding", "other": "{n} findings"},
    },
    "places": {
        "ar": {
            "one": "موضع واحد",
            "two": "موضعان",
            "few": "{n} مواضع",
            "many": "{n} موضعًا",
            "other": "{n} موضع",
        },
        "en": {"one": "{n} place", "other": "{n} places"},
    },
    "wordings": {
        "ar": {
            "one": "صياغة واحدة",
            "two": "صياغتان",
            "few": "{n} صياغات",
            "other": "{n} صياغة",
        },
        "en": {"one": "{n} wording", "other": "{n} wordings"},
    },
    "more_places": {
        "ar": {
            "one": "وموضع آخر لا يُعرض نصه",
            "two": "وموضعان آخران لا يُعرض نصهما",
            "few": "و{n} مواضع أخرى لا يُعرض نصها",
            "many": "و{n} موضعًا آخر لا يُعرض نصها",
            "other": "و{n} موضع آخر لا يُعرض نصها",
        },
        "en": {
            "one": "and {n} more place, its text not shown",
            "other": "and {n} more places, their texts not shown",
        },
    },
    "unnamed_places": {
        "ar": {
            "one": "وموضع آخر غير مذكور",
            "two": "وموضعان آخران غير مذكورين",
            "few": "و{n} مواضع أخرى غير مذكورة",
            "many": "و{n} موضعًا آخر غير مذكور",
            "other": "و{n} موضع آخر غير مذكور",
        },
        "en": {
            "one": "and {n} more place that is not named",
            "other": "and {n} more places that are not named",
        },
    },
    "more_characters": {
        "ar": {
            "one": "لم يُعرض حرف واحد من آخر النص",
            "two": "لم يُعرض حرفان من آخر النص",
            "few": "لم تُعرض {n} أحرف من آخر النص",
            "many": "لم يُعرض {n} حرفًا من آخر النص",
            "other": "لم يُعرض {n} حرف من آخر النص",
        },
        "en": {
            "one": "{n} character at the end is not shown",
            "other": "{n} characters at the end are not shown",
        },
    },
    "spelling_count": {
        "ar": {
            "one": "فرق إملائي واحد",
            "two": "فرقان إملائيان",
            "few": "{n} فروق إملائية",
            "many": "{n} فرقًا إملائيًّا",
            "other": "{n} فرق إملائي",
        },
        "en": {"one": "{n} spelling", "other": "{n} spellings"},
    },
    "signs_count": {
        "ar": {
            "one": "فرق واحد في الترقيم",
            "two": "فرقان في الترقيم",
            "few": "{n} فروق في الترقيم",
            "many": "{n} فرقًا في الترقيم",
            "other": "{n} فرق في الترقيم",
        },
        "en": {"other": "{n} in punctuation"},
    },
    "only_first_count": {
        "ar": {
            "one": "كلمة في الأول وحده",
            "two": "كلمتان في الأول وحده",
            "few": "{n} كلمات في الأول وحده",
            "other": "{n} كلمة في الأول وحده",
        },
        "en": {"other": "{n} only in the first"},
    },
    "only_second_count": {
        "ar": {
            "one": "كلمة في الثاني وحده",
            "two": "كلمتان في الثاني وحده",
            "few": "{n} كلمات في الثاني وحده",
            "other": "{n} كلمة في الثاني وحده",
        },
        "en": {"other": "{n} only in the second"},
    },
    "inside_count": {
        "ar": {
            "one": "تغيير داخل كلمة",
            "two": "تغييران داخل كلمتين",
            "few": "{n} تغييرات داخل الكلمات",
            "many": "{n} تغييرًا داخل الكلمات",
            "other": "{n} تغيير داخل الكلمات",
        },
        "en": {
            "one": "{n} change inside a word",
            "other": "{n} changes inside words",
        },
    },
    "moved_count": {
        "ar": {
            "one": "كلمة منقولة",
            "two": "كلمتان منقولتان",
            "few": "{n} كلمات منقولة",
            "other": "{n} كلمة منقولة",
        },
        "en": {"one": "{n} moved word", "other": "{n} moved words"},
    },
    "errors": {
        "ar": {
            "one": "تعذرت قراءة مدخل واحد",
            "two": "تعذرت قراءة مدخلين",
            "few": "تعذرت قراءة {n} مدخلات",
            "many": "تعذرت قراءة {n} مدخلًا",
            "other": "تعذرت قراءة {n} مدخل",
        },
        "en": {
            "one": "{n} input could not be read",
            "other": "{n} inputs could not be read",
        },
    },
    "skipped": {
        "ar": {
            "one": "تُرك مدخل واحد",
            "two": "تُرك مدخلان",
            "few": "تُركت {n} مدخلات",
            "many": "تُرك {n} مدخلًا",
            "other": "تُرك {n} مدخل",
        },
        "en": {"one": "{n} input left out", "other": "{n} inputs left out"},
    },
    "warnings": {
        "ar": {
            "one": "قُرئ مدخل واحد مع تحفظ",
            "two": "قُرئ مدخلان مع تحفظ",
            "few": "قُرئت {n} مدخلات مع تحفظ",
            "many": "قُرئ {n} مدخلًا مع تحفظ",
            "other": "قُرئ {n} مدخل مع تحفظ",
        },
        "en": {
            "one": "{n} input read with doubt",
            "other": "{n} inputs read with doubt",
        },
    },
    "more_rows": {
        "ar": {
            "one": "وواحد آخر غير معروض",
            "two": "واثنان آخران غير معروضين",
            "other": "و{n} غيرها غير معروضة",
        },
        "en": {"other": "and {n} more that are not shown"},
    },
    "failing": {
        "ar": {
            "zero": "لا شيء يستوجب التصحيح",
            "one": "نتيجة واحدة تستوجب التصحيح",
            "two": "نتيجتان تستوجبان التصحيح",
            "few": "{n} نتائج تستوجب التصحيح",
            "other": "{n} نتيجة تستوجب التصحيح",
        },
        "en": {
            "one": "{n} finding to put right",
            "other": "{n} findings to put right",
        },
    },
    "new_findings": {
        "ar": {
            "zero": "لا جديد",
            "one": "نتيجة جديدة واحدة",
            "two": "نتيجتان جديدتان",
            "few": "{n} نتائج جديدة",
            "other": "{n} نتيجة جديدة",
        },
        "en": {"other": "{n} new"},
    },
    "known_findings": {
        "ar": {
            "zero": "لا نتائج معروفة",
            "one": "نتيجة معروفة واحدة",
            "two": "نتيجتان معروفتان",
            "few": "{n} نتائج معروفة",
            "other": "{n} نتيجة معروفة",
        },
        "en": {"other": "{n} known"},
    },
    "fixed_findings": {
        "ar": {
            "zero": "لم يُعالج شيء",
            "one": "عولجت نتيجة واحدة",
            "two": "عولجت نتيجتان",
            "few": "عولجت {n} نتائج",
            "other": "عولجت {n} نتيجة",
        },
        "en": {"other": "{n} fixed"},
    },
}

SAID: dict[str, tuple[str, str]] = {
    # The frame
    "title": ("تقرير النصوص المكررة", "Report of repeated text"),
    "skip": ("إلى النتائج", "Skip to the findings"),
    "language": ("English", "العربية"),
    "sections": ("أقسام التقرير", "Sections of the report"),
    "overview": ("نظرة عامة", "Overview"),
    "findings_heading": ("النتائج", "Findings"),
    "problems": ("ما لم يُقرأ", "What was not read"),
    "run": ("إعادة التشغيل", "The run"),
    "to_top": ("إلى الأعلى", "Back to the top"),
    # The numbers
    "share": ("من الكلمات مكررة", "of the words are repeated"),
    "nothing": ("لم يُعثر على تكرار.", "No repeats found."),
    "truncated": (
        "النتائج غير كاملة: بُلغ حد من الحدود.",
        "The findings are not complete: a limit was reached.",
    ),
    "kinds": ("أنواع النتائج", "Kinds of finding"),
    "most_repeated": ("أكثر الوثائق تكرارًا", "Documents with the largest share"),
    # The picture
    "map": ("خريطة الوثائق", "Map of the documents"),
    "map_about": (
        (
            "كل شريط وثيقة من أولها إلى آخرها، والخطوط تصل كل نص مكرر بموضعه الآخر. "
            "والنسبة حصة ما سبق وروده؛ فأول موضع للنص لا يُحسب تكرارًا."
        ),
        (
            "Each strip is a document from its first word to its last; lines lead from "
            "a repeated text to where else it stands. The percentage is what stood "
            "somewhere before; the first place of a text does not count as a repeat."
        ),
    ),
    "map_some": (
        "تُعرض {n} من {of}: الأعلى نسبة وما يشاركها النص.",
        (
            "Shown are {n} of {of}: those with the largest share, and what they share "
            "it with."
        ),
    ),
    "map_lines": (
        "رُسم {n} من {of} خطًّا، الأطول نصًّا أولًا.",
        "Drawn are {n} of {of} lines, those of the longest texts.",
    ),
    "unique": ("لا يتكرر", "unique"),
    "inside": ("مكرر داخل الوثيقة نفسها", "repeated inside the document"),
    "elsewhere": ("موجود في وثيقة أخرى", "stands in another document"),
    "boilerplate_text": ("نص نمطي في وثائق كثيرة", "boilerplate of many documents"),
    "all_documents": ("كل الوثائق مرتبةً", "All documents, ranked"),
    "rank": ("الترتيب", "Rank"),
    "document": ("الوثيقة", "Document"),
    "strip_column": ("خريطتها", "Map"),
    "share_column": ("المكرر", "Repeated"),
    "words_column": ("الكلمات", "Words"),
    "findings_column": ("النتائج", "Findings"),
    "in_archive": ("من الأرشيف", "in the archive"),
    # Relations
    "identical": ("متطابق", "identical"),
    "orthographic": ("إملاء مختلف", "orthographic"),
    "edited": ("معدَّل", "edited"),
    "contained": ("مضمَّن", "contained"),
    "overlap": ("تداخل", "overlap"),
    "identical_about": (
        "الكلمات نفسها بالإملاء نفسه",
        "the same words in the same spelling",
    ),
    "orthographic_about": (
        "الكلمات نفسها، والفرق في الإملاء أو التشكيل وحده",
        "the same words; spelling or marks alone differ",
    ),
    "edited_about": (
        "نسخة غُيّرت بعض كلماتها",
        "a copy with some of its words changed",
    ),
    "contained_about": (
        "فقرة قائمة، كلها أو جلها، داخل فقرة أطول",
        "a paragraph that stands inside a longer one",
    ),
    "overlap_about": (
        "عبارات مشتركة بين نصين مختلفين",
        "phrases that two different texts share",
    ),
    # Rules
    "repeated-block": ("كتلة فقرات مكررة", "repeated block"),
    "near-duplicate": ("فقرة مكررة", "near-duplicate"),
    "rule_overlap": ("تداخل", "overlap"),
    "boilerplate": ("نص نمطي", "boilerplate"),
    # States
    "new": ("جديد", "new"),
    "known": ("معروف", "known"),
    "allowed": ("مسموح", "allowed"),
    "allowed_because": ("سُمح به", "let pass"),
    # Filters
    "filters": ("تصفية النتائج", "Filter the findings"),
    "search": ("ابحث في النصوص", "Search the texts"),
    "search_hint": (
        "إلى = الى، مدرسة = مدرسه، بلا تشكيل",
        "any spelling of a word finds all others",
    ),
    "relation": ("العلاقة", "Relation"),
    "rule": ("القاعدة", "Rule"),
    "state": ("الحالة", "State"),
    "least_words": ("أقل عدد كلمات", "Least words"),
    "all": ("الكل", "all"),
    "clear": ("امسح التصفية", "Clear the filters"),
    "shown": ("معروض {n} من {of}", "{n} of {of} shown"),
    "none_match": (
        "لا نتيجة توافق هذه التصفية.",
        "No finding matches these filters.",
    ),
    "open_all": ("افتح الكل", "Open all"),
    "close_all": ("أغلق الكل", "Close all"),
    "cap": (
        "في هذه الصفحة {n} نتيجة من {of}، الأشد أولًا؛ وكلها في تقرير JSON.",
        (
            "This page has {n} of {of} findings, the gravest first; the JSON report "
            "has them all."
        ),
    ),
    # A legend
    "legend": ("مفتاح الألوان", "Legend"),
    "only_first": ("في الأول وحده", "only in the first"),
    "only_second": ("في الثاني وحده", "only in the second"),
    "moved": ("منقول من موضعه", "moved"),
    "spelling": ("إملاء أو ترقيم مختلف", "other spelling or punctuation"),
    "inside_word": (
        "تغيير داخل الكلمة (و، ف، ال، ب…)",
        "a change inside a word (و، ف، ال، ب…)",
    ),
    "context": ("سياق لا يشمله التكرار", "context that is not repeated"),
    "show_spelling": ("أظهر فروق الإملاء والترقيم", "Show spelling and punctuation"),
    # A finding
    "first": ("الأول", "First"),
    "second": ("الثاني", "Second"),
    "alike": ("تشابه", "alike"),
    "of_shorter": ("من النص الأقصر", "of the shorter"),
    "same_text": (
        "النص واحد في كل هذه المواضع.",
        "The text is the same in all these places.",
    ),
    "only_spaces": (
        "الفرق في المسافات وحدها.",
        "The texts differ in their spaces alone.",
    ),
    "also_here": ("وبالنص نفسه في", "With the same text in"),
    "compared_with": ("قارن مع", "Compare with"),
    "first_published": ("نُشر أولًا", "published first"),
    "by": ("بقلم", "by"),
    "open_source": ("المصدر", "Source"),
    "not_compared": (
        "بعض النص أطول من أن يُحاذى كلمة كلمة، فعُرض على أنه مختلف.",
        (
            "Part of the text is too long to be aligned word by word and is shown as "
            "changed."
        ),
    ),
    "permalink": ("رابط دائم لهذه النتيجة", "Permalink of this finding"),
    "accept": (
        "سطر يضاف إلى ملف القبول (baseline) فلا تستوقف هذه النتيجة أحدًا بعد",
        "A line for the baseline that accepts this finding",
    ),
    "copy": ("انسخ", "Copy"),
    "copied": ("نُسخ", "Copied"),
    # The run
    "command": ("الأمر الذي يعيد هذا التقرير", "The command that makes this report"),
    "settings": ("الإعدادات", "Settings"),
    "settings_fingerprint": ("بصمة الإعدادات", "Fingerprint of the settings"),
    "made_by": ("أعدّه", "Made by"),
    # Spelling rules, by the names of dedupe.spelling
    "HTML entities": ("رموز HTML", "HTML entities"),
    "hamza as a mark of its own": ("همزة منفصلة", "hamza as a mark of its own"),
    "presentation forms": ("أشكال العرض", "presentation forms"),
    "invisible characters": ("محارف خفية", "invisible characters"),
    "tatweel": ("التطويل", "tatweel"),
    "tashkeel": ("التشكيل", "tashkeel"),
    "other marks": ("علامات أخرى", "other marks"),
    "alef variants": ("همزات الألف", "alef variants"),
    "final ya": ("الياء الأخيرة", "final ya"),
    "ta marbuta": ("التاء المربوطة", "ta marbuta"),
    "seat of the hamza": ("كرسي الهمزة", "seat of the hamza"),
    "letters of other keyboards": (
        "حروف من لوحات أخرى",
        "letters of other keyboards",
    ),
    "digits": ("الأرقام", "digits"),
    "signs in numbers": ("فواصل الأعداد", "signs in numbers"),
    "spacing": ("المسافات", "spacing"),
    "Latin case and accents": ("الحروف اللاتينية", "Latin case and accents"),
    "other folding": ("غير ذلك", "other folding"),
}


def said(key: str, language: Language) -> str:
    """Return a phrase in a language."""
    return SAID[key][LANGUAGES.index(language)]


def plural(number: int, language: Language) -> str:
    """Return the category that the plural rules of CLDR give a whole number.

    >>> [plural(number, "ar") for number in (0, 1, 2, 7, 11, 100)]
    ['zero', 'one', 'two', 'few', 'many', 'other']
    """
    if language == "en":
        return "one" if number == 1 else "other"
    few, most_few, most_many = 3, 10, 99
    if number < few:
        return ("zero", "one", "two")[number]
    rest = number % 100
    if few <= rest <= most_few:
        return "few"
    return "many" if most_few < rest <= most_many else "other"


def counted(key: str, number: int, language: Language) -> str:
    """Return a number of things.

    >>> counted("words", 1200, "en"), counted("words", 2, "ar")
    ('1,200 words', 'كلمتان')
    """
    forms = COUNTED[key][language]
    form = forms.get(plural(number, language), forms["other"])
    return form.replace("{n}", f"{number:,}")


def table() -> dict[str, dict[str, object]]:
    """Return all phrases by language, as the script of the page wants them."""
    return {
        language: {
            "said": {key: pair[row] for key, pair in SAID.items()},
            "counted": {key: forms[language] for key, forms in COUNTED.items()},
            "direction": DIRECTIONS[language],
        }
        for row, language in enumerate(LANGUAGES)
    }
