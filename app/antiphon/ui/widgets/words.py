"""Labels that stand beside controls: dim explanations, warnings, headings."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from antiphon.ui.theme import Theme


class Words(QLabel):
    """Plain text in the colour *ink*, wrapped where it is long unless it *is_short*."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        ink: str = "dim",
        *,
        is_short: bool = False,
        is_bold: bool = False,
        step: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._ink = ink
        self._is_bold = is_bold
        self._step = step
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(not is_short)
        theme.changed.connect(self._restyle)
        self._restyle()

    def say(self, text: str) -> None:
        """Show *text*, and nothing, not even room, where it is empty."""
        self.setText(text)
        self.setVisible(bool(text))

    def _restyle(self) -> None:
        self.setFont(self._theme.ui_font(self._step, bold=self._is_bold))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color(self._ink))
        self.setPalette(palette)


class CutWords(Words):
    """One line that takes the room there is, cut with an ellipsis where it is longer; hovering shows all of it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, is_short=True, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def tell(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self.setToolTip(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.color(self._ink))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
