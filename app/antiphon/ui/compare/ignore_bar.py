"""The line that says what counts as the same in JSON: ignored paths, the order of members, the form of numbers."""

import re

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from antiphon.core.errors import UserError
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.words import Words
from antiphon.workbench.comparing import Comparing

_PAUSE_MS = 400
_TIP = "Paths parted by blanks: $.meta.time, $..id, $.items[*].updated_at; kept for this request (Alt+P)"
_NUMBER = re.compile(r"('(?:[^'\\]|\\.)*')|\[\d+\]")
"""The number of an element; what stands in quotes is a name."""


class IgnoreBar(QWidget):
    """Tells its `Comparing` once typing pauses; what cannot be read is marked, and the last good paths stay."""

    left = Signal()
    """Escape or Return: the user is done here."""

    def __init__(self, theme: Theme, comparing: Comparing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparing = comparing
        self.field = Field(theme, "Ignored paths", placeholder="$.meta.time $..id", mono=True)
        self.field.setToolTip(_TIP)
        self.field.show_text(comparing.ignored_text)
        self.ignore = QuietButton(
            theme, "Ignore this", tip="Pass over the path of the difference at the caret (Alt+I)"
        )
        self.ignore.setEnabled(False)
        self.order = self._toggle(theme, "Key order", "Let the order of members count (Alt+O)")
        self.numbers = self._toggle(
            theme, "1.0 = 1", "Take numbers of one value for the same, however written (Alt+N)"
        )
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._apply)
        self.field.textEdited.connect(lambda _text: self._pause.start())
        self.field.returnPressed.connect(self._take)
        self.order.clicked.connect(comparing.set_order_matters)
        self.numbers.clicked.connect(comparing.set_numbers_by_value)
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * SPACE, 2 * SPACE, 4 * SPACE, 0)
        row.setSpacing(SPACE)
        label = Words(theme, "Ignore", is_short=True)
        label.setBuddy(self.field)
        for widget in (label, self.field, self.ignore, self.order, self.numbers):
            row.addWidget(widget)
        row.setStretch(1, 1)

    def add(self, path: str) -> None:
        """Ignore *path*, too; the numbers of elements become `*`, since they shift."""
        path = _NUMBER.sub(lambda found: found[1] or "[*]", path)
        self.field.setText(f"{self.field.text().strip()} {path}".strip())
        self._apply()

    def close_work(self) -> None:
        self._pause.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _toggle(self, theme: Theme, text: str, tip: str) -> QuietButton:
        button = QuietButton(theme, text, tip=tip)
        button.setCheckable(True)
        return button

    def _take(self) -> None:
        self._apply()
        self.left.emit()

    def _apply(self) -> None:
        self._pause.stop()
        try:
            self._comparing.ignore(self.field.text())
        except UserError as error:
            self.field.set_invalid(f"{error.title} {error.detail}")
            return
        self.field.set_invalid("")
        self.field.setToolTip(_TIP)
