"""A bar over a page of a body: one field, and what belongs to it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.field import Field


class PageBar(QWidget):
    """A field that acts on *view* by Return and closes by Escape; a subclass fills `row` and says what it does."""

    def __init__(self, theme: Theme, view: QWidget, name: str, placeholder: str) -> None:
        super().__init__()
        self._theme = theme
        self._view = view
        self.field = Field(theme, name, placeholder=placeholder, mono=True)
        self.close_button = QuietButton(theme, icon="close", tip="Close the bar (Esc)")
        self.close_button.clicked.connect(self.shut)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(4 * SPACE, SPACE, 2 * SPACE, SPACE)
        self.row.setSpacing(SPACE)
        self.hide()
        theme.changed.connect(self.update)

    def open(self) -> None:
        self.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def shut(self) -> None:
        self.hide()
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def enter(self, step: int) -> None:
        """Do what Return asks for; *step* is -1 with Shift, else 1."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.enter(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("side"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line"))
