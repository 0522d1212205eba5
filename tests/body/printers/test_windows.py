"""Both printers of JSON are one: equal text and equal faults, whatever comes in whatever pieces."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body.pretty import DEEPEST_INDENT, JsonPrinter
from antiphon.body.printers import windows
from antiphon.body.printers.windows import WindowedJsonPrinter, WindowedLinesPrinter
from tests.body.printers.feeding import printed, squeezed
from tests.tools import require_corpora

texts = st.text(alphabet='"\\{}[],: ab\u00e9\ud800\n', max_size=8)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(texts, inner, max_size=6),
    max_leaves=40,
)
spacings = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :\t")])
sizes = st.lists(st.integers(1, 90), min_size=1, max_size=4)
PIECES = [*b'{}[],:"\\ \n0-x\x00\xff', b'"a":1,', b"[1],", b'"', b"true", b"1e5", b',"b":[']


def encoded(document, spacing, *, ensure_ascii=True):
    text = json.dumps(document, separators=spacing, ensure_ascii=ensure_ascii)
    return text.encode("utf-8", "surrogatepass")


@given(documents, spacings, st.booleans(), sizes, sizes, st.integers(2, 60))
@settings(deadline=None, max_examples=300)
def test_a_document_is_printed_alike(document, spacing, ensure_ascii, cuts, other_cuts, window):
    text = encoded(document, spacing, ensure_ascii=ensure_ascii)
    expected = printed(JsonPrinter(), text, cuts)
    assert printed(WindowedJsonPrinter(window, 1), text, other_cuts) == expected
    assert printed(WindowedJsonPrinter(), text, [len(text)]) == expected


@given(documents, spacings, st.data())
@settings(deadline=None, max_examples=300)
def test_a_document_with_something_wrong_in_it_is_printed_alike(document, spacing, data):
    text = encoded(document, spacing)
    at, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 3))
    piece = data.draw(st.sampled_from([bytes([one]) if isinstance(one, int) else one for one in PIECES]))
    text = text[:at] + piece + text[at + length :]
    expected = printed(JsonPrinter(), text, data.draw(sizes))
    assert printed(WindowedJsonPrinter(data.draw(st.integers(2, 60)), 1), text, data.draw(sizes)) == expected
    assert squeezed(expected[0]) == squeezed(text)


@given(
    st.lists(st.sampled_from(PIECES).map(lambda one: bytes([one]) if isinstance(one, int) else one)), sizes
)
@settings(deadline=None, max_examples=300)
def test_pieces_of_json_in_no_order_are_printed_alike(pieces, cuts):
    text = b"[1," + b"".join(pieces)
    expected = printed(JsonPrinter(), text, [1])
    assert printed(WindowedJsonPrinter(20, 1), text, cuts) == expected
    assert squeezed(expected[0]) == squeezed(text)


@given(st.lists(documents, max_size=5), st.data())
@settings(deadline=None)
def test_lines_of_documents_are_printed_alike(lines, data):
    text = b"\n".join(encoded(line, (",", ":")) for line in lines) + b"\n"
    at = data.draw(st.integers(0, len(text)))
    text = text[:at] + data.draw(st.sampled_from([b"", b"}", b'"', b"\n", b"x", b"{"])) + text[at:]
    expected = printed(JsonPrinter(is_lines=True), text, data.draw(sizes))
    assert printed(WindowedLinesPrinter(), text, data.draw(sizes)) == expected
    assert squeezed(expected[0]) == squeezed(text)


@pytest.mark.parametrize("depth", [DEEPEST_INDENT - 1, DEEPEST_INDENT, DEEPEST_INDENT + 1, 1200])
@pytest.mark.parametrize("text", ['["]",{"a":%s,"b":[1,2]}]', '{"k":[1,%s,2],"l":"["}'])
def test_deep_nesting_is_printed_alike(text, depth):
    nested = "[" * depth + '1,"]"' + "]" * depth
    body = (text % nested).encode()
    expected = printed(JsonPrinter(), body, [len(body)])
    assert expected[1] is None
    assert printed(WindowedJsonPrinter(1 << 18, 1), body, [len(body)]) == expected


def test_nearly_all_of_a_document_goes_through_windows(monkeypatch):
    text = encoded([{"id": n, "name": "a, {b", "tags": ["x", n]} for n in range(20_000)], (",", ":"))
    slow = []
    feed = JsonPrinter.feed
    monkeypatch.setattr(JsonPrinter, "feed", lambda self, chunk: slow.append(len(chunk)) or feed(self, chunk))
    printed(WindowedJsonPrinter(), text, [1 << 18])
    assert sum(slow) < len(text) / 50


@pytest.mark.parametrize("text", [b"[1, ]", b"[,1]", b'{"a":1, }', b'{"a":1,"b"}', b"[{,}]", b"[1}"])
def test_brackets_and_items_that_are_put_beside_a_window_hide_no_fault(text):
    padded = b'[{"pad": [1, 2, 3], "x": "y"}, ' + text + b", 2]"
    expected = printed(JsonPrinter(), padded, [99])
    assert expected[1] is not None
    for window in range(2, 60):
        assert printed(WindowedJsonPrinter(window, 1), padded, [99]) == expected


def test_bytes_without_end_are_held_no_longer_than_a_window():
    printer = WindowedJsonPrinter()
    printer.feed(b'["')
    given_bytes = [len(printer.feed(b"x, " * 100_000)) for _ in range(5)]
    assert given_bytes == [300_000] * 5
    assert windows.WINDOW_BYTES <= 1 << 20


def test_the_json_test_suite_is_printed_alike():
    cases = json.loads(Path(require_corpora(), "json_parsing.json").read_text())
    for case in cases:
        text = base64.b64decode(case["base64"])
        expected = printed(JsonPrinter(), text, [7])
        assert printed(WindowedJsonPrinter(64, 1), text, [50]) == expected, case["name"]
        assert printed(WindowedJsonPrinter(), b"[" + b"[1,2]," * 1000 + text, [1 << 18]) == printed(
            JsonPrinter(), b"[" + b"[1,2]," * 1000 + text
        )
