"""A dry run: what would be sent, and that it was not."""

from typing import Literal

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from antiphon.core.exchange import Exchange
from antiphon.ui.icons import paint_icon
from antiphon.ui.response.sent_panel import SentPanel
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton, Segmented

RehearsedVersion = Literal["1.1", "2"]


class RehearsalPane(QWidget):
    """A banner, a choice of the HTTP version, and the view of the Sent tab."""

    version_chosen = Signal(str)
    """`1.1` or `2`: show it so."""
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = _Icon(theme, self)
        self._words = QLabel("Dry run: nothing was sent.", self)
        self.version = Segmented(theme, (("1.1", "HTTP/1.1"), ("2", "HTTP/2")), name="HTTP version")
        self.close_button = QuietButton(theme, icon="close", tip="Back to the response (Esc)", parent=self)
        self.sent = SentPanel(theme)
        row = QHBoxLayout()
        row.setContentsMargins(4 * SPACE, 2 * SPACE, 2 * SPACE, SPACE)
        row.setSpacing(2 * SPACE)
        row.addWidget(self._icon)
        row.addWidget(self._words)
        row.addStretch(1)
        row.addWidget(self.version)
        row.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.sent, 1)
        self.setFocusProxy(self.version)
        self.setAccessibleName("Dry run: nothing was sent")
        self.version.chosen.connect(self.version_chosen)
        self.close_button.clicked.connect(self.closed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_exchange(self, exchange: Exchange) -> None:
        """Show what would be sent, in the version that it would be sent in."""
        hop = exchange.last
        if hop is not None:
            self.version.show_choice("2" if hop.sent.fields else "1.1")
        self.sent.show_exchange(exchange)

    def _restyle(self) -> None:
        self._words.setFont(self._theme.ui_font(bold=True))


class _Icon(QWidget):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedSize(theme.px(16), theme.px(16))

    def paintEvent(self, event) -> None:
        paint_icon(QPainter(self), QRectF(self.rect()), "info", self._theme.color("accent"))
