"""Records are where a naive reader of the whole text finds them, whatever the blocks, and while bytes arrive."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as some

from antiphon.body import records
from antiphon.body.records import START, RecordForm, RecordIndex, counted, record_ends
from antiphon.body.store import BodyStore

CSV = RecordForm()
TEXT = some.text('a,"\n', max_size=60)


def naive_ends(text):
    """Read character by character, as the states of RFC 4180 with the leniency of Python's csv module."""
    ends, state = [], "start"
    for place, char in enumerate(text):
        if state == "quoted":
            state = "seen" if char == '"' else state
        elif char == '"' and state in {"start", "seen"}:
            state = "quoted"
        elif char == "\n":
            ends.append(place + 1)
            state = "start"
        else:
            state = "start" if char == "," else "field"
    return ends


@given(TEXT)
def test_ends_are_those_of_a_naive_reader(text):
    assert list(record_ends(text.encode(), START, CSV)[0]) == naive_ends(text)


@given(TEXT, some.integers(0, 60))
def test_counting_by_quotes_agrees_with_reading(text, cut):
    raw = text.encode()
    first, state = counted(raw[:cut], START, CSV)
    second, end = counted(raw[cut:], state, CSV)
    assert first + second == len(naive_ends(text))
    assert end == record_ends(raw, START, CSV)[1]
    assert state == record_ends(raw[:cut], START, CSV)[1]


@given(text=TEXT, cut=some.integers(0, 60))
def test_the_index_gives_each_record_while_the_body_grows(text, cut):
    before, records.BLOCK_BYTES = records.BLOCK_BYTES, 4
    try:
        body = BodyStore()
        index = RecordIndex(body, CSV)
        for piece in (text[:cut].encode(), text[cut:].encode()):
            body.append(piece)
            while index.advance():
                pass
        ends = naive_ends(text)
        starts = [0, *ends]
        expected = [text[start:end].encode() for start, end in zip(starts, [*ends, len(text)])]
        expected = expected if expected[-1] else expected[:-1]
        assert index.is_current
        assert index.count == len(expected)
        for number, raw in enumerate(expected):
            is_closed = number < len(ends)
            assert index.record(number) == (starts[number], raw[:-1] if is_closed else raw)
    finally:
        records.BLOCK_BYTES = before


@given(
    some.lists(some.lists(some.text('xy ,;"\n', max_size=5), min_size=1, max_size=4), min_size=1, max_size=9)
)
def test_what_a_writer_wrote_is_counted_as_written(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    raw = out.getvalue().encode()
    assert len(record_ends(raw, START, CSV)[0]) == counted(raw, START, CSV)[0] == len(rows)


def test_a_form_has_records_between_ampersands():
    body = BodyStore()
    body.append(b"a=1&b=%22&c")
    index = RecordIndex(body, RecordForm(b"&", b"=", b""))
    index.advance()
    assert [index.record(number) for number in range(index.count)] == [(0, b"a=1"), (4, b"b=%22"), (10, b"c")]


def test_a_record_of_any_size_is_cut_where_it_is_read():
    body = BodyStore()
    body.append(b'"' + b"x" * 300_000 + b'"\nnext')
    index = RecordIndex(body, CSV)
    while index.advance():
        pass
    assert index.count == 2
    assert len(index.record(0)[1]) == records.BLOCK_BYTES
    assert index.record(1) == (300_003, b"next")
