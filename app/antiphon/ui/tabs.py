"""The strip of open tabs: method word, name, a dot where unsaved, slanted where only looked at."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QTabBar, QWidget

from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton

_HEIGHT = 38


@dataclass(frozen=True, slots=True)
class TabText:
    """How a tab reads; *word* is the method, or what else it is (`RUN`, `ENV`)."""

    word: str
    name: str
    is_dirty: bool = False
    is_preview: bool = False
    tip: str = ""
    is_url: bool = False
    """The name is a URL, whose end tells it from others."""


class _Bar(QTabBar):
    close_asked = Signal(int)
    pin_asked = Signal(int)
    menu_asked = Signal(int, QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hovered = -1
        self._dragged = -1
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Open tabs")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def text_at(self, index: int) -> TabText:
        return self.tabData(index)

    def put(self, index: int, text: TabText) -> None:
        self.setTabData(index, text)
        dirty = ", unsaved" if text.is_dirty else ""
        self.setTabText(index, text.name.replace("&", "&&"))
        self.setAccessibleTabName(index, f"{text.word} {text.name}{dirty}")
        self.setTabToolTip(index, text.tip or text.name)

    def tabSizeHint(self, index: int) -> QSize:
        text = self.text_at(index)
        if text is None:
            return QSize(120, _HEIGHT)
        word = QFontMetrics(self._word_font()).horizontalAdvance(text.word)
        name = QFontMetrics(self._theme.ui_font()).horizontalAdvance(text.name)
        return QSize(
            min(word + name + round(14 * SPACE * self._theme.zoom), round(240 * self._theme.zoom)),
            round(_HEIGHT * self._theme.zoom),
        )

    def minimumTabSizeHint(self, index: int) -> QSize:
        return QSize(
            min(self.tabSizeHint(index).width(), round(150 * self._theme.zoom)),
            self.tabSizeHint(index).height(),
        )

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in range(self.count()):
            if self.text_at(index) is not None:
                self._paint_tab(painter, index, self.tabRect(index))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hovered = self.tabAt(event.position().toPoint())
        if self._dragged >= 0 and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag_to(event.position().toPoint())
        self.update()

    def leaveEvent(self, event) -> None:
        self._hovered = -1
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.tabAt(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and index >= 0 and self._cross(self.tabRect(index)).contains(event.position().toPoint()):
            self.close_asked.emit(index)
            return
        if event.button() == Qt.MouseButton.RightButton and index >= 0:
            self.menu_asked.emit(index, event.globalPosition().toPoint())
            return
        super().mousePressEvent(event)
        self._dragged = index if is_left else -1

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
            self.close_asked.emit(index)
            return
        self._dragged = -1
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.tabAt(event.position().toPoint())
        if index >= 0:
            self.pin_asked.emit(index)

    def _drag_to(self, at: QPoint) -> None:
        """Let the dragged tab change places with the one whose middle the mouse has passed."""
        target = self.tabAt(at)
        if target < 0 or target == self._dragged:
            return
        middle = self.tabRect(target).center().x()
        if (target > self._dragged) == (at.x() > middle):
            self.moveTab(self._dragged, target)
            self._dragged = target

    def _paint_tab(self, painter: QPainter, index: int, rect: QRect) -> None:
        theme, text, is_front = self._theme, self.text_at(index), index == self.currentIndex()
        if is_front:
            painter.fillRect(rect, theme.color("bg"))
            painter.fillRect(rect.left(), rect.top(), rect.width(), 2, theme.color("accent"))
        painter.fillRect(rect.right(), rect.top(), 1, rect.height(), theme.color("line"))
        left = rect.left() + 3 * SPACE
        painter.setFont(self._word_font())
        painter.setPen(theme.method_color(text.word))
        painter.drawText(rect.adjusted(3 * SPACE, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text.word)
        left += painter.fontMetrics().horizontalAdvance(text.word) + 2 * SPACE
        font = QFont(theme.ui_font())
        font.setItalic(text.is_preview)
        painter.setFont(font)
        painter.setPen(theme.color("text" if is_front or index == self._hovered else "dim"))
        cross = self._cross(rect)
        box = QRect(left, rect.top(), cross.left() - left - SPACE, rect.height())
        mode = Qt.TextElideMode.ElideLeft if text.is_url else Qt.TextElideMode.ElideRight
        name = painter.fontMetrics().elidedText(text.name, mode, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
        self._paint_end(painter, cross, is_dirty=text.is_dirty, is_hot=index == self._hovered)
        if is_front and self.hasFocus():
            painter.setPen(theme.color("accent"))
            painter.drawRect(rect.adjusted(3, 5, -4, -4))

    def _paint_end(self, painter: QPainter, box: QRect, *, is_dirty: bool, is_hot: bool) -> None:
        """Paint the dot of an unsaved tab, or under the mouse the cross that closes it."""
        if is_hot:
            painter.setPen(self._theme.color("dim"))
            inner = box.adjusted(4, 4, -4, -4)
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())
        elif is_dirty:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent"))
            painter.drawEllipse(box.center(), 3, 3)

    def _cross(self, rect: QRect) -> QRect:
        side = 4 * SPACE
        return QRect(rect.right() - side - SPACE, rect.center().y() - side // 2 + 1, side, side)

    def _word_font(self) -> QFont:
        return self._theme.mono_font(-1, bold=True)

    def _restyle(self) -> None:
        self.setFont(self._theme.ui_font())
        self.updateGeometry()
        self.update()


class TabStrip(QWidget):
    """All open tabs and a button for a new one."""

    selected = Signal(int)
    close_asked = Signal(int)
    pin_asked = Signal(int)
    menu_asked = Signal(int, QPoint)
    moved = Signal(int, int)
    new_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bar = _Bar(theme, self)
        self._new = QuietButton(theme, icon="plus", tip="New request (Ctrl+T)", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, SPACE, 0)
        row.setSpacing(SPACE)
        row.addWidget(self._bar)
        row.addWidget(self._new)
        row.addStretch(1)
        self._bar.currentChanged.connect(self.selected)
        self._bar.close_asked.connect(self.close_asked)
        self._bar.pin_asked.connect(self.pin_asked)
        self._bar.menu_asked.connect(self.menu_asked)
        self._bar.tabMoved.connect(self.moved)
        self._new.clicked.connect(self.new_asked)
        self._bar.hide()
        theme.changed.connect(self._restyle)
        self._restyle()

    def add(self, text: TabText) -> int:
        self._bar.show()
        index = self._bar.addTab("")
        self._bar.put(index, text)
        return index

    def put(self, index: int, text: TabText) -> None:
        if self._bar.text_at(index) != text:
            self._bar.put(index, text)
            self._bar.update()

    def remove(self, index: int) -> None:
        self._bar.removeTab(index)
        self._bar.setVisible(self._bar.count() > 0)

    def select(self, index: int) -> None:
        self._bar.setCurrentIndex(index)

    def move(self, origin: int, target: int) -> None:
        """Put the tab at *origin* where *target* stands; beyond the ends nothing happens."""
        if 0 <= origin < self._bar.count() and 0 <= target < self._bar.count():
            self._bar.moveTab(origin, target)

    @property
    def current(self) -> int:
        return self._bar.currentIndex()

    @property
    def count(self) -> int:
        return self._bar.count()

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("side"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line"))

    def _restyle(self) -> None:
        self.setFixedHeight(round(_HEIGHT * self._theme.zoom))
        self.update()
