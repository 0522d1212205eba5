"""What left of one HTTP/1.1 request: the very pieces that were handed to the socket, as far as it took them."""

from antiphon.core.events import SENT_BODY_BYTES, Sent
from antiphon.engine.streams import ByteStream


class Http1Sent:
    """Keeps references to what is written, up to `SENT_BODY_BYTES` of body; the stream counts what left."""

    def __init__(self, stream: ByteStream, head_bytes: int) -> None:
        self._stream = stream
        self._began_bytes = stream.written_bytes
        self._head_bytes = head_bytes
        self._offered_bytes = 0
        self._pieces: list[bytes | memoryview] = []
        self.is_whole = False
        """Whether nothing of the request is still to be offered."""

    def offer(self, piece: bytes) -> None:
        """Take note of *piece*, which is about to be written."""
        room = self._head_bytes + SENT_BODY_BYTES - self._offered_bytes
        if room > 0:
            self._pieces.append(piece if len(piece) <= room else memoryview(piece)[:room])
        self._offered_bytes += len(piece)

    @property
    def body_bytes(self) -> int:
        """How much of the body left so far, as it is framed."""
        return max(self._left_bytes - self._head_bytes, 0)

    @property
    def _left_bytes(self) -> int:
        return self._stream.written_bytes - self._began_bytes

    def facts(self) -> Sent:
        pieces = self._pieces
        shown = bytes(pieces[0]) if len(pieces) == 1 else b"".join(pieces)
        left = self._left_bytes
        if left < len(shown):
            shown = shown[:left]
        return Sent(
            head=shown[: self._head_bytes],
            body=shown[self._head_bytes :],
            body_bytes=self.body_bytes,
            is_complete=self.is_whole and left == self._offered_bytes,
        )
