"""Find text in a body of any size, in a thread, while the body may still arrive."""

import re
import threading
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from antiphon.body.store import BodySource

CHUNK_BYTES = 1 << 18
OVERLAP_BYTES = 1 << 13
"""Longest match that is certain to be found whole where it crosses the border of two chunks."""
LOOKBEHIND_BYTES = 256
"""How far a pattern may look back across a border (`^`, `\\b`, look-behind)."""
MATCH_LIMIT = 1_000_000
"""Places are kept up to this many (12 MB); what is beyond is not looked for."""
WAIT_S = 0.03


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; equal queries find the same."""

    text: str
    is_regex: bool = False
    is_case_sensitive: bool = False

    def compiled(self) -> re.Pattern[str]:
        """Return the pattern that finds this in decoded text.

        Raises:
            re.error: The expression is wrong; its message says where.
        """
        flags = re.MULTILINE | (0 if self.is_case_sensitive else re.IGNORECASE)
        return re.compile(self.text if self.is_regex else re.escape(self.text), flags)


class Search:
    """One search from the first byte to the last: matches are there as soon as they are found, in order.

    Raises:
        re.error: The expression is wrong.
    """

    def __init__(self, body: BodySource, query: Query, charset: str = "utf-8") -> None:
        self._body = body
        self._scan = _scanner(query, charset)
        self._starts = array("Q")
        self._lengths = array("L")
        self._scanned_bytes = 0
        self._is_cancelled = threading.Event()
        self._is_done = False
        self._thread = threading.Thread(target=self._run, name="search", daemon=True)

    def start(self) -> "Search":
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Stop and wait for the thread: it ends within one chunk."""
        self._is_cancelled.set()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def is_done(self) -> bool:
        """Whether the whole body was looked at, or as many matches found as are kept."""
        return self._is_done

    @property
    def is_limited(self) -> bool:
        """Whether there may be more matches than were kept."""
        return self.count >= MATCH_LIMIT

    @property
    def scanned_bytes(self) -> int:
        return self._scanned_bytes

    @property
    def count(self) -> int:
        """Matches found so far."""
        return len(self._lengths)

    def match(self, number: int) -> tuple[int, int]:
        """Return offset and length in bytes of match *number*, counted from 0."""
        return self._starts[number], self._lengths[number]

    def number_from(self, offset: int) -> int | None:
        """Return the first match at *offset* or after it; None if none was found there (yet)."""
        number = bisect_left(self._starts, offset, 0, self.count)
        return number if number < self.count else None

    def number_before(self, offset: int) -> int | None:
        """Return the last match that begins before *offset*; None if there is none."""
        number = bisect_left(self._starts, offset, 0, self.count) - 1
        return number if number >= 0 else None

    def between(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return offset and length of the matches that touch bytes from *start* to *end*."""
        count = self.count
        first = max(0, bisect_right(self._starts, start, 0, count) - 1)
        last = bisect_left(self._starts, end, 0, count)
        matches = (self.match(number) for number in range(first, last))
        return [(at, size) for at, size in matches if at + size > start]

    def _run(self) -> None:
        base = place = 0
        while not self._is_cancelled.is_set() and not self._is_done:
            is_over = self._body.is_finished
            size = self._body.size_bytes
            limit = size if is_over else size - OVERLAP_BYTES
            if limit > base:
                end = min(base + CHUNK_BYTES, limit)
                place = self._take(base, end, max(base, place), is_last=is_over and end == size)
                base = self._scanned_bytes = end
            elif is_over:
                self._is_done = True
            else:
                self._is_cancelled.wait(WAIT_S)

    def _take(self, base: int, end: int, place: int, *, is_last: bool) -> int:
        """Keep the matches that begin from *place* to before *end*; return where the next may begin."""
        before = max(0, base - LOOKBEHIND_BYTES)
        text = self._body.read(before, end + OVERLAP_BYTES - before)
        for start, length in self._scan(text, place - before):
            if before + start >= end and not (is_last and before + start == end):
                break
            self._starts.append(before + start)
            self._lengths.append(length)
            place = before + start + max(1, length)
            if self.count >= MATCH_LIMIT:
                self._is_done = True
                break
        return place


class _BytesScanner:
    """Plain text found as bytes: one `find` of the standard library per match."""

    def __init__(self, needle: bytes, *, is_case_sensitive: bool) -> None:
        self._needle = needle if is_case_sensitive else needle.lower()
        self._is_case_sensitive = is_case_sensitive

    def __call__(self, text: bytes, place: int) -> Iterator[tuple[int, int]]:
        text = text if self._is_case_sensitive else text.lower()
        place = text.find(self._needle, place)
        while place >= 0:
            yield place, len(self._needle)
            place = text.find(self._needle, place + len(self._needle))


class _TextScanner:
    """A pattern matched on decoded text, its places counted back into bytes."""

    def __init__(self, pattern: re.Pattern[str], charset: str) -> None:
        self._pattern = pattern
        self._charset = charset

    def __call__(self, text: bytes, place: int) -> Iterator[tuple[int, int]]:
        before, after = self._decode(text[:place]), self._decode(text[place:])
        whole = before + after
        is_ascii = whole.isascii()
        byte, index = place, len(before)
        for match in self._pattern.finditer(whole, len(before)):
            start, end = match.span()
            if start == end:
                continue
            if is_ascii:
                yield start, end - start
                continue
            byte += self._size(whole[index:start])
            length = self._size(whole[start:end])
            yield byte, length
            byte, index = byte + length, end

    def _decode(self, text: bytes) -> str:
        return text.decode(self._charset, "surrogateescape")

    def _size(self, text: str) -> int:
        return len(text.encode(self._charset, "surrogateescape"))


def _scanner(query: Query, charset: str) -> _BytesScanner | _TextScanner:
    pattern = query.compiled()
    if query.is_regex or not (query.is_case_sensitive or query.text.isascii()):
        return _TextScanner(pattern, charset)
    return _BytesScanner(query.text.encode(charset, "replace"), is_case_sensitive=query.is_case_sensitive)
