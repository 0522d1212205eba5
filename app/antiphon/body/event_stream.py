"""The events of `text/event-stream`, found while it arrives (WHATWG HTML, section 9.2.6)."""

import re

from antiphon.body.events import OTHER_TYPE, TYPE_NAME_BYTES, EventIndex, Head
from antiphon.body.sse import DEFAULT_TYPE, DataLines, block_of, field_of, retry_of
from antiphon.body.store import BodySource

_LINE_END = re.compile(rb"\r\n?|\n")
_BLANK = frozenset({b"\n", b"\r", b"\r\n"})
_AFTER_NAME = frozenset(b":\r\n")


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
        elif rest and not lines and len(rest) >= self.chunk_bytes - 1:
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
