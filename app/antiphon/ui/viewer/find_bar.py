"""The bar that finds text in a body: field, case, whole words, regular expression, how many, next, previous, close."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from antiphon.body.search import Query
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.finder import Finder, count_words
from antiphon.ui.widgets.announce import announce
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.field import Field


class FindBar(QWidget):
    """Drives a `Finder`; `closed` says that the user is done with it."""

    closed = Signal()

    def __init__(self, theme: Theme, finder: Finder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._finder = finder
        self._told: tuple[str, int | None] = ("", None)
        self.field = Field(theme, "Find in the body", placeholder="Find", mono=True)
        self.case = QuietButton(theme, "Aa", tip="Match case (Alt+C)")
        self.word = QuietButton(theme, "W", tip="Whole words (Alt+W)")
        self.regex = QuietButton(theme, ".*", tip="Regular expression (Alt+X)")
        self.count = QLabel(self)
        self.previous = QuietButton(theme, icon="chevron-up", tip="Previous match (Shift+F3)")
        self.next = QuietButton(theme, icon="chevron-down", tip="Next match (F3)")
        self.close_button = QuietButton(theme, icon="close", tip="Close the find bar (Esc)")
        self.case.setAccessibleName("Match case")
        self.word.setAccessibleName("Whole words")
        self.regex.setAccessibleName("Regular expression")
        self._lay_out()
        self._connect()
        self._restyle()

    def open(self, text: str = "") -> None:
        """Show the bar with its text selected; *text*, if any, is looked for."""
        self.show()
        self._finder.warm_up()
        if text:
            self.field.setText(text)
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not text:
            self._look()

    def look_again(self) -> None:
        """Look for the same in what the view shows now, without moving it."""
        if not self.isHidden():  # what it stands in may be about to be shown
            self._finder.look_for(self._query(), moves=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._finder.go(-1 if back else 1)
        elif not self.toggle_by_key(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the toggles before the field, which would write their letter."""
        if event.type() == QEvent.Type.KeyPress and self.toggle_by_key(event):
            return True
        return super().eventFilter(watched, event)

    def toggle_by_key(self, event: QKeyEvent) -> bool:
        """Switch what the keys of *event* stand for; tell whether they stand for anything."""
        toggles = {Qt.Key.Key_C: self.case, Qt.Key.Key_W: self.word, Qt.Key.Key_X: self.regex}
        toggle = toggles.get(Qt.Key(event.key()))
        if toggle is None or event.modifiers() != Qt.KeyboardModifier.AltModifier:
            return False
        toggle.click()
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("side"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line"))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(self.field, 1)
        for widget in (self.case, self.word, self.regex, self.count):
            row.addWidget(widget)
        for widget in (self.previous, self.next, self.close_button):
            row.addWidget(widget)

    def _connect(self) -> None:
        self.field.installEventFilter(self)
        for toggle in (self.case, self.word, self.regex):
            toggle.setCheckable(True)
            toggle.toggled.connect(lambda _on: self._look())
        self.field.textChanged.connect(lambda _text: self._look())
        self.previous.clicked.connect(lambda: self._finder.go(-1))
        self.next.clicked.connect(lambda: self._finder.go(1))
        self.close_button.clicked.connect(self.closed)
        self._finder.changed.connect(self._tell)
        self._theme.changed.connect(self._restyle)

    def _look(self) -> None:
        query = self._query()
        if self.isVisible() and query != self._finder.query:
            self._finder.look_for(query)

    def _query(self) -> Query:
        return Query(self.field.text(), self.regex.isChecked(), self.case.isChecked(), self.word.isChecked())

    def _tell(self) -> None:
        finder = self._finder
        self.field.set_invalid(finder.fault)
        self.count.setText(count_words(finder) if self.field.text() else "")
        self.count.setAccessibleName(self.count.text() or "No search")
        for button in (self.previous, self.next):
            button.setEnabled(finder.count > 0)
        self._announce()

    def _announce(self) -> None:
        """Have it said which match is shown, and how many there are once all are known."""
        told = (self.count.text(), self._finder.number)
        is_news = told[1] != self._told[1] or self._finder.is_done
        if self.isVisible() and told[0] and is_news and told != self._told:
            self._told = told
            announce(self, told[0])

    def _restyle(self) -> None:
        self.count.setFont(self._theme.ui_font())
        palette = self.count.palette()
        palette.setColor(palette.ColorRole.WindowText, self._theme.color("dim"))
        self.count.setPalette(palette)
        self.count.setMinimumWidth(self._theme.px(92))
        self.update()
