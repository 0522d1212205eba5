"""The method: a common one from the list, or any word typed."""

import re

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QMenu, QWidget

from antiphon.ui.icons import paint_icon
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.field import Field

COMMON = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_STANDARD = {*COMMON, "TRACE", "CONNECT", "QUERY"}
_NOT_A_TOKEN = re.compile(r"[^!#$%&'*+\-.^_`|~0-9A-Za-z]")
_ARROW = 20


def method_word(typed: str) -> str:
    """Return *typed* as a method: only characters of a token (RFC 9110 section 9.1); a standard one in capitals."""
    word = _NOT_A_TOKEN.sub("", typed)
    return word.upper() if word.upper() in _STANDARD else word


class MethodField(Field):
    """A short field in the method's colour; Down or the arrow opens the list."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Method", mono=True, parent=parent)
        self.setToolTip("Method: type any word, or press Down for the list")
        self.textEdited.connect(self._tidy)
        self.textChanged.connect(self._recolour_word)
        self._restyle()
        self._recolour_word()

    def sizeHint(self) -> QSize:
        widest = max(QFontMetrics(self.font()).horizontalAdvance(word) for word in ("DELETE", self.text()))
        return QSize(min(widest, self.theme.px(160)) + self.theme.px(16 + _ARROW), self.theme.px(36))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Methods")
        for method in COMMON:
            action = menu.addAction(method)
            action.setCheckable(True)
            action.setChecked(method == self.text())
            action.triggered.connect(lambda _checked, word=method: self.choose(word))
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def choose(self, method: str) -> None:
        """Put *method* into the field as if it had been typed."""
        if method != self.text():
            self.selectAll()
            self.insert(method)
            self.textEdited.emit(method)

    def keyPressEvent(self, event) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_F4}:
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event) -> None:
        if event.position().x() >= self.width() - self.theme.px(_ARROW + 4):
            self.open_menu()
        else:
            super().mousePressEvent(event)

    def paintEvent(self, event) -> None:
        super().paintEvent(event)
        side = self.theme.px(14)
        left = self.width() - self.theme.px(_ARROW)
        place = QRectF(left, (self.height() - side) / 2, side, side)
        paint_icon(QPainter(self), place, "chevron-down", self.theme.color("dim"))

    def _tidy(self, typed: str) -> None:
        word = method_word(typed)
        if word != typed:
            cursor = self.cursorPosition() - (len(typed) - len(word))
            self.setText(word)
            self.setCursorPosition(max(0, cursor))

    def _recolour_word(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, self.theme.method_color(self.text()))
        self.setPalette(palette)
        self.updateGeometry()

    def _restyle(self) -> None:
        super()._restyle()
        self.setFont(self.theme.mono_font(bold=True))
        self.setTextMargins(self.theme.px(10), 0, self.theme.px(_ARROW), 0)
        self._recolour_word()
