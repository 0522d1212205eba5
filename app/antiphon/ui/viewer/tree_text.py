"""What the tree says of a node, in words and short."""

import re

from antiphon.body.node import Node
from antiphon.body.outline import Outline
from antiphon.ui.viewer.tree_items import Item

SHOWN_BYTES = 400
"""Of a value, in its row."""
TIP_BYTES = 4000
UNFINISHED = "…"
"""The kind of what has not all arrived."""

_SPACES = re.compile(r"\s+")
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What cannot be seen, turns the direction of the text, or is half a character."""
_CHILDREN = {"object": ("member", "members"), "array": ("item", "items"), "lines": ("line", "lines")}


def name_of(outline: Outline, item: Item) -> str:
    """Return the name of a row: of a member, the number of an element, the numbers of a group."""
    if item.is_group:
        known = outline.child_count(item.owner.node)[0]
        last = min(item.first + item.span, max(known, item.first + 1)) - 1
        return f"{item.first:,} … {last:,}"
    if item.parent is None or item.parent.parent is None:
        return "$"
    if item.node.key_start is None:
        return f"{item.node.index:,}"
    return one_line(outline.key_of(item.node)) or '""'


def value_of(outline: Outline, item: Item) -> str:
    """Return the value of a row on one line; of a container how its text begins."""
    if item.is_group or item.node.kind == "lines":
        return ""
    return one_line(outline.text_of(item.node, SHOWN_BYTES)) + cut_mark(outline, item.node, SHOWN_BYTES)


def kind_of(outline: Outline, node: Node) -> str:
    """Return kind or count in words (`3 items`, `number`); `12+ items` while more may come."""
    if node.kind == "broken":
        return UNFINISHED if outline.is_unfinished(node) else "not JSON"
    if node.kind not in _CHILDREN:
        return node.kind
    count, is_all = outline.child_count(node)
    one, many = _CHILDREN[node.kind]
    return f"{count:,}{'' if is_all else '+'} {one if count == 1 and is_all else many}"


def cut_mark(outline: Outline, node: Node, limit_bytes: int) -> str:
    return "…" if outline.end_of(node) - node.start > limit_bytes else ""


def one_line(text: str) -> str:
    """Return *text* with white space as single blanks, and what cannot be seen as its escape."""
    return _UNSHOWN.sub(lambda match: f"\\u{ord(match[0]):04x}", _SPACES.sub(" ", text))
