"""Where the events of a stream lie in a body that may still arrive: 13 bytes of memory an event.

What an event says is read from the body when it is asked for. The oldest events are forgotten, a block at a time, once
there are more than `EVENT_LIMIT`, so that a stream without end stays bounded; the body keeps their text.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from antiphon.body.sse import BOM, DEFAULT_TYPE, DataLines, block_of, field_of, retry_of
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
_FIRST_TYPE = re.compile(rb'\s*\{\s*"(?:type|event)"\s*:\s*"([^"\\]{1,200})"')
_LINE_END = re.compile(rb"\r\n?|\n")
_BLANK = frozenset({b"\n", b"\r", b"\r\n"})
_AFTER_NAME = frozenset(b":\r\n")


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
        chunk = self._body.read(self._taken, CHUNK_BYTES)
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
            if len(chunk) < CHUNK_BYTES or chunk.isspace():
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


class SseIndex(EventIndex):
    """Server-sent events, which begin with their first line and end before the blank line that sends them off."""

    has_fields = True

    def __init__(self, body: BodySource) -> None:
        super().__init__(body)
        self._skips_newline = False
        self._is_inside_line = False
        self._start = -1
        """Of the event that is being read; -1 where none has begun."""
        self._is_open = False
        self._has_data = False
        self._has_id = False
        self._kind = 0
        self._kinds_of_lines: dict[bytes, int] = {}
        self._id_line = b""

    @property
    def last_id(self) -> str:
        return _value_of(self._id_line).decode("utf-8", "replace")

    def _take(self, chunk: bytes, *, is_last: bool) -> int:
        begin = self._line_begin(chunk)
        text = chunk[begin:] if begin else chunk
        lines = text.splitlines(keepends=True)
        rest = lines.pop() if lines and lines[-1][-1] not in b"\r\n" else b""
        self._take_lines(lines, self._taken + begin)
        if lines:
            self._skips_newline = lines[-1][-1:] == b"\r"
        if is_last:
            self.is_cut = self._is_open or bool(rest) or self._is_inside_line
        elif rest and not lines and len(rest) >= CHUNK_BYTES - 1:
            self._take_line(rest, self._taken + begin)
            self._is_inside_line = True
        else:
            return len(chunk) - len(rest)
        return len(chunk)

    def _line_begin(self, chunk: bytes) -> int:
        """Return where in *chunk* a line begins: after the other half of a CRLF, or the rest of a very long line."""
        if self._skips_newline:
            self._skips_newline = False
            return int(chunk[:1] == b"\n")
        if not self._is_inside_line:
            return 0
        end = _LINE_END.search(chunk)
        if end is None:
            return len(chunk)
        self._is_inside_line = False
        self._skips_newline = end[0] == b"\r" and end.end() == len(chunk)
        return end.end()

    def _take_lines(self, lines: list[bytes], place: int) -> None:
        for line in lines:
            if line.startswith(b"data") and line[4] in _AFTER_NAME:
                if self._start < 0:
                    self._start = place
                self._is_open = self._has_data = True
            elif line in _BLANK:
                self._dispatch(place)
            else:
                self._take_line(line, place)
            place += len(line)

    def _take_line(self, line: bytes, place: int) -> None:
        """Take in a *line* with its ending, or the first part of a very long one."""
        if self._start < 0:
            self._start = place
        self._is_open = True
        if line.startswith(b"data") and line[4] in _AFTER_NAME:
            self._has_data = True
        elif line.startswith(b"id") and line[2] in _AFTER_NAME:
            if b"\0" not in line:
                self._id_line, self._has_id = line, True
        elif (kind := self._kinds_of_lines.get(line)) is not None:
            self._kind = kind
        elif line.startswith(b"event") and line[5] in _AFTER_NAME:
            self._kind = self._type_number_of(_value_of(line))
            if len(self._kinds_of_lines) < OTHER_TYPE and len(line) <= TYPE_NAME_BYTES:
                self._kinds_of_lines[line] = self._kind
        elif line.startswith(b"retry:") and (ms := retry_of(_value_of(line))) is not None:
            self.retry_ms = ms

    def _dispatch(self, place: int) -> None:
        """End a block of lines at *place*; one without data is no event, but an id in it holds for the next."""
        if self._has_data:
            self._add(self._start, place - self._start, self._kind)
            self._start, self._has_data, self._has_id = -1, False, False
        elif not self._has_id:
            self._start = -1
        self._is_open, self._kind = False, 0

    def _head(self, text: bytes, kind: int) -> Head:
        block = block_of(text)
        name = block.type if kind == OTHER_TYPE else self.types[kind]
        return Head(name or DEFAULT_TYPE, block.id, block.data)

    def data_of(self, text: bytes) -> bytes:
        return block_of(text).data

    def words_of(self, text: bytes) -> bytes:
        block = block_of(text)
        return block.type.encode() + b"\n" + block.data

    def _data_lines(self) -> DataLines:
        return DataLines()

    def field_at(self, text: bytes, start: int, place: int) -> bytes:
        line = max(text.rfind(b"\n", start, place), text.rfind(b"\r", start, place), start - 1) + 1
        name, colon, _value = text[line : line + 7].partition(b":")
        if not colon or name not in {b"data", b"event"}:
            return b""
        begin = line + len(name) + 1
        return name if place >= begin + (text[begin : begin + 1] == b" ") else b""


def _value_of(line: bytes) -> bytes:
    return field_of(line.rstrip(b"\r\n"))[1]
