"""Where a body goes while it arrives: to stdout, into a file, or nowhere. None of them keeps it."""

import contextlib
import sys
from pathlib import Path
from typing import BinaryIO

from antiphon.cli.speech import write
from antiphon.core.errors import UserError
from antiphon.core.quantities import size_text


class Outlet:
    """Takes the body's bytes as the engine hands them over, and keeps none. This one only counts."""

    def __init__(self) -> None:
        self.size_bytes = 0
        self.broken: BrokenPipeError | None = None
        """Set once whoever reads stdout is gone."""

    def append(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)

    def finish(self) -> None:
        """Nothing is to be done before `end`, which knows how the exchange ended."""

    def end(self, *, is_whole: bool) -> str:  # noqa: ARG002
        """Finish after the exchange; return what is to be told about the bytes, or nothing."""
        return ""


class StandardOutput(Outlet):
    """Writes each chunk out at once; a terminal gets no binary unless that is asked for."""

    def __init__(self, *, allow_binary: bool) -> None:
        super().__init__()
        self._allow_binary = allow_binary or not sys.stdout.isatty()
        self._is_withheld = False

    def append(self, chunk: bytes) -> None:
        self._is_withheld = self._is_withheld or (not self._allow_binary and b"\0" in chunk)
        super().append(chunk)
        if self._is_withheld:
            return
        try:
            write(chunk)
        except BrokenPipeError as error:
            self.broken = error
            raise

    def end(self, *, is_whole: bool) -> str:  # noqa: ARG002
        if not self._is_withheld:
            return ""
        return (
            f"The body looks binary and was not printed ({size_text(self.size_bytes)}). "
            "Save it with --output FILE, or print it with --output -."
        )


class FileOutput(Outlet):
    """Writes to `FILE.part`, which takes the name FILE once the body is whole.

    A body cut short stays in `FILE.part`; an existing FILE is not touched then. What is no plain file
    (`/dev/null`, a named pipe) is written directly.

    Raises:
        UserError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        if path.is_dir():
            raise UserError(f"{path} is a folder.", "Name a file after --output.")
        self._path = path.resolve()
        is_direct = self._path.exists() and not self._path.is_file()
        self._part = self._path if is_direct else self._path.with_name(f"{self._path.name}.part")
        try:
            self._file: BinaryIO = self._part.open("wb", buffering=0)
        except OSError as error:
            raise UserError(f"Could not write {path}.", f"{error.strerror}. Choose another file.") from error

    def append(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        while rest:
            taken = self._file.write(rest)
            self.size_bytes += taken
            rest = rest[taken:]

    def end(self, *, is_whole: bool) -> str:
        self._file.close()
        if self._part == self._path:
            return ""
        if not is_whole:
            return self._told_part()
        try:
            self._part.replace(self._path)
        except OSError as error:
            raise UserError(
                f"Could not write {self._path}.", f"{error.strerror}. The body is in {self._part}."
            ) from error
        return ""

    def _told_part(self) -> str:
        if self.size_bytes:
            return f"What arrived, {size_text(self.size_bytes)}, is in {self._part}."
        with contextlib.suppress(OSError):
            self._part.unlink()
        return ""
