"""Markdown as prose, with every offset kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.readers.markdown import readable

KEPT = [
    "نص بلا شيء\n",
    "---\n\nفقرة بين خطين\n\n---\n",
    "---\nفقرة بلا مفتاح\n---\n",
    "```\nلا نهاية له\n",
    "a ``` b\nc\n```\n",
    "``` x ` y\nc\n``` x ` y\n",
    "~~\nc\n~~\n",
    "نص\n---\ntitle: x\n---\n",
    "---\nس: كيف بدأت؟\n\nج: من المدرسة.\n\n---\n\nنص\n",
    "---\nقال: نص\n\n---\n",
    "---\ntitle: x\nفقرة من النص\n---\n",
    "---\nقال الوزير: نص\n---\n",
    "---\n- بند\n- بند\n---\n",
    "---نص\ntitle: x\n---\n",
    "---perl\ntitle: x\n---\n",
    "+++\nفقرة\n+++\n",
    "{\nفقرة\n}\n",
    "{} نص\n",
    '{"title": 1} نص\n',
    "    ```\nنص\n    ```\n",
    "\t```\nنص\n\t```\n",
    "فقرة\n\n     ```\n     نص\n     ```\n",
    "    ~~~\nنص\n~~~\n",
    ">     ```\n> نص\n>     ```\n",
]
BLANKED = [
    ("---\ntitle: x\n---\nنص", 3),
    ("---\r\n# c\r\n\r\ntitle:\r\n  - y\r\n...\r\nنص", 6),
    ('+++\ntitle = "x"\n+++\nنص', 3),
    ("```python\nx\n```\nنص", 3),
    ("````\n```\n````\nنص", 3),
    ("~~~\n```\n~~~\nنص", 3),
    ("> ```\n> x\n> ```\nنص", 3),
    ("   ```\n   x\n   ```  \nنص", 3),
    ("---\na: |\n  ```\n---\n```\nx\n```\nنص", 7),
    ("---\nعنوان: x\nقسم: y\n---\nنص", 4),
    ('---\n"my title": x\n---\nنص', 3),
    ("---\nmy title: x\ntags: [\n  a\n]\n---\nنص", 6),
    ("---\ntitle: x\n\ntags:\n- a\n\n---\nنص", 7),
    ("---\nوصف: |\n  a\n\n  b\nقسم: c\n---\nنص", 7),
    ('---json\n{"a": 1}\n---\nنص', 3),
    ('{\n"a": {"b": 1}\n}\nنص', 3),
    ("1. ```\n   x\n   ```\nنص", 3),
    (">    ```\n> x\n>    ```\nنص", 3),
    ("> ```\n> > ```\n> ```\nنص", 3),
    ("```\n> ```\n    ```\n```\nنص", 4),
    ("> > ```\n> > x\nنص", 2),
]


@pytest.mark.parametrize("text", KEPT)
def test_prose_is_kept(text: str) -> None:
    assert readable(text) == text


@pytest.mark.parametrize(("text", "lines"), BLANKED)
def test_front_matter_and_fenced_code_become_blanks(text: str, lines: int) -> None:
    written = readable(text)
    assert len(written) == len(text)
    before = written.split("\n")[:lines]
    assert not "".join(before).strip()
    assert written.split("\n")[lines:] == ["نص"]


def test_a_fence_in_a_quotation_ends_with_it() -> None:
    assert readable("> ```\n> x\n\nنص\n\n```\ny\n```\n").split() == ["نص"]


def test_a_fence_may_be_indented_in_a_list_as_its_text_is() -> None:
    assert readable("- a\n\n    ```\n    x\n    ```\nنص").split() == ["-", "a", "نص"]


@given(st.text(st.sampled_from("-`~+>: \nab.#\r"), max_size=60))
def test_lengths_and_line_ends_never_change(text: str) -> None:
    written = readable(text)
    assert [len(line) for line in written.split("\n")] == [
        len(line) for line in text.split("\n")
    ]
    assert all(new in {old, " "} for new, old in zip(written, text, strict=True))
