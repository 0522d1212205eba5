"""A body cut into parts to search, at newlines where it has any: what is looked for seldom crosses one."""

from antiphon.body.scan import Part, Scanner, start_of_character
from antiphon.body.store import BodySource

_LOOKS_FOR_NEWLINE = (1 << 12, 1 << 16)
"""How far before a wanted end a newline is looked for: first a little, then more."""


class Parts:
    """Gives the parts of *body* from *start* on, in order, as its bytes arrive."""

    def __init__(self, body: BodySource, scanner: Scanner, start: int = 0) -> None:
        self._body = body
        self._scanner = scanner
        self._start = start

    @property
    def start(self) -> int:
        """Where the next part begins."""
        return self._start

    def next(self, most_bytes: int) -> Part | None:
        """Return the next part, of about *most_bytes*; None: nothing can be told of what is there (yet)."""
        is_over = self._body.is_finished  # asked before the size: what was added before it is seen
        size = self._body.size_bytes
        limit = size if is_over else self._limit(size)
        if limit <= self._start:
            return None
        wanted = self._start + max(most_bytes, 4)  # the longest character
        end = limit if limit <= wanted else self._cut(wanted)
        part = self.around(self._start, end, size)
        self._start = end
        return part

    def around(self, start: int, end: int, size: int, reach_bytes: int = 0) -> Part:
        """Return the part from *start* to *end*, with what its matches need behind it in *size* bytes there are."""
        scanner = self._scanner
        is_whole = scanner.stays_in_line and self._body.read(end - 1, 1) == b"\n"
        high = end if is_whole else min(size, end + max(reach_bytes, scanner.reach_bytes))
        return Part(max(0, start - scanner.back_bytes), start, end, high, start)

    def _limit(self, size: int) -> int:
        """Return up to where matches cannot change any more, whatever comes."""
        if self._scanner.stays_in_line:
            newline = self._newline_before(size)
            if newline > self._start:
                return newline
        limit = max(0, size - self._scanner.reach_bytes)
        return self._character_at(limit)

    def _cut(self, end: int) -> int:
        newline = self._newline_before(end)
        return newline if newline > self._start else self._character_at(end)

    def _newline_before(self, end: int) -> int:
        """Return the end of the last line that ends near *end*; 0 if none does."""
        for size in _LOOKS_FOR_NEWLINE:
            low = max(self._start, end - size)
            place = self._body.read(low, end - low).rfind(b"\n")
            if place >= 0:
                return low + place + 1
        return 0

    def _character_at(self, place: int) -> int:
        low = max(0, place - 4)
        return low + start_of_character(self._body.read(low, place - low + 1), place - low)
