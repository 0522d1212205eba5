"""A response body with all that belongs to it: modes, find bar, wrap, copy, save, and a word for every state."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from antiphon.body.pretty_body import PrettyBody
from antiphon.body.printers.languages import LAID_OUT
from antiphon.body.reading import Reading
from antiphon.body.store import BodyStore, SpooledSource
from antiphon.render.media import SNIFFED_BYTES, Media
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.bars import Bars
from antiphon.ui.viewer.body_actions import action_of
from antiphon.ui.viewer.body_menu import body_menu, open_below, saving_menu
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.body_view import BodyView
from antiphon.ui.viewer.body_words import empty_words, offer_to_save
from antiphon.ui.viewer.controls import BodyControls, in_a_row
from antiphon.ui.viewer.encodings import Encodings
from antiphon.ui.viewer.fault_notice import tell_fault
from antiphon.ui.viewer.filtering import Filtering
from antiphon.ui.viewer.modes import PRETTY, RAW, Mode, mode_of, modes_of
from antiphon.ui.viewer.pulled_button import PulledButton
from antiphon.ui.viewer.row_area import REFRESH_MS
from antiphon.ui.viewer.structure_line import StructureLine
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.empty import EmptyState
from antiphon.ui.widgets.focus import holds_focus
from antiphon.ui.widgets.keys import native
from antiphon.ui.widgets.notice import NoticeBar


class BodyPanel(QWidget):
    """`show_body` again and again while it arrives; `take_controls` puts its buttons into a row of tabs."""

    save_requested = Signal()
    save_raw_requested = Signal()
    """Save the bytes as they were received, a content coding and all."""
    open_requested = Signal()
    """Open the body in the program that the system has for it."""
    drag_requested = Signal(QWidget)
    """Let the body be dropped elsewhere, from this widget."""
    save_part_requested = Signal(object, int, int)
    """Save bytes of this source, from one offset to another."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._store: BodyStore | None = None
        self._media = Media("text", "utf-8")
        self._content_type = ""
        self._wanted: dict[str, str] = {}
        self._mode = modes_of("text")[0]
        self._made: dict[str, BodyPage] = {}
        self._sniffed_bytes = 0
        self.raw_words = ""
        """Names what was received, where that is not the body and may be saved, too: `gzip, 1.2 MB`."""
        self.none_words = ""
        """Says why there is no body where none was to come."""
        self._shown: tuple[object, str, str] | None = None
        self._reading: Reading | None = None
        """Of the body, once there is something in it."""
        self._told: object = None
        """The text about which the user was told what is wrong with it."""
        self.view = BodyView(theme)
        self.structure = StructureLine(theme, self.view)
        self.filtering = Filtering(theme, self)
        self.notice = NoticeBar(theme)
        self.bars = Bars(theme, self, self)
        self.encodings = Encodings(theme, self)
        self.wrap = QuietButton(theme, icon="wrap", tip="Wrap long lines (Alt+Z)")
        self.more = QuietButton(theme, icon="more", tip="More for the body (Alt+M)")
        self.find_button = QuietButton(theme, icon="search", tip=f"Find in the body ({native('Ctrl+F')})")
        self.copy_button = QuietButton(theme, icon="copy", tip=f"Copy selection or body ({native('Ctrl+C')})")
        tip = "Save the body to a file (Alt+S), or drag it to another program"
        self.save_button = PulledButton(theme, icon="save", tip=tip)
        buttons = (
            self.encodings.button, self.wrap, self.find_button, self.filtering.button, self.copy_button, self.save_button
        )  # fmt: skip
        self.controls = BodyControls(theme, self.choose_mode, buttons, self.more)
        self.modes = self.controls.modes
        self._message = EmptyState(theme, "", "")
        self._pages = QStackedWidget()
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self._work)
        self._lay_out()
        self._connect()
        self._update()

    # What is shown

    def show_body(self, store: BodyStore | None, content_type: str, is_over: bool) -> None:
        """Show *store*, or take note that it grew or is over.

        Args:
            content_type: Value of the header, "" without one.
            is_over: Nothing more will come, whether all came or not.
        """
        if store is not self._store:
            if self._store is not None:
                self.clear()
            self._store = store
        self._content_type = content_type
        if store is not None and is_over:
            store.finish()
        self._update()

    @property
    def has_body(self) -> bool:
        return self._store is not None

    def clear(self) -> None:
        """Let go of the body and end all work on it: helper process, search, colours."""
        self._timer.stop()
        self.notice.hide()
        self._forget_source()
        self._store = None
        self.raw_words = ""
        self._media = Media("text", "utf-8")
        self.encodings.clear()
        self._update()

    def close_work(self) -> None:
        """End all background work for good; call before the panel goes away."""
        self.clear()
        self.bars.finder.close()
        self.filtering.close_work()
        self.view.close_source()

    def take_controls(self) -> QWidget:
        """Return modes and buttons for a place elsewhere, a row of tabs for one; their own row goes away."""
        self._top.hide()
        return self.controls

    def go_to_fault(self) -> None:
        """Show what is wrong with the body, where something is."""
        pretty = None if self._reading is None else self._reading.pretty
        if self.page is not None and self.page.go_to_fault():
            return
        if self.is_pretty and pretty is not None and pretty.fault is not None:
            self._go_to(pretty.fault.shown_offset)
        else:
            self.notice.tell("info", "Nothing wrong was found in this body.")

    @property
    def page(self) -> BodyPage | None:
        """What shows the body; None where its rows of text do, or words about its state."""
        shown = self._pages.currentWidget()
        return shown if isinstance(shown, BodyPage) else None

    @property
    def shows_rows(self) -> bool:
        """Whether rows of text show the body."""
        return self._pages.currentWidget() is self.view

    def enter(self) -> None:
        """Put the focus on what shows the body."""
        self._pages.currentWidget().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def take_focus_again(self) -> None:
        """Put the focus where it was in the panel; where that is gone, on what shows the body."""
        last = self.focusWidget()
        if last is not None and last.isVisible() and last is not self._message:
            last.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.enter()

    def choose_mode(self, key: str) -> None:
        """Show bodies of this language in the mode *key*, this one and those to come."""
        self._wanted[self._media.language] = key
        self.notice.hide()
        self._told = None
        self._update()

    def next_mode(self) -> None:
        """Show the body in the next mode that fits it, after the last one in the first."""
        keys = [mode.key for mode in modes_of(self._media.language)]
        self.choose_mode(keys[(keys.index(self.modes.choice) + 1) % len(keys)])

    def reveal(self, offset: int, length: int) -> None:
        """Show *length* bytes at *offset* of the body among its rows as they came."""
        self.choose_mode(RAW)
        self.view.reveal(offset, length)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_invisible(self) -> None:
        """Write out blanks, line ends and characters that have no look, or leave them as they are."""
        self.view.set_invisible_shown(not self.view.shows_invisible)

    def set_wrapped(self, is_wrapped: bool) -> None:
        self.wrap.setChecked(is_wrapped)

    @property
    def is_pretty(self) -> bool:
        """Whether the laid out text is what is seen."""
        return isinstance(self.view.source, PrettyBody)

    def copy(self) -> None:
        """Copy the selection; all of the body where nothing is selected."""
        if self.page is not None and self.page.copy():
            return
        start, end = self.view.selection
        if start == end:
            self.view.select_all()
        self.view.copy()

    # States

    def _update(self) -> None:
        store = self._store
        if store is None or store.size_bytes == 0:
            self._message.tell(*empty_words(store, self.none_words))
            self._bring(self._message)
        else:
            self._decide_media(store)
            self._mode = self._fitting_mode()
            if self._shows_results(store):
                self._bring(self.filtering.page)
            elif self._mode.make is not None:
                self._show_page(store, self._mode)
            else:
                self._show_text(store)
        self._update_controls()
        if store is not None and not self._is_settled(store):
            self._timer.start()

    def _shows_results(self, store: BodyStore) -> bool:
        """Let the filter know the body; answer whether its results stand in for it."""
        if not self.filtering.is_on:
            return False
        body, charset = self._readable(store)
        return self.filtering.follow(body, self._media.language, charset)

    def _fitting_mode(self) -> Mode:
        """Return the mode that was chosen for this language, else the first one for it."""
        return mode_of(self._media.language, self._wanted.get(self._media.language))

    def _show_page(self, store: BodyStore, mode: Mode) -> None:
        page = self._made.get(mode.key)
        if page is None:
            assert mode.make is not None
            page = self._made[mode.key] = mode.make(self._theme)
            page.notice.connect(lambda sentence: self.notice.tell("info", sentence))
            page.reveal_asked.connect(self.reveal)
            self._pages.addWidget(page)
        body: SpooledSource
        body, charset = (store, self._media.charset) if page.reads_bytes else self._readable(store)
        page.show_body(body, replace(self._media, charset=charset), is_over=body.is_finished)
        self._bring(page)

    def _bring(self, page: QWidget) -> None:
        """Show *page*; where the focus was on the one before, it goes along."""
        if page is self._pages.currentWidget():
            return
        # a page has bars of its own, or none
        bars = (self.bars.find_bar, self.bars.go_bar) if isinstance(page, BodyPage) else ()
        had_focus = any(holds_focus(widget) for widget in (self._pages, *bars))
        self._pages.setCurrentWidget(page)
        if self.page is not None:
            self.bars.leave()
        if had_focus:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_text(self, store: BodyStore) -> None:
        self._bring(self.view)
        language = self._media.language
        source, charset = self._readable(store)
        pretty = None
        if self._mode.key == PRETTY and language in LAID_OUT:
            pretty = self._read(store).laid_out(source, language)
        shown = (source if pretty is None or pretty.error else pretty, language, charset)
        if shown != self._shown:
            self._shown = shown
            self.view.set_source(*shown)
            self.bars.find_bar.look_again()
            self.structure.follow(*shown)
        self._tell_fault(source, pretty)

    def _read(self, store: BodyStore) -> Reading:
        if self._reading is None:
            self._reading = Reading(store)
        return self._reading

    def _readable(self, store: BodyStore) -> tuple[SpooledSource, str]:
        """Return the body and charset to read: *store*, or its text in UTF-8 where its newlines are wider."""
        media = self._media
        return self._read(store).text(media.charset, has_one_byte_newlines=media.is_ascii_compatible)

    def _tell_fault(self, source: SpooledSource, pretty: PrettyBody | None) -> None:
        """Tell once for each text what is wrong with it."""
        if self._reading is not None and self._reading.error and self._told is not source:
            self._told = source
            detail = f"{self._reading.error}. Save the body to have all of it."
            self.notice.tell("warning", "The text ends before the body does.", detail)
        elif pretty is not None and self._told is not pretty and (pretty.error or pretty.fault):
            self._told = pretty
            tell_fault(self.notice, pretty, self._media.language, source.size_bytes, self._go_to)

    def _go_to(self, offset: int) -> None:
        self.view.reveal(offset, 1)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _decide_media(self, store: BodyStore) -> None:
        is_seen = self._shown is not None and self.view.source is self._shown[0]
        if not is_seen or self._sniffed_bytes < SNIFFED_BYTES:
            self._sniffed_bytes = store.size_bytes
            self._media = self.encodings.media_of(self._content_type, store)

    def _read_anew(self) -> None:
        """Show the same body in another encoding, from its beginning."""
        self._forget_source()
        self._update()

    def _update_controls(self) -> None:
        is_text = self.shows_rows
        is_page = self._pages.currentWidget() in self._made.values()
        fitting = modes_of(self._media.language)
        is_as_wanted = is_page or self.is_pretty or self._mode.key != PRETTY
        chosen = self._mode.key if is_as_wanted else RAW
        self.controls.show_modes(fitting, chosen, is_shown=(is_text or is_page) and len(fitting) > 1)
        self.structure.set_seen(is_text)
        is_filtered = self._pages.currentWidget() is self.filtering.page
        self.wrap.setEnabled(is_text or (is_filtered and self.filtering.shows_text))
        for button in (self.find_button, self.copy_button):
            button.setEnabled(is_text or is_page or is_filtered)
        self.filtering.offer(self._media.language if self._store is not None else None)
        self.save_button.setEnabled(self._store is not None and self._store.size_bytes > 0)

    # Work

    def _work(self) -> None:
        """Sixty times a second while something goes on."""
        if self._reading is not None:
            self._reading.step()
        if self._store is None or self._is_settled(self._store):
            self._timer.stop()
        self._update()

    def _is_settled(self, store: BodyStore) -> bool:
        """Whether nothing more will change by itself."""
        return store.is_finished and (self._reading is None or self._reading.is_settled)

    def _forget_source(self) -> None:
        self._shown = None
        self.filtering.forget()
        for page in self._made.values():
            page.clear()
        self.bars.finder.close()
        self.view.set_source(None)
        self.structure.follow(None, "text", "utf-8")
        if self._reading is not None:
            self._reading.close()
        self._reading = self._told = None

    # Keys

    def press(self, event: QKeyEvent) -> None:
        """Take keys that were pressed elsewhere: the page that is shown first."""
        if self.page is not None:
            self.page.keyPressEvent(event)
            if event.isAccepted():
                return
            event.accept()
        self.keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Have Esc before the window while a bar is open: it would end what arrives."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and event.key() == Qt.Key.Key_Escape and self.bars.are_open:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if event.matches(QKeySequence.StandardKey.Find):
            self.bars.open_find()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_Escape and self.bars.are_open:
            self.bars.close_one()
        elif is_alt and event.key() == Qt.Key.Key_P:
            self.structure.copy_path()
        elif self.bars.take_key(event):
            pass
        elif (action := action_of(event)) is not None:
            action.run(self)
        else:
            super().keyPressEvent(event)

    # Looks

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave fewer controls in little room, where they stand in a row of the panel's own."""
        super().resizeEvent(event)
        if self._top.isVisibleTo(self):
            self.controls.set_compact(self.controls.full_width + 6 * SPACE > self.width())

    def _menu(self) -> QMenu:
        return body_menu(self, is_text=self.shows_rows)

    def _save(self) -> None:
        """Save the body, or ask which of the two forms where it came in another."""
        if self.raw_words:
            menu = saving_menu(self)
            menu.popup(self.save_button.mapToGlobal(self.save_button.rect().bottomLeft()))
        else:
            self.save_requested.emit()

    def _offer_to_save(self) -> None:
        source, (start, end) = self.view.source, self.view.selection
        save = partial(self.save_part_requested.emit, source, start, end)
        offer_to_save(self.notice, end - start, save, self.view.copy_beginning)

    def _connect(self) -> None:
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(
            lambda place: self._menu().popup(self.view.viewport().mapToGlobal(place))
        )
        self.wrap.setCheckable(True)
        self.wrap.toggled.connect(self.view.set_wrapped)
        self.more.clicked.connect(lambda _checked: open_below(self._menu(), self.more))
        self.encodings.changed.connect(self._read_anew)
        self.find_button.clicked.connect(lambda _checked: self.bars.open_find())
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(lambda _checked: self._save())
        self.save_button.pulled.connect(lambda: self.drag_requested.emit(self.save_button))
        self.wrap.toggled.connect(self.filtering.set_wrapped)
        self.filtering.built.connect(self._add_filter)
        self.filtering.changed.connect(self._update)
        self.filtering.told.connect(self.notice.tell)
        self.filtering.closed.connect(lambda: self._pages.currentWidget().setFocus())
        self.view.notice.connect(lambda sentence: self.notice.tell("info", sentence))
        self.view.copy_refused.connect(self._offer_to_save)

    def _add_filter(self, bar: QWidget, page: QWidget) -> None:
        self.layout().insertWidget(1, bar)
        self._pages.addWidget(page)

    def _lay_out(self) -> None:
        for page in (self._message, self.view):
            self._pages.addWidget(page)
        self._top = in_a_row(self.controls)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self._top, self.bars.find_bar, self.bars.go_bar, self.notice):
            column.addWidget(widget)
        column.addWidget(self._pages, 1)
        column.addWidget(self.structure)
