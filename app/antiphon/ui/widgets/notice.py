"""One sentence at the edge of a place: what happened, what to try, and the buttons that do it."""

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from antiphon.ui.icons import paint_icon
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.focus import WayBack

PASSING_MS = 8000
"""How long a notice that asks for nothing stays."""
_CLOSE = "Close this notice (Esc)"
Level = Literal["info", "warning", "error"]
Action = tuple[str, Callable[[], None]]

_TOKENS: dict[Level, str] = {"info": "accent", "warning": "post", "error": "delete"}
_WORDS: dict[Level, str] = {"info": "Note", "warning": "Warning", "error": "Error"}


class NoticeBar(QWidget):
    """Hidden until `tell`; a later notice takes the place of an earlier one, and one that asks for nothing goes by itself."""

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._level: Level = "info"
        self._closes = True
        self.way_back = WayBack(self)
        self._icon = _LevelIcon(theme, self)
        self._sentence = QLabel(self)
        self._detail = QLabel(self)
        self._actions: list[QuietButton] = []
        self._close = QuietButton(theme, icon="close", tip=_CLOSE, parent=self)
        self._close.clicked.connect(self._end)
        self._on_close: Callable[[], None] | None = None
        self._passing = QTimer(self, interval=PASSING_MS, singleShot=True)
        self._passing.timeout.connect(self._pass)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def tell(
        self,
        level: Level,
        sentence: str,
        detail: str = "",
        actions: Sequence[Action] = (),
        *,
        closes: bool = True,
        close: Action | None = None,
    ) -> None:
        """Show a notice; *actions* are button texts and what they run, which also closes the notice where *closes*.

        Where *close* is given, the x is an answer too: its words, and what it runs.
        """
        self._closes = closes
        tip, self._on_close = (_CLOSE, None) if close is None else close
        self._close.setToolTip(tip)
        self._close.setAccessibleName(tip.partition(" (")[0])
        self._level = level
        self._icon.show_level(level)
        self._sentence.setText(sentence)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._replace_actions(actions)
        self.setAccessibleName(f"{_WORDS[level]}: {sentence} {detail}".strip())
        self._restyle()
        self.show()
        if level == "info" and not actions:
            self._passing.start()
        else:
            self._passing.stop()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def setVisible(self, visible: bool) -> None:
        """Show or hide the notice; hidden, it gives the focus back to what had it before."""
        if not visible:
            self.way_back.go()
        super().setVisible(visible)

    def pass_over(self) -> None:
        """Close the notice unless it offers something: the user has turned to something else."""
        if self.isVisible() and not self._actions:
            self.dismiss()

    def dismiss(self) -> None:
        self._passing.stop()
        self.hide()
        self.closed.emit()

    def _end(self) -> None:
        """Close the notice as its x does."""
        run = self._on_close
        self.dismiss()
        if run is not None:
            run()

    def _pass(self) -> None:
        """Go, unless the mouse or the focus is on the notice: then it is being read."""
        if self.underMouse() or self.isAncestorOf(self.window().focusWidget() or self):
            self._passing.start()
        else:
            self.dismiss()

    @property
    def text(self) -> str:
        """What the notice says, sentence and detail."""
        return f"{self._sentence.text()} {self._detail.text()}".strip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()

    def keyPressEvent(self, event) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._end()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("raised"))
        painter.fillRect(0, 0, 3, self.height(), self._theme.color(_TOKENS[self._level]))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line"))

    def _lay_out(self) -> None:
        for label in (self._sentence, self._detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._words.addWidget(self._sentence)
        self._words.addWidget(self._detail)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4 * SPACE, SPACE, 2 * SPACE, SPACE)
        self._row.setSpacing(2 * SPACE)
        self._row.addWidget(self._icon)
        self._row.addLayout(self._words, 1)
        self._row.addWidget(self._close)

    def _arrange(self) -> None:
        """Lay sentence and detail in one line where both fit, else the one above the other, each over the whole width."""
        labels = [label for label in (self._sentence, self._detail) if not label.isHidden()]
        for label in labels:
            label.setWordWrap(False)
        widths = [label.sizeHint().width() for label in labels]
        fits = sum(widths) + 2 * SPACE * (len(widths) - 1) <= self._room()
        direction = QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        self._words.setDirection(direction)
        self._words.setSpacing(2 * SPACE if fits else 0)
        self._words.setStretch(0, widths[0] if fits else 0)
        self._words.setStretch(1, max(widths[-1], self._room() - widths[0]) if fits else 0)
        for label in labels:
            label.setWordWrap(not fits)
        self.updateGeometry()

    def _room(self) -> int:
        """Return the width in pixels that is left for words."""
        margins = self._row.contentsMargins()
        beside = [
            self._icon.width(),
            *(button.sizeHint().width() for button in (*self._actions, self._close)),
        ]
        return self.width() - margins.left() - margins.right() - sum(beside) - 2 * SPACE * len(beside)

    def _replace_actions(self, actions: Sequence[Action]) -> None:
        if any(button.hasFocus() for button in self._actions):
            self.way_back.go()
        for button in self._actions:
            button.hide()
            self._row.removeWidget(button)
            button.deleteLater()
        self._actions = [self._action(title, run) for title, run in actions]
        for button in self._actions:
            self._row.insertWidget(self._row.count() - 1, button)

    def _action(self, title: str, run: Callable[[], None]) -> QuietButton:
        def act() -> None:
            if self._closes:
                self.dismiss()
            run()

        button = QuietButton(self._theme, title, parent=self)
        button.clicked.connect(act)
        return button

    def _restyle(self) -> None:
        palette = self._detail.palette()
        palette.setColor(self._detail.foregroundRole(), self._theme.color("dim"))
        self._detail.setPalette(palette)
        self._sentence.setFont(self._theme.ui_font(bold=True))
        self._detail.setFont(self._theme.ui_font())
        self._arrange()
        self.update()


class _LevelIcon(QWidget):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._level: Level = "info"
        self.setFixedSize(theme.px(16), theme.px(16))

    def show_level(self, level: Level) -> None:
        self._level = level
        self.setAccessibleName(_WORDS[level])
        self.setFixedSize(self._theme.px(16), self._theme.px(16))
        self.update()

    def paintEvent(self, event) -> None:
        color = self._theme.color(_TOKENS[self._level])
        paint_icon(QPainter(self), QRectF(self.rect()), self._level, color)
