"""What a connection needs of the stream of bytes that it speaks over, whichever it is."""

from collections.abc import Callable
from typing import Protocol


class ByteStream(Protocol):
    """A way to the server and back; errors are httpcore's `ReadError`, `WriteError` and timeouts."""

    @property
    def arrived_at(self) -> float:
        """When the first byte of the latest read came, on the clock of `time.perf_counter`."""

    @property
    def latest_at(self) -> float:
        """When the last byte of the latest read came; where the system does not say, when it was read."""

    @property
    def sent_at(self) -> float:
        """When the system had taken the latest bytes."""

    @property
    def written_bytes(self) -> int:
        """How much the system has taken so far, before TLS."""

    async def read(self, max_bytes: int = 0, timeout: float | None = None) -> bytes:
        """Return what has come, waiting up to *timeout* seconds for the first byte; empty at the end."""

    def expect(self, since: float) -> None:
        """Say that the next bytes may begin an answer to what was sent at *since*."""

    def read_now(self) -> bytes | None:
        """Return what has come to an idle connection, without waiting; empty at the end, None where nothing is there."""

    def read_early(self) -> bytes | None:
        """Return what has come in the middle of a request; None also where that takes waiting."""

    async def write(self, buffer: bytes | memoryview, timeout: float | None = None) -> None:
        """Send all of *buffer*."""

    async def write_while(
        self, buffer: bytes | memoryview, timeout: float | None, goes_on: Callable[[], bool]
    ) -> memoryview:
        """Send *buffer*, but stop where `wake_writer` finds that *goes_on* no more; return the rest that was not sent."""

    def wake_writer(self) -> None:
        """Let a `write_while` look at its condition."""

    async def write_until_answered(self, buffer: bytes | memoryview, timeout: float | None) -> memoryview:
        """Send *buffer*, but stop when something can be read; return the rest that was not sent."""

    @property
    def has_unsent(self) -> bool:
        """Whether something still waits for the next write."""

    def post(self, data: bytes) -> None:
        """Send *data* as far as that goes without waiting; the rest goes before the next write."""

    async def aclose(self) -> None: ...

    def get_extra_info(self, info: str) -> object: ...
