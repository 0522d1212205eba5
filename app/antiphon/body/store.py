"""Bytes of any size, readable while they arrive: in memory while they are few, in a spool file once they are many."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from antiphon.body.arrivals import Arrivals
from antiphon.body.spool import SpoolFile

COPY_STEP_BYTES = 1 << 20


class BodySource(Protocol):
    """What row index, search and view read: bytes that may still be growing."""

    @property
    def size_bytes(self) -> int:
        """Bytes that can be read now; never shrinks before close."""

    @property
    def is_finished(self) -> bool:
        """Whether no more bytes will come."""

    def read(self, offset: int, count: int) -> bytes:
        """Return up to *count* bytes from *offset*: fewer at the end, none after close."""


class SpooledSource(BodySource, Protocol):
    """A body that a helper process can read, too, once it is large."""

    @property
    def spool(self) -> SpoolFile | None:
        """The file that holds the bytes; None while they are in memory."""


class BodyStore:
    """The bytes of one body: one writer appends, any thread reads.

    Args:
        folder: Where the spool file goes; None: `bodies` in the user's cache folder, made on the first spill.
        memory_limit_bytes: Up to this size nothing touches the disk.
    """

    def __init__(self, folder: Path | None = None, memory_limit_bytes: int = 1 << 20) -> None:
        self._folder = folder
        self._memory_limit_bytes = memory_limit_bytes
        self._memory = bytearray()
        self._spool: SpoolFile | None = None
        self._size_bytes = 0
        self._is_finished = False
        self._is_closed = False
        self.arrivals = Arrivals()

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    @property
    def is_finished(self) -> bool:
        return self._is_finished

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    @property
    def spool(self) -> SpoolFile | None:
        """The file that holds the bytes, for a helper process to read; None while they are in memory."""
        return self._spool

    def append(self, chunk: bytes) -> None:
        """Add *chunk* at the end.

        Raises:
            OSError: The disk is full or the cache folder cannot be written; all that came before stays readable,
                and so does as much of *chunk* as the file took.
            ValueError: The store is finished or closed.
        """
        if self._is_finished or self._is_closed:
            raise ValueError("append to a body that is finished or closed")
        if self._spool is None and self._size_bytes + len(chunk) <= self._memory_limit_bytes:
            self._memory += chunk
            self._size_bytes += len(chunk)
        else:
            if self._spool is None:
                self._spill()
            self._write(chunk)
        if chunk:
            self.arrivals.note(self._size_bytes)

    def read(self, offset: int, count: int) -> bytes:
        """Return up to *count* bytes from *offset*: fewer at the end, none after close."""
        memory = (
            self._memory
        )  # before the spool: a spill publishes the file first and drops the memory second
        spool = self._spool
        if spool is None:
            return bytes(memory[offset : offset + count])
        return spool.read(offset, max(0, min(count, self._size_bytes - offset)))

    def finish(self) -> None:
        """Say that nothing more will come; the bytes stay readable."""
        self._is_finished = True

    def close(self) -> None:
        """Give back memory and disk; what is read afterwards is empty."""
        self._is_closed = True
        self._is_finished = True
        self._size_bytes = 0
        self._memory = bytearray()
        if self._spool is not None:
            self._spool.close()

    def _spill(self) -> None:
        spool = SpoolFile.create(self._folder)
        try:
            for _taken in _written(spool, bytes(self._memory), 0):
                pass
        except OSError:
            spool.close()
            raise
        self._spool = spool
        self._memory = bytearray()

    def _write(self, chunk: bytes) -> None:
        assert self._spool is not None
        for taken in _written(self._spool, chunk, self._size_bytes):
            self._size_bytes += taken


def _written(spool: SpoolFile, content: bytes, offset: int) -> Iterator[int]:
    """Write all of *content* at *offset*, giving the size of each piece that the disk took."""
    rest = memoryview(content)
    while rest:
        taken = spool.write(rest, offset)
        rest, offset = rest[taken:], offset + taken
        yield taken
