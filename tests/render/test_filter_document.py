"""Bodies read for filtering: what is a document, what is none, and what progress is told."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.render.charset import CHARSETS
from antiphon.render.filter_document import check_expression, read_document
from antiphon.render.filter_fault import FilterFaultError
from antiphon.render.filter_languages import FILTERED


def read(data: bytes, language="json", charset="utf-8", told=lambda _done: None, step=7):
    pieces = [data[start : start + step] for start in range(0, len(data), step)]
    return read_document(lambda: pieces, language, charset, told)


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
    read(b"<a>" + b"<b/>" * 50 + b"</a>", "xml", told=told.append, step=100)
    assert told == [0, 100, 200, 207]
    told.clear()
    read(b"[1]\n" * 10_000, "jsonlines", told=told.append)
    assert told == [4 * 4096, 4 * 8192]


@pytest.mark.parametrize("language", sorted(FILTERED))
def test_expressions_are_checked_before_reading(language):
    right, wrong = ("$.a", "$.a[") if language.startswith("json") else ("//a", "//a[")
    check_expression(right, language)
    with pytest.raises(FilterFaultError):
        check_expression(wrong, language)


@pytest.mark.parametrize(
    "charset", [codec for codec, _title in CHARSETS] + ["mac-roman", "iso2022_jp", "cp874"]
)
@pytest.mark.parametrize("language", sorted(FILTERED))
def test_every_charset_that_a_body_is_shown_in_is_read(charset, language):
    word = next(word for word in ("é", "я", "ω", "ş", "ש", "ع", "日", "ㄱ", "ก") if is_written(word, charset))
    text = f'{{"a": "{word}"}}' if language.startswith("json") else f"<a>{word}</a>"
    document = read(text.encode(charset), language, charset)
    (found,) = values(document, "$..a" if language.startswith("json") else "//a/text() | //p/text()")
    assert found == word


def is_written(word: str, charset: str) -> bool:
    try:
        return word.encode(charset).decode(charset) == word
    except UnicodeError:
        return False


@pytest.mark.parametrize("said", ["UTF-16", "iso-8859-1", "UTF-7", "martian"])
def test_a_document_is_read_as_it_is_shown_whatever_it_says_itself(said):
    document = read(f'<?xml version="1.0" encoding="{said}"?><a>é</a>'.encode(), "xml")
    assert values(document, "string(/a)") == ["é"]
    document = read(f'<meta charset="{said}"><p>é</p>'.encode(), "html")
    assert values(document, "string(//p)") == ["é"]


def test_bytes_that_are_no_text_do_not_keep_the_rest_from_being_read():
    assert values(read(b"<a>\xe9</a>", "xml"), "string(/a)") == ["\ufffd"]
    assert values(read(b"<p>a\xe9b", "html"), "string(//p)") == ["a\ufffdb"]
    assert values(read(b'{"a": "\xe9"}'), "$.a") == ["\ufffd"]


def test_entities_are_noticed_across_pieces_and_keep_the_limits():
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<!DOCTYPE l [<!ENTITY a0 "lol">{bomb}]><l x="&a11;"/>'
    for step in (1, 7, 1000):
        with pytest.raises(FilterFaultError, match="blow up"):
            read(text.encode(), "xml", step=step)


@given(some.lists(some.text("ab\u00e9\r ", max_size=5), max_size=6), some.integers(1, 9))
def test_lines_in_pieces_are_those_of_the_whole(lines, step):
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    assert values(read(text.encode(), "jsonlines", step=step), "$[*]") == lines
