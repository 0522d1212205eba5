"""What is asked of a list of events: the text and the type to let through, and whether it stands still."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from antiphon.body.events import OTHER_TYPE, EventIndex
from antiphon.body.sse import DEFAULT_TYPE
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.choice import Choice
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.words import CutWords

_ALL = ""
_LISTED = 12
_NAME_CHARS = 40


class EventBar(QWidget):
    """`filtered` and `paused` say what the user wants; `tell` says what came."""

    filtered = Signal()
    paused = Signal(bool)
    left = Signal()
    """The user is done with the filter field and wants the list."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.field = Field(theme, "Filter events", placeholder="Filter by text", mono=True)
        self.types = Choice(theme, [(_ALL, "All types")], name="Type of event")
        self.types.setToolTip("Only events of this type (Alt+Y)")
        self.count = CutWords(theme)
        self.pause = QuietButton(theme, "Pause", icon="pause", tip="Let the list stand still (Alt+P)")
        self._numbers = range(0)
        self._lay_out()
        self.field.textChanged.connect(lambda _text: self.filtered.emit())
        self.types.chosen.connect(lambda _key: self.filtered.emit())
        self.pause.toggled.connect(self._toggle)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        return self.field.text()

    @property
    def kind(self) -> int | None:
        """The number of the type that is chosen, None for all."""
        return int(self.types.choice) if self.types.choice else None

    def begin_anew(self) -> None:
        """Show no types, no filter, no pause: another stream is to be shown."""
        while self.types.count() > 1:
            self.types.removeItem(1)
        self._numbers = range(0)
        self.types.hide()
        self.types.show_choice(_ALL)
        self.field.clear()
        self.pause.setChecked(False)

    def show_types(self, index: EventIndex) -> None:
        """Offer the types that *index* has seen so far."""
        numbers = range(0 if index.has_unnamed else 1, len(index.types))
        if numbers == self._numbers:
            return
        unnamed = DEFAULT_TYPE if index.has_fields else "No type"
        for number in numbers:
            if self.types.findData(str(number)) < 0:
                name = index.types[number][:_NAME_CHARS] or unnamed
                self.types.insertItem(self.types.count() if number else 1, name, str(number))
        if len(index.types) == OTHER_TYPE and self.types.findData(str(OTHER_TYPE)) < 0:
            self.types.addItem("Other types", str(OTHER_TYPE))
        self._numbers = numbers
        self.types.setMaxVisibleItems(_LISTED)
        self.types.setVisible(len(numbers) > 1)

    def open_types(self) -> None:
        """Open the list of types, where there are several."""
        if self.types.isVisible():
            self.types.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.types.showPopup()

    def tell(self, words: str, *, held_back: int) -> None:
        """Show what came in *words*, and how many new rows are *held_back* by the pause."""
        self.count.tell(words)
        if self.pause.isChecked():
            self._name_pause(f"Resume (+{held_back:,} new)" if held_back else "Resume")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.field.hasFocus():
            if self.field.text():
                self.field.clear()
            else:
                self.left.emit()
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.field.hasFocus():
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg"))

    def _toggle(self, is_paused: bool) -> None:
        self._name_pause("Resume" if is_paused else "Pause")
        self.pause.set_icon("play" if is_paused else "pause")
        self.pause.setToolTip(
            f"{'Go on showing new events' if is_paused else 'Let the list stand still'} (Alt+P)"
        )
        self.paused.emit(is_paused)

    def _name_pause(self, text: str) -> None:
        if text != self.pause.text():
            self.pause.setText(text)
            self.pause.setAccessibleName(text)
            self.pause.updateGeometry()

    def _lay_out(self) -> None:
        self.pause.setCheckable(True)
        self.types.hide()
        self.types.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.types.setMaximumWidth(self._theme.px(180))
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(2 * SPACE)
        row.addWidget(self.field, 2)
        row.addWidget(self.types)
        row.addWidget(self.count, 3)
        row.addWidget(self.pause)
