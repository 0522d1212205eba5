"""JSON read the simple way, byte by byte, with the offsets of everything: what the outline is compared with."""

import json
import re
from dataclasses import dataclass, field

SPACE = b" \t\n\r"
SCALAR = re.compile(rb"[^\s\[\]{},:\"]+")


@dataclass
class Value:
    kind: str
    start: int
    end: int = 0
    key: tuple[int, int] | None = None
    name: str | None = None
    children: "list[Value]" = field(default_factory=list)

    def every(self, path=()):
        yield path, self
        for number, child in enumerate(self.children):
            yield from child.every((*path, number if child.name is None else child.name))


def read(text: bytes) -> Value:
    """Return the value in *text*, which is right."""
    start = 3 if text.startswith(b"\xef\xbb\xbf") else 0
    return _value(text, _space(text, start))


def read_lines(text: bytes) -> list[Value]:
    values, place = [], _space(text, 3 if text.startswith(b"\xef\xbb\xbf") else 0)
    while place < len(text):
        values.append(_value(text, place))
        place = _space(text, values[-1].end)
    return values


def _space(text: bytes, place: int) -> int:
    while place < len(text) and text[place] in SPACE:
        place += 1
    return place


def _string_end(text: bytes, place: int) -> int:
    place += 1
    while text[place] != 0x22:
        place += 2 if text[place] == 0x5C else 1
    return place + 1


def _value(text: bytes, place: int) -> Value:
    match text[place : place + 1]:
        case b"[" | b"{":
            return _container(text, place)
        case b'"':
            return Value("string", place, _string_end(text, place))
        case _:
            end = SCALAR.match(text, place).end()
            word = text[place:end]
            kind = {b"true": "boolean", b"false": "boolean", b"null": "null"}.get(word, "number")
            return Value(kind, place, end)


def _container(text: bytes, start: int) -> Value:
    is_object = text[start : start + 1] == b"{"
    value = Value("object" if is_object else "array", start)
    place = _space(text, start + 1)
    while text[place] not in b"]}":
        key = None
        if is_object:
            key = (place, _string_end(text, place))
            place = _space(text, _space(text, key[1]) + 1)
        child = _value(text, place)
        child.key, child.name = key, None if key is None else json.loads(text[slice(*key)], strict=False)
        value.children.append(child)
        place = _space(text, child.end)
        if text[place : place + 1] == b",":
            place = _space(text, place + 1)
    value.end = place + 1
    return value
