"""A piece of a body as a body of its own, and writing one to a file."""

from collections.abc import Callable
from pathlib import Path

from antiphon.body.spool import SpoolFile
from antiphon.body.store import COPY_STEP_BYTES, BodySource


class BodySlice:
    """Bytes of *body* from *start* on; `set_end` as the end is known, or is farther than it was."""

    def __init__(self, body: BodySource, start: int, end: int, *, is_finished: bool = True) -> None:
        self._body = body
        self._start = start
        self._end = end
        self._is_finished = is_finished

    @property
    def start(self) -> int:
        """Offset in the whole body."""
        return self._start

    @property
    def size_bytes(self) -> int:
        return max(0, self._end - self._start)

    @property
    def is_finished(self) -> bool:
        return self._is_finished

    @property
    def spool(self) -> SpoolFile | None:
        """None: what is in a file begins elsewhere."""
        return None

    def set_end(self, end: int, *, is_finished: bool) -> None:
        """Say where the slice ends now."""
        self._end = max(end, self._end)
        self._is_finished = is_finished

    def read(self, offset: int, count: int) -> bytes:
        """Return up to *count* bytes from *offset* of the slice: fewer at its end."""
        return self._body.read(self._start + offset, max(0, min(count, self.size_bytes - offset)))


def save_source(body: BodySource, path: Path, goes_on: Callable[[], bool] = lambda: True) -> bool:
    """Copy what is there of *body* to *path*, which appears only when complete; False where it was given up.

    Args:
        goes_on: Asked after each step.

    Raises:
        OSError: The file could not be written; nothing is left behind.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            for offset in range(0, body.size_bytes, COPY_STEP_BYTES):
                file.write(body.read(offset, COPY_STEP_BYTES))
                if not goes_on():
                    return False
        part.replace(path)
        return True
    finally:
        part.unlink(missing_ok=True)
