"""A body as bytes: hexadecimal, letters, what a number at the caret is, find, go to, and copying in many forms."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from antiphon.body.store import SpooledSource
from antiphon.core.quantities import size_text
from antiphon.render.hexadecimal import CopyForm, readings
from antiphon.render.media import Media
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.hex_bars import FindBytesBar, GoBar
from antiphon.ui.viewer.hex_view import HexView
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.keys import native
from antiphon.ui.widgets.words import Words

COPY_FORMS: tuple[tuple[CopyForm, str], ...] = (
    ("hex", "Copy as hex"),
    ("text", "Copy as text"),
    ("python", "Copy as Python bytes"),
    ("c", "Copy as C string"),
)


class HexPage(BodyPage):
    reads_bytes = True

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._body: SpooledSource | None = None
        self.view = HexView(theme)
        self.find_bar = FindBytesBar(theme, self.view)
        self.go_bar = GoBar(theme, self.view)
        self.words = Words(theme, is_short=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.go_button = QuietButton(theme, "Go to…", tip="Go to a byte (Ctrl+G)")
        self.copy_button = QuietButton(theme, "Copy as…", tip="Copy the selection in another form (Alt+C)")
        self._lay_out()
        self._connect()

    def show_body(self, body: SpooledSource, media: Media, *, is_over: bool) -> None:
        if body is not self._body:
            self._body = body
            self.view.set_source(body, media.charset)
        self.view.grow()
        self._tell()

    def clear(self) -> None:
        self.find_bar.stop()
        self.view.set_source(None)
        self._body = None

    def find(self) -> bool:
        self.go_bar.hide()
        self.find_bar.open()
        return True

    def find_next(self, step: int) -> bool:
        is_finding = self.find_bar.isVisible()
        if is_finding:
            self.find_bar.enter(step)
        return is_finding

    @property
    def has_bar(self) -> bool:
        return self.find_bar.isVisible() or self.go_bar.isVisible()

    def close_bar(self) -> None:
        (self.find_bar if self.find_bar.isVisible() else self.go_bar).shut()

    def copy(self) -> bool:
        """Copy what is selected as hex; where nothing is, all of it up to the limit."""
        if not self.view.copy():
            self.view.select_all()
            self.view.copy()
        return True

    def go(self) -> bool:
        """Open the bar that asks for a byte's number."""
        self.find_bar.shut()
        self.go_bar.open()
        return True

    def copy_menu(self) -> QMenu:
        """Return a menu of the forms in which the selection can be copied."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        start, end = self.view.selection
        for form, title in COPY_FORMS:
            menu.addAction(title, lambda form=form: self.view.copy(form)).setEnabled(start < end)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers()
        is_control = modifiers == Qt.KeyboardModifier.ControlModifier
        if is_control and event.key() == Qt.Key.Key_G:
            self.go()
        elif event.matches(QKeySequence.StandardKey.Find):
            self.find()
        elif QKeySequence(event.keyCombination()) == QKeySequence("Ctrl+Alt+R"):
            self.reveal()
        elif event.key() == Qt.Key.Key_C and modifiers == Qt.KeyboardModifier.AltModifier:
            self._open_copy_menu()
        else:
            super().keyPressEvent(event)

    def _open_copy_menu(self) -> None:
        self.copy_menu().popup(self.copy_button.mapToGlobal(QPoint(0, 0)))

    def _open_menu(self, place: QPoint) -> None:
        menu = self.copy_menu()
        menu.addSeparator()
        for title, keys, run in (
            ("Select all", "Ctrl+A", self.view.select_all),
            ("Find bytes…", "Ctrl+F", self.find),
            ("Go to byte…", "Ctrl+G", self.go),
            ("Show in the text", "Ctrl+Alt+R", self.reveal),
        ):
            menu.addAction(f"{title}\t{native(keys)}", run)
        menu.popup(self.view.viewport().mapToGlobal(place))

    def reveal(self) -> None:
        """Show the bytes that are selected among the rows of the text."""
        self.reveal_asked.emit(*self._chosen())

    def _chosen(self) -> tuple[int, int]:
        start, end = self.view.selection
        return start, end - start

    def _tell(self) -> None:
        start, length = self._chosen()
        size = self.view.source.size_bytes
        words = [f"Byte {start:,} (0x{start:x}) of {size:,}"]
        if length:
            size = f" ({size_text(length)})" if length >= 1000 else ""
            words.append(f"{length:,} byte{'' if length == 1 else 's'} selected{size}")
        if text := readings(self.view.source.read(start, 4)):
            words.append(text)
        self.words.setText("   ".join(words))

    def _connect(self) -> None:
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.moved.connect(self._tell)
        self.view.notice.connect(self.notice)
        self.go_button.clicked.connect(lambda _checked: self.go())
        self.copy_button.clicked.connect(lambda _checked: self._open_copy_menu())

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(4 * SPACE, 0, 2 * SPACE, 0)
        foot.setSpacing(SPACE)
        self.words.setMinimumWidth(1)
        foot.addWidget(self.words, 1)
        foot.addWidget(self.go_button)
        foot.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for bar in (self.find_bar, self.go_bar):
            column.addWidget(bar)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self.read_in = self.view
