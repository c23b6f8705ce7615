from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.edits import Edit, apply
from dedupe.json_fields import find_fields, line_edits

LINES = [
    ("plain", '{"text": "قال ، ثم"}'),
    ("spaces", ' { "id" : 1 , "text" :\t"قال ، ثم" } \r'),
    ("escapes", r'{"text": "قال\t،\n\"ثم\" \u0661 \ud83d\ude00 \ud800 x \\u0661"}'),
    ("ascii", json.dumps({"id": "ا", "text": "قال ، ثم 😀"})),
    ("others of the name", '{"a": {"text": "x"}, "text": "قال ،", "b": ["text"]}'),
    ("given twice", '{"text": "x", "n": 1e5, "text": "قال ،"}'),
    ("escaped name", r'{"tex\u0074": "قال ،"}'),
    ("long numbers", '{"n": 1.000, "text": "قال ،", "z": -0, "t": true, "u": null}'),
    ("empty", '{"text": ""}'),
]  # fmt: skip


@pytest.mark.parametrize("line", [line for _, line in LINES], ids=[i for i, _ in LINES])
def test_one_field_is_changed_and_every_other_character_stays(line: str) -> None:
    field = find_fields(line, ["text"])["text"]
    assert field.value == json.loads(line)["text"]
    size = len(field.value)
    edits = [Edit(0, min(3, size), 'ج"\n', "", "")]
    if size > 4:
        edits.append(Edit(4, 5, "", "", ""))
    after = apply(line, line_edits(line, field, edits))
    assert json.loads(after) == json.loads(line) | {"text": apply(field.value, edits)}
    assert after.startswith(line[: field.start])
    assert after.endswith(line[field.end :])


def test_what_is_written_is_escaped_as_the_rest_of_the_line() -> None:
    edit = [Edit(0, 1, "ب", "", "")]
    for line, written in [
        (r'{"text": "\u0627\u0644"}', r'{"text": "\u0628\u0644"}'),
        ('{"text": "ال"}', '{"text": "بل"}'),
        (r'{"text": "ال\n"}', r'{"text": "بل\n"}'),
    ]:
        field = find_fields(line, ["text"])["text"]
        assert apply(line, line_edits(line, field, edit)) == written


@pytest.mark.parametrize(
    "line",
    ["", "[]", "{", '{"text"}', '{"text": "a}', '{"text": "a"} x', '{"text": "a",}',
     '{"text": "a" "b": 1}', "{'text': 'a'}", '{"text": "\n"}'],
)  # fmt: skip
def test_what_is_no_object_is_refused_as_json_refuses_it(line: str) -> None:
    if line != "[]":
        with pytest.raises(json.JSONDecodeError):
            json.loads(line)
    with pytest.raises(ValueError):  # noqa: PT011 - json's own, or ours
        find_fields(line, ["text"])


@given(
    st.dictionaries(st.text(max_size=3), st.text() | st.integers() | st.none()),
    st.text(),
    st.booleans(),
    st.data(),
)
def test_any_value_of_any_object_can_be_changed_anywhere(
    record: dict[str, object],
    text: str,
    ascii_only: bool,  # noqa: FBT001 - hypothesis calls by position
    data: st.DataObject,
) -> None:
    line = json.dumps(record | {"text": text}, ensure_ascii=ascii_only)
    field = find_fields(line, ["text"])["text"]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    edits = [Edit(start, end, data.draw(st.text()), "", "")]
    after = apply(line, line_edits(line, field, edits))
    assert json.loads(after) == record | {"text": apply(text, edits)}
