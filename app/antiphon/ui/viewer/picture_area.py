"""A picture to look at: fitted or at any zoom, scrolled, its transparent parts on a checkerboard."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from antiphon.ui.theme import LIGHT, SPACE, Theme
from antiphon.ui.viewer.picture import Drawn, Facts, Picture, Piece

ZOOMS = (0.02, 0.05, 0.1, 0.25, 0.33, 0.5, 0.67, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 16.0, 32.0)
_SQUARE = 2 * SPACE
_STEP = 40
_SIDE_LIMIT = 1 << 24


class PictureArea(QAbstractScrollArea):
    """Shows a `Picture`; `zoomed` says that it is seen in another size."""

    zoomed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture: Picture | None = None
        self._zoom: float | None = None
        self._size = (0.0, 0.0)
        self._drag_from: QPointF | None = None
        self._is_playing = True
        self._frames = QTimer(self, singleShot=True)
        self._frames.timeout.connect(lambda: self._ask(advance=True))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Picture")
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.setSingleStep(_STEP)
            bar.valueChanged.connect(lambda _value: self._moved())
        theme.changed.connect(self.viewport().update)

    def set_picture(self, picture: Picture | None, *, keeps_place: bool = False) -> None:
        """Show *picture*, whose facts are told; None shows nothing. *keeps_place*: it is the same, of which more came."""
        self._frames.stop()
        self._picture = picture
        if not keeps_place:
            self._zoom, self._is_playing = None, True
        if picture is not None:
            picture.drawn.connect(self._drawn)
            self._size = picture.facts.size
            if picture.facts.is_text and self._zoom is None:
                self._zoom = 1.0
        self._sync()
        self._ask()
        self.zoomed.emit()

    @property
    def facts(self) -> Facts | None:
        return None if self._picture is None else self._picture.facts

    @property
    def is_fitted(self) -> bool:
        return self._zoom is None

    @property
    def zoom(self) -> float:
        """The size of a pixel of the picture in pixels of the window."""
        if self._zoom is not None:
            return self._zoom
        width, height = self._size
        if not width or not height:
            return 1.0
        seen = self.maximumViewportSize()
        return min(1.0, seen.width() / width, seen.height() / height)

    def fit(self) -> None:
        """Show the whole picture, not larger than it is."""
        if self.facts is not None and not self.facts.is_text:
            self._set_zoom(None)

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Show the picture at *zoom*, what is seen *at* a place of the window staying there (the middle)."""
        if self._picture is None:
            return
        at = QPointF(self.viewport().rect().center()) if at is None else at
        before, (left, top) = self.zoom, self._origin()
        self._set_zoom(zoom)
        share = zoom / before
        self.horizontalScrollBar().setValue(round((at.x() - left) * share - at.x()))
        self.verticalScrollBar().setValue(round((at.y() - top) * share - at.y()))

    def zoom_by(self, step: int, at: QPointF | None = None) -> None:
        """Go to the next larger zoom (1) or the next smaller one (-1)."""
        now = self.zoom
        others = [zoom for zoom in ZOOMS if (zoom > now * 1.01 if step > 0 else zoom < now * 0.99)]
        if others:
            self.zoom_to(others[0] if step > 0 else others[-1], at)

    def copy(self) -> bool:
        """Put what is seen on the clipboard as a picture; False where nothing is."""
        last = None if self._picture is None else self._picture.last
        if last is None:
            return False
        QGuiApplication.clipboard().setImage(last.image.copy())
        return True

    @property
    def is_playing(self) -> bool:
        return self._is_playing

    def play(self, is_playing: bool) -> None:
        """Let an animation go on, or hold it."""
        self._is_playing = is_playing
        self._frames.stop()
        if is_playing and self.facts is not None and self.facts.is_animated:
            self._ask(advance=True)

    # Drawing

    def _set_zoom(self, zoom: float | None) -> None:
        self._zoom = zoom
        self._sync()
        self._ask()
        self.zoomed.emit()

    def _whole(self) -> tuple[int, int]:
        """Return the size of the whole at the present zoom, in pixels of the window."""
        return tuple(min(_SIDE_LIMIT, max(1, round(side * self.zoom))) for side in self._size)

    def _origin(self) -> tuple[int, int]:
        """Return where the whole begins in the viewport: in the middle where there is room."""
        seen, bars = self.viewport().size(), (self.horizontalScrollBar(), self.verticalScrollBar())
        rooms = zip((seen.width(), seen.height()), self._whole(), bars, strict=True)
        share = 0 if self.facts is not None and self.facts.is_text else 0.5
        return tuple(-bar.value() if side > room else int((room - side) * share) for room, side, bar in rooms)

    def _sync(self) -> None:
        width, height = self._whole() if self._picture is not None else (0, 0)
        seen = self.viewport().size()
        for bar, side, room in (
            (self.horizontalScrollBar(), width, seen.width()),
            (self.verticalScrollBar(), height, seen.height()),
        ):
            bar.setPageStep(room)
            bar.setRange(0, max(0, side - room))

    def _piece(self, *, advance: bool) -> Piece:
        """Return what is seen, in pixels of the screen."""
        ratio, (left, top) = self.devicePixelRatioF(), self._origin()
        width, height = self._whole()
        seen = self.viewport().size()
        if self.facts.is_text:
            height = max(height, seen.height())
        return Piece(
            self.zoom * ratio,
            max(0, -left) * ratio,
            max(0, -top) * ratio,
            round(min(width, seen.width()) * ratio),
            round(min(height, seen.height()) * ratio),
            seen.width() * ratio,
            advance,
        )

    def _ask(self, *, advance: bool = False) -> None:
        facts = self.facts
        if facts is None or facts.error or facts.too_large or (advance and not self.isVisible()):
            return
        if facts.is_text and not self._size[0]:
            self._size = (self.viewport().width() / self.zoom, self.viewport().height() / self.zoom)
        self._picture.ask(self._piece(advance=advance))
        self.viewport().update()

    def _drawn(self) -> None:
        if self.sender() is not self._picture:
            return
        last = self._picture.last
        if last.size != self._size and self.facts.is_text:
            self._size = last.size
            self._sync()
            self._ask()
        if last.delay_ms > 0 and self._is_playing:
            self._frames.start(last.delay_ms)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._theme.color("side"))
        last = None if self._picture is None else self._picture.last
        if last is not None:
            place = self._place_of(last)
            if self.facts.has_alpha:
                self._paint_squares(painter, place)
            painter.drawImage(place, last.image)
        if self.hasFocus():
            painter.fillRect(0, 0, 2, self.viewport().height(), self._theme.color("accent"))

    def _place_of(self, last: Drawn) -> QRectF:
        """Return where a piece lies now, which may have been drawn for another zoom or place."""
        left, top = self._origin()
        scale = self.zoom / last.piece.zoom
        width, height = last.image.width() * scale, last.image.height() * scale
        return QRectF(left + last.piece.x * scale, top + last.piece.y * scale, width, height)

    def _paint_squares(self, painter: QPainter, place: QRectF) -> None:
        seen = place.intersected(QRectF(self.viewport().rect()))
        painter.setClipRect(seen)
        painter.fillRect(seen, QColor(LIGHT.bg))  # most pictures are made for a light ground
        for row in range(int(seen.top()) // _SQUARE, int(seen.bottom()) // _SQUARE + 1):
            for column in range(int(seen.left()) // _SQUARE, int(seen.right()) // _SQUARE + 1):
                if (row + column) % 2:
                    painter.fillRect(column * _SQUARE, row * _SQUARE, _SQUARE, _SQUARE, QColor(LIGHT.line))
        painter.setClipping(False)

    # Qt's

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint anew: what comes into view has to be drawn first."""

    def _moved(self) -> None:
        if self._picture is not None:
            self._ask()

    def resizeEvent(self, event: QEvent) -> None:
        self._sync()
        self._ask()
        self.zoomed.emit()

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)
        self._ask()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1, event.position())
            event.accept()
            return
        is_across = event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not event.angleDelta().y()
        bar = self.horizontalScrollBar() if is_across else self.verticalScrollBar()
        delta = event.angleDelta().x() or event.angleDelta().y()
        bar.setValue(bar.value() - delta * QApplication.wheelScrollLines() * _STEP // 240)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag_from = event.position()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag_from is not None:
            moved, self._drag_from = event.position() - self._drag_from, event.position()
            for bar, by in ((self.horizontalScrollBar(), moved.x()), (self.verticalScrollBar(), moved.y())):
                bar.setValue(bar.value() - round(by))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag_from = None
        self.viewport().unsetCursor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        moves = {
            Qt.Key.Key_Left: (across, -_STEP),
            Qt.Key.Key_Right: (across, _STEP),
            Qt.Key.Key_Up: (down, -_STEP),
            Qt.Key.Key_Down: (down, _STEP),
            Qt.Key.Key_PageUp: (down, -down.pageStep()),
            Qt.Key.Key_PageDown: (down, down.pageStep()),
            Qt.Key.Key_Home: (down, -down.maximum()),
            Qt.Key.Key_End: (down, down.maximum()),
        }
        key = Qt.Key(event.key())
        if key in moves:
            bar, by = moves[key]
            bar.setValue(bar.value() + by)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier or not self._zoom_by_key(key):
            super().keyPressEvent(event)

    def _zoom_by_key(self, key: Qt.Key) -> bool:
        match key:
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_by(1)
            case Qt.Key.Key_Minus:
                self.zoom_by(-1)
            case Qt.Key.Key_0:
                self.fit()
            case Qt.Key.Key_1:
                self.zoom_to(1.0)
            case Qt.Key.Key_Space:
                self.play(not self._is_playing)
            case _:
                return False
        return True
