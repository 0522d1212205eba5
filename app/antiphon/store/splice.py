"""A changed value put into the text of a YAML file: only the lines of what changed are touched.

Comments, order, quoting, indentation and everything else of the text stay. Each change is an edit at the place
of a node; the result is parsed again and must mean exactly what was wanted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from antiphon.store import emit
from antiphon.store.yamltree import Node, Raw, Value, YamlError, parse, value_of

Edit = tuple[int, int, str]
"""Replace the characters from the first offset up to the second by a text."""


@dataclass(frozen=True, slots=True)
class Spliced:
    text: str
    lost: str = ""
    """What of the old text may be gone, for people: comments and layout of a part; empty when nothing is."""


def spliced(text: str, value: dict[str, Value], tree: Node | None = None) -> Spliced:
    """Return *text*, whose *tree* is parsed where it is not given, changed to mean *value* by the smallest edit that does.

    Where an edit in place does not work (aliases, unusual layouts), the changed sections are written anew, at
    last the whole file; `lost` says so.
    """
    tree = tree or parse(text)
    if value_of(tree) == value:
        return Spliced(text)
    for is_coarse in (False, True):
        result = _attempt(text, tree, value, is_coarse)
        if result is not None:
            return Spliced(result, "comments in the changed sections" if is_coarse else "")
    return Spliced(_with_line_ends(emit.whole_file(value), text), "the file's comments and layout")


def pairs(old: Sequence[Value], new: Sequence[Value]) -> Iterator[tuple[int | None, int | None]]:
    """Yield which old item each new one comes from, in order; None where one was removed or added."""
    matcher = SequenceMatcher(
        None, [_key(each) for each in old], [_key(each) for each in new], autojunk=False
    )
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        common = min(old_to - old_from, new_to - new_from)
        yield from ((old_from + step, new_from + step) for step in range(common))
        yield from ((index, None) for index in range(old_from + common, old_to))
        yield from ((None, index) for index in range(new_from + common, new_to))


class _CannotSpliceError(Exception):
    pass


def _attempt(text: str, tree: Node, value: dict[str, Value], is_coarse: bool) -> str | None:
    if tree.kind != "map" or not tree.children:
        return None
    try:
        edits = list(_Splicer(text, is_coarse).map_edits(tree, value, is_top=True))
        result = _applied(text, edits)
        return result if value_of(parse(result)) == value else None
    except (_CannotSpliceError, YamlError):
        return None


class _Splicer:
    def __init__(self, text: str, is_coarse: bool) -> None:
        self._text = text
        self._is_coarse = is_coarse

    def map_edits(self, node: Node, new: dict[str, Value], *, is_top: bool = False) -> Iterator[Edit]:
        entries = {key.text: (key, value) for key, value in node.entries()}
        if not any(name in entries for name in new):
            raise _CannotSpliceError
        if node.is_flow and entries.keys() != new.keys():
            yield node.start, node.end, self._flow_map(entries, new)
            return
        for name, (key, value) in entries.items():
            if name in new:
                yield from self._entry_edits(node, key, value, new[name], is_top=is_top)
        if not node.is_flow:
            yield from self._removed_entries(node, new)
            yield from self._added_entries(node, entries, new, is_top=is_top)

    def _entry_edits(
        self, holder: Node, key: Node, value: Node, new: Value, *, is_top: bool
    ) -> Iterator[Edit]:
        if value_of(value) == new:
            return
        if not (is_top and self._is_coarse):
            inner = self._inner_edits(value, new, holder.column, holder.is_flow)
            if inner is not None:
                yield from inner
                return
        was_flow = value.is_flow and isinstance(new, dict | list)
        words = " " + emit.flow(new) if holder.is_flow or was_flow else emit.after_colon(new, holder.column)
        yield key.end, value.end, self._line_ends(":" + words)

    def _inner_edits(self, node: Node, new: Value, column: int, in_flow: bool) -> Iterable[Edit] | None:
        """Return the edits that change *node* where it stands, None where it must be replaced as a whole."""
        match node.kind, new:
            case "map", dict() if new and any(key.text in new for key, _ in node.entries()):
                return self.map_edits(node, new)
            case "list", list() if new and node.children:
                return self._list_edits(node, new)
            case "scalar", str() | Raw() if node.start < node.end:
                return [(node.start, node.end, self._line_ends(self._scalar(node, new, column, in_flow)))]
            case _:
                return None

    def _scalar(self, node: Node, new: Value, column: int, in_flow: bool) -> str:
        style = node.style if node.style in {"'", '"'} else ""
        rest = self._text[node.end : self._line_end(node.end)].strip()
        if (
            not in_flow
            and isinstance(new, str)
            and not rest
            and (not style or node.style in {"|", ">"} or "\n" in new)
        ):
            indent = self._block_indent(node, column)
            block = emit.literal(new, indent)
            if block is not None and (indent == column + 2 or block[1] != "2"):
                return block
        return emit.scalar(new, style=style, in_flow=in_flow)

    def _block_indent(self, node: Node, column: int) -> int:
        """Return the column that the lines of a block scalar stand in, for its new lines to stand there too."""
        lines = self._text[node.start : node.end].split("\n")[1:]
        first = next((line for line in lines if line.strip()), None) if node.style in {"|", ">"} else None
        if first is None or self._text[node.start + 1 : node.start + 2].isdigit():
            return column + 2
        return len(first) - len(first.lstrip(" "))

    def _removed_entries(self, node: Node, new: dict[str, Value]) -> Iterator[Edit]:
        entries = list(node.entries())
        done = node.start
        for index, (key, value) in enumerate(entries):
            if key.text in new or key.start < done:
                continue
            start = self._line_start(key.start)
            if not self._text[start : key.start].strip():
                yield self._lines(start, value.end)
                continue
            kept = next((later for later, _ in entries[index + 1 :] if later.text in new), None)
            if kept is None:
                raise _CannotSpliceError
            yield key.start, kept.start, ""
            done = kept.start

    def _added_entries(
        self, node: Node, entries: dict[str, tuple[Node, Node]], new: dict[str, Value], *, is_top: bool
    ) -> Iterator[Edit]:
        indent = " " * node.column
        gap = "\n\n" if is_top and self._has_gaps(node) else "\n"
        before: Node | None = None
        for name, value in new.items():
            if name in entries:
                before = entries[name][1]
                continue
            words = self._line_ends(f"{emit.key(name)}:{emit.after_colon(value, node.column)}")
            if before is None:
                yield node.start, node.start, words + self._line_ends(gap) + indent
            else:
                yield self._after(before, words, indent, gap)

    def _has_gaps(self, node: Node) -> bool:
        return any(
            not self._text[self._line_start(self._line_start(key.start) - 1) : key.start].strip()
            for key, _ in list(node.entries())[1:]
        )

    def _list_edits(self, node: Node, new: list[Value]) -> Iterator[Edit]:
        old = [value_of(child) for child in node.children]
        if node.is_flow and len(old) != len(new):
            yield node.start, node.end, self._flow_list(node, old, new)
            return
        matched = list(pairs(old, new))
        removed = {_key(old[at]): node.children[at] for at, to in matched if at is not None and to is None}
        before: Node | None = None
        for at, to in matched:
            child = node.children[at] if at is not None else None
            if child is not None and to is None:
                yield self._lines(self._line_start(self._dash(node, child)), child.end)
            elif child is not None and to is not None:
                yield from self._item_edits(node, child, new[to])
                before = child
            elif to is not None:
                moved = removed.pop(_key(new[to]), None)
                words = "- " + (
                    self._line_ends(emit.item(new[to], node.column)) if moved is None else self._source(moved)
                )
                if before is None:
                    dash = self._dash(node, node.children[0])
                    yield dash, dash, words + self._line_ends("\n") + " " * node.column
                else:
                    yield self._after(before, words, " " * node.column, "\n")

    def _item_edits(self, holder: Node, child: Node, new: Value) -> Iterator[Edit]:
        if value_of(child) == new:
            return
        inner = self._inner_edits(child, new, holder.column, holder.is_flow)
        if inner is not None:
            yield from inner
        elif holder.is_flow:
            yield child.start, child.end, emit.flow(new)
        else:
            blank = "" if child.start < child.end else " "
            yield child.start, child.end, blank + self._line_ends(emit.item(new, holder.column))

    def _flow_map(self, entries: dict[str, tuple[Node, Node]], new: dict[str, Value]) -> str:
        return (
            "{"
            + ", ".join(self._flow_entry(entries.get(name), name, value) for name, value in new.items())
            + "}"
        )

    def _flow_entry(self, old: tuple[Node, Node] | None, name: str, new: Value) -> str:
        if old is None:
            return f"{emit.key(name)}: {emit.flow(new)}"
        key, value = old
        return self._text[key.start : value.start] + self._flow_value(value, new)

    def _flow_list(self, node: Node, old: list[Value], new: list[Value]) -> str:
        words = [
            emit.flow(new[to]) if at is None else self._flow_value(node.children[at], new[to])
            for at, to in pairs(old, new)
            if to is not None
        ]
        return "[" + ", ".join(words) + "]"

    def _flow_value(self, node: Node, new: Value) -> str:
        if value_of(node) == new:
            return self._text[node.start : node.end]
        inner = self._inner_edits(node, new, 0, in_flow=True)
        if inner is None:
            return emit.flow(new)
        shifted = [(start - node.start, end - node.start, words) for start, end, words in inner]
        return _applied(self._text[node.start : node.end], shifted)

    def _after(self, node: Node, words: str, indent: str, gap: str) -> Edit:
        """Return the edit that puts a line with *words* below the line that *node* ends on."""
        at_line_start = node.end > 0 and self._text[node.end - 1] == "\n"
        at = node.end if at_line_start else self._text.find("\n", node.end) + 1
        if at:
            return at, at, self._line_ends(gap[1:]) + indent + words + self._line_ends("\n")
        return len(self._text), len(self._text), self._line_ends(gap) + indent + words

    def _source(self, node: Node) -> str:
        return self._text[node.start : self._line_end(node.end)]

    def _dash(self, holder: Node, child: Node) -> int:
        """Return where the dash of a block list's item stands."""
        start = self._line_start(child.start)
        while self._text[start + holder.column : start + holder.column + 1] != "-":
            if start <= holder.start - holder.column:
                raise _CannotSpliceError
            start = self._line_start(start - 1)
        return start + holder.column

    def _lines(self, start: int, end: int) -> Edit:
        """Return the edit that removes whole lines, and one of two blank lines that would then meet."""
        if self._text[start : start + 1].strip() and self._text[self._line_start(start) : start].strip():
            raise _CannotSpliceError
        end = (
            end if end and self._text[end - 1] == "\n" else self._text.find("\n", end) + 1 or len(self._text)
        )
        if start == 0 or not self._text[self._line_start(start - 1) : start].strip():
            while end < len(self._text) and not self._text[end : self._line_end(end)].strip():
                end = self._text.find("\n", end) + 1 or len(self._text)
        while (
            end == len(self._text) and start and not self._text[self._line_start(start - 1) : start].strip()
        ):
            start = self._line_start(start - 1)
        return start, end, ""

    def _line_start(self, offset: int) -> int:
        return self._text.rfind("\n", 0, max(offset, 0)) + 1

    def _line_end(self, offset: int) -> int:
        end = self._text.find("\n", offset)
        end = len(self._text) if end < 0 else end
        return end - 1 if end > offset and self._text[end - 1] == "\r" else end

    def _line_ends(self, words: str) -> str:
        return _with_line_ends(words, self._text)


def _applied(text: str, edits: list[Edit]) -> str:
    """Return *text* with all *edits* done; several at one place stand in their order.

    What is put in where lines are taken out stands in their place; other edits must not overlap.
    """
    pieces: list[str] = []
    position = 0
    removes = False
    for start, end, words in sorted(edits, key=lambda edit: edit[:2]):
        if start < position and not (removes and start == end):
            raise _CannotSpliceError
        pieces += (text[position:start], words)
        removes = not words or (removes and start == end)
        position = max(position, end)
    return "".join([*pieces, text[position:]])


def _with_line_ends(words: str, text: str) -> str:
    return words.replace("\n", "\r\n") if "\r\n" in text else words


def _key(value: Value) -> str:
    return repr(value)
