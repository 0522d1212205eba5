"""A button that shows what is chosen and asks for the menu of the others."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from antiphon.ui.paint import paint_ground
from antiphon.ui.theme import SPACE, Theme


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
