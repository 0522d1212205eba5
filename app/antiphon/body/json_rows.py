"""Laid out JSON as a table: a row of text for each value, with hashes that tell whether values are the same.

`JsonPrinter` gives each scalar, each opening and each closing bracket a row of its own, so a value is a stretch of
rows, and both sides of a comparison can be shown, counted and compared by row numbers alone.
"""

import json
import re
from array import array
from dataclasses import dataclass
from enum import IntEnum

from antiphon.body.ignored_paths import IgnoredPaths, Pattern, States
from antiphon.body.json_numbers import number_value

_KEY = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*"): ')
_BOM = b"\xef\xbb\xbf"
_CLOSING = (b"}", b"]")


class RowKind(IntEnum):
    SCALAR = 0
    OBJECT = 1
    ARRAY = 2
    CLOSING = 3


_KINDS = {ord("{"): RowKind.OBJECT, ord("["): RowKind.ARRAY}


@dataclass(frozen=True, slots=True)
class Sameness:
    """What counts as the same.

    Attributes:
        ignored: Values at these paths are passed over.
        order_matters: Objects with other orders of members differ.
        numbers_by_value: `1.0` is the same as `1`; else the texts decide.
    """

    ignored: tuple[Pattern, ...] = ()
    order_matters: bool = False
    numbers_by_value: bool = False


class JsonRows:
    """The rows of one document, about 38 bytes each.

    Attributes:
        starts: Where each row begins in the text; one more for the end.
        texts: Hash of each row without indentation and comma.
        keys: Hash of the member's name, 0 without one.
        values: Hash of the value that begins in the row; equal for all that counts as the same.
        sizes: Rows of that value, its closing bracket included; 0 for a closing bracket.
        ignored: 1 where the value is to be passed over.
        roots: Rows where documents begin; one for JSON, many for JSON Lines.
    """

    def __init__(self) -> None:
        self.starts = array("Q")
        self.texts = array("q")
        self.keys = array("q")
        self.values = array("q")
        self.sizes = array("I")
        self.kinds = bytearray()
        self.ignored = bytearray()
        self.roots: list[int] = []

    def __len__(self) -> int:
        return len(self.kinds)

    def children(self, row: int) -> list[int]:
        """Return the rows where the members or elements of the container at *row* begin."""
        found, sizes = [], self.sizes
        child, end = row + 1, row + sizes[row] - 1
        while child < end:
            found.append(child)
            child += sizes[child]
        return found


class _Open:
    """A container whose closing bracket has not come; what its members hash to is gathered."""

    __slots__ = ("count", "is_object", "members", "row", "states")

    def __init__(self, row: int, states: States, *, is_object: bool) -> None:
        self.row = row
        self.states = states
        self.is_object = is_object
        self.members: list[int] = []
        self.count = 0


