import random
from bisect import bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body.rows import BLOCK_BYTES, CELL_BYTES, MAX_ROW_BYTES, RowIndex
from antiphon.body.store import BodyStore
from antiphon.body.strings import state_after


def naive_starts(text: bytes) -> list[int]:
    starts = [0]
    for cell in range(0, len(text), CELL_BYTES):
        end = cell + CELL_BYTES
        newlines = [cell + i + 1 for i, byte in enumerate(text[cell:end]) if byte == 10]
        if newlines:
            starts += newlines
            continue
        place = end
        while place < len(text) and place < end + 3 and 0x80 <= text[place] <= 0xBF:
            place += 1
        if end <= len(text) and text[place:] and text[place] != 10 and text[place : place + 2] != b"\r\n":
            starts.append(place)
    return starts


def indexed(text: bytes, *, with_strings: bool = False) -> RowIndex:
    store = BodyStore(memory_limit_bytes=1 << 30)
    store.append(text)
    index = RowIndex(store, with_strings=with_strings)
    while index.advance():
        pass
    return index


def sample(seed: int) -> bytes:
    """A text of up to 300 KB whose newlines, CRLFs and multi-byte characters fall on every kind of border."""
    r = random.Random(seed)
    pieces, size = [], 0
    for _ in range(r.randint(0, 60)):
        word = r.choice(["a", "é", "€", "😀", "x\r", "\r\n", "\n", '"', "\\"])
        gap = r.choice([1, 2, 3, 5, 100, 4095, 4096, 4097, 9000, 65535, 65536]) if size < 200_000 else 1
        piece = word.encode() * max(1, gap // len(word.encode()))
        pieces.append(piece + r.choice([b"", b"\n", b"\r\n", b"\xbf\xbf", b"z"]))
        size += len(pieces[-1])
    return b"".join(pieces)


@pytest.mark.parametrize("seed", range(60))
def test_rows_and_lines_equal_a_naive_count(seed):
    text = sample(seed)
    starts, index, r = naive_starts(text), indexed(text), random.Random(seed)
    assert index.row_count == len(starts)
    assert index.line_count == text.count(b"\n") + 1
    picks = [r.randrange(len(starts)) for _ in range(40)] + [len(starts) - 1]
    assert [index.row_start(row) for row in picks] == [starts[row] for row in picks]
    borders = {offset for cell in range(0, len(text), CELL_BYTES) for offset in range(cell - 2, cell + 6)}
    offsets = [o for o in borders if 0 <= o < len(text)] + [r.randrange(len(text) + 1) for _ in range(40)]
    for offset in offsets:
        assert index.row_of(offset) == bisect_right(starts, offset) - 1, offset
        assert index.line_of(offset) == text.count(b"\n", 0, offset)


@pytest.mark.parametrize("seed", range(20))
def test_row_contents_put_together_are_the_body(seed):
    text = sample(seed)
    index = indexed(text)
    rows = index.rows(0, index.row_count)
    assert [row.start for row in rows] == naive_starts(text)
    assert b"".join(text[row.start : row.end] for row in rows) == text
    for row in rows:
        ending = text[row.start + len(row.content) : row.end]
        assert ending in {b"", b"\n", b"\r\n"}
        assert row.begins_line == (row.start == 0 or text[row.start - 1] == 10)
        assert len(row.content) <= MAX_ROW_BYTES


@pytest.mark.parametrize("seed", range(20))
def test_where_about_a_row_begins_is_told_to_within_a_block_and_in_order(seed):
    text = sample(seed)
    starts, index = naive_starts(text), indexed(text)
    told = [index.offset_near(row) for row in range(len(starts) + 1)]
    assert told == sorted(told) and told[-1] == len(text)
    assert all(abs(about - start) <= BLOCK_BYTES + 3 for about, start in zip(told, starts, strict=False))


@given(st.integers(0, 1 << 30), st.lists(st.integers(3_000, 90_000), min_size=1, max_size=6))
@settings(deadline=None, max_examples=20)
def test_an_index_that_grows_with_the_body_equals_one_made_at_the_end(seed, steps):
    text = sample(seed)
    store = BodyStore(memory_limit_bytes=1 << 30)
    index, taken, turn = RowIndex(store), 0, 0
    while taken < len(text):
        step = steps[turn % len(steps)]
        store.append(text[taken : taken + step])
        taken, turn = taken + step, turn + 1
        index.advance()
        known = text[: index.known_bytes]
        assert index.row_count in {len(naive_starts(known)), len(naive_starts(known)) - 1}
    while index.advance():
        pass
    assert index.is_current
    assert [index.row_start(row) for row in range(index.row_count)] == naive_starts(text)


@pytest.mark.parametrize("seed", range(10))
def test_line_starts_are_found(seed):
    text = sample(seed)
    index = indexed(text)
    lines = [0] + [i + 1 for i, byte in enumerate(text) if byte == 10]
    for line in random.Random(seed).choices(range(len(lines)), k=20):
        assert index.line_start(line) == lines[line]
    assert index.line_start(len(lines) + 5) == len(text)


def test_a_character_at_a_forced_break_stays_whole():
    text = b"a" * (CELL_BYTES - 1) + "€".encode() + b"b" * 100
    rows = indexed(text).rows(0, 9)
    assert [row.content.decode() for row in rows] == ["a" * (CELL_BYTES - 1) + "€", "b" * 100]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b""])
def test_a_line_that_ends_with_its_cell_makes_no_empty_row(ending):
    rows = indexed(b"a" * CELL_BYTES + ending + b"b" * bool(ending)).rows(0, 9)
    assert [row.content for row in rows] == [b"a" * CELL_BYTES, b"b"][: 1 + bool(ending)]


def test_a_line_of_many_blocks_is_rows_of_one_cell():
    index = indexed(b"x" * (10 * BLOCK_BYTES) + b"\nend")
    assert index.row_count == 161
    assert index.line_of(10 * BLOCK_BYTES) == 0
    assert [row.begins_line for row in index.rows(158, 9)] == [False, False, True]


def test_an_empty_body_has_one_empty_row():
    assert [(row.start, row.content) for row in indexed(b"").rows(0, 5)] == [(0, b"")]


def test_the_index_takes_less_than_20_bytes_per_block():
    index = indexed(b"x" * (100 * BLOCK_BYTES), with_strings=True)
    kept = (index._rows.itemsize * len(index._rows)) * 2 + len(index._states)
    assert kept / 100 < 20


json_like = st.lists(
    st.sampled_from([rb'"\\"', rb'"\""', b'"a"', b":", b",", b"\n", b'"\\u0041\\\\"', b'"open\n']),
    max_size=12,
).map(b"".join)


@given(json_like, st.integers(0, 60))
def test_string_state_does_not_depend_on_where_the_text_is_cut(data, cut):
    assert state_after(data[cut:], state_after(data[:cut], 0)) == state_after(data, 0) == naive_state(data)


def naive_state(data: bytes) -> int:
    state = 0
    for byte in data:
        if byte == 10:
            state = 0
        elif state == 2:
            state = 1
        elif state == 1:
            state = {34: 0, 92: 2}.get(byte, 1)
        else:
            state = int(byte == 34)
    return state


def test_string_state_is_known_at_every_offset_of_a_long_line():
    text = (b'{"key \\" \\\\":"' + b"v" * 9000 + b'\\"' + b'"},') * 20
    index = indexed(text, with_strings=True)
    for offset in range(0, len(text), 997):
        assert index.string_state(offset) == naive_state(text[:offset])
