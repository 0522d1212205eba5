"""The matches in a part of a body: what a search does for each part, in whatever process.

Python's `re` on decoded text says what a match is. Where an engine tells first where matches may be (`Sieve`), `re` is
asked only there; text that is looked for as it stands is found as bytes.
"""

import codecs
import re
import sys
import time
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from antiphon.body.query import Match, Query
from antiphon.body.shape import shape_of
from antiphon.body.sieve import NoSieveError, Sieve, has_one_byte_characters, lines_beyond_ascii

OVERLAP_BYTES = 1 << 16
"""How far behind a part is looked for the end of matches that may have any length.

One that is longer is found only if its beginning, up to there, is a match, too: then more is read.
"""
LONGEST_BYTES = 1 << 24
"""Matches longer than this are cut."""
_SMALLEST_PIECE_BYTES = 1 << 10
_TRIED_STARTS = 32
_SLOW_S_PER_BYTE = 5e-9
"""A sieve below 200 MB/s is worth comparing with doing without."""
_EARLY_TRIALS, _PARTS_BETWEEN_TRIALS = {2, 4, 8, 16, 32}, 64
"""Which parts are done the other way, to compare: the first ones are small and tell little."""

_SPARSE_BYTES = 1 << 14
_NEAR_BYTES = 1 << 10
"""Where there is less than one candidate in so many bytes, only what is so near is decoded."""

Text = bytes | memoryview
Places = tuple["array[int]", "array[int]"]
"""Offsets in the body and lengths, both in bytes."""
Span = tuple[int, int]
"""Start and end in bytes of the text at hand."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a body, with as much around it as its matches need."""

    low: int
    """First byte to read, as are the others offsets in the body."""
    start: int
    end: int
    high: int
    """End of what is read."""
    place: int
    """End of the match before: none begins before it. Those that begin from there to `end` belong to the part."""


