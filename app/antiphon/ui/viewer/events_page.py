"""A stream of events as a live list: server-sent events and JSON Lines."""

import threading
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QSplitter, QVBoxLayout, QWidget

from antiphon.body.arrivals import Arrivals
from antiphon.body.copying import copy_part
from antiphon.body.event_lines import LineIndex
from antiphon.body.event_stream import SseIndex
from antiphon.body.events import EventIndex
from antiphon.body.store import BodySource, SpooledSource
from antiphon.render.media import Media
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.body_view import COPY_LIMIT_BYTES
from antiphon.ui.viewer.event_bar import EventBar
from antiphon.ui.viewer.event_detail import EVENT, JOINED, EventDetail
from antiphon.ui.viewer.event_list import EventList
from antiphon.ui.viewer.event_rows import EventRows

FRAME_MS = 16
BEHIND_MS = 3
"""Between two slices of work while more is waiting than one slice takes in."""
INDEX_BUDGET_S = 0.002
WORK_BUDGET_S = 0.001
_TOLD_EVERY_S = 0.1
_STEP_S = 0.004


class EventsPage(BodyPage):
    """A list, a bar above it, and one event or the joined text beside or below."""

    _saved = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._body: SpooledSource | None = None
        self._rows: EventRows | None = None
        self._own_arrivals = Arrivals()
        self._is_over = False
        self._told_s = 0.0
        self._saving: _Saving | None = None
        self.bar = EventBar(theme, self)
        self.list = EventList(theme, self)
        self.detail = EventDetail(theme, self)
        self._split = QSplitter(Qt.Orientation.Vertical, self)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._work)
        self._lay_out()
        self._connect()

    # The body

    def show_body(self, body: SpooledSource, media: Media, *, is_over: bool) -> None:
        if body is not self._body:
            self._begin(body, media)
        self._is_over = is_over
        if not hasattr(body, "arrivals"):
            self._own_arrivals.note(body.size_bytes)
        if self.isVisible() and not self._timer.isActive():
            self._timer.start(FRAME_MS)
            self._work()

    def clear(self) -> None:
        self._timer.stop()
        if self._saving is not None:
            self._saving.end()
            self._saving = None
        self._body = self._rows = None
        self.list.set_rows(None)
        self.detail.show_index(None)
        self.bar.begin_anew()

    @property
    def index(self) -> EventIndex | None:
        return self._rows.index if self._rows is not None else None

    @property
    def rows(self) -> EventRows | None:
        return self._rows

    def find(self) -> bool:
        self.bar.field.selectAll()
        self.bar.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def copy(self) -> bool:
        """Copy what is selected beside the list or shown there."""
        return self.detail.copy()

    # What the user asks for

    def copy_joined(self) -> None:
        """Show the joined text and copy it, as far as it came."""
        self.detail.choose(JOINED)
        self.detail.step(_STEP_S)
        if self.detail.joined is not None:
            self.detail.copy_store(self.detail.joined.text)

    def toggle_pause(self) -> None:
        self.bar.pause.click()

    def copy_event(self) -> None:
        """Copy the lines of the chosen event as they came."""
        if self._chosen is not None:
            text = self.index.read(self._chosen, COPY_LIMIT_BYTES)
            QGuiApplication.clipboard().setText(text.decode("utf-8", "replace"))

    def copy_data(self) -> None:
        """Copy the data of the chosen event."""
        if self._chosen is not None:
            data = self.index.data(self._chosen, COPY_LIMIT_BYTES)
            QGuiApplication.clipboard().setText(data.decode("utf-8", "replace"))

    def reveal(self) -> None:
        """Show the chosen event in the text."""
        if self._chosen is not None:
            self.reveal_asked.emit(*self.index.place(self._chosen))

    def save_joined(self) -> None:
        """Ask where, and write the joined text there."""
        dialog = QFileDialog(self, "Save the joined text")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile("joined.txt")
        dialog.filesSelected.connect(lambda paths: self.write_joined(Path(paths[0])))
        dialog.open()

    def write_joined(self, file: Path) -> None:
        """Write the joined text to *file*; `notice` says that it was done, or why not."""
        joined = self.detail.joined
        if joined is not None:
            if self._saving is not None:
                self._saving.end()
            self._saving = _Saving(joined.text, file, self._saved.emit)

    @property
    def _chosen(self) -> int | None:
        """The event that is chosen and still kept."""
        number = self.list.current
        return number if self.index is not None and number >= self.index.first else None

    # Work

    def _begin(self, body: SpooledSource, media: Media) -> None:
        self._body = body
        self._own_arrivals = Arrivals()
        index = SseIndex(body) if media.language == "sse" else LineIndex(body)
        self._rows = EventRows(index, getattr(body, "arrivals", self._own_arrivals))
        self.list.set_rows(self._rows)
        self.detail.show_index(index)

    def _work(self) -> None:
        """Take in what came, for a quarter of a frame at most."""
        rows = self._rows
        if rows is None:
            self._timer.stop()
            return
        end = time.perf_counter() + INDEX_BUDGET_S
        is_behind = rows.index.advance()
        while is_behind and time.perf_counter() < end:
            is_behind = rows.index.advance()
        is_behind = rows.step(WORK_BUDGET_S) or is_behind
        is_behind = self.detail.step(WORK_BUDGET_S) or is_behind
        self.list.refresh()
        self._tell(is_last=not is_behind and self._is_over)
        if self._is_over and not is_behind and rows.index.is_current:
            self._timer.stop()
        else:
            self._timer.setInterval(BEHIND_MS if is_behind else FRAME_MS)

    def _wake(self) -> None:
        if self._rows is not None and self.isVisible() and not self._timer.isActive():
            self._timer.start(FRAME_MS)

    def _tell(self, *, is_last: bool = False) -> None:
        now = time.perf_counter()
        if is_last or now - self._told_s > _TOLD_EVERY_S:
            self._told_s = now
            self.bar.show_types(self._rows.index)
            self.bar.tell(_words(self._rows), held_back=self._rows.new_count)
            self.detail.tell()

    def _filter(self) -> None:
        if self._rows is None:
            return
        self._rows.show(self.bar.text, self.bar.kind)
        self._rows.step(WORK_BUDGET_S)
        self.list.begin_anew()
        self._tell(is_last=True)
        self._wake()

    def _pause(self, is_paused: bool) -> None:
        if self._rows is not None:
            self._rows.pause(is_paused)
            self.list.refresh()
            self._tell(is_last=True)
            self._wake()

    def _choose(self, number: int) -> None:
        head, time_text = self.index.head(number), self._rows.time_text(number)
        size = f"{self.index.place(number)[1]:,} bytes"
        words = [f"Event {number + 1:,}", head.type, f"id {head.id}" if head.id else "", time_text, size]
        self.detail.show_event(number, " · ".join(word for word in words if word))
        self._wake()

    # Looks

    def event(self, event: QEvent) -> bool:
        """Keep Esc in a field from being the window's, which would end the stream."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and event.key() == Qt.Key.Key_Escape and self._is_typing:
            event.accept()
            return True
        return super().event(event)

    @property
    def _is_typing(self) -> bool:
        return self.bar.field.hasFocus() or self.detail.path.hasFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._is_typing:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        actions = {
            Qt.Key.Key_P: self.toggle_pause,
            Qt.Key.Key_J: lambda: self.detail.choose(EVENT if self.detail.is_joining else JOINED),
            Qt.Key.Key_C: self.copy_event,
            Qt.Key.Key_K: self.copy_joined,
            Qt.Key.Key_V: self.detail.save_button.click,
            Qt.Key.Key_Y: self.bar.open_types,
            Qt.Key.Key_T: self.reveal,
        }
        run = (
            actions.get(Qt.Key(event.key())) if event.modifiers() == Qt.KeyboardModifier.AltModifier else None
        )
        if run is None:
            super().keyPressEvent(event)
        else:
            run()
            self._wake()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while this was not seen."""
        super().showEvent(event)
        self._wake()
        self._work()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def resizeEvent(self, event) -> None:
        is_wide = self.width() > 2 * self.height()
        self._split.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)
        super().resizeEvent(event)

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        has_event = self._chosen is not None
        for title, keys, run in (
            ("Copy data", "Ctrl+C", self.copy_data),
            ("Copy event", "Alt+C", self.copy_event),
            ("Show in the text", "Alt+T", self.reveal),
        ):
            action = menu.addAction(title, run)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setEnabled(has_event)
        menu.addSeparator()
        menu.addAction("Jump to the newest", self.list.follow)
        menu.popup(place)

    def _connect(self) -> None:
        self.bar.filtered.connect(self._filter)
        self.bar.paused.connect(self._pause)
        self.bar.left.connect(lambda: self.list.setFocus(Qt.FocusReason.OtherFocusReason))
        self.list.chosen.connect(self._choose)
        self.list.copy_asked.connect(self.copy_data)
        self.list.reveal_asked.connect(self.reveal)
        self.list.menu_asked.connect(self._open_menu)
        self.detail.notice.connect(self.notice)
        self.detail.save_asked.connect(self.save_joined)
        self.detail.reveal_asked.connect(self.reveal)
        self.detail.choice.chosen.connect(lambda _key: self._wake())
        self.detail.path.textChanged.connect(lambda _text: self._wake())
        self._saved.connect(self.notice)

    def _lay_out(self) -> None:
        self._split.addWidget(self.list)
        self._split.addWidget(self.detail)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._split, 1)
        self.setFocusProxy(self.list)


