"""YAML as a tree of nodes with their places in the text, and as plain values that keep every scalar's own words.

A scalar is never turned into a number, a date or a boolean: `no`, `012`, `1e3` and `2020-01-01` stay what was
written. What YAML would read as something other than text is a `Raw`, so that `2` and `"2"` stay apart.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 100
_LARGEST = 1_000_000
_BLANK_END = re.compile(r"(?:\r?\n[ \t]*)+\Z")
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|={7})(?: |$)", re.MULTILINE)

# Line breaks of YAML 1.1 that YAML 1.2, and so the rest of the field, takes for ordinary characters. libyaml
# reads 1.1: it is shown noncharacters in their place, one for one so that offsets stay true.
_BREAKS = str.maketrans("\x85\u2028\u2029", "\ufdd0\ufdd1\ufdd2")
_UNBREAK = str.maketrans("\ufdd0\ufdd1\ufdd2", "\x85\u2028\u2029")

_NOT_TEXT = re.compile(
    r"""~|[Nn]ull|NULL|[Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF|[YyNn]|=|<<
    |[-+]?(?:\d[\d_]*|\.\d)[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?\d+)?
    |[-+]?0[xob][0-9a-fA-F_]+|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?
    |[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|\d{4}-\d\d?-\d\d?(?:[Tt\ ].*)?""",
    re.VERBOSE,
)


class YamlError(ValueError):
    """Text that is not the YAML expected of it; *line* counts from 1, 0 where none is known."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Raw:
    """A plain scalar that YAML reads as a number, a boolean, a date or nothing; *text* is how it is written."""

    text: str

    @property
    def is_null(self) -> bool:
        return self.text in {"", "~", "null", "Null", "NULL"}


class Map(dict[str, Any]):
    """A mapping that knows the lines of its keys, counted from 1."""

    __slots__ = ("line", "lines")

    def __init__(self, *args: Any, line: int = 0, lines: dict[str, int] | None = None) -> None:
        super().__init__(*args)
        self.line = line
        self.lines = lines or {}


Value = Any
"""`str`, `Raw`, `list[Value]` or `dict[str, Value]`: what a node means."""


@dataclass(eq=False, slots=True)
class Node:
    """A value's place: *start* and *end* are character offsets, anchors and tags included, blanks after it not."""

    kind: Literal["scalar", "list", "map", "alias"]
    start: int
    end: int
    line: int
    column: int
    style: str = ""
    """Of a scalar: empty when plain, else its first character."""
    is_flow: bool = False
    text: str = ""
    children: "list[Node]" = field(default_factory=list)
    """The items of a list; the keys and values of a map in turn; what an alias stands for."""
    size: int = 1
    """How many nodes it is made of, aliases followed."""

    def entries(self) -> "Iterator[tuple[Node, Node]]":
        return zip(self.children[::2], self.children[1::2], strict=True)


def parse(text: str) -> Node:
    """Return the tree of *text*, which holds one document at most; an empty one is an empty scalar.

    Raises:
        YamlError: it is not YAML, has a key twice, or is nested deeper than 100.
    """
    try:
        return _tree(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(
            *_reason(text, str(error.problem or error.context), mark.line + 1 if mark else 0)
        ) from None
    except yaml.YAMLError as error:
        raise YamlError(*_unreadable(text, error)) from None


def value_of(node: Node) -> Value:
    """Return what *node* means."""
    match node.kind:
        case "scalar":
            return Raw(node.text) if not node.style and is_not_text(node.text) else node.text
        case "alias":
            return value_of(node.children[0])
        case "list":
            return [value_of(child) for child in node.children]
        case "map":
            pairs = list(node.entries())
            return Map(
                {key.text: value_of(value) for key, value in pairs},
                line=node.line + 1,
                lines={key.text: key.line + 1 for key, _ in pairs},
            )


def without_blank_end(text: str) -> str:
    """Return *text* without the blank lines at its end, and without its last line end."""
    return _BLANK_END.sub("", text)


def is_not_text(plain: str) -> bool:
    """Return whether a plain scalar written so is read as something else than text, by YAML 1.1 or 1.2."""
    return not plain or _NOT_TEXT.fullmatch(plain) is not None


def _tree(text: str) -> Node:
    root = Node("list", 0, 0, 0, 0)
    open_nodes = [root]
    anchors: dict[str, Node] = {}
    documents = 0
    has_breaks = any(mark in text for mark in "\x85\u2028\u2029")
    events: Iterable[Any] = yaml.parse(text.translate(_BREAKS) if has_breaks else text, Loader=_Loader)
    for event in events:
        mark = event.start_mark
        match event:
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise YamlError("holds a second document (`---`)", mark.line + 1)
                continue
            case yaml.ScalarEvent():
                node = _scalar(event, text, event.value.translate(_UNBREAK) if has_breaks else event.value)
            case yaml.AliasEvent():
                end: int = event.end_mark.index  # type: ignore[union-attr]  # the stubs forget that C marks are set
                node = Node("alias", mark.index, end, mark.line, mark.column)
                node.children.append(_anchored(anchors, event, open_nodes))
                node.size = node.children[0].size
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                kind: Literal["map", "list"] = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
                node = Node(
                    kind, mark.index, mark.index, mark.line, mark.column, is_flow=bool(event.flow_style)
                )
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                _close(open_nodes.pop(), event)
                continue
            case _:
                continue
        open_nodes[-1].children.append(node)
        if getattr(event, "anchor", None) and node.kind != "alias":
            anchors[event.anchor] = node
        if node.kind in {"map", "list"}:
            open_nodes.append(node)
            if len(open_nodes) > _DEEPEST:
                raise YamlError(f"is nested deeper than {_DEEPEST}", node.line + 1)
    return root.children[0] if root.children else Node("scalar", len(text), len(text), 0, 0)


def _scalar(event: Any, text: str, words: str) -> Node:
    start, end = event.start_mark, event.end_mark.index
    style = event.style or ""
    if style in {"|", ">"}:
        header = text[start.index : end].split("\n", 1)[0]
        if "+" not in header.split("#", 1)[0]:
            end = start.index + len(without_blank_end(text[start.index : end]))
    explicit = bool(event.tag) and not style
    return Node("scalar", start.index, end, start.line, start.column, "!" if explicit else style, text=words)


def _anchored(anchors: dict[str, Node], event: Any, open_nodes: list[Node]) -> Node:
    target = anchors.get(event.anchor)
    if target is None or target in open_nodes:
        raise YamlError(f"uses `*{event.anchor}`, which stands for nothing", event.start_mark.line + 1)
    return target


def _close(node: Node, event: Any) -> None:
    if node.is_flow:
        node.end = event.end_mark.index
    else:
        node.end = max((child.end for child in node.children), default=node.start)
    node.size += sum(child.size for child in node.children)
    if node.size > _LARGEST:
        raise YamlError("repeats itself by aliases more than a million times", node.line + 1)
    if node.kind != "map":
        return
    seen: set[str] = set()
    for key in node.children[::2]:
        if key.kind != "scalar":
            raise YamlError("has a key that is not text", key.line + 1)
        if key.text in seen:
            raise YamlError(f"has the key `{key.text}` twice", key.line + 1)
        seen.add(key.text)


def _reason(text: str, problem: str, line: int) -> tuple[str, int]:
    conflict = _CONFLICT.search(text)
    if conflict:
        return "holds a merge conflict that is not resolved", text.count("\n", 0, conflict.start()) + 1
    if "nesting depth" in problem:  # libyaml's own limit, which it may meet before ours
        return f"is nested deeper than {_DEEPEST}", line
    return f"is not YAML: {problem}", line


def _unreadable(text: str, error: yaml.YAMLError) -> tuple[str, int]:
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return _reason(text, str(error), 0)
    return _reason(text, "it holds a control character", text.encode()[:position].count(b"\n") + 1)
