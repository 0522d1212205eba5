"""The top edge: which collection, which environment, and the menu of everything else."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.switcher import Switcher

_HEIGHT = 46


class TopBar(QWidget):
    """Asks for its three menus by signal, with the place where each belongs."""

    collections_asked = Signal(QPoint)
    environments_asked = Signal(QPoint)
    menu_asked = Signal(QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.collection = Switcher(theme, "Collection", bold=True, parent=self)
        self.collection.setToolTip("Switch collection")
        self.environment = Switcher(theme, "Environment", bold=False, parent=self)
        self.environment.setToolTip("Switch environment (Ctrl+E)")
        self.menu = QuietButton(theme, icon="more", tip="All commands (F10)", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, 0, 2 * SPACE, 0)
        row.setSpacing(2 * SPACE)
        row.addWidget(self.collection)
        row.addStretch(1)
        row.addWidget(self.environment)
        row.addWidget(self.menu)
        for button, signal in (
            (self.collection, self.collections_asked),
            (self.environment, self.environments_asked),
            (self.menu, self.menu_asked),
        ):
            button.clicked.connect(
                lambda _checked=False, below=button, ask=signal: ask.emit(
                    below.mapToGlobal(below.rect().bottomLeft())
                )
            )
        self._restyle()
        theme.changed.connect(self._restyle)

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("side"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line"))

    def _restyle(self) -> None:
        self.setFixedHeight(round(_HEIGHT * self._theme.zoom))
        self.update()
