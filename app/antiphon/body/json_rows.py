"""Laid out JSON as a table of its values, with hashes that tell whether values are the same.

`JsonPrinter` gives each scalar, each opening and each closing bracket a row of its own, so a value is a stretch of
rows, and both sides of a comparison can be shown, counted and compared by row numbers alone. A small container is one
entry, folded, until somebody has to look into it: of two large documents that are nearly the same, that is rare.
"""

import json
import re
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import repeat
from typing import Any

from antiphon.body.ignored_paths import IgnoredPaths, Pattern, States
from antiphon.body.json_numbers import number_value
from antiphon.body.pretty import DEEPEST_INDENT, INDENT

_KEY = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*"): ')
_BOM = b"\xef\xbb\xbf"
_CLOSING = (b"}", b"]")
_ENDS = {
    opening: tuple(b"\n" + INDENT * depth + closing for depth in range(DEEPEST_INDENT + 1))
    for opening, closing in ((ord("{"), b"}"), (ord("["), b"]"))
}
_HELD_BYTES = 1 << 18
_FIRST_MEMBERS = 16

ReadRows = Callable[[int, int], bytes]
"""Returns the text of so many rows from a row on."""


class RowKind(IntEnum):
    SCALAR = 0
    OBJECT = 1
    ARRAY = 2
    CLOSING = 3


_KINDS = {ord("{"): RowKind.OBJECT, ord("["): RowKind.ARRAY}
_LITERALS = {None: hash(b"null"), True: hash(b"true"), False: hash(b"false")}


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

    def number_hash(self, text: bytes) -> int:
        return hash(number_value(text) if self.numbers_by_value else text)

    def combined(self, kind: int, members: Iterable[int]) -> int:
        """Return the hash of a container from those of its members, in their order."""
        if kind == RowKind.OBJECT and not self.order_matters:
            members = sorted(members)
        combined = int(kind)
        for member in members:  # no tuple of them all, which may be millions
            combined = hash((combined, member))
        return combined


