"""Find text in a body chunk by chunk: what a search does, wherever it runs."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from antiphon.body.store import BodySource

CHUNK_BYTES = 1 << 18
OVERLAP_BYTES = 1 << 13
"""Longest match that is certain to be found whole where it crosses the border of two chunks."""
LOOKBEHIND_BYTES = 256
"""How far a pattern may look back across a border (`^`, `\\b`, look-behind)."""

Match = tuple[int, int]
"""Offset and length in bytes."""


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


def scan(
    body: BodySource, query: Query, charset: str = "utf-8", goes_on: Callable[[], bool] = lambda: True
) -> Iterator[list[Match]]:
    """Give the matches of each chunk, in order, as bytes arrive, to the end of the body.

    Args:
        goes_on: Asked where no more bytes are there yet; may wait, and says whether to look again.

    Raises:
        re.error: The expression is wrong.
    """
    scanner = _scanner(query, charset)
    base = place = 0
    while True:
        is_over = body.is_finished  # asked before the size: what was added before it is seen
        size = body.size_bytes
        limit = size if is_over else size - OVERLAP_BYTES
        if limit > base:
            end = min(base + CHUNK_BYTES, limit)
            found = _found(body, scanner, (base, end), max(base, place))
            place = found[-1][0] + found[-1][1] if found else place
            base = end
            yield found
        elif is_over or not goes_on():
            return


def _found(body: BodySource, scanner: "Scanner", chunk: tuple[int, int], place: int) -> list[Match]:
    """Return the matches that begin from *place* on inside *chunk* (start and end)."""
    before = max(0, chunk[0] - LOOKBEHIND_BYTES)
    text = body.read(before, chunk[1] + OVERLAP_BYTES - before)
    found = []
    for start, length in scanner(text, place - before):
        if before + start >= chunk[1]:
            break
        found.append((before + start, length))
    return found


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


Scanner = _BytesScanner | _TextScanner


def _scanner(query: Query, charset: str) -> Scanner:
    pattern = query.compiled()
    if query.is_regex or not (query.is_case_sensitive or query.text.isascii()):
        return _TextScanner(pattern, charset)
    return _BytesScanner(query.text.encode(charset, "replace"), is_case_sensitive=query.is_case_sensitive)
