"""The head of a request file (name, kind, method, seq) without parsing it, wherever that is certain.

Files of one collection repeat a few shapes. A file is split at the scalars that are certainly complete; what
remains is its shape. The first file of a shape is parsed in full, which proves the shape good and shows where the
head stands; the next one of that shape needs no parser. Whatever is unusual stays part of the shape or goes to the
parser, so that a scan never says anything else than the parser would.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from antiphon.core.collection import Broken
from antiphon.store.reading import document_of, number_of, text_of
from antiphon.store.yamltree import (
    Map,
    Node,
    Raw,
    Value,
    YamlError,
    is_not_text,
    parse,
    value_of,
    without_blank_end,
)

_COMPLETE = re.compile(
    r"""
    ^((\ *)(-\ )?(?!(?:type|mode|selected):)[A-Za-z_][\w.-]*:\ )
    (?:
        ( "[^"\\\n]*" | '[^'\n]*'
        | (?!(?:null|Null|NULL)$)[A-Za-z0-9_/](?:[^\n:\#]|:(?=\S)|(?<=\S)\#)*+(?<=\S)
        )$
      | ([|>][-+]?\n) ( ((?(3)\2\ {3,}|\2\ +)) \S.*\n (?:(?:\7.*)?\n)*+ )
    )
    """,
    re.VERBOSE | re.MULTILINE | re.ASCII,
)
_GROUPS = 8
"""Pieces per match in what `split` returns: the text before, then seven groups."""
_ORDINARY = bytes([9, 10, *range(0x20, 0x7F)])
_UNUSUAL = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_PLACES = (("info", "name"), ("info", "seq"), ("http", "method"))


@dataclass(frozen=True, slots=True)
class Head:
    name: str
    kind: str
    """`http`, or what the file says it is: `graphql`, `grpc`, `websocket`, `script`, `app`."""
    method: str = "GET"
    seq: float | None = None


@dataclass(frozen=True, slots=True)
class _Shape:
    """Where name, seq and method stand among the complete scalars; None where the file does not say it there."""

    places: tuple[int | None, ...]
    constants: tuple[Value, ...]


class Scanner:
    """Reads heads and remembers shapes; keep one for one opening of a collection."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str | None, ...], _Shape] = {}

    def head(self, text: str) -> Head:
        """Return the head of a request file.

        Raises:
            YamlError: the file is broken, as `parsed_head` finds.
        """
        text = text.replace("\r\n", "\n")
        if _is_unusual(text):
            return parsed_head(text)
        parts = _COMPLETE.split(text)
        key = (*parts[::_GROUPS], *parts[1::_GROUPS], *parts[5::_GROUPS])
        shape = self._shapes.get(key)
        if shape is None:
            return self._learned(text, key, parts)
        scalars = parts[4::_GROUPS]
        name, seq, method = (
            constant if place is None else _captured(scalars[place])
            for place, constant in zip(shape.places, shape.constants, strict=True)
        )
        return _head(name, "http", method, seq)

    def _learned(self, text: str, key: tuple[str | None, ...], parts: list[str | None]) -> Head:
        root = parse(text)
        head = head_of(value_of(root))
        spans = list(_spans(parts))
        whole = {(node.start, node.end) for node in _block_scalars(root)}
        if head.kind == "http" and all(span in whole for span in spans):
            order = {start: index for index, (start, _) in enumerate(spans)}
            nodes = [_node_at(root, place) for place in _PLACES]
            if not any(node is not None and node.style in {"|", ">"} for node in nodes):
                places = tuple(order.get(node.start) if node is not None else None for node in nodes)
                constants = tuple(value_of(node) if node is not None else None for node in nodes)
                self._shapes[key] = _Shape(places, constants)
        return head


def parsed_head(text: str) -> Head:
    """Return the head of a request file, found by parsing all of it.

    Raises:
        YamlError: it is not YAML, or a part that Antiphon reads has the wrong form.
    """
    return head_of(value_of(parse(text)))


def _is_unusual(text: str) -> bool:
    """Return whether *text* holds characters that YAML refuses, or several documents or directives."""
    if text.startswith(("---", "...", "%")) or "\n---" in text or "\n..." in text or "\n%" in text:
        return True
    if text.isascii():
        return bool(text.encode().translate(None, _ORDINARY))
    return _UNUSUAL.search(text) is not None


def unsupported(kind: str) -> Broken:
    """Return what is said of a request that is not HTTP."""
    return Broken(f"is of the kind `{kind}`, which Antiphon shows as text only")


def head_of(data: Value) -> Head:
    """Return the head of a request's values.

    Raises:
        YamlError: they are no request's, or a part that Antiphon reads has the wrong form.
    """
    if not isinstance(data, Map):
        raise YamlError("is not a request: it is not made of `key: value` lines", 1)
    info = data.get("info")
    info = info if isinstance(info, Map) else Map()
    kind = text_of(info.get("type")) or text_of(data.get("type") if "http" not in data else "http")
    if not kind:
        raise YamlError("is not a request: it has neither `http` nor `info.type`", 1)
    if kind != "http":
        return Head(text_of(info.get("name")), kind, "", number_of(info.get("seq")))
    document = document_of(data)
    return Head(document.name, kind, document.method, document.seq)


def _head(name: Value, kind: str, method: Value, seq: Value) -> Head:
    return Head(text_of(name) or "Untitled", kind, text_of(method) or "GET", number_of(seq))


def _captured(words: str | None) -> Value:
    assert words is not None, "a head is never learned from a block scalar"
    if words[0] in "\"'":
        return words[1:-1]
    return Raw(words) if is_not_text(words) else words


def _spans(parts: list[str | None]) -> Iterator[tuple[int, int]]:
    """Yield where each complete scalar starts and ends, blank lines after a block scalar left out."""
    position = 0
    for at in range(0, len(parts) - 1, _GROUPS):
        before, prefix, scalar = parts[at] or "", parts[at + 1] or "", parts[at + 4]
        block = (parts[at + 5] or "") + (parts[at + 6] or "")
        start = position + len(before) + len(prefix)
        position = start + len(scalar if scalar is not None else block)
        clipped = (
            scalar
            if scalar is not None
            else block
            if "+" in (parts[at + 5] or "")
            else without_blank_end(block)
        )
        yield start, start + len(clipped)


def _block_scalars(node: Node) -> Iterator[Node]:
    if node.kind == "scalar":
        yield node
    elif node.kind != "alias" and not node.is_flow:
        for child in node.children:
            yield from _block_scalars(child)


def _node_at(root: Node, place: tuple[str, ...]) -> Node | None:
    for name in place:
        if root.kind != "map":
            return None
        found = next((value for key, value in root.entries() if key.text == name), None)
        if found is None:
            return None
        root = found
    return root