class JsonRowReader:
    """Feed it laid out text; `rows` is whole after `finish`. The text must be valid: `JsonPrinter` has no fault."""

    def __init__(self, sameness: Sameness) -> None:
        self.rows = JsonRows()
        self._sameness = sameness
        self._paths = IgnoredPaths(sameness.ignored)
        self._open: list[_Open] = []
        self._parts: list[bytes] = []
        self._place = 0

    def feed(self, text: bytes) -> None:
        *lines, rest = text.split(b"\n")
        if not lines:
            self._parts.append(rest)
            return
        lines[0] = b"".join(self._parts) + lines[0]
        self._parts = [rest]
        self._take(lines)

    def finish(self) -> None:
        if line := b"".join(self._parts):
            self._take([line])
        self._parts = []
        self.rows.starts.append(max(0, self._place - 1))  # the last row has no newline

    def _take(self, lines: list[bytes]) -> None:
        rows, place = self.rows, self._place
        for line in lines:
            rows.starts.append(place)
            place += len(line) + 1
            text = line.strip(b" ,")
            rows.texts.append(hash(text))
            if text in _CLOSING:
                self._close()
            else:
                self._begin(text)
        self._place = place

    def _begin(self, text: bytes) -> None:
        """Take the row where a value begins: *text* without indentation and comma."""
        rows = self.rows
        parent = self._open[-1] if self._open else None
        key, name = b"", 0
        if parent is None:
            text = text.removeprefix(_BOM)
            rows.roots.append(len(rows.kinds))
        elif parent.is_object:
            key, text = _parted(text)
            name = hash(_spelt(key) if b"\\" in key else key)
        states, is_ignored = self._states(parent, key)
        kind = _KINDS.get(text[0], 0)
        rows.keys.append(name)
        rows.kinds.append(kind)
        rows.ignored.append(is_ignored)
        rows.sizes.append(1)
        if kind and len(text) == 1:
            rows.values.append(0)
            self._open.append(_Open(len(rows.kinds) - 1, states, is_object=kind == RowKind.OBJECT))
            return
        value = hash((kind, _flat(text))) if kind else hash(self._canonical(text))
        rows.values.append(value)
        if parent is not None and not is_ignored:
            parent.members.append(hash((name, value)) if parent.is_object else value)

    def _states(self, parent: _Open | None, key: bytes) -> tuple[States, bool]:
        """Return where the ignored paths stand at the next value, and whether it is ignored."""
        if parent is None:
            states = self._paths.begin()
            return self._paths.after(states, len(self.rows.roots) - 1) if self._is_list else (states, False)
        if not parent.states:
            return parent.states, False
        if not parent.is_object:
            parent.count += 1
            return self._paths.after(parent.states, parent.count - 1)
        return self._paths.after(parent.states, _string(key))

    _is_list = False

    def _close(self) -> None:
        rows, done = self.rows, self._open.pop()
        rows.keys.append(0)
        rows.values.append(0)
        rows.sizes.append(0)
        rows.kinds.append(RowKind.CLOSING)
        rows.ignored.append(0)
        row = done.row
        rows.sizes[row] = len(rows.kinds) - row
        if done.is_object and not self._sameness.order_matters:
            done.members.sort()
        value = rows.values[row] = hash((rows.kinds[row], tuple(done.members)))
        if self._open and not rows.ignored[row]:
            parent = self._open[-1]
            parent.members.append(hash((rows.keys[row], value)) if parent.is_object else value)

    def _canonical(self, text: bytes) -> bytes:
        if text.startswith(b'"'):
            return _spelt(text) if b"\\" in text else text
        return number_value(text) if self._sameness.numbers_by_value else text


class JsonLinesReader(JsonRowReader):
    """Reads one document after the other; paths begin with the number of the document."""

    _is_list = True


def _flat(text: bytes) -> bytes | tuple[()]:
    """Return what a container in one row holds: nothing, or all of it where it is that deep."""
    return () if len(text) == len(b"[]") else text


def _parted(text: bytes) -> tuple[bytes, bytes]:
    """Return the name in quotes and the value of a member's row."""
    end = text.find(b'": ', 1)
    if b"\\" not in text[:end]:
        return text[: end + 1], text[end + 3 :]
    found = _KEY.match(text)
    assert found is not None, "laid out text has a name in each row of an object"
    return found[1], text[found.end() :]


def _spelt(text: bytes) -> bytes:
    """Return a string's text as all spellings of it have it in common: without escapes where it needs none."""
    return json.dumps(_string(text), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _string(text: bytes) -> str:
    return str(json.loads(text.decode("utf-8", "surrogateescape")))


def key_steps(text: bytes) -> str:
    """Return the step of a path that names the member whose name's text, in quotes, is *text*."""
    name = _string(text)
    if re.fullmatch(r"[^\W\d][\w-]*", name):
        return f".{name}"
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{quoted}']"


def row_key(line: bytes) -> bytes:
    """Return the name in quotes that the row *line* begins with; empty without one."""
    found = _KEY.match(line.removeprefix(_BOM).strip(b" "))
    return found[1] if found else b""
