"""What stands in a pane that has nothing to show yet: what it is for, and how to begin."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import PrimaryButton, QuietButton

Action = tuple[str, Callable[[], None]]


class EmptyState(QWidget):
    """A title, a sentence or two, and buttons, in the middle; the first button is the primary one.

    Args:
        stacked: Put the buttons one below the other, where the pane is narrow.
    """

    def __init__(
        self,
        theme: Theme,
        title: str,
        text: str,
        buttons: Sequence[Action] = (),
        *,
        stacked: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = QLabel(title, self)
        self._text = QLabel(text, self)
        self._stacked = stacked
        self._buttons = [self._button(index, *action) for index, action in enumerate(buttons)]
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    def tell(self, title: str, text: str) -> None:
        """Show other words."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(". ".join(words for words in (title, text) if words))

    def _button(self, index: int, title: str, run: Callable[[], None]) -> QWidget:
        button = (
            QuietButton(self._theme, title, parent=self) if index else PrimaryButton(self._theme, title, self)
        )
        button.clicked.connect(lambda _checked: run())
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * SPACE, 4 * SPACE, 6 * SPACE, 4 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addStretch(2)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            column.addWidget(label)
        if self._buttons:
            row = QVBoxLayout() if self._stacked else QHBoxLayout()
            row.setContentsMargins(0, 2 * SPACE, 0, 0)
            row.addStretch()
            for button in self._buttons:
                row.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            row.addStretch()
            column.addLayout(row)
        column.addStretch(3)

    def _restyle(self) -> None:
        self._title.setFont(self._theme.ui_font(1, bold=True))
        palette = self._text.palette()
        palette.setColor(self._text.foregroundRole(), self._theme.color("dim"))
        self._text.setPalette(palette)
