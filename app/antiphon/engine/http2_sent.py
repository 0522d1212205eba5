"""What left over an HTTP/2 connection, frame by frame, and for which request: read from the bytes that were written."""

from collections import deque

import h2.errors
import h2.settings

from antiphon.core.events import SENT_BODY_BYTES, Frame, Sent
from antiphon.engine.http1_reply import RawHeaders
from antiphon.engine.http2_frames import DATA, HEAD_BYTES, KINDS
from antiphon.engine.streams import ByteStream

MAX_FRAMES = 200
"""How many frames of a request are kept one by one; what follows is summed up, but for its end."""
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_RST_STREAM, _SETTINGS, _PING = 3, 4, 6
_END_STREAM = 0x1
_FLAGS = ((0x1, "END_STREAM"), (0x4, "END_HEADERS"), (0x8, "PADDED"), (0x20, "PRIORITY"))
_SHOWN_BYTES = 256


class Http2Sent:
    """What left for one request."""

    def __init__(self, fields: RawHeaders) -> None:
        self.fields = fields
        self._frames: list[Frame] = []
        self._summed: dict[str, tuple[int, int]] = {}
        self._last: list[Frame] = []
        self._body: list[memoryview] = []
        self._kept_bytes = 0
        self.body_bytes = 0
        """How much of the body left so far."""
        self.has_ended = False
        """Whether the frame left that ends the request."""

    def note(self, frame: memoryview) -> None:
        """Take note of *frame*, which left."""
        if frame[3] == DATA:
            self._note_body(frame[HEAD_BYTES:])
        is_end = frame[3] <= 1 and bool(frame[4] & _END_STREAM)
        self.has_ended |= is_end
        shown = shown_frame(frame)
        if len(self._frames) < MAX_FRAMES:
            self._frames.append(shown)
        elif is_end or frame[3] == _RST_STREAM:
            self._last.append(shown)
        else:
            count, length = self._summed.get(shown.kind, (0, 0))
            self._summed[shown.kind] = (count + 1, length + shown.length)

    def note_preface(self) -> None:
        self._frames.append(Frame("PREFACE", 0, "", len(_PREFACE), "PRI * HTTP/2.0 (RFC 9113 section 3.4)"))

    def _note_body(self, payload: memoryview) -> None:
        self.body_bytes += len(payload)
        room = SENT_BODY_BYTES - self._kept_bytes
        if room > 0 and payload:
            self._body.append(payload[:room])
            self._kept_bytes += min(len(payload), room)

    def facts(self) -> Sent:
        summed = (
            Frame(kind, 0, "", length, f"{count:,} more {kind} frames, {length:,} bytes in all")
            for kind, (count, length) in self._summed.items()
        )
        return Sent(
            fields=tuple((_text(name), _text(value)) for name, value in self.fields),
            frames=(*self._frames, *summed, *self._last),
            body=b"".join(self._body),
            body_bytes=self.body_bytes,
            is_complete=self.has_ended,
        )


class Outbox:
    """Follows the bytes of one connection to the socket and tells each request of its frames once they left.

    The connection's own frames belong to the request that opened it, for as long as that runs.
    """

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._offered_bytes = stream.written_bytes
        self._waiting: deque[tuple[int, memoryview]] = deque()
        self._owners: dict[int, Http2Sent] = {}
        self._opener = 0

    def open(self, stream_id: int, sent: Http2Sent) -> None:
        self._opener = self._opener or stream_id
        self._owners[stream_id] = sent

    def forget(self, stream_id: int) -> None:
        self._owners.pop(stream_id, None)

    def offer(self, data: bytes) -> None:
        """Take note of *data*, whole frames that are about to be written."""
        view, at = memoryview(data), 0
        if data.startswith(_PREFACE):
            at = len(_PREFACE)
            self._waiting.append((self._offered_bytes + at, view[:at]))
        while at < len(data):
            length = data[at] << 16 | data[at + 1] << 8 | data[at + 2]
            following = at + HEAD_BYTES + length
            self._waiting.append((self._offered_bytes + following, view[at:following]))
            at = following
        self._offered_bytes += len(data)

    def settle(self) -> None:
        """Tell the requests which of their frames the system has taken by now."""
        left = self._stream.written_bytes
        while self._waiting and self._waiting[0][0] <= left:
            self._note(self._waiting.popleft()[1])

    def _note(self, frame: memoryview) -> None:
        if frame[:4] == _PREFACE[:4]:
            if (opener := self._owners.get(self._opener)) is not None:
                opener.note_preface()
            return
        stream_id = int.from_bytes(frame[5:HEAD_BYTES], "big") & 0x7FFFFFFF
        owner = self._owners.get(stream_id or self._opener)
        if owner is not None:
            owner.note(frame)


def shown_frame(frame: bytes | memoryview) -> Frame:
    """Return what the whole *frame* says, for people (RFC 9113 section 6)."""
    kind, flags = frame[3], frame[4]
    stream_id = int.from_bytes(frame[5:HEAD_BYTES], "big") & 0x7FFFFFFF
    name = KINDS[kind] if kind < len(KINDS) else f"UNKNOWN {kind:#04x}"
    length = len(frame) - HEAD_BYTES
    detail = ""
    if kind not in {DATA, 1, 9}:
        detail = _detail(kind, bytes(frame[HEAD_BYTES : HEAD_BYTES + _SHOWN_BYTES]))
    return Frame(name, stream_id, _flags(kind, flags), length, detail)


def _flags(kind: int, flags: int) -> str:
    if not flags:
        return ""
    if kind in {_SETTINGS, _PING}:
        return "ACK" if flags & 1 else ""
    return " ".join(name for bit, name in _FLAGS if flags & bit)


def _detail(kind: int, payload: bytes) -> str:
    match kind:
        case 4:
            pairs = [payload[at : at + 6] for at in range(0, len(payload) - 5, 6)]
            return ", ".join(f"{_setting(pair[:2])} {_number(pair[2:]):,}" for pair in pairs)
        case 8:
            return f"{_number(payload) & 0x7FFFFFFF:,} bytes more"
        case 3:
            return _error(payload)
        case 7:
            return f"last stream {_number(payload[:4]) & 0x7FFFFFFF}, {_error(payload[4:8])}"
        case _:
            return payload.hex(" ")


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big")


def _setting(code: bytes) -> str:
    number = _number(code)
    return next((known.name for known in h2.settings.SettingCodes if known == number), f"{number:#06x}")


def _error(code: bytes) -> str:
    number = _number(code)
    return next((known.name for known in h2.errors.ErrorCodes if known == number), f"{number:#010x}")


def _text(raw: bytes) -> str:
    """Return *raw* as text: UTF-8 where it is, else latin-1, as it may have been meant."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
