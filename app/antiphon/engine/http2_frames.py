"""Cuts a stream of HTTP/2 bytes into frames (RFC 9113 section 4.1); DATA is taken apart here, past h2.

h2 costs 50 microseconds a frame and DATA frames are 16 KiB: cut by hand they cost one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

HEAD_BYTES = 9
MAX_FRAME_BYTES = 1 << 14
"""What we let a frame carry: the default, never raised in our SETTINGS."""
DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY, CONTINUATION = 0, 1, 3, 4, 7, 9
KINDS = (
    "DATA",
    "HEADERS",
    "PRIORITY",
    "RST_STREAM",
    "SETTINGS",
    "PUSH_PROMISE",
    "PING",
    "GOAWAY",
    "WINDOW_UPDATE",
    "CONTINUATION",
)
"""The names of frame types (RFC 9113 section 6), by their number."""
NO_SETTINGS = bytes([0, 0, 0, SETTINGS, 0, 0, 0, 0, 0])
"""A SETTINGS frame that leaves all as it is by default."""
_FRAMES_AT_ONCE = 2_000
"""How many frames are read in one step, of about 10 ms: they may be tiny."""
_END_STREAM, _END_HEADERS, _PADDED = 0x1, 0x4, 0x8


@dataclass(frozen=True, slots=True)
class DataFrame:
    stream_id: int
    data: memoryview
    flow_bytes: int
    """What the frame takes from the windows: padding counts."""
    is_last: bool


class FrameError(ValueError):
    """The peer breaks the framing; nothing after it can be understood."""


class FrameCutter:
    """Feed it bytes as they come; it yields whole frames, DATA parsed and all others as they are."""

    def __init__(self) -> None:
        self.rest = b""
        """The beginning of a frame that has not come to its end, or, while it `is_behind`, whole frames too."""
        self.is_behind = False
        """More frames wait than are cut at once: feed it nothing, to go on."""

    def feed(self, data: bytes) -> Iterator[DataFrame | bytes]:
        if self.rest:
            data, self.rest = self.rest + data, b""
        view, at, end, count = memoryview(data), 0, len(data), 0
        self.is_behind = False
        while end - at >= HEAD_BYTES:
            if count == _FRAMES_AT_ONCE:
                self.is_behind = True
                break
            count += 1
            length = data[at] << 16 | data[at + 1] << 8 | data[at + 2]
            if length > MAX_FRAME_BYTES:
                raise FrameError(f"a frame of {length:,} bytes")
            following = at + HEAD_BYTES + length
            if following > end:
                break
            if data[at + 3] == DATA:
                yield _data_frame(view[at:following], length)
            else:
                yield data[at:following]
            at = following
        self.rest = data[at:]


def _data_frame(frame: memoryview, length: int) -> DataFrame:
    flags = frame[4]
    stream_id = frame_stream_id(frame)
    payload = frame[HEAD_BYTES:]
    if flags & _PADDED:
        if not length or payload[0] >= length:
            raise FrameError("padding longer than its frame")
        payload = payload[1 : length - payload[0]]
    return DataFrame(stream_id, payload, length, bool(flags & _END_STREAM))


class HeaderTimes:
    """When the first byte of a header section came, which may take more than one read and more than one frame."""

    def __init__(self) -> None:
        self.began_at = 0.0
        """That of the latest one."""
        self.part_at: float | None = None
        """When the first byte of the frame came that is not complete yet; None: there is none."""
        self._open_stream_id = 0
        self._part = b""

    def note(self, frame: bytes, began_at: float) -> None:
        """Take note of *frame*, whose first byte came at *began_at*."""
        if frame[3] == HEADERS:
            self.began_at = began_at
        if frame[3] in {HEADERS, CONTINUATION}:
            self._open_stream_id = 0 if frame[4] & _END_HEADERS else frame_stream_id(frame)

    def note_part(self, part: bytes, began_at: float) -> None:
        """Take note of the beginning of a frame, empty where there is none."""
        self._part, self.part_at = part, began_at if part else None

    def begun_at(self, stream_id: int) -> float | None:
        """Return when the header section began that *stream_id* is in the middle of; None where it is not."""
        if self._open_stream_id == stream_id:
            return self.began_at
        is_part = len(self._part) >= HEAD_BYTES and self._part[3] == HEADERS
        return self.part_at if is_part and frame_stream_id(self._part) == stream_id else None


def window_update(stream_id: int, amount_bytes: int) -> bytes:
    """Return a WINDOW_UPDATE frame (RFC 9113 section 6.9); stream 0 is the connection."""
    return b"\0\0\4\x08\0" + stream_id.to_bytes(4, "big") + amount_bytes.to_bytes(4, "big")


def goodbye(code: int) -> bytes:
    """Return a GOAWAY frame with an error *code* of ours; a server opens no streams, so the last of them is 0."""
    return b"\0\0\x08\x07\0" + bytes(8) + code.to_bytes(4, "big")


def kind_name(kind: int) -> str:
    return KINDS[kind] if kind < len(KINDS) else f"unknown {kind:#04x}"


def end_of_stream(stream_id: int) -> bytes:
    """Return an empty DATA frame that ends *stream_id*: how h2 learns of an end that it did not see."""
    return b"\0\0\0\0\1" + stream_id.to_bytes(4, "big")


def frame_stream_id(frame: bytes | memoryview) -> int:
    """Return which stream *frame* belongs to; 0 is the connection."""
    return int.from_bytes(frame[5:HEAD_BYTES], "big") & 0x7FFFFFFF
