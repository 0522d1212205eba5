"""The bars of the hex page: one finds bytes, one goes to a byte."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from antiphon.body.scan import Query
from antiphon.render.hexadecimal import bytes_of_hex, place_of
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.finder import Finder, count_words
from antiphon.ui.viewer.hex_view import HexView
from antiphon.ui.viewer.page_bar import PageBar
from antiphon.ui.widgets.buttons import QuietButton, Segmented
from antiphon.ui.widgets.words import Words

HEX, TEXT = "hex", "text"


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
        self.finder = Finder(view, self, charset="latin-1")  # in which characters are bytes
        self.kind = Segmented(theme, ((HEX, "Hex"), (TEXT, "Text")), name="What is looked for")
        self.kind.explain("Alt+X: the other")
        self.count = Words(theme, is_short=True)
        self.previous = QuietButton(theme, icon="chevron-up", tip="Previous match (Shift+F3)")
        self.next = QuietButton(theme, icon="chevron-down", tip="Next match (F3)")
        buttons = (self.kind, self.count, self.previous, self.next, self.close_button)
        for widget in (self.field, *buttons):
            self.row.addWidget(widget, int(widget is self.field))
        self.finder.changed.connect(self._tell)
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
        self.finder.close()

    @property
    def is_searching(self) -> bool:
        return not self.finder.is_done

    def enter(self, step: int) -> None:
        """Go to the next match (1) or the previous one (-1), around the end if need be."""
        self.finder.go(step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_X and event.modifiers() == Qt.KeyboardModifier.AltModifier:
            self.kind.choose_next()
        else:
            super().keyPressEvent(event)

    def _choose_kind(self, key: str) -> None:
        self.field.setPlaceholderText("DE AD BE EF" if key == HEX else "Text")
        self._look()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _query(self) -> Query | None:
        """Return what is looked for as a query in latin-1, where characters are bytes."""
        text = self.field.text()
        if self.kind.choice == TEXT:
            codec = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(self._view.charset, self._view.charset)
            raw = text.encode(codec, "replace").decode("latin-1")
            return Query(raw, is_case_sensitive=not text.isascii()) if text else None
        content = bytes_of_hex(text)
        return Query(content.decode("latin-1"), is_case_sensitive=True) if content else None

    def _look(self) -> None:
        query, text = self._query(), self.field.text()
        self.field.set_invalid("pairs of hexadecimal digits: DE AD BE EF" if text and query is None else "")
        self.finder.look_for(query if self.isVisible() else None)

    def _tell(self) -> None:
        self.count.setText(count_words(self.finder) if self.finder.query is not None else "")
        self.count.setAccessibleName(self.count.text() or "No search")
        for button in (self.previous, self.next):
            button.setEnabled(self.finder.count > 0)
        self.changed.emit()
