"""A spool file: bytes on disk that vanish with the process, readable at any offset by threads and by a helper process.

It has no name on POSIX systems (removed right after it was opened); on Windows it is a file that the system
removes when its last handle closes. It is never mapped: a mapped file adds to the resident size, holds the
interpreter lock in page faults and dies with SIGBUS on a full disk.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from antiphon.core.places import places

_WINDOWS = sys.platform == "win32"
_BINARY = getattr(os, "O_BINARY", 0)
_TEMPORARY = getattr(os, "O_TEMPORARY", 0)
_LARGE_BYTES = 1 << 25
"""To give back a larger file takes the system some milliseconds, which a thread of its own spends: 60 ms for a gigabyte."""


class SpoolFile:
    """One open spool file: appended to by a single writer, read by anyone.

    `close` takes effect when the last reader has left, so that a descriptor number is never read or written after
    it may belong to another file.
    """

    def __init__(self, descriptor: int, path: str | None) -> None:
        self._descriptor = descriptor
        self._path = path
        self._lock = threading.Lock()
        self._users = 0
        self._is_closed = False
        self._position = threading.Lock()

    @classmethod
    def create(cls, folder: Path | None) -> "SpoolFile":
        """Open a new spool file in *folder* (made if missing; None: the user's cache folder).

        Raises:
            OSError: The folder cannot be made or the file cannot be opened.
        """
        folder = places().cache / "bodies" if folder is None else folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if _WINDOWS:
            return cls._named(folder)
        return cls(_nameless(folder), None)

    @classmethod
    def _named(cls, folder: Path) -> "SpoolFile":
        path = str(folder / f"{os.getpid()}-{os.urandom(8).hex()}.body")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY | _TEMPORARY
        return cls(os.open(path, flags, 0o600), path)

    @classmethod
    def open_shared(cls, argument: str) -> "SpoolFile":
        """Open in a helper process what `shared_argument` named in its parent."""
        kind, _, place = argument.partition(":")
        if kind == "fd":
            return cls(int(place), None)
        return cls(os.open(place, os.O_RDWR | _BINARY | _TEMPORARY), place)

    @property
    def shared_argument(self) -> str:
        """Command line argument by which a helper process opens this file; see `shared_descriptors`."""
        return f"path:{self._path}" if self._path else f"fd:{self._descriptor}"

    @property
    def shared_descriptors(self) -> tuple[int, ...]:
        """Descriptors to hand on as `pass_fds` of `subprocess.Popen`; empty on Windows, where the path serves."""
        return () if self._path else (self._descriptor,)

    def size(self) -> int:
        """Return the size of the file in bytes, whoever wrote it; 0 once closed."""
        with self._pinned() as descriptor:
            return 0 if descriptor is None else os.fstat(descriptor).st_size

    def write(self, chunk: bytes | memoryview, offset: int) -> int:
        """Write *chunk* at *offset* and return how many bytes were taken, which a nearly full disk makes fewer.

        Raises:
            OSError: Nothing could be written.
            ValueError: The file is closed.
        """
        with self._pinned() as descriptor:
            if descriptor is None:
                raise ValueError("write to a closed spool file")
            if not _WINDOWS:
                return os.pwrite(descriptor, chunk, offset)
            with self._position:
                os.lseek(descriptor, offset, os.SEEK_SET)
                return os.write(descriptor, chunk)

    def read(self, offset: int, count: int) -> bytes:
        """Return up to *count* bytes from *offset*: fewer at the end, none once closed."""
        with self._pinned() as descriptor:
            if descriptor is None:
                return b""
            if not _WINDOWS:
                return os.pread(descriptor, count, offset)
            with self._position:
                os.lseek(descriptor, offset, os.SEEK_SET)
                return os.read(descriptor, count)

    def close(self) -> None:
        with self._lock:
            was_closed, self._is_closed = self._is_closed, True
            is_unused = self._users == 0
        if is_unused and not was_closed:
            _give_back(self._descriptor)

    @contextmanager
    def _pinned(self) -> Iterator[int | None]:
        with self._lock:
            is_open = not self._is_closed
            self._users += is_open
        try:
            yield self._descriptor if is_open else None
        finally:
            if is_open:
                self._unpin()

    def _unpin(self) -> None:
        with self._lock:
            self._users -= 1
            is_last = self._is_closed and self._users == 0
        if is_last:
            _give_back(self._descriptor)


def _give_back(descriptor: int) -> None:
    if os.fstat(descriptor).st_size < _LARGE_BYTES:
        os.close(descriptor)
    else:
        threading.Thread(target=os.close, args=(descriptor,), name="spool file").start()


def _nameless(folder: Path) -> int:
    temporary = getattr(os, "O_TMPFILE", None)
    if temporary is not None:
        try:
            return os.open(folder, os.O_RDWR | temporary | os.O_CLOEXEC, 0o600)
        except OSError:
            pass  # not every file system can (NFS, overlay on old kernels)
    descriptor, path = tempfile.mkstemp(suffix=".body", dir=folder)
    os.unlink(path)  # noqa: PTH108 - mkstemp gives a string
    return descriptor
