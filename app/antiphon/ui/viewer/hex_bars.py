"""The bars of the hex page: one finds bytes, one goes to a byte."""

from PySide6.QtCore import Qt, QTimer, Signal

from antiphon.body.search import Query, Search
from antiphon.render.hexadecimal import bytes_of_hex, place_of
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.hex_view import HexView
from antiphon.ui.viewer.page_bar import PageBar
from antiphon.ui.widgets.buttons import QuietButton, Segmented
from antiphon.ui.widgets.words import Words

HEX, TEXT = "hex", "text"
POLL_MS = 30


class GoBar(PageBar):
    """Goes to a byte by its number."""

    def __init__(self, theme: Theme, view: HexView) -> None:
        super().__init__(theme, view, "Go to byte", "Byte: 4096, 0x1000, 50%, +16")
        self.go = QuietButton(theme, "Go", tip="Go to the byte (Return)")
        for widget in (self.field, self.go, self.close_button):
            self.row.addWidget(widget, int(widget is self.field))
        self.go.clicked.connect(lambda _checked: self.enter(1))
        self.field.textChanged.connect(lambda _text: self.field.set_invalid(""))

    def enter(self, step: int) -> None:
        place = place_of(self.field.text(), self._view.source.size_bytes, self._view.caret)
        if place is None:
            self.field.set_invalid("not a place: 4096, 0x1000, 50%, +16")
            return
        self._view.reveal(place)
        self.shut()


class FindBytesBar(PageBar):
    """Finds bytes by their hexadecimal digits, or text; counts what is found while it looks on."""

    changed = Signal()

    def __init__(self, theme: Theme, view: HexView) -> None:
        super().__init__(theme, view, "Find bytes", "DE AD BE EF")
        self._search: Search | None = None
        self._number: int | None = None
        self._wanted_from: int | None = None
        self.kind = Segmented(theme, ((HEX, "Hex"), (TEXT, "Text")), name="What is looked for")
        self.count = Words(theme, is_short=True)
        self.previous = QuietButton(theme, icon="chevron-up", tip="Previous match (Shift+F3)")
        self.next = QuietButton(theme, icon="chevron-down", tip="Next match (F3)")
        buttons = (self.kind, self.count, self.previous, self.next, self.close_button)
        for widget in (self.field, *buttons):
            self.row.addWidget(widget, int(widget is self.field))
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)
        self.field.textChanged.connect(lambda _text: self._look())
        self.kind.chosen.connect(self._choose_kind)
        self.previous.clicked.connect(lambda _checked: self.enter(-1))
        self.next.clicked.connect(lambda _checked: self.enter(1))
        self._tell()

    def open(self) -> None:
        super().open()
        self._look()

    def shut(self) -> None:
        self.stop()
        super().shut()

    def stop(self) -> None:
        """End the search and forget what was found."""
        self._timer.stop()
        if self._search is not None:
            self._search.cancel()
        self._search = self._number = self._wanted_from = None
        self._view.set_found(None)
        self._tell()

    @property
    def is_searching(self) -> bool:
        return self._search is not None and not self._search.is_done

    def enter(self, step: int) -> None:
        """Go to the next match (1) or the previous one (-1), around the end if need be."""
        search = self._search
        if search is None or not search.count:
            return
        start, end = self._view.selection
        if step > 0:
            self._wanted_from = end
            self._poll()
        else:
            number = search.number_before(start)
            self._show(search.count - 1 if number is None else number)

    def _choose_kind(self, key: str) -> None:
        self.field.setPlaceholderText("DE AD BE EF" if key == HEX else "Text")
        self._look()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _query(self) -> Query | None:
        """Return what is looked for as a query in latin-1, where characters are bytes."""
        text = self.field.text()
        if self.kind.choice == TEXT:
            raw = text.encode(self._view.charset, "replace").decode("latin-1")
            return Query(raw, is_case_sensitive=not text.isascii()) if text else None
        content = bytes_of_hex(text)
        return Query(content.decode("latin-1"), is_case_sensitive=True) if content else None

    def _look(self) -> None:
        self.stop()
        query, text = self._query(), self.field.text()
        self.field.set_invalid("pairs of hexadecimal digits: DE AD BE EF" if text and query is None else "")
        if query is None or not self.isVisible():
            return
        self._search = Search(self._view.source, query, "latin-1").start()
        self._wanted_from = self._view.selection[0]
        self._timer.start()

    def _poll(self) -> None:
        search = self._search
        if search is None:
            return
        is_done = search.is_done  # asked first: what was found before it is then counted
        if self._wanted_from is not None:
            number = search.number_from(self._wanted_from)
            if number is None and is_done and search.count:
                number = 0
            if number is not None:
                self._show(number)
        if is_done:
            self._wanted_from = None
            self._timer.stop()
        self._view.set_found(search, self._current())
        self._tell()

    def _show(self, number: int) -> None:
        assert self._search is not None
        self._wanted_from = None
        self._number = number
        self._view.reveal(*self._search.match(number))
        self._view.set_found(self._search, self._current())
        self._tell()

    def _current(self) -> tuple[int, int] | None:
        return None if self._number is None or self._search is None else self._search.match(self._number)

    def _tell(self) -> None:
        search = self._search
        self.count.setText("" if search is None else _count_words(search, self._number))
        self.count.setAccessibleName(self.count.text() or "No search")
        for button in (self.previous, self.next):
            button.setEnabled(search is not None and search.count > 0)
        self.changed.emit()


def _count_words(search: Search, number: int | None) -> str:
    if search.count == 0:
        return "none" if search.is_done else "searching…"
    more = "+" if search.is_limited or not search.is_done else ""
    return f"{'–' if number is None else f'{number + 1:,}'} of {search.count:,}{more}"
