"""Content codings undone in bounded steps: never more than 1 MiB at once, however small the input.

A step takes 3 ms at most; who asks for the next one decides when. RFC 9110 section 8.4.1, RFC 8878, RFC 7932.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Protocol, cast

import brotli  # type: ignore[import-untyped]
import zstandard

from antiphon.engine.failures import ExchangeBroken, broken

STEP_BYTES = 1 << 20
ZSTD_WINDOW_BYTES = 1 << 23
"""The most that a server may ask for (RFC 9659); we hold that much while decoding."""
_BROTLI_LIMIT_BYTES = STEP_BYTES // 4
"""brotli grows its output in blocks and goes over its limit by up to a block (1.2.1: twice it)."""
_HINT = "What could be decoded is kept. Send Accept-Encoding: identity to get the body uncompressed."


class Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what *data* gives, in pieces of at most `STEP_BYTES`; raises ExchangeBroken."""

    def finish(self) -> None:
        """Raise ExchangeBroken where the data ended too early."""


def unknown_codings(codings: Sequence[str]) -> list[str]:
    """Return those of *codings* that nothing here undoes."""
    return [coding for coding in codings if coding != "identity" and coding not in _DECODERS]


def decoder_for(codings: Sequence[str]) -> Decoder | None:
    """Return what undoes *codings*, listed in the order they were applied; None where one is not known."""
    wanted = [coding for coding in codings if coding != "identity"]
    if not wanted or any(coding not in _DECODERS for coding in wanted):
        return None
    stack = [_DECODERS[coding]() for coding in reversed(wanted)]
    return stack[0] if len(stack) == 1 else _Stack(stack)


class _Zlib:
    """gzip with any number of members, or deflate with and without its zlib header."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._engine: zlib._Decompress | None = None
        self._start = b""
        self._has_begun = False
        self._is_over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._is_over:
            if self._engine is None:
                self._start += data
                if len(self._start) < 2:
                    return
                data, self._start = self._start, b""
                self._begin(data[:2])
            if self._engine is not None:
                engine = self._engine
                yield from self._steps(engine, data)
                if not engine.eof:
                    return
                data, self._engine = engine.unused_data, None
                self._is_over = self._name == "deflate"

    def _begin(self, first: bytes) -> None:
        """Choose how to read what begins with *first*; after the first member, what is no member is ignored."""
        self._is_over = self._has_begun and first != b"\x1f\x8b"
        if self._is_over:
            return
        self._has_begun = True
        if self._name == "gzip":
            self._engine = zlib.decompressobj(31)
        else:
            has_header = first[0] & 15 == 8 and int.from_bytes(first, "big") % 31 == 0
            self._engine = zlib.decompressobj(15 if has_header else -15)

    def _steps(self, engine: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
        while True:
            try:
                piece = engine.decompress(data, STEP_BYTES)
            except zlib.error as error:
                raise _damaged(self._name) from error
            if piece:
                yield piece
            data = engine.unconsumed_tail
            if engine.eof or (not data and len(piece) < STEP_BYTES):
                return

    def finish(self) -> None:
        if self._engine is not None or not (self._has_begun or not self._start):
            raise _truncated(self._name)


class _Brotli:
    def __init__(self) -> None:
        self._engine = brotli.Decompressor()
        self._has_begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._has_begun = True
        while not self._engine.is_finished():
            try:
                piece = self._engine.process(data, output_buffer_limit=_BROTLI_LIMIT_BYTES)
            except brotli.error as error:
                raise _damaged("br") from error
            if not piece:  # `can_accept_more_data` says yes while output is still pending
                return
            data = b""
            yield piece

    def finish(self) -> None:
        if self._has_begun and not self._engine.is_finished():
            raise _truncated("br")


class _HungryError(Exception):
    """zstd wants more input than has come."""


class _Larder:
    """The file that the zstd reader reads from: what was fed and not eaten yet."""

    def __init__(self) -> None:
        self.data = b""

    def read(self, size: int = -1, /) -> bytes:
        if not self.data:
            raise _HungryError
        taken, self.data = self.data[:size], self.data[size:]
        return taken


class _Zstd:
    """Frames one after the other. The reader, asked for one read at a time, is the only bounded way in."""

    _PROBE = b"P"

    def __init__(self) -> None:
        self._larder = _Larder()
        decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES)
        self._reader = decompressor.stream_reader(cast("IO[bytes]", self._larder), read_across_frames=True)
        self._has_begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._has_begun = True
        self._larder.data += data
        try:
            while piece := self._reader.read1(STEP_BYTES):
                yield piece
        except _HungryError:
            return
        except zstandard.ZstdError as error:
            if "memory" in str(error):
                raise broken(
                    "decode", "The body's zstd data needs a window of more than 8 MiB.", _HINT
                ) from error
            raise _damaged("zstd") from error

    def finish(self) -> None:
        """Feed one more frame: only at the end of a frame does it come out as it went in.

        It goes in byte by byte: a whole frame at once libzstd decodes even behind half a frame's header.
        """
        if not self._has_begun:
            return
        frame = zstandard.ZstdCompressor().compress(self._PROBE)
        try:
            probe = b"".join(piece for byte in frame for piece in self.feed(bytes([byte])))
        except ExchangeBroken:
            probe = b""
        if probe != self._PROBE:
            raise _truncated("zstd")


class _Stack:
    """Several codings: the last one applied is undone first."""

    def __init__(self, decoders: Sequence[Decoder]) -> None:
        self._decoders = decoders

    def feed(self, data: bytes) -> Iterator[bytes]:
        return self._through(self._decoders, data)

    def _through(self, decoders: Sequence[Decoder], data: bytes) -> Iterator[bytes]:
        if not decoders:
            yield data
            return
        for piece in decoders[0].feed(data):
            yield from self._through(decoders[1:], piece)

    def finish(self) -> None:
        for decoder in self._decoders:
            decoder.finish()


_DECODERS: Mapping[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Zlib("gzip"),
    "x-gzip": lambda: _Zlib("gzip"),
    "deflate": lambda: _Zlib("deflate"),
    "br": _Brotli,
    "zstd": _Zstd,
}


def _damaged(coding: str) -> ExchangeBroken:
    return broken("decode", f"The body is not valid {coding}, though its Content-Encoding says so.", _HINT)


def _truncated(coding: str) -> ExchangeBroken:
    return broken("decode", f"The body ends in the middle of its {coding} data.", _HINT)
