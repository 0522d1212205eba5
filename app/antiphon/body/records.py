"""Where records begin in a body of any size: after each separator that stands in no quotes (RFC 4180, `a=1&b=2`).

One count and one state for each 64 KiB are kept; what lies between is read again when it is asked for.
"""

import re
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from antiphon.body.store import BodySource

BLOCK_BYTES = 1 << 16
START, FIELD, QUOTED, QUOTE_SEEN = range(4)
"""At the start of a field, inside one, in its quotes, right after a quote in them that may end them or be escaped."""


@dataclass(frozen=True, slots=True)
class RecordForm:
    """How records and their fields are told apart; each is one byte.

    Attributes:
        quote: Opens a field in which separator and delimiter mean nothing and it stands for itself where it is
            doubled; empty where there are no quotes.
    """

    separator: bytes = b"\n"
    delimiter: bytes = b","
    quote: bytes = b'"'


class RecordIndex:
    """Counts the records of *body* in steps; record 0 begins with the first byte."""

    def __init__(self, body: BodySource, form: RecordForm) -> None:
        self._body = body
        self._form = form
        self._counts = array("Q", [0])
        """Separators before each whole block, and after the last."""
        self._states = bytearray([START])
        self._tail_bytes = self._tail_count = 0
        self._tail_state = START
        self._last = b""
        self._ends = lru_cache(maxsize=8)(self._block_ends)

    @property
    def known_bytes(self) -> int:
        return (len(self._states) - 1) * BLOCK_BYTES + self._tail_bytes

    @property
    def is_current(self) -> bool:
        """Whether all bytes that are there were looked at."""
        return self.known_bytes >= self._body.size_bytes

    @property
    def count(self) -> int:
        """Records found so far, the last of them perhaps not whole yet."""
        return self._separators + int(self.known_bytes > 0 and not self._ends_closed)

    def advance(self) -> bool:
        """Look at one more block, or at what was added to the last one; False if there is nothing new."""
        start = (len(self._states) - 1) * BLOCK_BYTES
        content = self._body.read(start, BLOCK_BYTES)
        if len(content) == self._tail_bytes:
            return False
        count, state = counted(content, self._states[-1], self._form)
        self._last = content[-1:]
        if len(content) < BLOCK_BYTES:
            self._tail_bytes, self._tail_count, self._tail_state = len(content), count, state
        else:
            self._counts.append(self._counts[-1] + count)
            self._states.append(state)
            self._tail_bytes = self._tail_count = 0
            self._tail_state = state
        self._ends.cache_clear()
        return True

    def start_of(self, number: int) -> int:
        """Return the offset of record *number*; of one beyond the last, where the known bytes end."""
        if number <= 0:
            return 0
        if number > self._separators:
            return self.known_bytes
        block = bisect_left(self._counts, number) - 1
        return block * BLOCK_BYTES + self._ends(block)[number - self._counts[block] - 1]

    def record(self, number: int, limit_bytes: int = BLOCK_BYTES) -> tuple[int, bytes]:
        """Return offset and content of a record without its separator; not more than *limit_bytes* of it."""
        start, end = self.start_of(number), self.start_of(number + 1)
        content = self._body.read(start, min(end - start, limit_bytes))
        is_closed = len(content) == end - start and number < self._separators
        return start, content[:-1] if is_closed else content

    @property
    def _separators(self) -> int:
        return self._counts[-1] + self._tail_count

    @property
    def _ends_closed(self) -> bool:
        return self._tail_state == START and self._last == self._form.separator

    def _block_ends(self, block: int) -> "array[int]":
        content = self._body.read(block * BLOCK_BYTES, BLOCK_BYTES)
        return record_ends(content, self._states[block], self._form)[0]


def counted(content: bytes, state: int, form: RecordForm) -> tuple[int, int]:
    """Return how many separators in *content* end a record, and the state after it."""
    if not content:
        return 0, state
    if not form.quote or (form.quote not in content and state not in {QUOTED, QUOTE_SEEN}):
        is_start = content[-1:] in {form.separator, form.delimiter}
        return content.count(form.separator), START if is_start else FIELD
    quick = _counted_by_quotes(content, state, form)
    if quick is not None:
        return quick
    ends, state = record_ends(content, state, form)
    return len(ends), state


def _counted_by_quotes(content: bytes, state: int, form: RecordForm) -> tuple[int, int] | None:
    """Count with every quote taken to open or close; None where one stands in the middle of a field."""
    if state == QUOTE_SEEN:
        if content.startswith(form.quote):
            content, state = content[1:], QUOTED
        else:
            state = FIELD
    pieces = content.split(form.quote)
    is_inside = state == QUOTED
    outside = pieces[is_inside::2]
    before_quotes = outside if len(pieces) % 2 == is_inside else outside[:-1]
    if not is_inside and before_quotes and not before_quotes[0] and state == FIELD:
        return None
    opens_after = form.separator[0], form.delimiter[0]
    if any(piece and piece[-1] not in opens_after for piece in before_quotes):
        return None
    count = sum(piece.count(form.separator) for piece in outside)
    ends_inside = is_inside == (len(pieces) % 2 == 1)
    if ends_inside:
        return count, QUOTED
    if not pieces[-1]:
        return count, QUOTE_SEEN if len(pieces) > 1 else state
    return count, START if pieces[-1][-1] in opens_after else FIELD


def record_ends(content: bytes, state: int, form: RecordForm) -> "tuple[array[int], int]":
    """Return the offset behind each separator in *content* that ends a record, and the state after it."""
    if not form.quote:
        places = array("Q", (found.end() for found in re.finditer(re.escape(form.separator), content)))
        return places, counted(content, state, form)[1]
    ends, place, quote = array("Q"), 0, form.quote[0]
    border = re.compile(b"[" + re.escape(form.separator + form.delimiter) + b"]")
    while place < len(content):
        match state:
            case 0 | 3 if content[place] == quote:  # START opens, QUOTE_SEEN was an escaped one
                place, state = place + 1, QUOTED
            case 2:
                found = content.find(form.quote, place)
                place, state = (len(content), QUOTED) if found < 0 else (found + 1, QUOTE_SEEN)
            case _:
                hit = border.search(content, place)
                if hit is None:
                    return ends, FIELD
                place, state = hit.end(), START
                if hit[0] == form.separator:
                    ends.append(place)
    return ends, state
