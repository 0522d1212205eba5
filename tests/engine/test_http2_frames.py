"""Frames are cut out of a byte stream however it is cut itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.http2_frames import DataFrame, FrameCutter, FrameError, end_of_stream, window_update


def frame(kind: int, payload: bytes, flags: int = 0, stream: int = 1) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


FRAMES = st.lists(st.tuples(st.sampled_from([0, 1, 4]), st.binary(max_size=50), st.booleans()), max_size=8)


@given(FRAMES, st.data())
def test_frames_are_found_however_the_bytes_are_cut(frames, data):
    wire = b"".join(frame(kind, payload, int(last)) for kind, payload, last in frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=10)))
    cutter, found = FrameCutter(), []
    for begin, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        found += cutter.feed(wire[begin:end])
    for (kind, payload, last), got in zip(frames, found, strict=True):
        if kind:
            assert got == frame(kind, payload, int(last))
        else:
            assert got == DataFrame(1, payload, len(payload), last)


def test_padding_is_cut_off_but_counts_for_the_window():
    (got,) = FrameCutter().feed(frame(0, b"\x03body\0\0\0", 8))
    assert (bytes(got.data), got.flow_bytes, got.is_last) == (b"body", 8, False)


@pytest.mark.parametrize("wire", [frame(0, b"\x05abc", 8), frame(0, b"", 8), b"\x00\x40\x01\x00\x00\0\0\0\1"])
def test_impossible_frames_are_refused(wire):
    with pytest.raises(FrameError):
        list(FrameCutter().feed(wire))


def test_our_own_frames_are_as_rfc_9113_writes_them():
    assert window_update(5, 70_000) == frame(8, (70_000).to_bytes(4, "big"), stream=5)
    assert end_of_stream(5) == frame(0, b"", 1, stream=5)
