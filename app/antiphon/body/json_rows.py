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
_MASK = (1 << 63) - 1
_OPENING = (b"{", b"[")


class RowKind(IntEnum):
    SCALAR = 0
    OBJECT = 1
    ARRAY = 2
    CLOSING = 3


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


@dataclass(slots=True)
class _Open:
    """A container whose closing bracket has not come; what its members hash to is gathered."""

    row: int
    kind: RowKind
    states: States
    total: int = 0
    members: list[int] | None = None
    count: int = 0


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
        for line in lines:
            self._take(line)

    def finish(self) -> None:
        if line := b"".join(self._parts):
            self._take(line)
        self._parts = []
        self.rows.starts.append(max(0, self._place - 1))  # the last row has no newline

    def _take(self, line: bytes) -> None:
        rows = self.rows
        rows.starts.append(self._place)
        self._place += len(line) + 1
        text = line.removeprefix(_BOM).strip(b" ").rstrip(b",")
        rows.texts.append(hash(text))
        if text in {b"}", b"]"}:
            self._close()
        else:
            self._begin(text)

    def _begin(self, text: bytes) -> None:
        rows = self.rows
        parent = self._open[-1] if self._open else None
        key = b""
        if parent is None:
            rows.roots.append(len(rows))
        elif parent.kind == RowKind.OBJECT:
            key = _KEY.match(text)[1]  # type: ignore[index]  # laid out text has one
            text = text[len(key) + 2 :]
        states, is_ignored = self._states(parent, key)
        kind = _kind_of(text)
        rows.keys.append(hash(_spelt(key)) if key else 0)
        rows.kinds.append(kind)
        rows.ignored.append(is_ignored)
        rows.sizes.append(1)
        if text in _OPENING:
            rows.values.append(0)
            members: list[int] | None = [] if kind == RowKind.ARRAY or self._sameness.order_matters else None
            self._open.append(_Open(len(rows) - 1, kind, states, members=members))
            return
        value = hash(self._canonical(text)) if kind == RowKind.SCALAR else _total(kind, 0, None)
        rows.values.append(value)
        if parent is not None and not is_ignored:
            self._add(parent, rows.keys[-1], value)

    def _states(self, parent: _Open | None, key: bytes) -> tuple[States, bool]:
        """Return where the ignored paths stand at the next value, and whether it is ignored."""
        if parent is None:
            states = self._paths.begin()
            return self._paths.after(states, len(self.rows.roots) - 1) if self._is_list else (states, False)
        if not parent.states:
            return parent.states, False
        if parent.kind == RowKind.ARRAY:
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
        rows.sizes[done.row] = len(rows) - done.row
        value = rows.values[done.row] = _total(done.kind, done.total, done.members)
        if self._open and not rows.ignored[done.row]:
            self._add(self._open[-1], rows.keys[done.row], value)

    def _add(self, parent: _Open, key: int, value: int) -> None:
        if parent.kind == RowKind.ARRAY:
            parent.members.append(value)  # type: ignore[union-attr]  # an array has them
        elif parent.members is not None:
            parent.members.append(hash((key, value)))
        else:
            parent.total = (parent.total + hash((key, value))) & _MASK  # whatever the order

    def _canonical(self, text: bytes) -> bytes:
        if text.startswith(b'"'):
            return _spelt(text)
        return number_value(text) if self._sameness.numbers_by_value else text


class JsonLinesReader(JsonRowReader):
    """Reads one document after the other; paths begin with the number of the document."""

    _is_list = True


def _kind_of(text: bytes) -> RowKind:
    return {b"{": RowKind.OBJECT, b"[": RowKind.ARRAY}.get(text[:1], RowKind.SCALAR)


def _total(kind: RowKind, total: int, members: list[int] | None) -> int:
    return hash((int(kind), total, tuple(members or ())))


def _spelt(text: bytes) -> bytes:
    """Return a string's text as all spellings of it have it in common: without escapes where it needs none."""
    if b"\\" not in text:
        return text
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
