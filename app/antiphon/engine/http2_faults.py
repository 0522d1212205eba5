"""What a server does wrong over HTTP/2, in words: rules broken, streams reset, connections given up, floods."""

import time
from collections import Counter
from dataclasses import dataclass

import h2.errors

from antiphon.engine.failures import ExchangeBroken, broken, seconds
from antiphon.engine.http1_reply import RAW_BYTES
from antiphon.engine.http2_frames import HEAD_BYTES, MAX_FRAME_BYTES, SETTINGS, FrameError, kind_name

CALM_FRAMES = 1_000
"""How many frames a server may send that bring no exchange further ..."""
CALM_S = 10.0
"""... in this many seconds."""
_SHOWN_DEBUG_BYTES = 120
_SHOWN_GARBAGE_BYTES = 40
_RULES_HINT = "The server, or something between you and it, breaks HTTP/2. Try HTTP/1.1 for this request."
_Codes = h2.errors.ErrorCodes
_OURS = "The server finds fault with our HTTP/2. Try HTTP/1.1 for this request, or send again."
_HINTS = {
    _Codes.PROTOCOL_ERROR: _OURS,
    _Codes.FLOW_CONTROL_ERROR: _OURS,
    _Codes.SETTINGS_TIMEOUT: _OURS,
    _Codes.STREAM_CLOSED: _OURS,
    _Codes.FRAME_SIZE_ERROR: _OURS,
    _Codes.COMPRESSION_ERROR: _OURS,
    _Codes.INTERNAL_ERROR: "Something failed in the server: look at the server's log, or send again.",
    _Codes.REFUSED_STREAM: "The server is too busy: send again in a moment.",
    _Codes.ENHANCE_YOUR_CALM: "Send fewer requests at once, and again in a moment.",
    _Codes.INADEQUATE_SECURITY: "Its TLS does not suffice for HTTP/2. Try HTTP/1.1 for this request.",
    _Codes.HTTP_1_1_REQUIRED: "Choose HTTP/1.1 for this request.",
}
"""What to try after an error code (RFC 9113 section 7)."""
_USUAL_HINT = "Send again, or try HTTP/1.1 for this request."


def rules_broken(reason: str) -> ExchangeBroken:
    """Return the failure of a connection on which nothing more can be understood."""
    sentence = f"The server broke the rules of HTTP/2: {reason.rstrip('.')}."
    return broken("protocol", sentence, _RULES_HINT, remedies=("use_http1",))


def malformed(sentence: str) -> ExchangeBroken:
    """Return the failure of one answer that is none; the connection can go on (RFC 9113 section 8.1.1)."""
    return broken("protocol", sentence, _RULES_HINT, remedies=("use_http1",))


def greeting_fault(first: bytes) -> ExchangeBroken | None:
    """Return what is wrong with *first*, the first bytes of a server, which begins with SETTINGS (section 3.4)."""
    if first.startswith(b"HTTP/1."):
        sentence = "The server answered in HTTP/1.1, not in HTTP/2."
        hint = "Choose HTTP/1.1 or automatic for this request."
        return _shown_raw(broken("protocol", sentence, hint, remedies=("use_http1",)), first)
    if len(first) < HEAD_BYTES or (first[3] == SETTINGS and not first[4] & 1):
        return None
    if first[3] <= 9 and int.from_bytes(first[:3], "big") <= MAX_FRAME_BYTES:
        return rules_broken(
            f"it does not begin with SETTINGS but with {kind_name(first[3])}{' ACK' * (first[4] & 1)}"
        )
    shown = repr(first[:_SHOWN_GARBAGE_BYTES])[1:]
    return _shown_raw(malformed(f"The answer is not HTTP/2: it begins with {shown}."), first)


def _shown_raw(error: ExchangeBroken, raw: bytes) -> ExchangeBroken:
    error.raw = raw[:RAW_BYTES]
    return error


def reset(code: int, *, is_answered: bool) -> ExchangeBroken:
    """Return the failure of a stream that the server reset."""
    where = "in the middle of its answer" if is_answered else "without an answer"
    error = broken(
        "disconnected",
        f"The server reset the stream {where} ({_name(code)}).",
        _hint(code),
        is_unprocessed=code == _Codes.REFUSED_STREAM,
        remedies=("send_again", "use_http1"),
    )
    error.wants_http1 = code == _Codes.HTTP_1_1_REQUIRED and not is_answered
    return error


def no_room(limit_s: float | None) -> ExchangeBroken:
    """Return the failure of an upload that the server's flow control stopped for *limit_s* seconds."""
    return broken(
        "write_timeout",
        f"The server took none of the request for {seconds(limit_s)}: its HTTP/2 flow control leaves no room.",
        "Raise the write timeout, or send a smaller body.",
    )


@dataclass(frozen=True, slots=True)
class Goodbye:
    """GOAWAY (RFC 9113 section 6.8)."""

    last_stream_id: int
    """The last stream that the server will answer."""
    code: int
    debug: bytes

    @classmethod
    def of(cls, frame: bytes) -> "Goodbye":
        """Read *frame*; raises FrameError where it is too short."""
        payload = frame[HEAD_BYTES:]
        if len(payload) < 8:
            raise FrameError(f"a GOAWAY of {len(payload)} bytes")
        last = int.from_bytes(payload[:4], "big") & 0x7FFFFFFF
        return cls(last, int.from_bytes(payload[4:8], "big"), payload[8:])

    def refusal(self) -> ExchangeBroken:
        """Return the failure of a request that the server says it did not take."""
        reason = f" ({self._reason})" if self.code else ""
        error = broken(
            "disconnected",
            f"The server closed the connection before it took the request{reason}.",
            _hint(self.code),
            is_unprocessed=True,
            is_progress=self.last_stream_id > 0,
            remedies=("send_again", "use_http1"),
        )
        error.wants_http1 = self.code == _Codes.HTTP_1_1_REQUIRED
        return error

    def breach(self, *, is_answered: bool) -> ExchangeBroken:
        """Return the failure of a request that the server took and did not answer to the end."""
        where = "in the middle of its answer" if is_answered else "without an answer"
        sentence = f"The server gave up the connection {where} ({self._reason})."
        return broken("disconnected", sentence, _hint(self.code), remedies=("send_again", "use_http1"))

    @property
    def _reason(self) -> str:
        debug = self.debug[:_SHOWN_DEBUG_BYTES].decode(errors="replace")
        shown = "".join(sign if sign.isprintable() else " " for sign in debug).strip()
        return f"{_name(self.code)}: {shown}" if shown else _name(self.code)


class Calm:
    """Counts the frames that bring no exchange further; too many at once are an attack, or a broken server."""

    def __init__(self) -> None:
        self._counts = Counter[int]()
        self._since = 0.0

    def progressed(self) -> None:
        """Note that an exchange came further."""
        self._counts.clear()

    def note(self, kind: int) -> None:
        """Count a frame; raises ExchangeBroken where it is one too many."""
        now = time.monotonic()
        if not self._counts or now - self._since > CALM_S:
            self._counts.clear()
            self._since = now
        self._counts[kind] += 1
        if self._counts.total() > CALM_FRAMES:
            most = kind_name(self._counts.most_common(1)[0][0])
            raise broken(
                "protocol",
                f"The server sent more than {CALM_FRAMES:,} frames that bring nothing (mostly {most}).",
                _RULES_HINT,
                remedies=("use_http1",),
            )


def _name(code: int) -> str:
    return next((known.name for known in _Codes if known == code), hex(code))


def _hint(code: int) -> str:
    return next((hint for known, hint in _HINTS.items() if known == code), _USUAL_HINT)