class Scanner:
    """Finds *query* in parts of a body in *charset*.

    Args:
        is_sieved: Use the fast engine if there is one.

    Raises:
        re.error: The expression is wrong.
    """

    def __init__(self, query: Query, charset: str = "utf-8", *, is_sieved: bool = False) -> None:
        self._charset = codecs.lookup(charset).name
        self._pattern = query.compiled()
        self._shape = shape_of(self._pattern)
        self._is_utf8 = self._charset == "utf-8"
        self._is_one_byte = not self._is_utf8 and has_one_byte_characters(self._charset)
        self._needle = self._bytes_of(query)
        self._sieve = self._sieve_or_none() if is_sieved else None
        is_exact = self._sieve is not None and self._sieve.is_exact_in_ascii
        has_one_width = self._shape.shortest == self._shape.longest
        self._exact_width = self._shape.shortest if is_exact and has_one_width else 0
        self._sieved, self._direct = _Speed(), _Speed()
        self._parts_seen = 0

    # What a part needs around it

    @property
    def stays_in_line(self) -> bool:
        """Whether a part that ends with its line needs nothing behind it."""
        return self._shape.stays_in_line

    @property
    def back_bytes(self) -> int:
        """How much before a part its matches may depend on."""
        return (self._shape.looks_back + 1) * self._widest

    @property
    def reach_bytes(self) -> int:
        """How much behind a part its matches may depend on."""
        longest, ahead = self._shape.longest, self._shape.looks_ahead
        if longest is None or ahead is None:
            return OVERLAP_BYTES
        return (longest + ahead) * self._widest

    @property
    def may_reach_beyond(self) -> bool:
        """Whether a match may be longer than `reach_bytes`."""
        return self._shape.longest is None or self._shape.looks_ahead is None

    @property
    def _widest(self) -> int:
        return 4 if self._is_utf8 else 1 if self._is_one_byte else 8

    # Matches

    def places(self, part: Part, text: Text) -> Places:
        """Return the matches of *part*, given the bytes from its `low` to its `high`."""
        first, end = max(part.start, part.place) - part.low, part.end - part.low
        if first >= end:
            return array("Q"), array("I")
        low, sieve = part.low, self._sieve
        try:
            if sieve is not None and sieve.width:
                starts = _without_overlap(sieve.ends(memoryview(text)[first:]), sieve.width, end - first)
                lengths = array("I", [sieve.width]) * len(starts)
                return array("Q", [low + first + start for start in starts]), lengths
        except NoSieveError:
            self._sieve = None
        spans = self._fastest(text, first, end)
        offsets = array("Q", [low + start for start, _stop in spans])
        return offsets, array("I", [stop - start for start, stop in spans])

    def spans(self, part: Part, text: Text) -> list[Match]:
        """Return the matches of *part* as offsets and lengths."""
        return list(zip(*self.places(part, text), strict=True))

    def counts(self, part: Part, text: Text, step_bytes: int) -> list[tuple[int, int, int]] | None:
        """Return how many matches begin in each stretch of *part* that has any, as start, end and number.

        None: finding them is quicker, or needed to tell.
        """
        if self._needle is None:
            return None
        view, found = memoryview(text), []
        start, size = max(part.start, part.place), len(self._needle)
        while start < part.end:
            end = self._border(view, part, min(start + step_bytes, part.end))
            if end <= start:
                return None
            count = bytes(view[start - part.low : end - part.low + size - 1]).count(self._needle)
            if count:
                found.append((start, end, count))
            start = end
        return found

    def _border(self, text: memoryview, part: Part, end: int) -> int:
        """Return a place near *end* that no occurrence lies across: what is before and behind can be counted apart."""
        assert self._needle is not None
        size = len(self._needle)
        for place in range(end, end - _TRIED_STARTS if end < part.end else end - 1, -1):
            at = place - part.low
            if self._needle not in bytes(text[max(0, at - size + 1) : at + size - 1]):
                return place
        return 0

    def _fastest(self, text: Text, first: int, end: int) -> list[Span]:
        """Find with the sieve or without, whichever took less of the processor of late."""
        self._parts_seen += 1
        is_trial = self._parts_seen in _EARLY_TRIALS or self._parts_seen % _PARTS_BETWEEN_TRIALS == 0
        if self._sieve is None:
            return self._without_sieve(bytes(text), first, end)
        is_slow = self._sieved.s_per_byte > _SLOW_S_PER_BYTE
        is_direct = is_slow and (is_trial != (0 < self._direct.s_per_byte < self._sieved.s_per_byte))
        speed = self._direct if is_direct else self._sieved
        began = time.process_time()
        try:
            found = (
                self._without_sieve(bytes(text), first, end)
                if is_direct
                else self._with_sieve(text, first, end)
            )
        except NoSieveError:
            self._sieve = None
            return self._without_sieve(bytes(text), first, end)
        speed.take(time.process_time() - began, end - first)
        return found

    def _without_sieve(self, text: bytes, first: int, end: int) -> list[Span]:
        if self._needle is not None:
            return list(_occurrences(text, self._needle, first, end))
        if not self._shape.stays_in_line:
            return list(self._decoded(text, first, end, len(text)))
        found: list[Span] = []
        for start, stop in _pieces(text, first, end):
            place = max(start, found[-1][1]) if found else start
            found += self._decoded(text, place, stop, len(text) if stop == end else stop)
        return found

    def _decoded(self, text: bytes, first: int, end: int, high: int) -> Iterator[Span]:
        """Match decoded text: those that begin from *first* to *end*, with the text up to *high* to look at."""
        before = self._decode(text[self._aligned(text, first - self.back_bytes) : first])
        whole = before + self._decode(text[first:high])
        is_plain = self._is_one_byte or (whole.isascii() and len(whole) == len(before) + high - first)
        byte, index = first, len(before)
        for match in self._pattern.finditer(whole, index):
            start, stop = match.span()
            byte += start - index if is_plain else self._size(whole[index:start])
            if byte >= end:
                return
            length = stop - start if is_plain else self._size(whole[start:stop])
            if length:
                yield byte, byte + length
            byte, index = byte + length, stop

    def _aligned(self, text: bytes, place: int) -> int:
        """Return *place*, or where the character begins that it lies in."""
        return start_of_character(text, place) if self._is_utf8 and place > 0 else max(0, place)

    def _decode(self, text: bytes) -> str:
        return text.decode(self._charset, "surrogateescape")

    def _size(self, text: str) -> int:
        return len(text.encode(self._charset, "surrogateescape"))

    def _bytes_of(self, query: Query) -> bytes | None:
        """Return what to find as bytes; None where bytes alone do not tell."""
        is_plain = query.is_case_sensitive and not query.is_regex and not query.is_whole_word
        if not is_plain or not query.text or not (self._is_utf8 or self._is_one_byte):
            return None
        try:
            return query.text.encode(self._charset)
        except UnicodeEncodeError:
            return None

    # With the sieve

    def _sieve_or_none(self) -> Sieve | None:
        try:
            return Sieve(self._pattern, self._charset)
        except NoSieveError:
            return None

    def _with_sieve(self, text: Text, first: int, end: int) -> list[Span]:
        assert self._sieve is not None
        candidates = self._sieve.candidates(memoryview(text)[first:])
        if not candidates:
            return []
        if first:
            candidates = [(start + first, stop + first) for start, stop in candidates]
        if self._sieve.is_exact:
            return _without_overlaps(candidates, end)
        if self._shape.stays_in_line and len(candidates) * _SPARSE_BYTES < len(text):
            nearby = self._settled_nearby(candidates, memoryview(text), first, end)
            if nearby is not None:
                return nearby
        return self._settled_in(candidates, bytes(text), first, end)

    def _settled_in(self, candidates: list[Span], text: bytes, first: int, end: int) -> list[Span]:
        """Ask `re` where candidates are."""
        if self._is_one_byte or text.isascii():
            return self._settled(candidates, _Plain(text, self._charset), first, end)
        if self._shape.stays_in_line:
            return self._settled_by_line(candidates, text, first, end)
        return self._settled_in_text(candidates, text, first, end)

    def _settled_nearby(
        self, candidates: Iterable[Span], text: memoryview, place: int, end: int
    ) -> list[Span] | None:
        """Ask `re` about the lines of a few candidates; None where a line is long."""
        found: list[Span] = []
        for start, stop in candidates:
            if stop <= place:
                continue
            at = max(start, place)
            if at >= end:
                break
            low = max(0, at - _NEAR_BYTES)
            near = bytes(text[low : stop + _NEAR_BYTES])
            begin, close = near.rfind(b"\n", 0, at - low) + 1, near.find(b"\n", at - low) + 1
            if (begin == 0 and low > 0) or (close == 0 and low + len(near) < len(text)):
                return None
            close = close or len(near)
            inside = self._decoded(near, max(begin, place - low), min(close, end - low), close)
            found += [(low + first, low + last) for first, last in inside]
            place = low + close
        return found

    def _settled(
        self, candidates: Iterable[Span], text: "_Plain", place: int, end: int, high: int = sys.maxsize
    ) -> list[Span]:
        """Ask `re` where candidates are, in text up to *high* of which each character is a byte."""
        found: list[Span] = []
        match, exact_width = self._pattern.match, self._exact_width
        first, last = place, text.size_bytes
        for start, stop in candidates:
            if stop - start == exact_width and place <= start != first and stop != last:
                if start >= end:
                    return found
                found.append((start, stop))
                place = stop
                continue
            at = max(start, place)
            while at < stop:
                if at >= end:
                    return found
                one = match(text.whole, at, high) or self._later(text.whole, at + 1, stop, high)
                if one is None:
                    break
                if one.start() >= end:
                    return found
                found.append(one.span())
                at = place = one.end()
        return found

    def _later(self, whole: str, at: int, stop: int, high: int = sys.maxsize) -> re.Match[str] | None:
        """Return the next match that begins from *at* on, at least if it begins before *stop*."""
        if stop - at > _TRIED_STARTS:
            return self._pattern.search(whole, at, high)
        for start in range(at, stop):
            one = self._pattern.match(whole, start, high)
            if one is not None:
                return one
        return None

    def _settled_by_line(self, candidates: list[Span], text: bytes, place: int, end: int) -> list[Span]:
        """Ask `re` about lines: those of ASCII as they stand, others decoded."""
        plain = _Plain(text, "latin-1")
        found: list[Span] = []
        index = 0
        for low, high in [*lines_beyond_ascii(text, place), (len(text), len(text))]:
            before = bisect_left(candidates, (low, 0), index)
            if before > index:
                found += self._settled(candidates[index:before], plain, place, end, low)
                place = max(place, found[-1][1]) if found else place
            index = bisect_left(candidates, (high, 0), before)
            if index > before and max(low, place) < end:
                found += self._decoded(text, max(low, place), min(high, end), high)
                place = max(place, found[-1][1]) if found else place
        return found

    def _settled_in_text(self, candidates: list[Span], text: bytes, place: int, end: int) -> list[Span]:
        """Ask `re` in text with characters of several bytes, counting along."""
        context = self._aligned(text, place - self.back_bytes)
        before = self._decode(text[context:place])
        whole = before + self._decode(text[place:])
        found: list[Span] = []
        byte, index = place, len(before)
        for start, stop in candidates:
            while max(start, place) < stop:
                at = max(byte, self._aligned(text, max(start, place)))
                if at >= end:
                    return found
                index, byte = index + len(self._decode(text[byte:at])), at
                one = self._pattern.match(whole, index)
                if one is None:
                    one = self._later(whole, index + 1, index + 1 + max(0, stop - at))
                if one is None:
                    break
                begin = byte + self._size(whole[index : one.start()])
                if begin >= end:
                    return found
                byte, index = begin + self._size(one[0]), one.end()
                place = byte
                found.append((begin, byte))
        return found


