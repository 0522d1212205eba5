"""Where the events of a stream lie in a body that may still arrive: 13 bytes of memory an event.

What an event says is read from the body when it is asked for. The oldest events are forgotten, a block at a time, once
there are more than `EVENT_LIMIT`, so that a stream without end stays bounded; the body keeps their text.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from antiphon.body.sse import BOM, DataLines
from antiphon.body.store import BodySource

CHUNK_BYTES = 1 << 15
HEAD_BYTES = 2048
"""How much of an event is read to show it on one line."""
BLOCK_EVENTS = 1 << 16
EVENT_LIMIT = 1 << 23
"""Events that are kept, but for a block: 109 MB."""
OTHER_TYPE = 255
"""The number of every type after the first 255: their names are read from the events."""
TYPE_NAME_BYTES = 200

_LONG = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of one event, enough to show it on one line."""

    type: str
    id: str | None
    """As this event gave it; None where it keeps the one before."""
    data: bytes


class EventIndex:
    """Finds events as bytes arrive; numbers count from 0 and stay, whatever is forgotten.

    Attributes:
        types: Names by number; 0 is an event that names none.
        first: The oldest event that is kept.
        retry_ms: How long to wait before it; None where the stream does not say.
        has_unnamed: Whether some event names no type.
        is_cut: Whether the body ended inside an event, which therefore is none.
    """

    chunk_bytes = CHUNK_BYTES
    has_fields = False
    """Whether events have types and ids by the format itself."""

    def __init__(self, body: BodySource) -> None:
        self.types = [""]
        self.first = 0
        self.retry_ms: int | None = None
        self.has_unnamed = False
        self.is_cut = False
        self._body = body
        self._type_numbers: dict[bytes, int] = {b"": 0}
        self._blocks: list[tuple[array[int], array[int], bytearray]] = []
        self._count = 0
        self._long_ones: dict[int, int] = {}
        self._taken = 0
        self._seen_bytes = -1
        self._is_ended = False
        self._begin_block()

    @property
    def body(self) -> BodySource:
        return self._body

    @property
    def last_id(self) -> str:
        """What a reconnection would send as Last-Event-ID."""
        return ""

    @property
    def count(self) -> int:
        """Events found so far, forgotten ones among them."""
        return self._count

    @property
    def is_current(self) -> bool:
        """Whether all bytes that the body holds were looked at."""
        return self._seen_bytes == self._body.size_bytes

    def advance(self) -> bool:
        """Look at 32 KiB at most, which takes up to 2 ms; return whether more is waiting."""
        is_over = self._body.is_finished  # asked before the size: what was added before it is seen
        size = self._body.size_bytes
        chunk = self._body.read(self._taken, self.chunk_bytes)
        is_last = is_over and self._taken + len(chunk) >= size
        if self._taken == 0 and self._is_bom_awaited(chunk, is_last=is_last):
            return False
        consumed = self._take(chunk, is_last=is_last) if chunk or (is_last and not self._is_ended) else 0
        self._is_ended = self._is_ended or is_last
        self._taken += consumed
        if consumed and self._taken < size:
            return True
        self._seen_bytes = size
        return False

    def place(self, number: int) -> tuple[int, int]:
        """Return offset and length in bytes of event *number*."""
        offsets, lengths, _kinds = self._block(number)
        place = number % BLOCK_EVENTS
        length = lengths[place]
        return offsets[place], self._long_ones[number] if length == _LONG else length

    def type_number(self, number: int) -> int:
        return self._block(number)[2][number % BLOCK_EVENTS]

    def read(self, number: int, limit: int) -> bytes:
        """Return the text of event *number*, at most *limit* bytes of it."""
        offset, length = self.place(number)
        return self._body.read(offset, min(length, limit))

    def head(self, number: int) -> Head:
        """Return what is shown of event *number*; takes about 10 µs."""
        return self._head(self.read(number, HEAD_BYTES), self.type_number(number))

    def data(self, number: int, limit: int) -> bytes:
        """Return the data of event *number*, from at most *limit* bytes of its text."""
        return self.data_of(self.read(number, limit))

    def data_of(self, text: bytes) -> bytes:
        """Return the data in the *text* of one event."""
        return text

    def data_pieces(self, number: int) -> Iterator[bytes]:
        """Give the data of event *number* piece by piece, each from 32 KiB of its text."""
        offset, length = self.place(number)
        lines = self._data_lines()
        for start in range(offset, offset + length, CHUNK_BYTES):
            text = self._body.read(start, min(CHUNK_BYTES, offset + length - start))
            yield text if lines is None else lines.feed(text)

    def field_at(self, text: bytes, start: int, place: int) -> bytes:
        """Return the field in whose value the byte at *place* of *text* lies, in the event that begins at *start*.

        `data` or `event`, empty for anything else.
        """
        raise NotImplementedError

    def span(self, number: int, limit_bytes: int) -> tuple[int, int, int]:
        """Return start, end and the number after the last of the events from *number* on that lie within *limit_bytes*.

        One event at least, however long.
        """
        offsets, _lengths, _kinds = self._block(number)
        base = number - number % BLOCK_EVENTS
        start = offsets[number - base]
        last = max(number - base, bisect_right(offsets, start + limit_bytes) - 2)
        offset, length = self.place(base + last)
        return start, offset + length, base + last + 1

    def offsets_from(self, number: int) -> tuple["array[int]", int]:
        """Return the array that holds the offset of event *number*, and its place there."""
        return self._block(number)[0], number % BLOCK_EVENTS

    def next_of_type(self, kind: int, number: int, end: int) -> int | None:
        """Return the first event from *number* to *end* of type number *kind*, looking no farther than its block."""
        kinds = self._block(number)[2]
        base = number - number % BLOCK_EVENTS
        found = kinds.find(kind, number - base, min(end - base, BLOCK_EVENTS))
        return None if found < 0 else base + found

    def block_end(self, number: int) -> int:
        """Return the first number after the block that holds event *number*."""
        return number - number % BLOCK_EVENTS + BLOCK_EVENTS

    def words_of(self, text: bytes) -> bytes:
        """Return what a filter looks at in the *text* of one event: its data, its type on a line of its own."""
        return text

    # For a subclass

    def _take(self, chunk: bytes, *, is_last: bool) -> int:
        """Find the events in *chunk*, which lies at `_taken`; return how many of its bytes are done with."""
        raise NotImplementedError

    def _head(self, text: bytes, kind: int) -> Head:
        raise NotImplementedError

    def _data_lines(self) -> DataLines | None:
        return None

    def _add(self, offset: int, length: int, kind: int) -> None:
        offsets, lengths, kinds = self._blocks[-1]
        offsets.append(offset)
        if length >= _LONG:
            self._long_ones[self._count] = length
            length = _LONG
        lengths.append(length)
        kinds.append(kind)
        if kind == 0:
            self.has_unnamed = True
        self._count += 1
        if len(kinds) == BLOCK_EVENTS:
            self._begin_block()

    def _type_number_of(self, name: bytes) -> int:
        name = name[:TYPE_NAME_BYTES]
        number = self._type_numbers.get(name)
        if number is None:
            if len(self.types) >= OTHER_TYPE:
                return OTHER_TYPE
            number = self._type_numbers[name] = len(self.types)
            self.types.append(name.decode("utf-8", "replace"))
        return number

    def _begin_block(self) -> None:
        self._blocks.append((array("Q"), array("I"), bytearray()))
        if len(self._blocks) > EVENT_LIMIT // BLOCK_EVENTS + 1:
            del self._blocks[0]
            self.first += BLOCK_EVENTS
            self._long_ones = {key: size for key, size in self._long_ones.items() if key >= self.first}

    def _block(self, number: int) -> "tuple[array[int], array[int], bytearray]":
        if not self.first <= number < self._count:
            raise IndexError(number)
        return self._blocks[(number - self.first) // BLOCK_EVENTS]

    def _is_bom_awaited(self, chunk: bytes, *, is_last: bool) -> bool:
        """Step over a byte order mark; tell whether it is not whole yet."""
        if chunk.startswith(BOM):
            self._taken = len(BOM)
            return False
        return BOM.startswith(chunk) and not is_last
