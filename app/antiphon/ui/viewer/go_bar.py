"""The bar that goes to a line, a byte or a share of a body."""

import re
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.body_view import BodyView
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.words import CutWords

_LINE = re.compile(r"(\d[\d,_ ]*)(?::\s*(\d+))?")
_BYTE = re.compile(r"(?:b(?:yte)?\s*|@)(\d[\d,_ ]*)|(0x[0-9a-f]+)", re.IGNORECASE)
_SHARE = re.compile(r"(\d+(?:\.\d*)?)\s*%")
HELP = "Type a line (120), a line and column (120:8), a byte (b4096, 0x1000) or a share (50%)."


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go: a line from 1 with a column from 1, a byte from 0, or a share from 0 to 1."""

    kind: Literal["line", "byte", "share"]
    value: float
    column: int = 1


def place_of(text: str) -> Place | None:
    """Return the place that *text* names, None where it names none."""
    text = text.strip()
    if match := _SHARE.fullmatch(text):
        return Place("share", min(1.0, float(match[1]) / 100))
    if match := _BYTE.fullmatch(text):
        return Place("byte", int(match[2], 16) if match[2] else _number(match[1]))
    if match := _LINE.fullmatch(text):
        return Place("line", max(1, _number(match[1])), max(1, int(match[2] or 1)))
    return None


def _number(digits: str) -> int:
    return int(re.sub(r"\D", "", digits))


class GoBar(QWidget):
    """Goes where its field says when Return is pressed; `closed` says that the user is done with it."""

    closed = Signal()

    def __init__(self, theme: Theme, view: BodyView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = view
        self.field = Field(theme, "Go to", placeholder="Line, line:column, b4096, 50%", mono=True)
        self.where = CutWords(theme)
        self.close_button = QuietButton(theme, icon="close", tip="Close (Esc)")
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(2 * SPACE)
        for widget, stretch in ((self.field, 1), (self.where, 1), (self.close_button, 0)):
            row.addWidget(widget, stretch)
        self.field.textChanged.connect(lambda _text: self._tell_place())
        self.close_button.clicked.connect(self.closed)
        theme.changed.connect(self.update)

    def open(self) -> None:
        """Show the bar, ready to be typed into, with where the caret stands."""
        self._tell_place()
        self.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._go()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("side"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line"))

    def _go(self) -> None:
        place = place_of(self.field.text())
        if place is None:
            self.field.set_invalid(HELP)
            self.where.tell(HELP)
            return
        match place.kind:
            case "line":
                self._view.go_to_line(int(place.value), place.column)
            case "byte":
                self._view.reveal(int(place.value))
            case "share":
                self._view.go_to_share(place.value)
        self.closed.emit()

    def _tell_place(self) -> None:
        """Say where the caret stands; what was wrong with the text before is over."""
        view = self._view
        line = view.index.line_of(view.caret) + 1
        share = 100 * view.caret / max(1, view.source.size_bytes)
        self.field.set_invalid("")
        self.field.setToolTip(HELP)
        self.where.tell(f"Line {line:,} of {view.index.line_count:,}, byte {view.caret:,}, {share:.1f} %")
