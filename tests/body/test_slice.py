"""A slice reads as its piece of the body; saving it leaves a whole file or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.body.slice import BodySlice, save_source
from antiphon.body.store import BodyStore


def store(content):
    body = BodyStore()
    body.append(content)
    return body


@given(
    some.binary(max_size=50),
    some.integers(0, 60),
    some.integers(0, 60),
    some.integers(0, 60),
    some.integers(0, 60),
)
def test_a_slice_reads_as_its_piece(content, start, end, offset, count):
    end = min(end, len(content))
    piece = BodySlice(store(content), start, end)
    assert piece.size_bytes == len(content[start:end])
    assert piece.read(offset, count) == content[start:end][offset : offset + count]


def test_a_slice_grows_and_never_shrinks():
    piece = BodySlice(store(b"0123456789"), 2, 4, is_finished=False)
    piece.set_end(6, is_finished=False)
    piece.set_end(5, is_finished=True)
    assert (piece.read(0, 99), piece.is_finished, piece.start, piece.spool) == (b"2345", True, 2, None)


def test_a_slice_is_saved_whole_or_not_at_all(tmp_path):
    piece = BodySlice(store(b"0123456789"), 2, 6)
    assert save_source(piece, tmp_path / "piece")
    assert (tmp_path / "piece").read_bytes() == b"2345"
    assert not save_source(piece, tmp_path / "other", lambda: False)
    with pytest.raises(OSError):
        save_source(piece, tmp_path / "missing" / "piece")
    assert [path.name for path in tmp_path.iterdir()] == ["piece"]
