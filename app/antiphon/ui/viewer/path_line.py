"""The path of one value as a row of buttons, one for each part; where it is long, the middle is left out."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton

_LONGEST_WORD = 40
_MOST_PARTS = 24
_GAP = "…"
_PART_ROOM = 12


class _Part(QuietButton):
    def _room(self) -> int:
        return _PART_ROOM

    def _font(self):
        return self._theme.mono_font()


class PathLine(QWidget):
    """Shows the parts of a path; `chosen` tells the number of the part that was clicked, the root's is 0."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts: tuple[str, ...] = ()
        self._shown: list[tuple[int, str]] = []
        self._buttons: list[_Part] = []
        self.setAccessibleName("Path of the current value")
        self._beside = QLabel(self)
        self._beside.setTextFormat(Qt.TextFormat.PlainText)
        self._path = QHBoxLayout()
        self._path.setSpacing(0)
        self._path.setContentsMargins(0, 0, 0, 0)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2 * SPACE, 0, 2 * SPACE, 0)
        self._row.setSpacing(SPACE)
        self._row.addLayout(self._path)
        self._row.addStretch(1)
        self._row.addWidget(self._beside)
        theme.changed.connect(self._restyle)
        self._restyle()

    def add_button(self, button: QWidget) -> None:
        """Put *button* at the end of the line."""
        self._row.addWidget(button)

    def show_parts(self, parts: Sequence[str]) -> None:
        """Show a path, its root first."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self.setAccessibleDescription("".join(parts)[:400])
            self._fit()

    def tell(self, words: str) -> None:
        """Say *words* at the right."""
        if words != self._beside.text():
            self._beside.setText(words)
            self._fit()

    @property
    def words(self) -> str:
        return self._beside.text()

    @property
    def parts(self) -> list[QuietButton]:
        """The buttons that are shown."""
        return self._buttons[: len(self._shown)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("side"))
        painter.fillRect(0, 0, self.width(), 1, self._theme.color("line"))

    def _fit(self) -> None:
        """Show the root and as many of the last parts as there is room for; an ellipsis is for the one before them."""
        metrics = self.fontMetrics()
        others = [self._row.itemAt(at).widget() for at in range(2, self._row.count())]
        used = sum(widget.sizeHint().width() + SPACE for widget in others if widget is not None)
        room = self.width() - used - 4 * SPACE
        width = [metrics.horizontalAdvance(_short(part)) + self._theme.px(_PART_ROOM) for part in self._parts]
        room -= (width[0] if width else 0) + metrics.horizontalAdvance(_GAP) + self._theme.px(_PART_ROOM)
        first = len(self._parts)
        while first > 1 and len(self._parts) - first < _MOST_PARTS and room >= width[first - 1]:
            first -= 1
            room -= width[first]
        first = min(first, max(1, len(self._parts) - 1))  # the last part is always there
        last = [(at, _short(self._parts[at])) for at in range(first, len(self._parts))]
        gap = [(first - 1, _GAP)] if first > 1 else []
        self._show([(0, self._parts[0]), *gap, *last] if self._parts else [])

    def _show(self, shown: list[tuple[int, str]]) -> None:
        if shown == self._shown:
            return
        self._shown = shown
        while len(self._buttons) < len(shown):
            self._add_part()
        for button, (_number, word) in zip(self._buttons, shown, strict=False):
            button.setText(word.replace("&", "&&"))
            is_gap = word == _GAP
            button.setAccessibleName("The parts that are left out" if is_gap else word)
            button.setToolTip("Go to the value that holds these" if is_gap else "Go to this value")
            button.updateGeometry()
        for at, button in enumerate(self._buttons):
            button.setVisible(at < len(shown))

    def _add_part(self) -> None:
        place = len(self._buttons)
        button = _Part(self._theme, parent=self)
        button.clicked.connect(lambda: self.chosen.emit(self._shown[place][0]))
        self._buttons.append(button)
        self._path.addWidget(button)

    def _restyle(self) -> None:
        self.setFont(self._theme.mono_font())
        self._beside.setFont(self._theme.ui_font())
        palette = self._beside.palette()
        palette.setColor(palette.ColorRole.WindowText, self._theme.color("dim"))
        self._beside.setPalette(palette)
        self.setFixedHeight(self._theme.px(34))
        self._fit()


def _short(part: str) -> str:
    return part if len(part) <= _LONGEST_WORD else part[: _LONGEST_WORD - 2] + _GAP + part[-1]
