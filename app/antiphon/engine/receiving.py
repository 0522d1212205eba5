"""The body of an answer on its way into the store: counted, its codings undone in small steps, within bounds."""

import time
from typing import Protocol

from antiphon.core.events import BodyAdvanced, DecodingPaused, DecodingResumed, Failure, Head
from antiphon.core.quantities import size_text
from antiphon.engine import failures
from antiphon.engine.decode import Decoder, decoder_for, unknown_codings
from antiphon.engine.failures import ExchangeBroken
from antiphon.engine.http1_reply import list_items
from antiphon.engine.recorder import Recorder
from antiphon.engine.session import Host
from antiphon.engine.sink import BodySink
from antiphon.engine.turns import Turns

SUSPICIOUS_RATIO = 100
"""How many times its size a body may unpack to unasked; text seldom goes beyond 20."""

SLICE_BYTES = 1 << 14
"""What a decoder gets at once: where a coding breaks, it gives nothing of the bytes that it was fed last."""


class Reader(Protocol):
    @property
    def latest_at(self) -> float:
        """When the last byte that was read came."""

    async def read(self) -> bytes:
        """Return the next bytes of the body as they came; empty at its end."""


class Receiving:
    """One body.

    Args:
        raw: Where the bytes go as they came, where *body* gets them decoded; None: nowhere.
        limit_bytes: A body that unpacks to more, and to `SUSPICIOUS_RATIO` times what came, goes on only if *host* says so.
    """

    def __init__(
        self,
        head: Head,
        body: BodySink,
        raw: BodySink | None,
        recorder: Recorder,
        turns: Turns,
        host: Host | None,
        limit_bytes: int | None,
    ) -> None:
        self._decoder = _decoder(head)
        self._unknown = ", ".join(unknown_codings(list_items(head, "content-encoding")))
        self._codings = ", ".join(list_items(head, "content-encoding"))
        self._body = body
        self._raw = raw if self._decoder is not None else None
        self._recorder = recorder
        self._came_at = 0.0
        self._turns = turns
        self._host = host
        self._limit_bytes = limit_bytes
        self._wire_bytes = self._decoded_bytes = 0
        self._decoding_s = 0.0

    @property
    def is_decoding(self) -> bool:
        """Whether a coding is undone, which may take longer than its last byte to come."""
        return self._decoder is not None

    async def receive(self, reader: Reader) -> None:
        """Take in all that *reader* gives.

        Raises:
            ExchangeBroken: the disk is full, a coding is broken, or nobody wants it unpacked further.
        """
        if self._unknown:
            note = f"The content coding {self._unknown} is not known: the body is shown as it came."
            self._recorder.note(note)
        while data := await reader.read():
            self._wire_bytes += len(data)
            self._came_at = reader.latest_at
            if self._decoder is None:
                self._keep(self._body, data)
                self._decoded_bytes += len(data)
            else:
                await self._decode(self._decoder, data)
            self._tell()

    def finish(self) -> None:
        """Raise ExchangeBroken where the codings were not complete."""
        if self._decoder is not None:
            try:
                self._decoder.finish()
            except ExchangeBroken as error:
                raise self._placed(error) from error

    async def _decode(self, decoder: Decoder, data: bytes) -> None:
        if self._raw is not None:
            self._keep(self._raw, data)
        for at in range(0, len(data), SLICE_BYTES):
            await self._decode_slice(decoder, data[at : at + SLICE_BYTES])

    async def _decode_slice(self, decoder: Decoder, data: bytes) -> None:
        pieces = decoder.feed(data)
        while True:
            began = time.perf_counter()
            try:
                piece = next(pieces, None)
            except ExchangeBroken as error:
                raise self._placed(error) from error
            finally:
                self._decoding_s += time.perf_counter() - began
            if piece is None:
                return
            self._keep(self._body, piece)
            self._decoded_bytes += len(piece)
            if self._is_suspicious():
                await self._ask()
            if self._turns.is_spent():
                self._tell()
                await self._turns.give_way()

    def _is_suspicious(self) -> bool:
        return (
            self._limit_bytes is not None
            and self._decoded_bytes > self._limit_bytes
            and self._decoded_bytes > SUSPICIOUS_RATIO * self._wire_bytes
        )

    async def _ask(self) -> None:
        self._tell()
        self._recorder.tell(DecodingPaused(self._wire_bytes, self._decoded_bytes, time.perf_counter()))
        if self._host is None or not await self._host.allows_decoding(self._wire_bytes, self._decoded_bytes):
            raise ExchangeBroken(
                Failure(
                    "decode",
                    f"Stopped unpacking at {size_text(self._decoded_bytes)}: only {size_text(self._wire_bytes)} "
                    f"of {self._codings or 'coded'} data had come.",
                    "What was unpacked is kept. To have it all, raise the limit of this request, or ask for the body "
                    "uncompressed.",
                    remedies=("ask_uncompressed",),
                )
            )
        self._limit_bytes = None  # a yes is for the whole body
        self._recorder.tell(DecodingResumed(time.perf_counter()))

    def _tell(self) -> None:
        self._recorder.tell(
            BodyAdvanced(self._wire_bytes, self._decoded_bytes, self._came_at, self._decoding_s)
        )

    def _placed(self, error: ExchangeBroken) -> ExchangeBroken:
        """Return *error* with the place where the coding broke."""
        failure = error.failure
        sentence = (
            f"{failure.sentence.removesuffix('.')}: it breaks after {self._decoded_bytes:,} unpacked bytes, "
            f"within the first {self._wire_bytes:,} received."
        )
        return ExchangeBroken(
            Failure(failure.kind, sentence, failure.hint, failure.phase, ("ask_uncompressed",))
        )

    @staticmethod
    def _keep(sink: BodySink, data: bytes) -> None:
        try:
            sink.append(data)
        except OSError as error:
            raise failures.disk_full(error) from error


def _decoder(head: Head) -> Decoder | None:
    """Return what undoes the answer's content codings and, last applied, its transfer codings."""
    transfer = [coding for coding in list_items(head, "transfer-encoding") if coding != "chunked"]
    return decoder_for([*list_items(head, "content-encoding"), *transfer])
