"""The bar that filters a body: expression, recent ones, how many results, their form, save, close."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from antiphon.render.filter import Form
from antiphon.render.filter_fault import FilterFaultError
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton, Segmented
from antiphon.ui.widgets.field import Field

PAUSE_MS = 300
"""What is typed is looked for after this pause, and at once with Return."""
RECENT_CHARS = 80
_FORMS = (("values", "Values"), ("paths", "Paths"), ("table", "Table"))


class FilterBar(QWidget):
    """Shows what it is told; what the user does comes as signals."""

    asked = Signal(str)
    """Look for this expression; may be the one that is looked for already."""
    entered = Signal()
    """The user pressed Return on the expression."""
    form_chosen = Signal(str)
    save_asked = Signal()
    stop_asked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._recent: Sequence[str] = ()
        self.field = Field(theme, "Filter the body by JSONPath or XPath", mono=True)
        self.recent_button = QuietButton(theme, icon="history", tip="Recent filters (Alt+Down)")
        self.words = QLabel(self)
        self.fault = QLabel(self)
        """What is wrong with the expression and where, below it."""
        self.stop_button = QuietButton(theme, icon="stop", tip="Stop filtering (Alt+Q)")
        self.forms = Segmented(theme, _FORMS, name="How results are shown")
        self.forms.explain("Alt+A: the next form")
        self.save_button = QuietButton(theme, icon="save", tip="Save the results as CSV (Alt+V)")
        self.close_button = QuietButton(theme, icon="close", tip="Close the filter and show the body (Esc)")
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._lay_out()
        self._connect()
        self._restyle()
        self.show_language(is_markup=False)
        self.show_recent(())

    def open(self) -> None:
        """Show the bar with its expression selected."""
        self.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def expression(self) -> str:
        return self.field.text().strip()

    @property
    def form(self) -> Form:
        return self.forms.choice

    def show_language(self, *, is_markup: bool) -> None:
        """Show what an expression looks like for the body that is there."""
        self.field.setPlaceholderText("//item/name" if is_markup else "$.items[*].name")

    def show_recent(self, recent: Sequence[str]) -> None:
        self._recent = tuple(recent)
        self.recent_button.setEnabled(bool(recent))

    def tell(self, words: str, *, fault: FilterFaultError | None = None, is_busy: bool = False) -> None:
        """Show how many results there are, how far the work is, or what is wrong with the expression."""
        sentence = "" if fault is None else fault_text(fault)
        self.field.set_invalid(sentence)
        self.fault.setText(sentence)
        self.fault.setVisible(bool(sentence))
        self.words.setText("not valid" if sentence else words)
        self.words.setAccessibleName(self.words.text() or "No filter")
        self.stop_button.setVisible(is_busy)

    def set_savable(self, is_savable: bool) -> None:
        """Offer to save, or do not: there is nothing, or it is being found."""
        self.save_button.setEnabled(is_savable)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        match event.key():
            case Qt.Key.Key_Escape:
                self.closed.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._ask()
                self.entered.emit()
            case Qt.Key.Key_Down if is_alt:
                self._show_recent_menu()
            case Qt.Key.Key_Q if is_alt and self.stop_button.isVisible():
                self.stop_button.click()
            case Qt.Key.Key_A if is_alt:
                self.forms.choose_next()
            case Qt.Key.Key_V if is_alt:
                self.save_button.click()
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("side"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line"))

    def _ask(self) -> None:
        self._pause.stop()
        self.asked.emit(self.expression)

    def _show_recent_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for expression in self._recent:
            menu.addAction(_title(expression), lambda chosen=expression: self._take(chosen))
        if self._recent:
            menu.popup(self.field.mapToGlobal(QPoint(0, self.field.height())))

    def _take(self, expression: str) -> None:
        self.field.setText(expression)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._ask()
        self.entered.emit()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, SPACE, 2 * SPACE, SPACE)
        column.setSpacing(SPACE)
        row = QHBoxLayout()
        column.addLayout(row)
        column.addWidget(self.fault)
        row.setSpacing(SPACE)
        row.addWidget(self.field, 1)
        row.addWidget(self.recent_button)
        row.addSpacing(SPACE)
        row.addWidget(self.words)
        row.addWidget(self.stop_button)
        row.addSpacing(2 * SPACE)
        for widget in (self.forms, self.save_button, self.close_button):
            row.addWidget(widget)
        for label in (self.words, self.fault):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.fault.setWordWrap(True)
        self.fault.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.fault.hide()
        self.stop_button.hide()

    def _connect(self) -> None:
        self.field.textChanged.connect(lambda _text: self._pause.start())
        self._pause.timeout.connect(self._ask)
        self.recent_button.clicked.connect(lambda _checked: self._show_recent_menu())
        self.forms.chosen.connect(self.form_chosen)
        self.save_button.clicked.connect(lambda _checked: self.save_asked.emit())
        self.stop_button.clicked.connect(lambda _checked: self.stop_asked.emit())
        self.close_button.clicked.connect(lambda _checked: self.closed.emit())
        self._theme.changed.connect(self._restyle)

    def hideEvent(self, event) -> None:
        self._pause.stop()
        super().hideEvent(event)

    def _restyle(self) -> None:
        for label, ink in ((self.words, "dim"), (self.fault, "delete")):
            label.setFont(self._theme.ui_font())
            palette = label.palette()
            palette.setColor(palette.ColorRole.WindowText, self._theme.color(ink))
            label.setPalette(palette)
        self.update()


def fault_text(fault: FilterFaultError) -> str:
    """Return what is wrong and where, counted from 1."""
    where = f" at character {fault.place + 1}" if fault.place >= 0 else ""
    return f"Not valid{where}: {fault.sentence}"


def _title(expression: str) -> str:
    shown = expression if len(expression) <= RECENT_CHARS else expression[:RECENT_CHARS] + "…"
    return shown.replace("&", "&&").replace("\t", " ")
