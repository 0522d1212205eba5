"""Reading one member or element of a JSON text where it begins: its name, its kind, where it ends."""

import json
import re
from collections.abc import Callable
from typing import Final

from antiphon.body.checkpoint_work import CheckpointWork
from antiphon.body.checkpoints import STEP_BYTES, STEP_CELLS, last_passing
from antiphon.body.node import Kind, Node
from antiphon.body.open_stack import CELL_BYTES
from antiphon.body.outline_cells import CLOSING, COMMA, CellReader
from antiphon.body.strings import ESCAPED

LONGEST_KEY_BYTES: Final = 1 << 16
"""Names are shown and put into paths up to this length."""

_STRING_END = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*', re.DOTALL)
_WORD = re.compile(rb"[^\s\"{}\[\],:]*+")
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_WORDS: dict[bytes, Kind] = {b"true": "boolean", b"false": "boolean", b"null": "null"}
_LONGEST_WORD_BYTES = 1 << 16
_QUOTE, _COLON = ord('"'), ord(":")

Extent = Callable[[int, int], tuple[int | None, int]]
"""Of a container's start and level: its end, and the commas in it."""


class ItemReader:
    """Reads items of one body; *extent* is asked where containers end."""

    def __init__(self, cells: CellReader, work: CheckpointWork, extent: Extent) -> None:
        self._cells = cells
        self._work = work
        self._extent = extent

    def item(self, place: int, index: int, level: int, *, is_object: bool) -> Node | None:
        """Return the child of a container of *level* that begins after white space at *place*.

        None where the container or what is known ends. A member without a colon or value is `broken`.
        """
        place = self._cells.after_space(place)
        byte = self._cells.byte(place)
        if byte is None or byte in CLOSING:
            return None
        if not is_object or byte != _QUOTE:
            return self._value(place, index, level, None, None)
        key_end = self._string_end(place)
        if key_end is None:
            return Node("broken", place, None, index, level, place, None)
        value = self._cells.after_space(key_end)
        if self._cells.byte(value) != _COLON:
            return Node("broken", key_end, key_end, index, level, place, key_end)
        return self._value(self._cells.after_space(value + 1), index, level, place, key_end)

    def key_at(self, place: int) -> tuple[int, int] | None:
        """Return start and end of the name after white space at *place*; None if there is none."""
        start = self._cells.after_space(place)
        end = self._string_end(start) if self._cells.byte(start) == _QUOTE else None
        return None if end is None else (start, end)

    def key_of(self, node: Node) -> str:
        if node.key_start is None:
            return ""
        end = node.key_end or self._cells.known
        count = min(end - node.key_start, LONGEST_KEY_BYTES)
        return decoded(self.read(node.key_start, count))

    def read(self, offset: int, count: int) -> bytes:
        """Return up to *count* bytes from *offset*, of what is known."""
        text, place = self._cells.window(offset)
        if place + count <= len(text):
            return text[place : place + count]
        return self._cells.read(offset, count)

    def count_of(self, start: int, end: int, commas: int) -> int:
        """Return how many children a container has that is whole."""
        is_empty = commas == 0 and self._cells.after_space(start + 1) == end - 1
        return 0 if is_empty else commas + 1

    def _value(self, place: int, index: int, level: int, key: int | None, key_end: int | None) -> Node:
        match self._cells.byte(place):
            case 0x7B | 0x5B as byte:
                end, commas = self._extent(place, level + 1)
                count = None if end is None else self.count_of(place, end, commas)
                kind: Kind = "object" if byte == 0x7B else "array"
                return Node(kind, place, end, index, level + 1, key, key_end, count)
            case 0x22:
                return Node("string", place, self._string_end(place), index, level, key, key_end)
            case _:
                kind, end = self._word(place, level)
                return Node(kind, place, end, index, level, key, key_end)

    def _word(self, place: int, level: int) -> tuple[Kind, int]:
        """Return kind and end of what is neither a container nor a string."""
        text, at = self._cells.window(place)
        end = _WORD.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if end == len(text):
            text, at = self._cells.read(place, _LONGEST_WORD_BYTES), 0
            end = _WORD.match(text).end()  # type: ignore[union-attr]
        word, end = text[at:end], place + end - at
        is_alone = self._is_alone(end, level)
        if is_alone and (kind := _WORDS.get(word)):
            return kind, end
        return "number" if is_alone and _NUMBER.fullmatch(word) else "broken", end

    def _is_alone(self, end: int, level: int) -> bool:
        """Return whether what ends at *end* is followed by what may follow a value."""
        place = self._cells.after_space(end)
        byte = self._cells.byte(place)
        if byte is None or byte == COMMA or byte in CLOSING:
            return level > 0 or byte is None
        return level == 0 and b"\n" in self._cells.read(end, min(place - end, 256))

    def _string_end(self, start: int) -> int | None:
        """Return the offset after the closing quote of the string at *start*; None if it is not known."""
        text, at = self._cells.window(start)
        match = _STRING_END.match(text, at + 1)
        if match is not None and match.end() < len(text) and text[match.end()] == _QUOTE:
            return start + match.end() - at + 1
        cell = start // CELL_BYTES
        return self._end_of_long_string(start, cell)

    def _end_of_long_string(self, start: int, cell: int) -> int | None:
        checkpoints = self._work.checkpoints

        def is_in_it(number: int) -> bool:
            head = checkpoints.head(number)
            return head.is_in_string and head.string_cell == cell

        rest_start = start + 1
        text = self._cells.read(rest_start, (cell // STEP_CELLS + 1) * STEP_BYTES - rest_start)
        found = _STRING_END.match(text)
        assert found is not None
        if found.end() < len(text) and text[found.end()] == _QUOTE:
            return rest_start + found.end() + 1
        last = last_passing(cell // STEP_CELLS + 1, self._work.count, is_in_it)
        if last is None:
            return None
        return self._end_after(last)

    def _end_after(self, checkpoint: int) -> int | None:
        """Return the end of the string that is open at *checkpoint* and no more at the next."""
        place = checkpoint * STEP_BYTES
        escaped = self._work.checkpoints.stack(checkpoint).string_state == ESCAPED
        place += escaped
        text = self._cells.read(place, STEP_BYTES + 1)
        found = _STRING_END.match(text)
        assert found is not None
        is_closed = found.end() < len(text) and text[found.end()] == _QUOTE
        return place + found.end() + 1 if is_closed else None


def decoded(text: bytes) -> str:
    """Return the text of a string with its quotes; as it is written where it is cut short or not right."""
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        value = None
    return value if isinstance(value, str) else text.decode("utf-8", "replace").strip('"')
