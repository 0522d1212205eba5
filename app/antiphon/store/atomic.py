"""Saving so that a crash at any moment leaves the old content or the new, whole."""

import contextlib
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

TEMPORARY_SUFFIX = ".antiphon-tmp"
_TEMPORARY = re.compile(r"\..+\.(\d+)-[0-9a-f]+\.antiphon-tmp")
_OLD_S = 60.0
_ATTEMPTS = 10


def write_atomically(path: Path, data: bytes, *, private: bool = False) -> None:
    """Make *data* the content of *path*: written beside it, flushed to the disk, then renamed over it.

    Args:
        private: Only the owner may read the file (0600); otherwise it keeps the rights it has.

    A link is followed. What a crash of an earlier save left in the folder is removed.

    Raises:
        OSError: the disk is full, the folder or the file may not be written.
        ValueError: *data* is empty: no save ever empties a file.
    """
    if not data:
        raise ValueError("a save never empties a file")
    target = Path(os.path.realpath(path))
    mode = _mode(target, private)
    remove_stale(target.parent)
    beside = target.with_name(f".{target.name[:80]}.{os.getpid()}-{secrets.token_hex(4)}{TEMPORARY_SUFFIX}")
    try:
        _write(beside, data, mode)
        _rename(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _flush_folder(target.parent)


def remove_stale(folder: Path) -> None:
    """Remove what saves that were killed left in *folder*."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in list(entries):
            if entry.name.endswith(TEMPORARY_SUFFIX) and _is_stale(entry):
                Path(entry.path).unlink()


def _mode(target: Path, private: bool) -> int | None:
    """Return the rights for the new file, None for the usual ones."""
    if private:
        return 0o600
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return None
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "The file is read-only", str(target))
    return mode


def _write(path: Path, data: bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    with os.fdopen(os.open(path, flags, 0o666 if mode is None else 0o600), "wb") as file:
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _rename(source: Path, target: Path) -> None:
    """Rename over *target*; on Windows a virus scanner or an editor may hold it for a moment."""
    for pause_s in _pauses():
        try:
            source.replace(target)
        except PermissionError:
            if pause_s is None:
                raise
            time.sleep(pause_s)
        else:
            return


def _pauses() -> Iterator[float | None]:
    if sys.platform == "win32":
        yield from (0.01 * attempt for attempt in range(1, _ATTEMPTS))
    yield None


def _flush_folder(folder: Path) -> None:
    """Make the rename itself last; Windows has no such call and needs none (NTFS journals it)."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is_stale(entry: "os.DirEntry[str]") -> bool:
    match = _TEMPORARY.fullmatch(entry.name)
    if match is None:
        return False
    if time.time() - entry.stat().st_mtime > _OLD_S:
        return True
    return sys.platform != "win32" and not _is_running(int(match.group(1)))


def _is_running(process: int) -> bool:
    """Return whether a process of this number runs here. Never called on Windows, where kill(0) would end it."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
