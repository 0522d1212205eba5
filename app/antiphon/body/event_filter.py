"""Which events of a stream hold a text or are of a type, found while they arrive, a slice at a time."""

import time
from array import array
from bisect import bisect_left, bisect_right

from antiphon.body.events import EventIndex

SPAN_BYTES = 1 << 15
"""How much is looked at in one go: about a millisecond where every event fits."""
_ALL_EVENTS = 4096
LOOKED_BYTES = 1 << 18
"""Of a longer event only the beginning is looked at."""


class EventFilter:
    """Keeps the numbers of the events that fit, ascending; `step` looks at what came since.

    Args:
        text: Looked for in data and type, whatever its case; empty for every text.
        kind: A type by its number in the index; None for all.
    """

    def __init__(self, index: EventIndex, text: str = "", kind: int | None = None) -> None:
        self.text = text
        self.kind = kind
        self._index = index
        self._is_ascii = text.isascii()
        self._folded = text.casefold()
        self._needle = text.lower().encode("utf-8", "replace")
        self._seen = index.first
        self._found = array("Q")
        self._gone = 0

    @property
    def seen(self) -> int:
        """The first event that was not looked at yet."""
        return self._seen

    @property
    def gone(self) -> int:
        """How many that did fit were forgotten by the index."""
        return self._gone

    @property
    def count(self) -> int:
        """Events that fit, without those forgotten."""
        return len(self._found)

    def number(self, place: int) -> int:
        """Return the event at *place* among those that fit."""
        return self._found[place]

    def place_of(self, number: int) -> int:
        """Return how many events that fit come before event *number*."""
        return bisect_left(self._found, number)

    def step(self, budget_s: float) -> bool:
        """Work for about *budget_s* seconds; return whether more is waiting."""
        self._forget()
        end = time.perf_counter() + budget_s
        while self._seen < self._index.count and time.perf_counter() < end:
            if self._needle:
                self._look()
            else:
                self._look_for_kind()
        return self._seen < self._index.count

    def _forget(self) -> None:
        first = self._index.first
        self._seen = max(self._seen, first)
        gone = bisect_left(self._found, first)
        if gone:
            del self._found[:gone]
            self._gone += gone

    def _look_for_kind(self) -> None:
        index, end = self._index, self._index.count
        if self.kind is None:
            after = min(end, self._seen + _ALL_EVENTS)
            self._found.extend(range(self._seen, after))
            self._seen = after
            return
        found = index.next_of_type(self.kind, self._seen, end)
        if found is None:
            self._seen = min(end, index.block_end(self._seen))
        else:
            self._found.append(found)
            self._seen = found + 1

    def _look(self) -> None:
        start, end, after = self._index.span(self._seen, SPAN_BYTES)
        text = self._index.body.read(start, min(end - start, LOOKED_BYTES))
        if self._is_ascii:
            self._look_for_bytes(text.lower(), start)
        elif self._folded in text.decode("utf-8", "replace").casefold():
            self._look_for_words(after)
        self._seen = after

    def _look_for_bytes(self, text: bytes, base: int) -> None:
        """Take the events among those from `seen` on that hold the needle in lower case *text*, which lies at *base*."""
        index = self._index
        offsets, first = index.offsets_from(self._seen)
        last = -1
        place = text.find(self._needle)
        while place >= 0:
            number = bisect_right(offsets, base + place, first) - 1
            event = self._seen - first + number
            if number != last and self._is_in(event, text, base, place):
                last = number
                self._take(event)
                if number + 1 >= len(offsets):
                    return
                place = offsets[number + 1] - base - 1
            place = text.find(self._needle, place + 1)

    def _is_in(self, number: int, text: bytes, base: int, place: int) -> bool:
        """Whether the needle at *place* of *text* lies in data or type of event *number*."""
        offset, length = self._index.place(number)
        if base + place >= offset + length:
            return False  # between two events
        match self._index.field_at(text, offset - base, place):
            case b"data":
                return True
            case b"event":  # a later line may have named another
                return self._folded in self._index.head(number).type.casefold()
            case _:
                return False

    def _look_for_words(self, after: int) -> None:
        for number in range(self._seen, after):
            text = self._index.read(number, LOOKED_BYTES)
            words = self._index.words_of(text).decode("utf-8", "replace")
            if self._folded in words.casefold():
                self._take(number)

    def _take(self, number: int) -> None:
        if self.kind is None or self._index.type_number(number) == self.kind:
            self._found.append(number)
