"""The body of a request as httpx carries it: opened afresh for each attempt, read as the socket takes it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from types import TracebackType
from typing import Self

from antiphon.core.prepared import Content, content_chunks, content_length
from antiphon.engine.recorder import Recorder
from antiphon.engine.stack import httpx

PROGRESS_S = 0.05


class Upload(httpx.AsyncByteStream):
    def __init__(self, content: Content) -> None:
        self._content = content
        self.size_bytes = content_length(content) or 0

    def chunks(self) -> Generator[bytes]:
        """Yield the body from its beginning; raises UserError where a file cannot be read as prepared."""
        yield from content_chunks(self._content)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks():
            yield chunk


class Progress:
    """Tells how much of a body has left: at the end of the block, and, once told to, every `PROGRESS_S` before.

    Args:
        count: Gives the bytes of the body that were handed to the system so far.
        sent_at: Gives when the last of them were.
    """

    def __init__(
        self, recorder: Recorder, total_bytes: int, count: Callable[[], int], sent_at: Callable[[], float]
    ) -> None:
        self._recorder = recorder
        self._total_bytes = total_bytes
        self._count = count
        self._sent_at = sent_at
        self._told_bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """Tell it in between, too: the body takes more than one write."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PROGRESS_S, self._tick)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._tell()

    def _tick(self) -> None:
        self._tell()
        self._timer = asyncio.get_running_loop().call_later(PROGRESS_S, self._tick)

    def _tell(self) -> None:
        sent_bytes = min(self._count(), self._total_bytes)
        if sent_bytes != self._told_bytes:
            self._told_bytes = sent_bytes
            self._recorder.uploaded(sent_bytes, self._total_bytes, self._sent_at())
