"""The top edge: which collection, which environment, and the menu of everything else."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from antiphon.ui.paint import paint_ground
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton

_HEIGHT = 46


class Switcher(QAbstractButton):
    """A name with a small arrow, and perhaps a dot before it; pressing it asks for its menu."""

    def __init__(self, theme: Theme, name: str, *, bold: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._bold = bold
        self._dot = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.updateGeometry)

    def show_choice(self, text: str, *, dot: str = "") -> None:
        """Show *text*; *dot* is the token of a coloured dot before it, empty for none."""
        self._dot = dot
        self.setText(text)
        self.setAccessibleName(f"{self._name}: {text}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._theme.ui_font(bold=self._bold))
        room = round((4 * SPACE + 12 + (4 * SPACE if self._dot else 0)) * self._theme.zoom)
        return QSize(metrics.horizontalAdvance(self.text()) + room, metrics.height() + 3 * SPACE)

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, rect = self._theme, QRectF(self.rect())
        if self.underMouse() or self.isDown():
            paint_ground(painter, rect, theme.color("field"))
        if self.hasFocus():
            paint_ground(painter, rect, None, theme.color("accent"), width=2)
        left = 2.0 * SPACE
        if self._dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(self._dot))
            painter.drawEllipse(QRectF(left, rect.center().y() - 4.5, 9, 9))
            left += 4 * SPACE
        painter.setFont(theme.ui_font(bold=self._bold))
        painter.setPen(theme.color("text"))
        painter.drawText(rect.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        left += painter.fontMetrics().horizontalAdvance(self.text()) + 5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("dim"))
        middle = rect.center().y()
        painter.drawPolygon(
            [
                QPoint(round(left), round(middle) - 2),
                QPoint(round(left) + 8, round(middle) - 2),
                QPoint(round(left) + 4, round(middle) + 3),
            ]
        )


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