class JsonRows:
    """The values of one document, about 42 bytes each; a closing bracket is an entry, too.

    Attributes:
        rows: The row where each entry begins.
        texts: Hash of its text, without indentation and comma: of its row, or of all its rows if it is folded.
        keys: Hash of the member's name, 0 without one.
        values: Hash of the value; equal for all that counts as the same. Of a folded one it is that of its text, and
            of what holds such as well: see `value`.
        sizes: Rows of that value, its closing bracket included; 0 for a closing bracket.
        spans: Entries of that value, its closing bracket included; 1 where it has one row or is folded.
        ignored: 1 where the value is to be passed over.
        roots: Entries where documents begin; one for JSON, many for JSON Lines.
    """

    def __init__(self, sameness: Sameness, read: ReadRows) -> None:
        self.rows = array("I")
        self.texts = array("q")
        self.keys = array("q")
        self.values = array("q")
        self.sizes = array("I")
        self.spans = array("I")
        self.states = array("I")
        self.kinds = bytearray()
        self.ignored = bytearray()
        self.roots = array("I")
        self.paths = IgnoredPaths(sameness.ignored)
        self._sameness = sameness
        self._read = read
        self._states: list[States] = []
        self._numbers: dict[States, int] = {}

    def __len__(self) -> int:
        return len(self.kinds)

    def children(self, entry: int) -> "array[int]":
        """Return where the members or elements of the container *entry* begin, which is not folded."""
        found, spans = array("I"), self.spans
        child, end = entry + 1, entry + spans[entry] - 1
        while child < end:
            found.append(child)
            child += spans[child]
        return found

    def end(self, entry: int) -> int:
        """Return the row after the value *entry*."""
        return self.rows[entry] + self.sizes[entry]

    def is_folded(self, entry: int) -> bool:
        return self.spans[entry] == 1 and self.sizes[entry] > 1

    def unfolded(self, entry: int) -> "JsonRows":
        """Return the values in the folded *entry*, which is the root there, without a name."""
        inner = JsonRows(self._sameness, self._read)
        inner.paths = self.paths
        reader = JsonRowReader(self._sameness, rows=inner)
        reader.begin_at(self.rows[entry], self._states[self.states[entry]])
        reader.feed(self._folded_text(entry))
        reader.finish()
        return inner

    def value(self, entry: int) -> int:
        """Return the hash of the value *entry*, with all that is folded in it looked at."""
        if self.spans[entry] == self.sizes[entry]:
            return self.values[entry]
        if self.is_folded(entry):
            return self._folded_value(entry)
        children = (child for child in self.children(entry) if not self.ignored[child])
        members = map(self._member_hash if self.kinds[entry] == RowKind.OBJECT else self.value, children)
        return self._sameness.combined(self.kinds[entry], members)

    def scalar_members(self, entry: int) -> dict[int, int]:
        """Return key and value of the scalars among the first members of the object *entry* that are not ignored."""
        if not self.is_folded(entry):
            children = self.children(entry)[:_FIRST_MEMBERS]
            kinds, ignored = self.kinds, self.ignored
            scalars = [child for child in children if kinds[child] == RowKind.SCALAR and not ignored[child]]
            return {self.keys[child]: self.values[child] for child in scalars}
        found, states = {}, self._states[self.states[entry]]
        for name, member in self._parsed(entry)[:_FIRST_MEMBERS]:
            if not isinstance(member, tuple | list) and not self.paths.after(states, name)[1]:
                found[hash(name)] = self._parsed_value(member, states)
        return found

    def _member_hash(self, entry: int) -> int:
        return hash((self.keys[entry], self.value(entry)))

    def _folded_value(self, entry: int) -> int:
        """Return the hash of the value *entry* as a reader would find it, five times as soon."""
        try:
            return self._parsed_value(self._parsed(entry), self._states[self.states[entry]])
        except RecursionError:
            return self.unfolded(entry).values[0]

    def _parsed(self, entry: int) -> Any:
        """Return the folded value *entry*, objects as tuples of pairs and numbers as bytes."""
        text = self._folded_text(entry).decode("utf-8", "surrogateescape")
        return json.loads(text, object_pairs_hook=tuple, parse_int=str.encode, parse_float=str.encode)

    def _parsed_value(self, value: object, states: States) -> int:
        """Return the hash of *value*, which `_parsed` gave."""
        match value:
            case str():
                return string_value(value)
            case bytes():
                return self._sameness.number_hash(value)
            case tuple():
                members = [
                    hash((hash(name), self._parsed_value(member, inner)))
                    for (name, member), inner in self._kept(value, states, (name for name, _ in value))
                ]
                return self._sameness.combined(RowKind.OBJECT, members)
            case list():
                kept = self._kept(value, states, range(len(value)))
                elements = (self._parsed_value(element, inner) for element, inner in kept)
                return self._sameness.combined(RowKind.ARRAY, elements)
            case bool() | None:
                return _LITERALS[value]
        raise AssertionError(value)

    def _kept(
        self, items: Iterable[Any], states: States, names: Iterable[str | int]
    ) -> Iterable[tuple[Any, States]]:
        """Give those of *items* that are not ignored, each with where the ignored paths stand there."""
        if not states:
            return zip(items, repeat(states))
        reached = (self.paths.after(states, name) for name in names)
        return (
            (item, inner) for item, (inner, is_ignored) in zip(items, reached, strict=True) if not is_ignored
        )

    def _folded_text(self, entry: int) -> bytes:
        """Return the text of the folded *entry*, without a name."""
        text = self._read(self.rows[entry], self.sizes[entry]).strip(b" ,\n").removeprefix(_BOM)
        return _parted(text)[1] if text.startswith(b'"') else text

    def number_of(self, states: States) -> int:
        """Return the number under which *states* of the ignored paths are kept."""
        number = self._numbers.get(states)
        if number is None:
            number = self._numbers[states] = len(self._states)
            self._states.append(states)
        return number


class _Open:
    """A container whose closing bracket has not come; what its members hash to is gathered."""

    __slots__ = ("count", "entry", "is_object", "members", "states")

    def __init__(self, entry: int, states: States, *, is_object: bool) -> None:
        self.entry = entry
        self.states = states
        self.is_object = is_object
        self.members = array("q")
        self.count = 0


