"""Results as text: laid out JSON, or pieces of markup."""

import json

import pytest

from antiphon.core.exact_json import LAID_OUT, json_text
from antiphon.render.filter_document import read_document
from antiphon.render.filter_text import ResultText


def read(data: bytes, language="json"):
    return read_document(lambda: [data], language, "utf-8", lambda _done: None)


@pytest.mark.parametrize("has_paths", [False, True])
@pytest.mark.parametrize("expression", ["$[*]", "$.none", "$..a"])
def test_text_of_results_is_laid_out_json(has_paths, expression):
    items = [{"a": [n, {"b": []}]} for n in range(1000)]
    document = read(json.dumps(items).encode())
    out = bytearray()
    text = ResultText(document, lambda content: out.extend(content) or len(out), has_paths=has_paths)
    results = list(document.results(expression))
    for result in results:
        text.add(result)
    text.close()
    whole = (
        {document.path(one): one[1] for one in results} if has_paths else [value for _where, value in results]
    )
    assert out.decode() == json_text(whole, LAID_OUT)


def test_markup_stands_on_lines_of_its_own_and_with_paths_in_an_object():
    document = read(b"<a><b>1</b><b>2 &amp; 3</b></a>", "xml")
    for has_paths, expected in (
        (False, "<b>1</b>\n<b>2 &amp; 3</b>"),
        (True, '{\n  "/a/b[1]": "<b>1</b>",\n  "/a/b[2]": "<b>2 &amp; 3</b>"\n}'),
    ):
        out = bytearray()
        text = ResultText(document, lambda content: out.extend(content) or len(out), has_paths=has_paths)
        for result in document.results("//b"):
            text.add(result)
        text.close()
        assert out.decode() == expected
