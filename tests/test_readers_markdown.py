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
]
BLANKED = [
    ("---\ntitle: x\n---\nنص", 3),
    ("\ufeff---\r\n# c\r\n\r\ntitle:\r\n  - y\r\n...\r\nنص", 6),
    ('+++\ntitle = "x"\n+++\nنص', 3),
    ("```python\nx\n```\nنص", 3),
    ("````\n```\n````\nنص", 3),
    ("~~~\n```\n~~~\nنص", 3),
    ("> ```\n> x\n> ```\nنص", 3),
    ("   ```\n   x\n   ```  \nنص", 3),
    ("---\na: |\n  ```\n---\n```\nx\n```\nنص", 7),
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


@given(st.text(st.sampled_from("-`~+>: \nab.#\r\ufeff"), max_size=60))
def test_lengths_and_line_ends_never_change(text: str) -> None:
    written = readable(text)
    assert [len(line) for line in written.split("\n")] == [
        len(line) for line in text.split("\n")
    ]
    assert all(new in {old, " "} for new, old in zip(written, text, strict=True))
