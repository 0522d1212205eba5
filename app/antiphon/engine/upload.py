"""The body of a request as httpx carries it: opened afresh for each attempt, read as the socket takes it."""

from collections.abc import AsyncIterator, Generator

from antiphon.core.prepared import Content, content_chunks, content_length
from antiphon.engine.stack import httpx


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
