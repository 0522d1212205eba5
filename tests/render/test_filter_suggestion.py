"""An expression to begin with fits the body and is valid."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.render.filter_suggestion import suggested
from antiphon.render.json_query import JsonQuery


@pytest.mark.parametrize(
    ("language", "start", "expression"),
    [
        ("json", b"\xef\xbb\xbf [1, 2]", "$[*]"),
        ("jsonlines", b'{"a": 1}\n', "$[*]"),
        ("json", b'{"next": null, "ids": [1], "items": [ {"a": 1}]}', "$..items[*]"),
        ("json", b'{"data": {"order list": [{"a"', '$..["order list"][*]'),
        ("json", b'{"a": "b"}', ""),
        ("json", b"", ""),
        ("xml", b"<a/>", ""),
    ],
)
def test_the_first_list_of_objects_is_suggested(language, start, expression):
    assert suggested(language, start) == expression


@given(some.text())
def test_a_suggestion_finds_the_items_whatever_their_name(name):
    start = json.dumps({"a": 1, name: [{"b": 1}, {"b": 2}]}, ensure_ascii=False).encode("utf-8", "replace")
    expression = suggested("json", start)
    if expression:
        assert len(list(JsonQuery(expression).nodes(json.loads(start)))) == 2
