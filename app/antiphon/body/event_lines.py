"""The events of JSON Lines: one on each line."""

import re

from antiphon.body.events import OTHER_TYPE, EventIndex, Head
from antiphon.body.store import BodySource

_FIRST_TYPE = re.compile(rb'\s*\{\s*"(?:type|event)"\s*:\s*"([^"\\]{1,200})"')


class LineIndex(EventIndex):
    """JSON Lines: one event on each line that is not blank.

    The type of a line is what its first member says where that is called `type` or `event`.
    """

    def __init__(self, body: BodySource) -> None:
        super().__init__(body)
        self._long_start: int | None = None
        self._long_type = 0

    def _take(self, chunk: bytes, *, is_last: bool) -> int:
        end = len(chunk) if is_last else chunk.rfind(b"\n") + 1
        if end == 0 and not is_last:
            return self._take_inside(chunk)
        place = self._taken
        lines = chunk[:end].split(b"\n")
        if self._long_start is not None:
            rest = lines.pop(0)
            line_end = place + len(rest)
            has_return = self._body.read(line_end - 1, 1) == b"\r"
            self._add(self._long_start, line_end - has_return - self._long_start, self._long_type)
            self._long_start = None
            place = line_end + 1
        for line in lines:
            if line and not line.isspace():
                self._add(place, len(line) - line.endswith(b"\r"), self._type_of(line))
            place += len(line) + 1
        return end

    def _take_inside(self, chunk: bytes) -> int:
        """Step over a full *chunk* without a newline; a small one waits for more."""
        if self._long_start is None:
            if len(chunk) < self.chunk_bytes or chunk.isspace():
                return len(chunk) if chunk.isspace() else 0
            self._long_start, self._long_type = self._taken, self._type_of(chunk)
        return len(chunk)

    def _type_of(self, line: bytes) -> int:
        found = _FIRST_TYPE.match(line)
        return self._type_number_of(found[1]) if found else 0

    def field_at(self, _text: bytes, _start: int, _place: int) -> bytes:
        return b"data"

    def _head(self, text: bytes, kind: int) -> Head:
        if kind != OTHER_TYPE:
            return Head(self.types[kind], None, text)
        found = _FIRST_TYPE.match(text)
        return Head(found[1].decode("utf-8", "replace") if found else "", None, text)
