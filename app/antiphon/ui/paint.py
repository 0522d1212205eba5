"""The few shapes that everything is painted from."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from antiphon.ui.icons import paint_icon
from antiphon.ui.theme import RADIUS, Theme


def paint_ground(
    painter: QPainter,
    rect: QRectF,
    ground: QColor | None,
    outline: QColor | None = None,
    *,
    radius: float = RADIUS,
    width: float = 1,
) -> None:
    """Paint a rounded rectangle whose outline of *width* pixels lies wholly inside *rect*."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(outline, width) if outline is not None else Qt.PenStyle.NoPen)
    painter.setBrush(ground if ground is not None else Qt.BrushStyle.NoBrush)
    inset = width / 2 if outline is not None else 0
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)
    painter.restore()


def paint_field(
    painter: QPainter, rect: QRect, theme: Theme, *, focused: bool, enabled: bool = True, outline: str = ""
) -> None:
    """Paint the ground of an input: outline at rest, two accent pixels when it has the focus."""
    token = outline or ("accent" if focused else "border" if enabled else "line")
    paint_ground(painter, QRectF(rect), theme.color("field"), theme.color(token), width=2 if focused else 1)


def paint_check_box(
    painter: QPainter, rect: QRect, theme: Theme, state: Qt.CheckState, *, focused: bool, enabled: bool = True
) -> None:
    """Paint a check box in the middle of *rect*; a tick in the text's colour, as a row's tick is no action."""
    side = theme.px(16)
    box = QRectF(0, 0, side, side)
    box.moveCenter(QRectF(rect).center())
    outline = theme.color("accent") if focused else theme.color("border" if enabled else "line")
    paint_ground(painter, box, theme.color("field"), outline, radius=4, width=2 if focused else 1)
    if state != Qt.CheckState.Unchecked:
        name = "check" if state == Qt.CheckState.Checked else "minus"
        paint_icon(painter, box.adjusted(1, 1, -1, -1), name, theme.color("text" if enabled else "faint"))
