"""Scroll bars: a rounded slider on the ground of what is scrolled, no arrows, stronger when pointed at."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QStyle, QStyleOptionSlider, QWidget

from antiphon.ui.paint import paint_ground
from antiphon.ui.theme import Theme

_SC = QStyle.SubControl
_SHORTEST = 32


def paint(option: QStyleOptionSlider, painter: QPainter, theme: Theme, bar: QWidget | None) -> None:
    painter.fillRect(option.rect, _ground_of(bar) or option.palette.window())
    if option.maximum <= option.minimum:
        return
    slider = QRectF(place(option, _SC.SC_ScrollBarSlider, theme))
    active = bool(option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Sunken))
    edge = 2 if active else 3
    handle = slider.adjusted(edge, edge, -edge, -edge)
    color = QColor(theme.color("border"))
    color.setAlphaF(1.0 if active else 0.6)
    paint_ground(painter, handle, color, radius=min(handle.width(), handle.height()) / 2)


def place(option: QStyleOptionSlider, part: QStyle.SubControl, theme: Theme) -> QRect:
    """Return where *part* is; the arrow buttons are nowhere."""
    rect = QRect(option.rect)
    if part == _SC.SC_ScrollBarGroove:
        return rect
    lies = option.orientation == Qt.Orientation.Horizontal
    room = rect.width() if lies else rect.height()
    start, length = _slider_span(option, room, theme.px(_SHORTEST))
    spans = {
        _SC.SC_ScrollBarSlider: (start, length),
        _SC.SC_ScrollBarSubPage: (0, start),
        _SC.SC_ScrollBarAddPage: (start + length, room - start - length),
    }
    if part not in spans:
        return QRect()
    at, size = spans[part]
    if lies:
        return QRect(rect.left() + at, rect.top(), size, rect.height())
    return QRect(rect.left(), rect.top() + at, rect.width(), size)


def _slider_span(option: QStyleOptionSlider, room: int, shortest: int) -> tuple[int, int]:
    steps = option.maximum - option.minimum
    if steps <= 0:
        return 0, room
    length = max(min(room, shortest), room * option.pageStep // (steps + option.pageStep))
    start = QStyle.sliderPositionFromValue(
        option.minimum, option.maximum, option.sliderPosition, room - length, option.upsideDown
    )
    return start, length


def _ground_of(bar: QWidget | None) -> QBrush | None:
    """Return the ground of what *bar* scrolls; it stands in a container of the scroll area."""
    area = bar.parentWidget().parentWidget() if bar is not None and bar.parentWidget() is not None else None
    if not isinstance(area, QAbstractScrollArea):
        return None
    return area.viewport().palette().brush(area.viewport().backgroundRole())
