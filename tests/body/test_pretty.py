import base64
import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body.pretty import DEEPEST_INDENT, JsonPrinter, pretty
from tests.tools import require_corpora


def in_chunks(text: bytes, sizes: list[int], *, is_lines: bool = False) -> tuple[bytes, JsonPrinter]:
    printer, out, place, turn = JsonPrinter(is_lines=is_lines), [], 0, 0
    while place < len(text):
        size = sizes[turn % len(sizes)]
        out.append(printer.feed(text[place : place + size]))
        place, turn = place + size, turn + 1
    return b"".join([*out, printer.finish()]), printer


documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=6), inner, max_size=5),
    max_leaves=25,
)
chunk_sizes = st.lists(st.integers(1, 40), min_size=1, max_size=5)


@given(documents, chunk_sizes, st.sampled_from([None, 1, "\t"]), st.booleans())
@settings(deadline=None)
def test_it_equals_the_standard_library_where_that_is_lossless(document, sizes, indent, ensure_ascii):
    text = json.dumps(document, indent=indent, ensure_ascii=ensure_ascii).encode("utf-8", "surrogatepass")
    expected = json.dumps(document, indent=2, ensure_ascii=ensure_ascii).encode("utf-8", "surrogatepass")
    assert in_chunks(text, sizes)[0] == pretty(text) == expected


@given(documents)
def test_printing_twice_changes_nothing(document):
    once = pretty(json.dumps(document).encode())
    assert pretty(once) == once


@pytest.mark.parametrize(
    "value",
    [
        "12345678901234567890123",
        "1.00",
        "1e400",
        "-0",
        "0.1000000000000000055",
        "1E5",
        r'"\u00e9\/"',
        r'"\ud800"',
        '"\x7f"',
        "100000000000000000000.0",
    ],
)
def test_no_digit_and_no_escape_is_changed(value):
    assert pretty(value.encode()) == value.encode()
    assert pretty(f'{{"a":{value},"a":[{value}]}}'.encode()).decode() == (
        f'{{\n  "a": {value},\n  "a": [\n    {value}\n  ]\n}}'
    )


def test_bytes_that_are_no_utf8_stay():
    assert pretty(b'["\xff\xc3"]') == b'[\n  "\xff\xc3"\n]'


def test_a_byte_order_mark_stays_in_front():
    assert in_chunks(b"\xef\xbb\xbf[1]", [1])[0] == b"\xef\xbb\xbf[\n  1\n]"


def test_empty_containers_stay_on_their_row():
    assert (
        pretty(b'{"a":[ ],"b":{ },"c":[{},[]]}')
        == b'{\n  "a": [],\n  "b": {},\n  "c": [\n    {},\n    []\n  ]\n}'
    )


def test_nesting_of_a_hundred_thousand_levels_is_printed_without_growing_to_the_right():
    text = b"[" * 100_000 + b"]" * 100_000
    shown = pretty(text)
    assert re.sub(rb"\s", b"", shown) == text
    rows = shown.splitlines()
    assert len(rows) == 2 * DEEPEST_INDENT + 1
    assert len(shown) < len(text) + 2 * len(rows) * (DEEPEST_INDENT + 1)


openings = st.lists(
    st.sampled_from([b"[", b'{"a":', b'{ "{\\"}" :\n', b"[ ", b"[[", b'{"b":1,"c":']), min_size=1
)


@given(openings, st.sampled_from([b"1", b"", b"[]"]), st.integers(0, 300), chunk_sizes)
@settings(deadline=None)
def test_what_is_nested_deeper_than_rows_go_is_all_there(levels, value, cut, sizes):
    deep = b"".join(levels * (2 * DEEPEST_INDENT // len(levels)))
    closings = b"".join({91: b"]", 123: b"}"}.get(byte, b"") for byte in reversed(without_strings(deep)))
    text = deep + value + closings[:cut] + b"}]"
    shown, printer = in_chunks(text, sizes)
    assert in_chunks(text, [len(text)])[0] == shown
    assert re.sub(rb"\s", b"", shown) == re.sub(rb"\s", b"", text)
    assert printer.fault is not None
    assert printer.fault.offset == (
        len(deep + value) if not value and deep.rstrip().endswith(b":") else fault_place(text)
    )


def fault_place(text):
    """Return where the brackets of *text* stop matching."""
    opened = []
    for place, byte in enumerate(without_strings(text)):
        if byte in b"[{":
            opened.append(byte)
        elif byte in b"]}" and (not opened or opened.pop() + 2 != byte):
            return place
    return len(text)


def without_strings(text):
    return re.sub(rb'"(?:[^"\\]|\\.)*"', lambda found: b"_" * len(found[0]), text)


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        (b'{"a": tru}', 6, "tru where a value"),
        (b'{"a": 1,}', 8, "} where a name"),
        (b"[1, 2", 5, "ends where a comma or a closing bracket"),
        (b"[1 2]", 3, "2 where a comma"),
        (b'["a\nb"]', 3, "control character"),
        (b'["a\\x"]', 3, "escape"),
        (b"", 0, "ends where a value"),
        (b"{}{}", 2, "{ where the end of the text"),
        (b"[NaN]", 1, "NaN where a value"),
        (b"[01]", 1, "01 where a value"),
        (b"{'a': 1}", 1, "where a name"),
        (b'{"a" 1}', 5, "1 where a colon"),
        (b"]", 0, "] where a value"),
        (b"[1}", 2, "} where a comma"),
        (b"\x00", 0, "'\\x00' where a value"),
        (b"[1 oops", 3, "oops where a comma"),
        (b"[1,2] more", 6, "more where the end"),
        (b'["abc', 5, "ends where the end of a string"),
    ],
)
def test_a_fault_is_told_with_its_place_however_the_text_is_cut(text, offset, words):
    for size in (1, 2, 3, 100):
        fault = in_chunks(text, [size])[1].fault
        assert fault is not None
        assert fault.offset == offset
        assert words in fault.sentence