class _Plain:
    """Text of which each character is a byte, decoded when it is needed."""

    def __init__(self, text: bytes, charset: str) -> None:
        self._text = text
        self._charset = charset
        self.size_bytes = len(text)

    @cached_property
    def whole(self) -> str:
        return self._text.decode(self._charset, "surrogateescape")


class _Speed:
    """Seconds a byte, of late: the last parts count most, by their size."""

    def __init__(self) -> None:
        self._took_s = self._size_bytes = 0.0

    @property
    def s_per_byte(self) -> float:
        """0 before the first part."""
        return self._took_s / max(1.0, self._size_bytes)

    def take(self, took_s: float, size_bytes: int) -> None:
        self._took_s = self._took_s * 0.75 + took_s
        self._size_bytes = self._size_bytes * 0.75 + size_bytes


def leaves_of(
    part: Part, starts: "array[int]", most: int, longest_bytes: int
) -> Iterator[tuple[int, int, int]]:
    """Cut a part into pieces of few matches: start and end of each, and how many begin there (at least one)."""
    index, start = 0, max(part.start, part.place)
    while index < len(starts):
        last = min(index + most, len(starts))
        if starts[last - 1] - start > longest_bytes:
            last = max(index + 1, bisect_left(starts, start + longest_bytes, index, last))
        end = starts[last] if last < len(starts) else part.end
        yield start, end, last - index
        index, start = last, end