class JsonRowReader:
    """Feed it laid out text; `rows` is whole after `finish`. The text must be valid: `JsonPrinter` has no fault.

    Args:
        fold_bytes: Containers up to about this size are folded, which must be less than `read` gives; 0: none is.
        is_lines: Read one document after the other; paths begin with the number of the document.
    """

    def __init__(
        self,
        sameness: Sameness,
        read: ReadRows = lambda _row, _count: b"",
        *,
        is_lines: bool = False,
        fold_bytes: int = 0,
        rows: JsonRows | None = None,
    ) -> None:
        self.rows = JsonRows(sameness, read) if rows is None else rows
        self._sameness = sameness
        self._is_lines = is_lines
        self._fold_bytes = fold_bytes
        self._open: list[_Open] = []
        self._parts: list[bytes] = []
        self._held_bytes = 0
        self._wanted_bytes = self._least_bytes = fold_bytes + _HELD_BYTES
        self._row = 0
        self._root = self.rows.paths.begin()

    def begin_at(self, row: int, states: States) -> None:
        """Read a value out of a document: its first *row*, and where the ignored paths stand at it."""
        self._row, self._root = row, states

    def feed(self, text: bytes) -> None:
        self._parts.append(text)
        self._held_bytes += len(text)
        if self._held_bytes >= self._wanted_bytes:
            self._take_held(is_last=False)

    def finish(self) -> None:
        self._take_held(is_last=True)

    def _take_held(self, *, is_last: bool) -> None:
        text = b"".join(self._parts)
        rest = text[self._take(text, is_last=is_last) :]
        self._parts, self._held_bytes = [rest], len(rest)
        self._wanted_bytes = max(
            self._least_bytes, 2 * len(rest)
        )  # a very long row is not joined again and again

    def _take(self, text: bytes, *, is_last: bool) -> int:
        """Take the rows of *text* of which enough is there, and return where the first of the others begins."""
        place, size = 0, len(text)
        while place < size:
            end = text.find(b"\n", place)
            if end < 0 or end + self._fold_bytes > size:
                if not is_last:
                    break
                end = size if end < 0 else end
            if end - place < self._fold_bytes and (ends := _ENDS.get(text[end - 1])) is not None:
                depth = len(self._open)
                found = text.find(ends[depth], end, end + self._fold_bytes)
                if found >= 0:
                    end = found + len(ends[depth])
                    self._begin(text[place + depth * len(INDENT) : end])
                    place = end + 1 + (text[end : end + 1] == b",")
                    continue
            row = text[place:end].strip(b" ,")
            if row in _CLOSING:
                self._close(row)
            else:
                self._begin(row)
            place = end + 1
        return place

    def _begin(self, text: bytes) -> None:
        """Take a value that begins: *text* is its row, or all its rows if it is to be folded."""
        rows = self.rows
        parent = self._open[-1] if self._open else None
        whole, key, name = text, b"", 0
        if parent is None:
            text = text.removeprefix(_BOM)
            rows.roots.append(len(rows))
        elif parent.is_object:
            key, text = _parted(text)
            name = hash(_string(key))
        states, is_ignored = self._states(parent, key)
        kind = _KINDS.get(text[0], RowKind.SCALAR)
        self._add(whole, name, kind, 1 + (text.count(b"\n") if kind else 0))
        rows.ignored[-1] = is_ignored
        if kind and len(text) == 1:
            self._open.append(_Open(len(rows) - 1, states, is_object=kind == RowKind.OBJECT))
            return
        if rows.sizes[-1] > 1:
            rows.states[-1] = rows.number_of(states)
        value = rows.values[-1] = self._whole(kind, text) if kind else self._scalar(text)
        if parent is not None and not is_ignored:
            parent.members.append(hash((name, value)) if parent.is_object else value)

    def _add(self, text: bytes, name: int, kind: RowKind, size: int) -> None:
        rows = self.rows
        rows.rows.append(self._row)
        rows.texts.append(hash(text))
        rows.keys.append(name)
        rows.values.append(0)
        rows.sizes.append(size)
        rows.spans.append(1)
        rows.states.append(0)
        rows.kinds.append(kind)
        rows.ignored.append(0)
        self._row += size

    def _states(self, parent: _Open | None, key: bytes) -> tuple[States, bool]:
        """Return where the ignored paths stand at the next value, and whether it is ignored."""
        paths = self.rows.paths
        if parent is None:
            return (
                paths.after(self._root, len(self.rows.roots) - 1) if self._is_lines else (self._root, False)
            )
        if not parent.states:
            return parent.states, False
        if not parent.is_object:
            parent.count += 1
            return paths.after(parent.states, parent.count - 1)
        return paths.after(parent.states, _string(key))

    def _close(self, text: bytes) -> None:
        rows, done = self.rows, self._open.pop()
        self._add(text, 0, RowKind.CLOSING, 1)
        rows.sizes[-1] = 0
        entry = done.entry
        rows.sizes[entry] = self._row - rows.rows[entry]
        rows.spans[entry] = len(rows) - entry
        value = rows.values[entry] = self._sameness.combined(rows.kinds[entry], done.members)
        if self._open and not rows.ignored[entry]:
            parent = self._open[-1]
            parent.members.append(hash((rows.keys[entry], value)) if parent.is_object else value)

    def _whole(self, kind: int, text: bytes) -> int:
        """Return the hash of a container that is taken as a whole: an empty one, a folded or a very deep one."""
        return self._sameness.combined(kind, (hash(text),) if len(text) > len(b"{}") else ())

    def _scalar(self, text: bytes) -> int:
        if text.startswith(b'"'):
            return string_value(_string(text))
        return self._sameness.number_hash(text)


def _parted(text: bytes) -> tuple[bytes, bytes]:
    """Return the name in quotes and the value of a member's row."""
    end = text.find(b'": ', 1)
    if b"\\" not in text[:end]:
        return text[: end + 1], text[end + 3 :]
    found = _KEY.match(text)
    assert found is not None, "laid out text has a name in each row of an object"
    return found[1], text[found.end() :]


def _string(text: bytes) -> str:
    """Return what the string *text*, in quotes, says."""
    if b"\\" in text:
        return str(json.loads(text.decode("utf-8", "surrogateescape")))
    return text[1:-1].decode("utf-8", "surrogateescape")


def string_value(text: str) -> int:
    """Return the hash of a string, which is not that of a number with the same letters."""
    return hash((text,))


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