def test_lines_of_documents_follow_each_other():
    shown, printer = in_chunks(b'{"a":1}\n[2]\n3\n', [4], is_lines=True)
    assert printer.fault is None
    assert shown == b'{\n  "a": 1\n}\n[\n  2\n]\n3'


@pytest.mark.parametrize("text", [b"", b"\n", b"\r\n \n", b"\xef\xbb\xbf"])
def test_no_lines_at_all_are_no_fault(text):
    assert in_chunks(text, [1], is_lines=True)[1].fault is None


def test_an_endless_number_is_refused_and_not_hoarded():
    printer = JsonPrinter()
    for _ in range(4):
        printer.feed(b"1" * 40_000)
    assert "64 KiB" in printer.fault.sentence


def test_a_string_longer_than_memory_passes_through():
    printer = JsonPrinter()
    sizes = [len(printer.feed(b'["')), *(len(printer.feed(b"x" * 100_000)) for _ in range(50))]
    assert sizes[1:] == [100_000] * 50
    assert sys.getsizeof(printer._rest) < 1000


def test_the_json_test_suite():
    """Take what JSONTestSuite calls valid (y_), refuse what it calls invalid (n_); i_ may be either."""
    cases = json.loads(Path(require_corpora(), "json_parsing.json").read_text())
    wrong = [
        case["name"] for case in cases if not taken_rightly(case["name"], base64.b64decode(case["base64"]))
    ]
    assert len(cases) > 300
    assert not wrong


def taken_rightly(name: str, text: bytes) -> bool:
    shown, printer = in_chunks(text, [7])
    if name.startswith("n_"):
        return printer.fault is not None
    if printer.fault is not None:
        return not name.startswith("y_")
    same = squeezed(shown) == squeezed(text)
    return same and (name.startswith("i_") or json.loads(shown) == json.loads(text))


def squeezed(text: bytes) -> bytes:
    """*text* without the white space outside strings."""
    pieces = re.findall(rb'"(?:[^"\\]|\\.)*"|[^\s"]+', text, re.DOTALL)
    return b"".join(pieces)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (b'{"a":1,"b":tru}', b'{\n  "a": 1,\n  "b": tru}'),
        (b"[1,x, [2]]", b"[\n  1,\n  x, [2]]"),
        (b"[1 2]", b"[\n  1 2]"),
        (b'{"a" 1}', b'{\n  "a" 1}'),
        (b'["a\x00b",1]', b'[\n  "a\x00b",1]'),
        (b"[NaN]", b"[\n  NaN]"),
        (b'{"a":1}\n{"b":2}', b'{\n  "a": 1\n} {"b":2}'),
        (b'["\xc3', b'[\n  "\xc3'),
        (b"tru", b"tru"),
        (b"<p>", b"<p>"),
    ],
)
def test_what_follows_a_fault_comes_as_it_came(text, shown):
    for size in (1, 3, 99):
        given, printer = in_chunks(text, [size])
        assert given == shown
        assert shown[printer.fault.shown_offset :] == text[printer.fault.offset :]


def test_after_a_faulty_line_the_next_one_is_laid_out_again():
    text = b'{"a":1}\n{"b":oops,"c":1}\n[2]\nbad\n3'
    for size in (1, 4, 99):
        shown, printer = in_chunks(text, [size], is_lines=True)
        assert shown == b'{\n  "a": 1\n}\n{\n  "b": oops,"c":1}\n[\n  2\n]\nbad\n3'
        assert printer.fault.offset == text.index(b"oops")


def test_a_hundred_thousand_open_brackets_take_no_more_room_than_they_are():
    shown, printer = in_chunks(b"[" * 100_000, [30_000])
    assert len(shown) < 200_000
    assert printer.fault.offset == 100_000
