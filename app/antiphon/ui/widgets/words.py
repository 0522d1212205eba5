"""Labels that stand beside controls: dim explanations, warnings, headings."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QWidget

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
