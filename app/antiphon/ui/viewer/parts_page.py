"""A multipart body: its parts in a list, and the chosen one below by its own type."""

import threading
import time
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QSplitter, QVBoxLayout, QWidget

from antiphon.body.parts import PART_LIMIT, Part, PartIndex, boundary_of
from antiphon.body.slice import BodySlice, save_source
from antiphon.body.store import SpooledSource
from antiphon.body.transfer import CODINGS, DecodedBody
from antiphon.core.quantities import size_text
from antiphon.render.media import SNIFFED_BYTES, Media, media_of
from antiphon.render.part_rows import PartRows, part_name
from antiphon.ui.theme import CONTROL, SPACE, Theme
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.hex_page import HexPage
from antiphon.ui.viewer.part_view import PartView
from antiphon.ui.viewer.table_view import TableView
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.keys import native
from antiphon.ui.widgets.words import Words

STEP_MS = 16
_BUDGET_S = 0.004
_FOLLOW_S = 0.3
"""A stream of parts is followed at most so often."""
_HEADERS_SHOWN = 12
_DEEPEST = 3
"""Parts of parts of parts have lists of their own."""


class PartsPage(BodyPage):
    reads_bytes = True

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, depth: int = 0) -> None:
        super().__init__(parent)
        self._theme = theme
        self._depth = depth
        self._body: SpooledSource | None = None
        self._index: PartIndex | None = None
        self._is_over = False
        self._follows = True
        self._shown: int | None = None
        self._slice: BodySlice | None = None
        self._decoded: DecodedBody | None = None
        """What the slice is once its base64 or quoted-printable is taken away; None where it has none."""
        self._shown_s = 0.0
        self._saving: _Saving | None = None
        self.list = TableView(theme)
        self.list.setAccessibleName("Parts")
        self.headers = Words(theme)
        self.headers.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.view = PartView(theme, self._nested)
        self.words = Words(theme, is_short=True)
        self.reveal_button = QuietButton(
            theme, "Show in text", tip="Show the part among the rows of the text (Alt+R)"
        )
        self.save_button = QuietButton(theme, "Save part…", tip="Save the part's content to a file (Alt+P)")
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self._step)
        self._lay_out()
        self._connect()

    def show_body(self, body: SpooledSource, media: Media, *, is_over: bool) -> None:
        self._is_over = is_over
        if body is not self._body:
            self._body = body
            self._begin(body, media)
        elif self._index is not None and not self._index.count and not self._timer.isActive():
            self._begin(body, media)  # the first line, which may be all that names the boundary, has come
        if self._index is not None and not self._timer.isActive():
            self._timer.start()

    def clear(self) -> None:
        self._timer.stop()
        if self._saving is not None:
            self._saving.stop()
        self.view.clear()
        self._let_go_of_decoded()
        self._body = self._index = self._slice = self._shown = self._saving = None
        self.list.set_rows(None)
        self._follows = True

    def copy(self) -> bool:
        """Copy what is selected of the part, else all of it."""
        self.view.copy()
        return True

    @property
    def part(self) -> Part | None:
        """The chosen part."""
        if self._index is None or not self._index.count:
            return None
        return self._index.part(min(self.list.cell[0], self._index.count - 1))

    def save(self) -> None:
        """Ask where, and write the part's content there."""
        part = self.part
        if part is None or self._body is None:
            return
        dialog = QFileDialog(self, "Save the part")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(part_name(part) or f"part-{self.list.cell[0] + 1}")
        dialog.filesSelected.connect(lambda paths: self.save_to(Path(paths[0])))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write the chosen part's content to *path*, and say so once it is done."""
        part, body = self.part, self._body
        if part is None or body is None or (self._saving is not None and self._saving.is_alive()):
            return
        self._saving = _Saving(BodySlice(body, part.content_start, part.end), part.coding, path)
        self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if is_alt and event.key() == Qt.Key.Key_P:
            self.save()
        elif is_alt and event.key() == Qt.Key.Key_R:
            self._reveal()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the part beside the list where there is more room beside than below."""
        is_wide = self.width() > 2 * self.height()
        side = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if side != self._split.orientation():
            self._split.setOrientation(side)
            room = self.width() if is_wide else self.height()
            self._split.setSizes([room // 2, room // 2])
        super().resizeEvent(event)

    # Reading

    def _begin(self, body: SpooledSource, media: Media) -> None:
        boundary = boundary_of(media.content_type, body.read(0, SNIFFED_BYTES))
        self._index = PartIndex(body, boundary) if boundary else None
        self._shown = None
        self._follows = True
        self.list.set_rows(None if self._index is None else PartRows(body, self._index))
        self._tell()

    def _step(self) -> None:
        """Look for parts for a quarter of a frame, and show what is chosen."""
        index = self._index
        if index is None or self._body is None:
            self._timer.stop()
            return
        count, end = index.count, time.perf_counter() + _BUDGET_S
        is_current = True
        while (is_more := index.advance()) and time.perf_counter() < end:
            is_current = False
        is_current = is_current and not is_more
        self.list.grow()
        if index.count > count:
            self._follow(index)
        self._show_chosen()
        self._tell()
        if self._saving is not None:
            self._tell_saving(self._saving)
        elif is_current and self._is_over and (self._decoded is None or self._decoded.is_finished):
            self._timer.stop()

    def _follow(self, index: PartIndex) -> None:
        """Choose the newest part while parts come in one stream, the newest whole one of pictures."""
        if not self._follows or self._is_over or index.count < 2:
            return
        newest = index.count - 1
        before = index.part(newest - 1)
        is_picture = before.header("content-type").lower().startswith("image/")
        self.list.go_to(newest - 1 if is_picture else newest, self.list.cell[1])
        self._follows = True  # it was not the user who went there

    def _show_chosen(self) -> None:
        part, number = self.part, self.list.cell[0]
        if part is None or self._body is None:
            return
        if number != self._shown:
            is_soon = (
                self._follows and self._shown is not None and time.monotonic() - self._shown_s < _FOLLOW_S
            )
            if is_soon and not self._is_over:
                return
            self._shown, self._shown_s = number, time.monotonic()
            self._take(part)
        assert self._slice is not None
        shown = self._index.part(self._shown)
        if self._slice.start != shown.content_start:  # its headers have come only now
            self._take(shown)
        self._slice.set_end(shown.end, is_finished=shown.is_whole or self._is_over)
        if self._decoded is not None:
            self._decoded.step(_BUDGET_S)
        content = self._decoded or self._slice
        if content.size_bytes or content.is_finished:
            self.view.show_part(content, _media_of(shown, content))

    def _take(self, part: Part) -> None:
        assert self._body is not None
        self._slice = BodySlice(self._body, part.content_start, part.end, is_finished=False)
        before, self._decoded = self._decoded, None
        if part.coding in CODINGS:
            self._decoded = DecodedBody(self._slice, part.coding)
        if before is not None:
            self.view.clear()
            before.close()

    def _let_go_of_decoded(self) -> None:
        if self._decoded is not None:
            self._decoded.close()
            self._decoded = None

    def _nested(self, theme: Theme) -> BodyPage:
        """Return the page for a part that has parts itself, bytes where they are nested too deeply to be looked at."""
        if self._depth < _DEEPEST:
            return PartsPage(theme, depth=self._depth + 1)
        return HexPage(theme)

    # Words

    def _tell(self) -> None:
        index, part = self._index, self.part
        for button in (self.reveal_button, self.save_button):
            button.setEnabled(part is not None)
        if index is None:
            self.words.setText("No boundary is named, and none is seen in the first line.")
        elif index.is_limited:
            self.words.setText(f"The first {PART_LIMIT:,} parts; more are not listed.")
        else:
            end = " The boundary that ends them is missing." if self._is_over and not index.is_closed else ""
            self.words.setText(
                f"{index.count:,} part{'' if index.count == 1 else 's'}{'' if self._is_over else ' so far'}.{end}"
            )
        self.headers.setText("" if part is None else _head_words(part, self._decoded))

    def _tell_saving(self, saving: "_Saving") -> None:
        if saving.is_alive():
            return
        self._saving = None
        self.notice.emit(
            f"{saving.path} could not be written: {saving.error}."
            if saving.error
            else f"Saved {saving.path}."
        )

    def _choose(self) -> None:
        """Take note of a part that was chosen; the last one is the one that is followed."""
        if self._index is not None:
            self._follows = self.list.cell[0] >= self._index.count - 1
            if not self._timer.isActive():
                self._timer.start()

    def _reveal(self) -> None:
        part = self.part
        if part is not None:
            self.reveal_asked.emit(part.start, part.end - part.start)

    def _reveal_in_part(self, offset: int, length: int) -> None:
        if self._decoded is not None:
            self._reveal()  # its bytes stand nowhere as they are seen
        elif self._slice is not None:
            self.reveal_asked.emit(self._slice.start + offset, length)

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"Copy\t{native('Ctrl+C')}", self.list.copy)
        menu.addAction(f"Save part…\t{native('Alt+P')}", self.save)
        menu.addAction(f"Show in text\t{native('Alt+R')}", self._reveal)
        menu.popup(self.list.viewport().mapToGlobal(place))

    def _connect(self) -> None:
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.list.moved.connect(self._choose)
        self.list.opened.connect(self._reveal)
        self.list.notice.connect(self.notice)
        self.view.notice.connect(self.notice)
        self.view.reveal_asked.connect(self._reveal_in_part)
        self.reveal_button.clicked.connect(lambda _checked: self._reveal())
        self.save_button.clicked.connect(lambda _checked: self.save())

    def _lay_out(self) -> None:
        top = QWidget()
        upper = QVBoxLayout(top)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(0)
        upper.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setContentsMargins(4 * SPACE, 0, 2 * SPACE, 0)
        row.addStrut(self._theme.px(CONTROL))
        self.words.setMinimumWidth(1)
        row.addWidget(self.words, 1)
        row.addWidget(self.reveal_button)
        row.addWidget(self.save_button)
        upper.addLayout(row)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        self.headers.setContentsMargins(4 * SPACE, SPACE, 4 * SPACE, SPACE)
        below.addWidget(self.headers)
        below.addWidget(self.view, 1)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        for widget, share in ((top, 1), (lower, 2)):
            self._split.addWidget(widget)
            self._split.setStretchFactor(self._split.indexOf(widget), share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._split)
        self.read_in = self.list


class _Saving(threading.Thread):
    """Writes a part to a file while the window goes on."""

    def __init__(self, piece: BodySlice, coding: str, path: Path) -> None:
        super().__init__(name="save part", daemon=True)
        self._piece = piece
        self._coding = coding
        self._is_stopped = threading.Event()
        self.path = path
        self.error = ""
        self.start()

    def run(self) -> None:
        decoded = DecodedBody(self._piece, self._coding) if self._coding in CODINGS else None
        try:
            if decoded is not None:
                self._decode(decoded)
            save_source(decoded or self._piece, self.path, self._goes_on)
        except OSError as error:
            self.error = error.strerror or str(error)
        finally:
            if decoded is not None:
                decoded.close()

    def _decode(self, decoded: DecodedBody) -> None:
        while not decoded.is_finished and self._goes_on():
            decoded.step()
        if decoded.error:
            raise OSError(decoded.error)

    def _goes_on(self) -> bool:
        return not self._is_stopped.is_set()

    def stop(self) -> None:
        """Give up, and wait for that."""
        self._is_stopped.set()
        self.join()


def _media_of(part: Part, content: SpooledSource) -> Media:
    return media_of(part.header("content-type"), content.read(0, SNIFFED_BYTES))


def _head_words(part: Part, decoded: DecodedBody | None) -> str:
    """Return the headers of a part as lines, and how large it is."""
    lines = [f"{name}: {value[:500]}" for name, value in part.headers[:_HEADERS_SHOWN]]
    if len(part.headers) > _HEADERS_SHOWN:
        lines.append(f"and {len(part.headers) - _HEADERS_SHOWN:,} more headers")
    state = "" if part.is_whole else ", cut short or still arriving"
    coded = "" if decoded is None or not part.coding else f" as {part.coding}, {decoded.size_bytes:,} decoded"
    size = f" ({size_text(part.size_bytes)})" if part.size_bytes >= 1000 and not coded else ""
    lines.append(f"{part.size_bytes:,} bytes{coded}{size}{state}")
    return "\n".join(lines)
