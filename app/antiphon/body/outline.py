"""The structure of JSON of any size by byte offsets: what is at a byte, what holds it, and what a container holds.

Nothing is parsed and kept: checkpoints every 16 KiB (`body.checkpoints`) tell what is open there, and each question
reads a few cells from the nearest. Since laying out changes only white space outside strings, the same works on the
original and on the laid out text. Text that is broken is known up to the fault.
"""

from collections.abc import Callable
from pathlib import Path

from antiphon.body.checkpoint_work import CheckpointWork
from antiphon.body.checkpoints import STEP_CELLS, last_passing
from antiphon.body.node import Node
from antiphon.body.open_stack import CELL_BYTES, DEPTH_LIMIT
from antiphon.body.outline_cells import CLOSING, COMMA, OPENING, CellReader, Token
from antiphon.body.outline_frames import Frame, frames_at
from antiphon.body.outline_items import ItemReader
from antiphon.body.printers.printer import Fault
from antiphon.body.skeleton import VALUE
from antiphon.body.store import SpooledSource
from antiphon.core.json_path import PathPart

_BOM = b"\xef\xbb\xbf"


class Outline:
    """Knows more with every `step`; `close` ends its helper process and gives back the disk.

    Args:
        is_lines: One value a line (JSON Lines): they are the children of a root that is not in the text.
        charset: Of the text; one in which ASCII is ASCII.
        folder: Where checkpoints go when they are many; None: the user's cache folder.
    """

    def __init__(
        self,
        source: SpooledSource,
        *,
        is_lines: bool = False,
        charset: str = "utf-8",
        folder: Path | None = None,
    ) -> None:
        self.is_lines = is_lines
        self.fault: Fault | None = None
        self._source = source
        self._work = CheckpointWork(source, is_lines=is_lines, folder=folder)
        self._cells = CellReader(source, self._work, is_lines=is_lines)
        self._items = ItemReader(self._cells, self._work, self._extent, charset)
        self._is_judged = False
        self._first = 0

    @property
    def known_bytes(self) -> int:
        """Bytes that answers are made of, from the first."""
        return self._cells.known

    @property
    def error(self) -> str:
        """What kept the work from going on (a full disk), empty while all is well."""
        return self._work.error

    @property
    def is_finished(self) -> bool:
        """Whether no answer will change any more."""
        return self._is_judged

    @property
    def process_id(self) -> int | None:
        """The helper process at work; None if there is none."""
        return self._work.process_id

    def step(self, budget_s: float = 0.003) -> None:
        """Work for at most *budget_s* seconds, or look how far the helper is."""
        if self._is_judged:
            return
        self._work.step(budget_s)
        self._cells.look()
        if self._first == 0 and self._source.read(0, 3) == _BOM:
            self._first = len(_BOM)
        if self._work.is_finished and self._source.is_finished:
            self._judge()

    def close(self) -> None:
        self._is_judged = True
        self._work.close()
        self._cells.stop_at(0)

    # What a container holds

    @property
    def root(self) -> Node | None:
        """The outermost value; None before anything of it is there."""
        if self.is_lines:
            return Node("lines", 0, None, 0, 0) if self.known_bytes else None
        return self._items.item(self._first, 0, 0, is_object=False)

    def children(self, node: Node, first: int, count: int, after: Node | None = None) -> list[Node]:
        """Return up to *count* children of a container from number *first* on: fewer at its end, or where all is known.

        Args:
            after: The child before, where it is at hand: then nothing has to be looked for.
        """
        if not node.is_container or node.level > DEPTH_LIMIT:
            return []
        found: list[Node] = []
        place = self._child_start(node, first) if after is None else self._next_start(node, after)
        while place is not None and len(found) < count:
            item = self._items.item(place, first + len(found), node.level, is_object=node.kind == "object")
            if item is None:
                break
            found.append(item)
            if len(found) < count:
                place = self._next_start(node, item)
        return found

    def child_count(self, node: Node) -> tuple[int, bool]:
        """Return how many children of a container are known, and whether these are all."""
        if not node.is_container:
            return 0, True
        if node.kind == "lines":
            return self._cells.after(self._cells.last_cell).line_count, self.is_finished
        if node.count is not None:
            return node.count, True
        end, commas = self._extent(node.start, node.level)
        if end is not None:
            return self._items.count_of(node.start, end, commas), True
        begun = self._child_start(node, commas)
        following = None if begun is None else self._cells.byte(self._cells.after_space(begun))
        is_begun = following is not None and following not in CLOSING
        return commas + is_begun, False

    # What a byte belongs to

    def trail_at(self, offset: int) -> tuple[Node, ...]:
        """Return the nodes on the way to the byte at *offset*, the root's child first, not the root itself.

        A bracket belongs to its container, a name to its value, a comma to what is before it. Ends and counts of the
        containers on the way are not filled in.
        """
        frames = self._frames_at(offset)
        nodes = [self._node_of(frames, depth) for depth in range(1, len(frames))]
        on_the_way = [node for node in nodes if node is not None]
        if len(on_the_way) < len(nodes):
            return tuple(on_the_way)
        token = self._token_at(offset)
        if frames and (token is None or token[1] not in CLOSING):
            item = self._member(frames[-1])
            on_the_way += [] if item is None else [item]
        return tuple(on_the_way)

    def node_at(self, offset: int) -> Node | None:
        """Return the innermost node that holds the byte at *offset*, or the root."""
        trail = self.trail_at(offset)
        if not trail:
            return self.root
        node = trail[-1]
        if node.is_container and node.end is None:
            end, count = self._whole_extent(node.start, node.level)
            return node.ended(end, count)
        return node

    def path_at(self, offset: int) -> tuple[PathPart, ...]:
        """Return names and numbers on the way from the root to the byte at *offset*."""
        return self.path_of(self.trail_at(offset))

    def path_of(self, trail: tuple[Node, ...]) -> tuple[PathPart, ...]:
        """Return the names (numbers in arrays) of the nodes on a trail."""
        return tuple(node.index if node.key_start is None else self.key_of(node) for node in trail)

    def key_of(self, node: Node) -> str:
        """Return the name of an object's member, decoded; empty for other nodes."""
        return self._items.key_of(node)

    def text_of(self, node: Node, limit_bytes: int) -> str:
        """Return the text of a string, decoded, or a value as it is written; the beginning where it is long."""
        text = self.read(node.start, min(self.end_of(node) - node.start, limit_bytes))
        return self._items.text_of(text, is_string=node.kind == "string")

    def end_of(self, node: Node) -> int:
        """Return the offset after a node, that of what is known where it has no end yet."""
        return self.known_bytes if node.end is None else node.end

    def is_unfinished(self, node: Node) -> bool:
        """Whether *node* is where the known text ends, so that what comes may make a value of it."""
        return not self.is_finished and self._cells.after_space(self.end_of(node)) >= self.known_bytes

    def read(self, offset: int, count: int) -> bytes:
        """Return up to *count* bytes from *offset*, of what is known."""
        return self._items.read(offset, count)

    def enclosing(self, offset: int) -> tuple[int, int] | None:
        """Return start and end of the innermost container that holds the byte at *offset*; a bracket is in its own.

        The end is that of what is known where the container's own is not; None outside all containers.
        """
        token = self._token_at(offset)
        if token is not None and token[1] in OPENING and token[2] <= DEPTH_LIMIT:
            start = offset
        else:
            frames = self._frames_at(offset)
            found = self._start_of(frames[-1]) if frames else None
            if found is None or frames[-1].level == 0:
                return None
            start = found
        return start, self.container_end(start) or self.known_bytes

    def container_end(self, start: int) -> int | None:
        """Return the offset after the bracket that closes the container opened at *start*; None if there is none."""
        token = self._token_at(start)
        return None if token is None or token[1] not in OPENING else self._extent(start, token[2])[0]

    def matching_bracket(self, offset: int) -> int | None:
        """Return where the partner of the bracket at *offset* is; None if that is no bracket, or has none."""
        token = self._token_at(offset)
        if token is None or token[1] == COMMA:
            return None
        if token[1] in OPENING:
            end = self._extent(offset, token[2])[0]
            return None if end is None else end - 1
        if token[2] > DEPTH_LIMIT:
            return self._opening_in_cell(token)
        frames = self._frames_at(offset)
        return self._start_of(frames[-1]) if frames else None

    # Containers

    def _extent(self, start: int, level: int) -> tuple[int | None, int]:
        """Return the end of the container at *start* (None: not known) and the commas known in it."""
        cells, commas, cell = self._cells, 0, start // CELL_BYTES
        for at, byte, depth in cells.cell(cell).after(start):
            if depth == level:
                if byte in CLOSING:
                    return at + 1, commas
                commas += byte == COMMA
        if level > DEPTH_LIMIT:
            return None, commas
        number = cell + 1
        checkpoint = self._last_checkpoint(cell // STEP_CELLS + 1, lambda at: self._holds(at, level, cell))
        if checkpoint is not None:
            number = checkpoint * STEP_CELLS
            commas = cells.before(number).counts[level - 1]  # no cell follows where the known text ends here
        while number <= cells.last_cell:
            after = cells.after(number)
            if not after.holds(level, cell):
                return self._end_in(number, level)
            commas = after.counts[level - 1]
            number += 1
        return None, commas

    def _end_in(self, cell: int, level: int) -> tuple[int | None, int]:
        """Return the end of the container that is open at *level* before *cell* and ends in it, and its commas."""
        commas = self._cells.before(cell).counts[level - 1]
        for at, byte, depth in self._cells.cell(cell).tokens:
            if depth == level:
                if byte in CLOSING:
                    return at + 1, commas
                commas += byte == COMMA
        return None, commas

    def _whole_extent(self, start: int, level: int) -> tuple[int | None, int | None]:
        """Return end and number of children of the container at *start*; None for both where it is not whole."""
        end, commas = self._extent(start, level)
        return (None, None) if end is None else (end, self._items.count_of(start, end, commas))

    def _holds(self, checkpoint: int, level: int, cell: int, fewer_than: int | None = None) -> bool:
        frame = self._work.checkpoints.frame(checkpoint, level)
        return frame is not None and frame[0] == cell and (fewer_than is None or frame[1] < fewer_than)

    def _last_checkpoint(self, first: int, test: Callable[[int], bool]) -> int | None:
        """Return the last checkpoint from *first* on that passes *test*, which none passes after one that fails."""
        return last_passing(first, self._work.count, test)

    def _child_start(self, node: Node, number: int) -> int | None:
        """Return an offset from which only white space comes before child *number* of *node*."""
        if node.kind == "lines":
            return self._line_start(number)
        if number == 0:
            return node.start + 1
        comma = self._comma(node.start, node.level, number)
        return None if comma is None else comma + 1

    def _next_start(self, node: Node, item: Node) -> int | None:
        """Return where the child after *item* begins, found without a search where nothing is wrong."""
        if item.end is not None:
            place = self._cells.after_space(item.end)
            byte = self._cells.byte(place)
            if node.kind == "lines":
                if byte is None or b"\n" in self.read(item.end, min(place - item.end, 256)):
                    return place
            elif byte == COMMA:
                return place + 1
            elif byte is None or byte in CLOSING:
                return None
        return self._child_start(node, item.index + 1)

    def _comma(self, start: int, level: int, number: int) -> int | None:
        """Return where comma *number* (from 1) of the container at *start* is."""
        cells, cell = self._cells, start // CELL_BYTES
        found, commas = _nth_comma(cells.cell(cell).after(start), level, number)
        if found is not None or commas is None:
            return found
        at = cell + 1
        checkpoint = self._last_checkpoint(
            cell // STEP_CELLS + 1, lambda one: self._holds(one, level, cell, number)
        )
        if checkpoint is not None:
            at = checkpoint * STEP_CELLS
        while at <= cells.last_cell:
            after = cells.after(at)
            if not after.holds(level, cell) or after.counts[level - 1] >= number:
                rest = number - cells.before(at).counts[level - 1]
                return _nth_comma(cells.cell(at).tokens, level, rest)[0]
            at += 1
        return None

    def _line_start(self, number: int) -> int | None:
        """Return where line *number* (from 0, blank ones not counted) begins."""
        checkpoint = self._last_checkpoint(
            1, lambda one: self._work.checkpoints.head(one).line_count <= number
        )
        at = (checkpoint or 0) * STEP_CELLS
        while at <= self._cells.last_cell:
            if self._cells.after(at).line_count > number:
                rest = number - self._cells.before(at).line_count
                starts = [place for place, byte, _level in self._cells.cell(at).tokens if byte == VALUE]
                return starts[rest] if rest < len(starts) else None
            at += 1
        return None

    # Frames

    def _frames_at(self, offset: int) -> list[Frame]:
        """Return what is open at *offset*, from the root in; of JSON Lines the virtual root comes first."""
        if not 0 <= offset < self.known_bytes:
            return []
        return frames_at(self._cells, offset, is_lines=self.is_lines)

    def _token_at(self, offset: int) -> Token | None:
        if not 0 <= offset < self.known_bytes:
            return None
        return self._cells.cell(offset // CELL_BYTES).at(offset)

    def _start_of(self, frame: Frame) -> int | None:
        if frame.start is not None:
            return frame.start
        return self._cells.cell(frame.cell).last_opening(frame.level)

    def _member_start(self, frame: Frame) -> int | None:
        """Return an offset from which only white space comes before the child of *frame* that is under way."""
        if frame.level == 0:
            return self._line_start(frame.count)
        if frame.count == 0:
            start = self._start_of(frame)
            return None if start is None else start + 1
        comma = frame.comma
        if comma is None:
            comma = self._cells.cell(frame.comma_cell).last_comma(frame.level)
        return None if comma is None else comma + 1

    def _node_of(self, frames: list[Frame], depth: int) -> Node | None:
        """Return the container *frames[depth]* as a child of the one before it, its end not looked for."""
        frame, parent = frames[depth], frames[depth - 1]
        start, member = self._start_of(frame), self._member_start(parent)
        if start is None or member is None:
            return None
        key = self._items.key_at(member) if parent.kind == "object" else None
        return Node(frame.kind, start, None, parent.count, frame.level, *(key or ()))

    def _member(self, frame: Frame) -> Node | None:
        place = self._member_start(frame)
        if place is None:
            return None
        return self._items.item(place, frame.count, frame.level, is_object=frame.kind == "object")

    def _opening_in_cell(self, closing: Token) -> int | None:
        """Return the partner of a bracket that is deeper than anything is kept of, where it is near."""
        place, _byte, level = closing
        tokens = self._cells.cell(place // CELL_BYTES).tokens
        before = (
            at for at, byte, depth in reversed(tokens) if at < place and depth == level and byte in OPENING
        )
        return next(before, None)

    # Faults

    def _judge(self) -> None:
        """Find out, once all is there, whether the structure is whole."""
        self._is_judged = True
        if self.error:
            return
        broken = self._work.fault_cell
        if broken is None:
            tail = range(max(0, self._work.count - 1) * STEP_CELLS, self._cells.last_cell + 1)
            broken = next((cell for cell in tail if self._cells.is_broken(cell)), None)
        if broken is not None:
            self.fault = self._fault_in(broken)
            self._cells.stop_at(self.fault.offset)
        elif self.known_bytes:
            self.fault = self._fault_at_end()

    def _fault_in(self, cell: int) -> Fault:
        kinds = [chr(kind) for kind in self._cells.before(cell).kinds]
        for at, byte, level in self._cells.cell(cell).tokens:
            if level > DEPTH_LIMIT:
                continue
            if byte in OPENING:
                kinds.append(chr(byte))
            elif byte in CLOSING:
                opening = kinds.pop() if kinds else ""
                if opening + chr(byte) not in {"[]", "{}"}:
                    return Fault(at, f"{chr(byte)} closes nothing that is open")
        return Fault(cell * CELL_BYTES, "brackets do not match")

    def _fault_at_end(self) -> Fault | None:
        end = self._cells.after(self._cells.last_cell)
        if end.depth or end.string_state:
            what = "a string" if end.string_state else "an array" if end.kinds[-1:] == b"[" else "an object"
            return Fault(self.known_bytes, f"the text ends inside {what}")
        root = None if self.is_lines else self.root
        if root is None or root.end is None:
            return None
        place = self._cells.after_space(root.end)
        return None if place >= self.known_bytes else Fault(place, "more text follows the value")


def _nth_comma(tokens: list[Token], level: int, number: int) -> tuple[int | None, int | None]:
    """Return where comma *number* of *level* is, else how many there are; None for both where the container ends."""
    commas = 0
    for at, byte, depth in tokens:
        if depth == level:
            if byte in CLOSING:
                return None, None
            commas += byte == COMMA
            if commas == number:
                return at, commas
    return None, commas
