"""A body made of another one, such as one in UTF-16 as UTF-8, since rows, search and laying out JSON count on a newline being one byte."""

import codecs
import time
from functools import lru_cache
from pathlib import Path

from antiphon.body.spool import SpoolFile
from antiphon.body.store import BodySource, BodyStore

SLICE_BYTES = 1 << 18


@lru_cache(maxsize=64)
def is_ascii_compatible(codec: str) -> bool:
    """Whether each byte of ASCII means itself wherever text is cut at newlines; not so in UTF-16, ISO-2022 and EBCDIC."""
    ascii_bytes = bytes(range(128))
    if codec.startswith("iso2022"):
        return False  # escape sequences give other meanings to what follows
    try:
        return ascii_bytes.decode(codec) == ascii_bytes.decode("ascii")
    except UnicodeError:
        return False


class ConvertedBody:
    """A `BodySource` made of another one in steps; a subclass converts each piece."""

    def __init__(self, source: BodySource, folder: Path | None = None) -> None:
        self.error = ""
        self._source = source
        self._taken = 0
        self._text = BodyStore(folder)

    def converted(self, chunk: bytes, *, is_last: bool) -> bytes:
        """Return what *chunk* becomes, the last of them an empty one."""
        raise NotImplementedError

    @property
    def size_bytes(self) -> int:
        return self._text.size_bytes

    @property
    def is_finished(self) -> bool:
        return self._text.is_finished

    @property
    def spool(self) -> SpoolFile | None:
        """The file that holds the text; None while it is in memory."""
        return self._text.spool

    def read(self, offset: int, count: int) -> bytes:
        """Return up to *count* bytes from *offset*: fewer at the end, none after close."""
        return self._text.read(offset, count)

    def step(self, budget_s: float = 0.005) -> None:
        """Work for at most *budget_s* seconds; a full disk ends it with `error`."""
        end = time.perf_counter() + budget_s
        while not self.is_finished and time.perf_counter() < end:
            was_over = self._source.is_finished
            chunk = self._source.read(self._taken, SLICE_BYTES)
            self._taken += len(chunk)
            is_last = was_over and not chunk
            try:
                self._text.append(self.converted(chunk, is_last=is_last))
            except OSError as error:
                self.error = error.strerror or str(error)
            if is_last or self.error:
                self._text.finish()
            if not chunk:
                return

    def close(self) -> None:
        """Give back memory and disk."""
        self._text.close()


class TranscodedBody(ConvertedBody):
    """A `BodySource` in UTF-8 that grows by `step`; what is no text becomes U+FFFD.

    Args:
        charset: A codec that Python knows; a byte order mark decides the order and is dropped.
    """

    def __init__(self, source: BodySource, charset: str, folder: Path | None = None) -> None:
        super().__init__(source, folder)
        self._decoder = codecs.getincrementaldecoder(charset)("replace")

    def converted(self, chunk: bytes, *, is_last: bool) -> bytes:
        text = self._decoder.decode(chunk, is_last)
        if not self.size_bytes:
            text = text.removeprefix("\ufeff")  # the codec leaves it there where its name says the order
        return text.encode("utf-8", "replace")
