"""Where records begin in a body of any size: after each separator that stands in no quotes (RFC 4180, `a=1&b=2`).

One count and one state for each 64 KiB are kept; what lies between is read again when it is asked for.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from codecs import BOM_UTF8
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
        self._ends = lru_cache(maxsize=16)(self._block_ends)

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
        text = (
            content.removeprefix(BOM_UTF8) if start == 0 else content
        )  # a quote may stand right after the mark
        count, state = counted(text, self._states[-1], self._form)
        self._last = content[-1:]
        if len(content) < BLOCK_BYTES:
            self._tail_bytes, self._tail_count, self._tail_state = len(content), count, state
        else:
            self._counts.append(self._counts[-1] + count)
            self._states.append(state)
            self._tail_bytes = self._tail_count = 0
            self._tail_state = state
        return True

    def start_of(self, number: int) -> int:
        """Return the offset of record *number*; of one beyond the last, where the known bytes end."""
        if number <= 0:
            return 0
        if number > self._separators:
            return self.known_bytes
        block = bisect_left(self._counts, number) - 1
        return block * BLOCK_BYTES + self._ends(block, self._size_of(block))[number - self._counts[block] - 1]

    def number_at(self, offset: int) -> int:
        """Return the number of the record in which the byte at *offset* stands; of one beyond the known bytes the last."""
        offset = max(0, min(offset, self.known_bytes - 1))
        block, place = divmod(offset, BLOCK_BYTES)
        return self._counts[block] + bisect_right(self._ends(block, self._size_of(block)), place)

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

    def _size_of(self, block: int) -> int:
        return BLOCK_BYTES if block < len(self._states) - 1 else self._tail_bytes

    def _block_ends(self, block: int, size_bytes: int) -> "array[int]":
        content = self._body.read(block * BLOCK_BYTES, size_bytes)
        text = content if block else content.removeprefix(BOM_UTF8)
        ends = record_ends(text, self._states[block], self._form)[0]
        skipped = len(content) - len(text)
        return array("Q", (end + skipped for end in ends)) if skipped else ends


def counted(content: bytes, state: int, form: RecordForm) -> tuple[int, int]:
    """Return how many separators in *content* end a record, and the state after it."""
    if not content:
        return 0, state
    if not form.quote or (form.quote not in content and state not in {QUOTED, QUOTE_SEEN}):
        is_start = content[-1:] in {form.separator, form.delimiter}
        return content.count(form.separator), START if is_start else FIELD
    if state == QUOTE_SEEN:
        is_escaped = content.startswith(form.quote)
        content, state = (content[1:], QUOTED) if is_escaped else (content, FIELD)
    return _counted_in_turns(content, state, form) or _counted_in_fields(content, state, form)


def _counted_in_turns(content: bytes, state: int, form: RecordForm) -> tuple[int, int] | None:
    """Count with each quote taken to open or to close in turn; None where one stands in the middle of a field."""
    if state == FIELD and content.startswith(form.quote):
        return None
    pieces = content.split(form.quote)
    is_inside = state == QUOTED
    ends_inside = is_inside == (len(pieces) % 2 == 1)
    outside = form.quote.join(pieces[is_inside::2]) + (form.quote if ends_inside else b"")
    if b"x" + form.quote in outside.translate(_signs(form)):
        return None
    count = outside.count(form.separator)
    if ends_inside:
        return count, QUOTED
    if not pieces[-1]:
        return count, QUOTE_SEEN
    return count, START if pieces[-1][-1:] in {form.separator, form.delimiter} else FIELD


@lru_cache(maxsize=16)
def _signs(form: RecordForm) -> bytes:
    """Return a table that leaves signs of the form as they are and makes `x` of all others."""
    signs = form.separator + form.delimiter + form.quote
    return bytes(code if code in signs else ord("x") for code in range(256))


def _counted_in_fields(content: bytes, state: int, form: RecordForm) -> tuple[int, int]:
    """Count after taking away what stands in quotes, be there other quotes or not."""
    before = {START: form.separator, FIELD: b"x", QUOTED: form.separator + form.quote}[state]
    text = _quoted_fields(form).sub(form.quote + rb"\1", before + content)
    count = text.count(form.separator) - (state != FIELD)
    return count, _state_at_end(text, form)


def _state_at_end(text: bytes, form: RecordForm) -> int:
    """Return the state after *text*, in which quoted fields are `"` where they are open and `""` where not."""
    ends, quote = (form.separator, form.delimiter), form.quote
    if text.endswith(tuple(end + quote for end in ends)):
        return QUOTED
    if text.endswith(tuple(end + quote + quote for end in ends)):
        return QUOTE_SEEN
    return START if text[-1:] in ends else FIELD


@lru_cache(maxsize=16)
def _quoted_fields(form: RecordForm) -> "re.Pattern[bytes]":
    """Return what matches a field in quotes: one that begins right after a separator or delimiter, or stays open."""
    quote, ends = re.escape(form.quote), re.escape(form.separator + form.delimiter)
    inside = b"[^" + quote + b"]*+"
    doubled = b"(?:" + quote * 2 + inside + b")*+"
    return re.compile(quote + b"(?<=[" + ends + b"]" + quote + b")" + inside + doubled + b"(" + quote + b"?)")


def record_ends(content: bytes, state: int, form: RecordForm) -> "tuple[array[int], int]":
    """Return the offset behind each separator in *content* that ends a record, and the state after it."""
    if not form.quote:
        places = array("Q", (found.end() for found in re.finditer(re.escape(form.separator), content)))
        return places, counted(content, state, form)[1]
    if not content:
        return array("Q"), state
    place = 0
    if state == QUOTE_SEEN:
        is_escaped = content.startswith(form.quote)
        place, state = int(is_escaped), QUOTED if is_escaped else FIELD
    if state == QUOTED:
        place = _quotes_end(content, place, form.quote)
        state = FIELD
    ends, place = _ends_from(place, content, form, opens_at_start=state == START)
    if place in _OPEN:
        return ends, _OPEN[place]
    return ends, START if content[-1:] in {form.separator, form.delimiter} else FIELD


def _ends_from(
    place: int, content: bytes, form: RecordForm, *, opens_at_start: bool
) -> "tuple[array[int], int]":
    """Return the ends from *place* on, which is in no quotes, and `place` or why it is in some at the end (`_OPEN`)."""
    ends, borders = array("Q"), {form.separator, form.delimiter}
    if place < 0:
        return ends, place
    end, mark = content.find(form.separator, place), content.find(form.quote, place)
    while end >= 0 or mark >= 0:
        if mark < 0 or 0 <= end < mark:
            ends.append(end + 1)
            end = content.find(form.separator, end + 1)
            continue
        if not (content[mark - 1 : mark] in borders if mark else opens_at_start):
            mark = content.find(form.quote, mark + 1)  # it stands for itself in the middle of a field
            continue
        place = _quotes_end(content, mark + 1, form.quote)
        if place < 0:
            return ends, place
        mark = content.find(form.quote, place)
        end = content.find(form.separator, place) if 0 <= end < place else end
    return ends, place


_UNENDED, _ENDED = -1, -2
_OPEN = {_UNENDED: QUOTED, _ENDED: QUOTE_SEEN}
"""What `_quotes_end` says where the content ends in quotes, or with what may end them."""


def _quotes_end(content: bytes, place: int, quote: bytes) -> int:
    """Return where the field goes on after its quotes, which are open at *place*; one of `_OPEN` if that is not known."""
    while (found := content.find(quote, place)) >= 0:
        place = found + 2
        if content[found + 1 : place] != quote:
            return found + 1 if found + 1 < len(content) else _ENDED
    return _UNENDED