def start_of_character(text: bytes, place: int) -> int:
    """Return the nearest place up to *place* at which UTF-8 can be cut."""
    for back in range(4):
        if place - back <= 0 or place - back >= len(text) or text[place - back] & 0xC0 != 0x80:
            return max(0, place - back)
    return place


def _pieces(text: bytes, start: int, end: int) -> Iterator[Span]:
    """Cut text after newlines so that most of it is in pieces of ASCII."""
    if end - start <= _SMALLEST_PIECE_BYTES or text[start:end].isascii():
        yield start, end
        return
    half = (start + end) // 2
    middle = text.rfind(b"\n", start, half) + 1 or text.find(b"\n", half, end) + 1
    if not start < middle < end:
        yield start, end
        return
    yield from _pieces(text, start, middle)
    yield from _pieces(text, middle, end)


def _occurrences(text: bytes, needle: bytes, first: int, end: int) -> Iterator[Span]:
    size, limit = len(needle), end + len(needle) - 1
    place = text.find(needle, first, limit)
    while place >= 0:
        yield place, place + size
        place = text.find(needle, place + size, limit)


def _without_overlap(ends: Iterable[int], width: int, limit: int) -> list[int]:
    """Return where matches of one width begin that begin before *limit* and are apart, given their ends."""
    found, place = [], 0
    for stop in ends:
        start = stop - width
        if start >= limit:
            break
        if start >= place:
            found.append(start)
            place = stop
    return found


def _without_overlaps(candidates: Iterable[Span], end: int) -> list[Span]:
    found: list[Span] = []
    place = 0
    for span in candidates:
        if span[0] >= end:
            break
        if span[0] >= place:
            found.append(span)
            place = span[1]
    return found
