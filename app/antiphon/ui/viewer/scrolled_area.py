"""What every view of rows does with scroll bars, wheel and focus, whatever its rows look like."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.look import make_style
from antiphon.ui.viewer.scroll import Scroll

LEFT = 4 * SPACE
_DRAG_MS = 30


class ScrolledArea(QAbstractScrollArea):
    """Rows in any number, of which a `Scroll` tells what is seen; a subclass says how many there are, and paints them.

    What stands at the end of the rows follows them as they grow.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._style = make_style(theme, None)
        self._scroll = Scroll(self)
        self._follows = False
        self._is_syncing = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAutoFillBackground(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalScrollBar().valueChanged.connect(self._bar_moved)
        self.horizontalScrollBar().valueChanged.connect(lambda _value: self.viewport().update())
        self._recolour_ground()

    # For a subclass

    @property
    def row_count(self) -> int:
        return 0

    @property
    def page_width(self) -> int:
        """Pixels of a row that are seen at once."""
        return self.viewport().width()

    @property
    def content_width(self) -> int:
        """Pixels that a row takes."""
        return 0

    # Heights, for `Scroll`

    @property
    def line_height(self) -> int:
        return self._style.line_height

    @property
    def page_height(self) -> int:
        return max(self.viewport().height(), self.line_height)

    @property
    def is_wrapped(self) -> bool:
        return False

    def row_height(self, _row: int) -> int:
        return self.line_height

    # Scrolling

    def scroll_by(self, pixels: int) -> None:
        """Go *pixels* down, or up if negative."""
        self._scroll.move(pixels)
        self._scrolled()

    def sync_bars(self) -> None:
        """Let the bars say where in how much the view stands."""
        self._is_syncing = True
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        scale = self._scroll.scale
        vertical.setPageStep(max(1, self.page_height // scale))
        vertical.setSingleStep(max(1, self.line_height // scale))
        vertical.setRange(0, self._scroll.bar_maximum)
        vertical.setValue(self._scroll.bar_value)
        horizontal.setPageStep(self.page_width)
        horizontal.setSingleStep(int(4 * self._style.char_width))
        horizontal.setRange(0, max(0, self.content_width - self.page_width))
        self._is_syncing = False

    def _bar_moved(self, value: int) -> None:
        if not self._is_syncing:
            self._scroll.go_to_bar(value)
            self._scrolled()

    def _scrolled(self) -> None:
        self._follows = self._scroll.is_at_end
        self.sync_bars()
        self.viewport().update()

    def _recolour_ground(self) -> None:
        palette = self._theme.palette()
        palette.setColor(palette.ColorRole.Window, self._theme.color("bg"))
        self.setPalette(palette)

    # Qt's

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint anew instead of moving pixels: the bars are not in pixels everywhere."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._theme.zoom_by_wheel(event):
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not event.angleDelta().y():
            delta = event.angleDelta().x() or event.angleDelta().y()
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - (event.pixelDelta().x() or delta * self.line_height * 3 // 120))
        else:
            lines = event.angleDelta().y() * QApplication.wheelScrollLines() * self.line_height / 120
            self.scroll_by(-(event.pixelDelta().y() or round(lines)))
        event.accept()

    def focusInEvent(self, event: QEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()


class DragScroll(QTimer):
    """Scrolls an area on while the mouse is held at an edge, which may be the screen's, or beyond: the faster the farther.

    Args:
        reach: Takes the place of the mouse in the viewport, each time that is over something else.
    """

    def __init__(self, area: ScrolledArea, reach: Callable[[QPointF], None]) -> None:
        super().__init__(area, interval=_DRAG_MS)
        self._area = area
        self._reach = reach
        self._place = QPointF()
        self.timeout.connect(self.go_on)

    def to(self, place: QPointF) -> None:
        """The mouse is at *place* of the viewport, its button held."""
        self._place = place
        self._reach(place)
        if 0 < place.y() < self._area.viewport().height() - 1:
            self.stop()
        elif not self.isActive():
            self.start()

    def go_on(self) -> None:
        """Scroll by as much as belongs to the time between two times."""
        y, bottom, line = self._place.y(), self._area.viewport().height() - 1, self._area.line_height
        self._area.scroll_by(int(y) - line if y <= 0 else int(y - bottom) + line)
        self._reach(self._place)
