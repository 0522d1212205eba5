"""A JSON body as a tree: any node opens at once, whatever the size, and what is copied is what the body says."""

import time

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from antiphon.body.node import Node
from antiphon.body.outline import Outline
from antiphon.body.store import SpooledSource
from antiphon.core.json_path import part_text, path_text
from antiphon.render.media import Media
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.find_bar import FindBar
from antiphon.ui.viewer.finder import Finder
from antiphon.ui.viewer.path_line import PathLine
from antiphon.ui.viewer.tree_find import TreeTarget
from antiphon.ui.viewer.tree_items import FLAT, Item
from antiphon.ui.viewer.tree_model import TreeModel
from antiphon.ui.viewer.tree_view import TreeView
from antiphon.ui.viewer.tree_way import Way
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.keys import native

COPY_LIMIT_BYTES = 16 << 20
OPEN_LIMIT = 2_000
"""Containers that are opened by one "Open all below"."""
TURN_MS = 16
STEP_S, GROW_S = 0.0015, 0.0015
_KEYS = {
    "path": "Ctrl+Alt+P",
    "name": "Ctrl+Alt+N",
    "text": "Ctrl+Alt+C",
    "reveal": "Ctrl+Alt+R",
}


class TreePage(BodyPage):
    """Tree, path of the current node, and find; one outline for one body."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._body: SpooledSource | None = None
        self._outline: Outline | None = None
        self._way: Way | None = None
        self._to_open: list[Item] = []
        self._opened = 0
        self._known = 0
        self.model = TreeModel(self)
        self.tree = TreeView(theme, self.model)
        self.target = TreeTarget(self)
        self.finder = Finder(self.target, self)
        self.find_bar = FindBar(theme, self.finder)
        self.path_line = PathLine(theme)
        self.fault_button = QuietButton(theme, "Go there", tip="Show the fault in the text (F8)")
        self.copy_path_button = QuietButton(
            theme, icon="copy", tip=f"Copy the path ({native(_KEYS['path'])})"
        )
        self._timer = QTimer(self, interval=TURN_MS)
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._lay_out()
        self._connect()

    # One body

    def show_body(self, body: SpooledSource, media: Media, *, is_over: bool) -> None:
        if self._body is not body:
            self.clear()
            self._body = body
            charset = media.charset if media.is_ascii_compatible else "utf-8"
            self._outline = Outline(body, is_lines=media.language == "jsonlines", charset=charset)
            self.target.show(body, charset)
            self.model.show(self._outline)
            self._work()
            self.find_bar.look_again()
        if self._outline is not None and not self._outline.is_finished:
            self._wake()

    def clear(self) -> None:
        self._timer.stop()
        self._soon.stop()
        self.finder.close()
        self.target.show(None, "utf-8")
        self.model.show(None)
        self._way, self._to_open, self._known = None, [], 0
        self.path_line.show_parts(())
        self.path_line.tell("")
        self.fault_button.hide()
        if self._outline is not None:
            self._outline.close()
        self._body = self._outline = None

    def find(self) -> bool:
        self.find_bar.open()
        return True

    def find_next(self, step: int) -> bool:
        is_finding = self.finder.query is not None
        if is_finding:
            self.finder.go(step)
        return is_finding

    @property
    def has_bar(self) -> bool:
        return self.find_bar.isVisible()

    def close_bar(self) -> None:
        self.find_bar.hide()
        self.finder.close()
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def copy(self) -> bool:
        self.copy_value()
        return True

    @property
    def outline(self) -> Outline | None:
        return self._outline

    # The current node

    def path(self, item: Item) -> str:
        """Return the path of a row; of a group of elements as a slice."""
        outline = self._outline
        assert outline is not None
        owner = path_text(outline.path_of(tuple(_trail(item.owner))))
        is_slice = item.is_group and item.owner.node.kind != "object"
        return f"{owner}[{item.first}:{item.first + item.span}]" if is_slice else owner

    def go_to(self, offset: int) -> None:
        """Put the cursor on the innermost node that holds the byte at *offset*, as soon as its row can be made."""
        if self._outline is not None:
            self._go([node.index for node in self._outline.trail_at(offset)])

    def copy_value(self) -> None:
        """Copy a string's text, another value as it is written."""
        item = self.tree.item
        if item is None or self._outline is None:
            return
        start, end = self._range(item)
        if end - start > COPY_LIMIT_BYTES:
            self._tell_too_large(end - start)
        elif item.is_group:
            self._put(self._outline.read(start, end - start).decode(self.target.charset, "replace"))
        else:
            self._put(self._outline.text_of(item.node, COPY_LIMIT_BYTES))

    def copy_path(self) -> None:
        if (item := self.tree.item) is not None:
            self._put(self.path(item))

    def copy_name(self) -> None:
        item = self.tree.item
        if item is not None and self._outline is not None:
            node = item.node
            self._put(str(node.index) if node.key_start is None else self._outline.key_of(node))

    def copy_text(self) -> None:
        """Copy the bytes of the row as they are in the body, a name with them."""
        item = self.tree.item
        if item is None or self._outline is None:
            return
        start, end = self._range(item)
        start = start if item.is_group else item.node.first_byte
        if end - start > COPY_LIMIT_BYTES:
            self._tell_too_large(end - start)
        else:
            self._put(self._outline.read(start, end - start).decode(self.target.charset, "replace"))

    def reveal(self) -> None:
        """Ask for the current row to be shown in the text."""
        if (item := self.tree.item) is not None:
            start, end = self._range(item)
            start = start if item.is_group else item.node.first_byte
            self.reveal_asked.emit(start, max(1, end - start))

    def open_below(self) -> None:
        """Open all containers below the current row, up to `OPEN_LIMIT` of them."""
        if (item := self.tree.item) is not None:
            self._to_open, self._opened = [item], 0
            self._wake()

    def close_below(self) -> None:
        """Close the current row and all below it."""
        item = self.tree.item
        self._to_open = []
        if item is not None:
            self._close(item)

    def _close(self, item: Item) -> None:
        for child in item.children:
            if child.children:
                self._close(child)
        self.tree.collapse(self.model.index_of(item))

    def _range(self, item: Item) -> tuple[int, int]:
        assert self._outline is not None
        if not item.is_group:
            return item.node.start, self._outline.end_of(item.node)
        last = min(item.first + item.span, self._outline.child_count(item.owner.node)[0]) - 1
        ends = [self._outline.children(item.owner.node, number, 1) for number in (item.first, last)]
        nodes: list[Node] = [node for found in ends for node in found]
        return nodes[0].first_byte, self._outline.end_of(nodes[-1])

    def _put(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def _tell_too_large(self, size_bytes: int) -> None:
        self.notice.emit(
            f"This is {size_bytes / (1 << 20):,.0f} MiB, too much for the clipboard. Save the body to have it."
        )

    # Work

    def _work(self) -> None:
        """Sixty times a second while something goes on."""
        outline = self._outline
        if outline is None:
            return
        was_finished = outline.is_finished
        outline.step(STEP_S)
        is_first = self.model.rowCount() == 0
        if outline.known_bytes != self._known or outline.is_finished != was_finished:
            self._known = outline.known_bytes
            self.model.refresh()
        has_more = self.model.grow(GROW_S)
        if is_first and self.model.rowCount():
            self._begin()
        has_more = self._open_some() or self._go_on() or has_more
        self._tell_state(outline)
        if outline.is_finished and not has_more and self.model.rowCount() > 0:
            self._timer.stop()

    def _wake(self) -> None:
        """Work in every turn until nothing is left; started anew each time, the timer would never be due."""
        if not self._timer.isActive():
            self._timer.start()

    def _begin_soon(self) -> None:
        self._soon.start()
        self._wake()

    def _begin(self) -> None:
        root = self.model.index(0, 0)
        self.tree.expand(root)
        self.tree.setCurrentIndex(root)

    def _open_some(self) -> bool:
        """Open containers for a millisecond or two; return whether more are to be opened."""
        end = time.perf_counter() + GROW_S
        while self._to_open and time.perf_counter() < end:
            item = self._to_open[0]
            if self._opened >= OPEN_LIMIT:
                self.notice.emit(f"{OPEN_LIMIT:,} containers are open now. Open more from where they are.")
                self._to_open = []
            elif not self.model.hasChildren(self.model.index_of(item)):
                del self._to_open[0]
            elif self.model.make(item, FLAT - 1, GROW_S) or self.model.is_made(item):
                self._opened += 1
                self.tree.expand(self.model.index_of(item))
                self._to_open[:1] = [child for child in item.children if self._opens_with_others(child)]
        return bool(self._to_open)

    def _opens_with_others(self, item: Item) -> bool:
        return not item.is_group and self.model.hasChildren(self.model.index_of(item))

    def _go(self, numbers: list[int]) -> None:
        self._way = Way(self.model, numbers)
        if self._go_on():
            self._wake()

    def _go_on(self) -> bool:
        """Make rows on the way to what is looked for; return whether it is not reached yet."""
        if self._way is None or not self.model.rowCount():
            return False
        item = self._way.step(GROW_S)
        if item is None:
            self._soon.start()  # it is waited for
            return True
        self._way = None
        index = self.model.index_of(item)
        above = index.parent()
        while above.isValid():
            self.tree.expand(above)
            above = above.parent()
        self.tree.go_to(index)
        return False

    def _tell_state(self, outline: Outline) -> None:
        fault = outline.fault
        self.fault_button.setVisible(fault is not None)
        if outline.error:
            self.path_line.tell(f"Not all could be read: {outline.error}")
        elif fault is not None:
            self.path_line.tell(f"Broken at byte {fault.offset:,}: {fault.sentence}")
        elif outline.is_finished:
            self.path_line.tell("")
        else:
            self.path_line.tell(f"{outline.known_bytes / 1e6:,.1f} MB so far")

    # Looks

    def keyPressEvent(self, event: QKeyEvent) -> None:
        combination = QKeySequence(event.keyCombination())
        runs = {
            _KEYS["path"]: self.copy_path,
            _KEYS["name"]: self.copy_name,
            _KEYS["text"]: self.copy_text,
            _KEYS["reveal"]: self.reveal,
        }
        run = next((run for keys, run in runs.items() if QKeySequence(keys) == combination), None)
        if run is not None:
            run()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_value()
        else:
            super().keyPressEvent(event)

    def _show_path(self, current: QModelIndex) -> None:
        item = self.tree.item
        if item is None or self._outline is None:
            return
        parts = [part_text(part) for part in self._outline.path_of(tuple(_trail(item.owner)))]
        if item.is_group:
            parts.append(f"[{item.first:,} …]")
        self.path_line.show_parts(("$", *parts))
        self.target.moved(item)

    def _choose_part(self, number: int) -> None:
        """Go to the value that a part of the path stands for."""
        item = self.tree.item
        if item is not None:
            trail = [node.index for node in _trail(item.owner)]
            self._go(trail[:number])
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_menu(self, place: QPoint) -> None:
        item = self.tree.item
        if item is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for title, keys, run in (
            ("Copy value", "Ctrl+C", self.copy_value),
            ("Copy path", _KEYS["path"], self.copy_path),
            ("Copy name", _KEYS["name"], self.copy_name),
            ("Copy as it is in the body", _KEYS["text"], self.copy_text),
            ("Show in the text", _KEYS["reveal"], self.reveal),
        ):
            menu.addAction(f"{title}\t{native(keys)}", run)
        menu.addSeparator()
        is_openable = self.model.hasChildren(self.model.index_of(item))
        menu.addAction("Open all below\t*", self.open_below).setEnabled(is_openable)
        menu.addAction("Close all below", self.close_below).setEnabled(is_openable)
        menu.addAction(f"Find…\t{native('Ctrl+F')}", self.find)
        menu.popup(self.tree.viewport().mapToGlobal(place))

    def go_to_fault(self) -> bool:
        fault = self._outline.fault if self._outline is not None else None
        if fault is not None:
            self.reveal_asked.emit(fault.offset, 1)
        return fault is not None

    def _connect(self) -> None:
        for timer in (self._timer, self._soon):
            timer.timeout.connect(self._work)
        self.tree.selectionModel().currentChanged.connect(self._show_path)
        self.tree.customContextMenuRequested.connect(self._open_menu)
        self.tree.open_below_asked.connect(self.open_below)
        self.model.rows_wanted.connect(self._begin_soon)
        self.find_bar.closed.connect(self.close_bar)
        self.path_line.chosen.connect(self._choose_part)
        self.copy_path_button.clicked.connect(self.copy_path)
        self.fault_button.clicked.connect(self.go_to_fault)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.find_bar)
        column.addWidget(self.tree, 1)
        column.addWidget(self.path_line)
        for button in (self.fault_button, self.copy_path_button):
            self.path_line.add_button(button)
        self.find_bar.hide()
        self.fault_button.hide()
        self.read_in = self.tree


def _trail(item: Item) -> list[Node]:
    """Return the nodes from the root's child to *item*."""
    found = []
    while item.parent is not None and item.parent.parent is not None:
        if not item.is_group:
            found.append(item.node)
        item = item.parent
    return found[::-1]
