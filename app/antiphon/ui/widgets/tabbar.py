"""Flat text tabs with an accent line under the chosen one: `Params 2 | Headers 3 | Body`."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QTabBar, QWidget

from antiphon.ui.paint import paint_ground
from antiphon.ui.theme import SPACE, Theme

_HEIGHT = 36
_ROOM, _LITTLE_ROOM = 22, 10
"""What a tab is wider than its words, where the row has room for it and where it has not."""


class PanelTabs(QWidget):
    """A row of tabs over a hairline, with room for other controls at its right end."""

    selected = Signal(int)
    """The index of the tab that was chosen, by the user or by `select`."""

    def __init__(self, theme: Theme, name: str = "Panels", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bar = _Tabs(theme, name, self)
        self._bar.currentChanged.connect(self.selected)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(3 * SPACE, 0, 3 * SPACE, 0)
        self._row.setSpacing(2 * SPACE)
        self._row.addWidget(self._bar)
        self._row.addStretch()
        self.setFocusProxy(self._bar)

    def add(self, title: str, count: int | None = None, *, tip: str = "") -> int:
        """Append a tab and return its index; *tip* is what hovering says, the tab's key for one."""
        with _Quiet(self._bar):
            index = self._bar.addTab(title)
        self._bar.setTabData(index, title)
        self.set_tip(index, tip)
        self.set_count(index, count)
        return index

    def set_title(self, index: int, title: str) -> None:
        self._bar.setTabData(index, title)
        self._bar.setTabText(index, title)

    def set_count(self, index: int, count: int | None) -> None:
        """Put *count* behind the tab's title; None or 0 shows no number."""
        title = self._bar.tabData(index)
        text = f"{title} {count}" if count else title
        if text != self._bar.tabText(index):
            self._bar.setTabText(index, text)

    def set_mark(self, index: int, mark: str) -> None:
        """Put a word or sign behind the tab's title in place of a count (`Body •`)."""
        title = self._bar.tabData(index)
        text = f"{title} {mark}" if mark else title
        if text != self._bar.tabText(index):
            self._bar.setTabText(index, text)

    def set_tip(self, index: int, tip: str) -> None:
        self._bar.setTabToolTip(index, tip)

    def set_tab_visible(self, index: int, visible: bool) -> None:
        self._bar.setTabVisible(index, visible)

    def add_corner(self, widget: QWidget, *, stretch: int = 0) -> None:
        """Put *widget* at the right end of the row; with *stretch* it takes what room is left."""
        self._row.addWidget(widget, stretch)

    def select(self, index: int) -> None:
        self._bar.setCurrentIndex(index)

    @property
    def current(self) -> int:
        return self._bar.currentIndex()

    def titles(self) -> list[str]:
        """Return the texts as shown, counts included."""
        return [self._bar.tabText(index) for index in range(self._bar.count())]

    def event(self, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Resize, QEvent.Type.LayoutRequest}:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Set the tabs closer together, then corners that know how to be smaller, where there is too little room."""
        corners = [self._row.itemAt(place).widget() for place in range(self._row.count())]
        others = [one for one in corners if one and one is not self._bar and not one.isHidden()]
        full = sum(getattr(one, "full_width", one.sizeHint().width()) + 2 * SPACE for one in others)
        room = self.width() - 6 * SPACE
        is_tight = not self._bar.fits(room - full)
        for one in others:
            if hasattr(one, "set_compact"):
                one.set_compact(is_tight)
        taken = sum(one.sizeHint().width() + 2 * SPACE for one in others)
        self._bar.set_width(room - taken)

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line"))


class _Quiet:
    """Holds a widget's signals back, for the first tab that would announce itself as chosen."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._before = False

    def __enter__(self) -> None:
        self._before = self._widget.blockSignals(True)

    def __exit__(self, *_exception: object) -> None:
        self._widget.blockSignals(self._before)


class _Tabs(QTabBar):
    def __init__(self, theme: Theme, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hovered = -1
        self._room = _ROOM
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def fits(self, width: int) -> bool:
        """Whether all tabs have room in *width*, set close together."""
        return self._width_with(_LITTLE_ROOM) <= width

    def _width_with(self, room: int) -> int:
        metrics = QFontMetrics(self._theme.ui_font(bold=True))
        shown = [index for index in range(self.count()) if self.isTabVisible(index)]
        words = sum(metrics.horizontalAdvance(self.tabText(index)) for index in shown)
        return words + len(shown) * self._theme.px(room)

    def set_width(self, width: int) -> None:
        """Set the tabs closer where they would not fit into *width*."""
        room = _ROOM if self._width_with(_ROOM) <= width else _LITTLE_ROOM
        if room != self._room:
            self._room = room
            self.setIconSize(QSize(room, room))  # there are no icons: it makes Qt lay the tabs out anew

    def tabSizeHint(self, index: int) -> QSize:
        metrics = QFontMetrics(self._theme.ui_font(bold=True))
        return QSize(
            metrics.horizontalAdvance(self.tabText(index)) + self._theme.px(self._room),
            self._theme.px(_HEIGHT),
        )

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(120), self._theme.px(_HEIGHT))

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        for index in range(self.count()):
            if self.isTabVisible(index):
                self._paint_tab(painter, index, self.tabRect(index))

    def _paint_tab(self, painter: QPainter, index: int, rect: QRect) -> None:
        chosen = index == self.currentIndex()
        painter.setFont(self._theme.ui_font(bold=chosen))
        painter.setPen(self._ink(index, chosen=chosen))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, self.tabText(index))
        if not chosen:
            return
        line = rect.adjusted(self._theme.px(5), 0, -self._theme.px(5), 0)
        painter.fillRect(line.left(), rect.bottom() - 1, line.width(), 2, self._theme.color("accent"))
        if self.hasFocus():
            ring = rect.adjusted(2, 5, -2, -5).toRectF()
            paint_ground(painter, ring, None, self._theme.color("accent"), width=2)

    def _ink(self, index: int, *, chosen: bool) -> QColor:
        if not self.isTabEnabled(index):
            return self._theme.color("faint")
        return self._theme.color("text" if chosen or index == self._hovered else "dim")

    def mouseMoveEvent(self, event) -> None:
        self._hover(self.tabAt(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self.update()

    def _restyle(self) -> None:
        self.setFont(self._theme.ui_font())
        self.updateGeometry()
        self.update()
