"""Text becomes lines that are all there, byte for byte, long ones in pieces that do not shift."""

from array import array
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.spool import SpoolFile
from antiphon.body.spool_writer import SpoolWriter
from antiphon.body.text_rows import INDEX_ENTRY, LONG_BYTES, PIECE_BYTES, LineStarts, RowReader, TextRows


def rows_of(text, step=None, window=5):
    """Return hashes, starts and line numbers of all rows, read *window* at a time."""
    step = step or len(text) or 1
    index = SpoolFile.create(None)
    rows = TextRows((text[place : place + step] for place in range(0, len(text), step)), SpoolWriter(index))
    texts = array("q")
    while taken := rows.window(window):
        texts += taken
        rows.skip(len(taken))
    entries = list(INDEX_ENTRY.iter_unpack(index.read(0, index.size())))
    index.close()
    return SimpleNamespace(
        texts=texts,
        starts=[start for start, _line in entries],
        lines=[line for _start, line in entries[:-1]],
        ends_open=rows.ends_open,
        is_cut=rows.is_cut,
    )


def pieces_of(text):
    rows = rows_of(text)
    return [text[a:b] for a, b in zip(rows.starts, rows.starts[1:])]


@given(st.text("a\n;>é", max_size=60).map(str.encode), st.integers(1, 9))
def test_rows_are_the_lines_however_the_text_arrives(text, step):
    rows = rows_of(text, step)
    lines = text.split(b"\n")
    lines = lines if lines[-1] else lines[:-1]
    assert [text[a:b].removesuffix(b"\n") for a, b in zip(rows.starts, rows.starts[1:])] == lines
    assert list(rows.texts) == [hash(line) for line in lines]
    assert list(rows.lines) == list(range(1, len(lines) + 1))
    assert rows.starts[-1] == len(text)
    assert rows.ends_open == (bool(text) and not text.endswith(b"\n"))


@given(
    st.lists(
        st.sampled_from([b"<a>", b"x" * 700, b";", b"}\n", b"y" * (PIECE_BYTES + 9), b"\n"]), max_size=12
    )
)
def test_no_byte_is_lost_where_long_lines_are_cut(parts):
    text = b"".join(parts)
    assert b"".join(pieces_of(text)) == text
    assert all(len(piece) <= PIECE_BYTES for piece in pieces_of(text))


def test_one_tag_more_in_a_long_line_leaves_the_other_pieces_the_same():
    tags = [b"<p>%d</p>" % number for number in range(300)]
    before, after = rows_of(b"".join(tags)), rows_of(b"".join([*tags[:50], b"<b>", *tags[50:]]))
    assert before.is_cut
    assert len(set(after.texts) - set(before.texts)) == 1
    assert list(before.lines[:3]) == [1, 0, 0]


@pytest.mark.parametrize("size", [LONG_BYTES, LONG_BYTES + 1])
def test_lines_are_cut_beyond_the_bound_only(size):
    rows = rows_of((b"ab;" * size)[:size])
    assert rows.is_cut == (size > LONG_BYTES)


def started(text, step):
    """Return the files of *text* and of where its lines begin."""
    files = SpoolFile.create(None), SpoolFile.create(None)
    files[0].write(text, 0)
    starts = LineStarts(SpoolWriter(files[1]))
    for place in range(0, len(text), step):
        starts.feed(text[place : place + step])
    return files, starts.finish()


@given(st.text("a\né", max_size=60).map(str.encode), st.integers(1, 9))
def test_where_lines_begin_is_the_same_found_the_quick_way(text, step):
    (file, index), count = started(text, step)
    rows = rows_of(text)
    entries = list(INDEX_ENTRY.iter_unpack(index.read(0, index.size())))
    assert entries == [*zip(rows.starts, rows.lines), (len(text), 0)]
    assert count == len(rows.lines)
    reader, lines = RowReader(file, index), text.splitlines(keepends=True)
    for row in range(count):
        for end in range(row + 1, count + 1):
            assert reader.read(row, end - row) == b"".join(lines[row:end])
    file.close()
    index.close()


def test_where_lines_begin_beyond_four_gigabytes_is_written_whole():
    index = SpoolFile.create(None)
    starts = LineStarts(SpoolWriter(index))
    starts._place = (5 << 32) + 7
    starts.feed(b"a\nb")
    starts.finish()
    entries = list(INDEX_ENTRY.iter_unpack(index.read(0, index.size())))
    index.close()
    assert entries == [((5 << 32) + 7, 1), ((5 << 32) + 9, 2), ((5 << 32) + 10, 0)]


def test_rows_far_apart_are_read_from_their_own_places():
    lines = [b"%d %s\n" % (number, b"x" * 50) for number in range(20_000)]
    (file, index), _count = started(b"".join(lines), 100_000)
    reader = RowReader(file, index)
    for row in (0, 19_999, 5, 12_000, 11_999):
        assert reader.read(row, 1) == lines[row]
    assert len(reader.read(0, 20_000)) == 1 << 16
    file.close()
    index.close()
