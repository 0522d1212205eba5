"""Buttons: one filled primary action, quiet ones beside it, small ones with an icon, and a choice as a pill."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from antiphon.ui.icons import paint_icon
from antiphon.ui.paint import paint_ground
from antiphon.ui.theme import CONTROL, Theme


class _Button(QAbstractButton):
    """What every button here shares: a hand, a name, keyboard focus, and repainting with the theme."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._clicked_into = False
        theme.changed.connect(self._restyle)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason}:
            self._clicked_into = event.reason() == Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._font())
        return QSize(
            metrics.horizontalAdvance(self.text()) + self._theme.px(self._room()), self._theme.px(CONTROL)
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _font(self):
        return self._theme.ui_font()

    def _room(self) -> int:
        """Return the width beside the text in pixels of the unzoomed design."""
        return 24

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    def _paint_text(self, painter: QPainter, color: QColor) -> None:
        painter.setFont(self._font())
        painter.setPen(color)
        text = QFontMetrics(self._font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width() - 8, Qt.TextFlag.TextShowMnemonic
        )
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic, text)

    def _paint_ring(self, painter: QPainter, ink: str = "accent", inset: float = 0) -> None:
        if self.hasFocus() and not self._clicked_into:
            ring = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            paint_ground(painter, ring, None, self._theme.color(ink), width=2)


class PrimaryButton(_Button):
    """The one filled action of a place; `set_calm` turns it into its opposite (Send becomes Cancel)."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, text, parent)
        self._calm = False

    def set_calm(self, calm: bool, text: str) -> None:
        """Show *text*, outlined instead of filled where *calm*."""
        self._calm = calm
        self.setText(text)
        self.setAccessibleName(text)
        self.update()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(max(hint.width(), self._theme.px(76)), hint.height())

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        rect, theme = QRectF(self.rect()), self._theme
        if self._calm or not self.isEnabled():
            outline = theme.color("accent" if self.underMouse() and self.isEnabled() else "border")
            paint_ground(painter, rect, theme.color("selection" if self.isDown() else "field"), outline)
            self._paint_text(painter, theme.color("text" if self.isEnabled() else "faint"))
            self._paint_ring(painter)
            return
        accent = theme.color("accent")
        paint_ground(painter, rect, accent.darker(112) if self.isDown() else accent)
        if self.underMouse() and not self.isDown():
            paint_ground(painter, rect.adjusted(1, 1, -1, -1), None, theme.color("on_accent"), radius=5)
        self._paint_text(painter, theme.color("on_accent"))
        self._paint_ring(painter, "on_accent", 2)

    def _font(self):
        return self._theme.ui_font(bold=True)

    def _room(self) -> int:
        return 40


class QuietButton(_Button):
    """Text, an icon, or both, on no ground until it is pointed at; give an icon-only one an accessible name."""

    def __init__(
        self, theme: Theme, text: str = "", *, icon: str = "", tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, text, parent)
        self._icon = icon
        self.setToolTip(tip)
        if not text:
            self.setAccessibleName(tip.partition(" (")[0])

    def set_icon(self, name: str) -> None:
        self._icon = name
        self._restyle()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if not self._icon:
            return hint
        side = self._theme.px(28)
        return QSize(hint.width() + self._theme.px(18), side) if self.text() else QSize(side, side)

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        theme = self._theme
        if self.isDown() or self.isChecked():
            paint_ground(painter, QRectF(self.rect()), theme.color("selection"))
        elif self.underMouse() and self.isEnabled():
            paint_ground(painter, QRectF(self.rect()), theme.color("field"))
        strong = (self.underMouse() or self.isChecked() or self.hasFocus()) and self.isEnabled()
        ink = theme.color("text" if strong else "dim" if self.isEnabled() else "faint")
        self._paint_content(painter, ink)
        self._paint_ring(painter)

    def _paint_content(self, painter: QPainter, ink: QColor) -> None:
        if not self._icon:
            self._paint_text(painter, ink)
            return
        side, height = self._theme.px(16), self.height()
        left = self._theme.px(10) if self.text() else (self.width() - side) / 2
        paint_icon(painter, QRectF(left, (height - side) / 2, side, side), self._icon, ink)
        if self.text():
            painter.setFont(self._font())
            painter.setPen(ink)
            rest = self.rect().adjusted(round(left) + side + self._theme.px(6), 0, 0, 0)
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())


class Segmented(QWidget):
    """A choice of one out of a few, as a row of words with a pill around the chosen one: `Pretty | Raw`."""

    chosen = Signal(str)
    """The key that the user chose."""

    def __init__(
        self, theme: Theme, choices: Sequence[tuple[str, str]], *, name: str, parent: QWidget | None = None
    ) -> None:
        """Make a button for each key and title in *choices*; the first is chosen. *name* is the accessible name."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _Segment] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for key, title in choices:
            button = self._buttons[key] = _Segment(theme, title, self)
            button.clicked.connect(self._telling(key))
            self._group.addButton(button)
            row.addWidget(button)
        first = next(iter(self._buttons.values()))
        first.setChecked(True)
        self.setFocusProxy(first)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_choice(self, key: str) -> None:
        """Show *key* as chosen without a signal."""
        self._buttons[key].setChecked(True)
        self.setFocusProxy(self._buttons[key])

    def set_choice_visible(self, key: str, visible: bool) -> None:
        self._buttons[key].setVisible(visible)

    def explain(self, words: str) -> None:
        """Have every button say *words* after its own when it is pointed at: its key."""
        for button in self._buttons.values():
            button.setToolTip(f"{button.text()} ({words})")

    def choose_next(self) -> None:
        """Choose the next one that is seen, after the last the first, as a click does."""
        seen = [button for button in self._buttons.values() if not button.isHidden()]
        place = next((at for at, button in enumerate(seen) if button.isChecked()), -1)
        seen[(place + 1) % len(seen)].click()

    @property
    def buttons(self) -> list[QAbstractButton]:
        """All of them in their order, for the way of Tab."""
        return list(self._buttons.values())

    @property
    def choice(self) -> str:
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def _telling(self, key: str) -> Callable[[], None]:
        def tell() -> None:
            self.setFocusProxy(self._buttons[key])
            self.chosen.emit(key)

        return tell


class _Segment(_Button):
    def __init__(self, theme: Theme, text: str, parent: QWidget) -> None:
        super().__init__(theme, text, parent)
        self.setCheckable(True)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._theme.px(26))

    def minimumSizeHint(self) -> QSize:
        """Return room for a few letters: where it is narrow, words are cut rather than laid over each other."""
        return QSize(min(self.sizeHint().width(), self._theme.px(36)), self.sizeHint().height())

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        if self.isChecked():
            paint_ground(painter, QRectF(self.rect()), self._theme.color("selection"))
        strong = self.isChecked() or self.underMouse()
        self._paint_text(painter, self._theme.color("text" if strong else "dim"))
        self._paint_ring(painter)

    def _room(self) -> int:
        return 20
