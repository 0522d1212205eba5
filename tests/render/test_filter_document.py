"""Bodies read for filtering: what is a document, what is none, and what progress is told."""

import pytest

from antiphon.render.filter_document import STEP_BYTES, check_expression, read_document
from antiphon.render.filter_fault import FilterFaultError
from antiphon.render.filter_languages import FILTERED


def read(data: bytes, language="json", charset="utf-8", told=lambda _done: None):
    return read_document(data, language, charset, told)


def values(document, expression) -> list:
    return [value for _where, value in document.results(expression)]


def test_json_is_read_in_its_charset_with_or_without_a_mark():
    assert values(read(b'\xef\xbb\xbf{"a": 1.0}'), "$.a") == [1.0]
    assert values(read('{"a": "é"}'.encode("latin-1"), charset="iso-8859-1"), "$.a") == ["é"]


def test_an_object_has_a_cell_for_each_name_and_everything_else_one():
    document = read(b'{"o": {"a": "text", "b": [1, 2.0], "c": null, "d": 1.50}, "n": 1E2}')
    (member,) = values(document, "$.o")
    assert document.cells(member) == {"a": "text", "b": "[1, 2.0]", "c": "null", "d": "1.50"}
    assert list(document.columns(member)) == ["a", "b", "c", "d"]
    assert document.cells(values(document, "$.n")[0]) == {"value": "1E2"}


def test_lines_are_counted_with_those_that_are_left_out():
    document = read(b'[1]\r\n\r\n[2\n{"a": NaN}\n[3]', "jsonlines")
    assert values(document, "$[*]") == [[1], [3]]
    assert document.note == "2 lines are not valid JSON and left out, the first is line 3."
    assert read(b"", "jsonlines").note == ""


def test_reading_tells_how_far_it_is():
    told: list[int] = []
    read(b"<a>" + b"<b/>" * STEP_BYTES + b"</a>", "xml", told=told.append)
    assert told == [0, STEP_BYTES, 2 * STEP_BYTES, 3 * STEP_BYTES, 4 * STEP_BYTES]
    told.clear()
    read(b"[1]\n" * 10_000, "jsonlines", told=told.append)
    assert told == [4 * 4096, 4 * 8192]


@pytest.mark.parametrize("language", sorted(FILTERED))
def test_expressions_are_checked_before_reading(language):
    right, wrong = ("$.a", "$.a[") if language.startswith("json") else ("//a", "//a[")
    check_expression(right, language)
    with pytest.raises(FilterFaultError):
        check_expression(wrong, language)