class _EndedError(Exception):
    """The text is gone before it was written."""


class _Saving:
    """Writes in a thread; tells a sentence when it is done."""

    def __init__(self, text: BodySource, file: Path, tell) -> None:
        self._text, self._file, self._tell = text, file, tell
        self._is_ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="save joined text", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Give up and wait: it ends within one megabyte."""
        self._is_ended.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            copy_part(self._text, self._file, 0, self._text.size_bytes, self._look)
        except OSError as error:
            self._tell(f"{self._file} could not be written: {error.strerror or error}.")
        except _EndedError:
            self._tell(f"{self._file} was not written: the response is gone.")
        else:
            self._tell(f"Saved {self._file}.")

    def _look(self, _copied: int) -> None:
        if self._is_ended.is_set():
            raise _EndedError


def _words(rows: EventRows) -> str:
    """Return what came, in a few words."""
    index = rows.index
    if rows.is_filtered:
        words = [f"{rows.count:,} of {index.count:,} events"]
    else:
        words = [f"{index.count:,} event{'s' * (index.count != 1)}"]
    if index.first:
        words.append(f"the first {index.first:,} no longer listed")
    if index.last_id:
        words.append(f"last id {index.last_id[:40]}")
    if index.retry_ms is not None:
        words.append(f"retry {index.retry_ms:,} ms")
    if index.is_cut:
        words.append("ends inside an event")
    return " · ".join(words)
