"""Bytes of a body into a file that appears only when it is complete, from one that is whole or while it arrives."""

from collections.abc import Callable
from pathlib import Path

from antiphon.body.store import COPY_STEP_BYTES, BodySource


def copy_part(
    source: BodySource,
    path: Path,
    start: int,
    end: int,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Copy the bytes of *source* from *start* to *end* to *path*.

    Args:
        progress: Told the bytes copied so far; may raise to give up.

    Raises:
        OSError: The file could not be written; nothing is left behind.
    """
    part = part_of(path)
    try:
        with part.open("wb") as file:
            for offset in range(start, end, COPY_STEP_BYTES):
                file.write(source.read(offset, min(COPY_STEP_BYTES, end - offset)))
                if progress is not None:
                    progress(min(offset + COPY_STEP_BYTES, end) - start)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def follow(source: BodySource, path: Path, wait: Callable[[], None]) -> int:
    """Copy *source* to the part file of *path* while it grows, until it is finished, and return how many bytes.

    The caller renames the part file, which holds what arrived whatever happens.

    Args:
        wait: Called where there is nothing new; sleeps a little, or raises to give up.

    Raises:
        OSError: The file could not be written, or the body was closed before all of it was.
    """
    copied = largest = 0
    with part_of(path).open("wb") as file:
        while True:
            is_over = source.is_finished  # asked before the size: what was added before it is seen
            largest = max(largest, source.size_bytes)
            chunk = source.read(copied, COPY_STEP_BYTES)
            copied += file.write(chunk)
            if chunk:
                continue
            if not is_over:
                wait()
            elif copied < largest:
                raise OSError("the body was let go of before all of it was saved")
            else:
                return copied


def part_of(path: Path) -> Path:
    """Return where the bytes of *path* stand until they are complete."""
    return path.with_name(f"{path.name}.part")
