"""A choice of one out of several, as a closed list."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QWidget

from antiphon.ui.theme import Theme
from antiphon.ui.widgets.popover import set_raised


class Choice(QComboBox):
    """Does not change by a wheel that was meant to scroll what it stands in."""

    chosen = Signal(str)
    """The key that the user chose."""

    def __init__(
        self, theme: Theme, choices: Sequence[tuple[str, str]], *, name: str, parent: QWidget | None = None
    ) -> None:
        """Make a list of keys and titles; the first is chosen. *name* is the accessible name."""
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(len(choices))
        for key, title in choices:
            self.addItem(title, key)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    @property
    def choice(self) -> str:
        return self.currentData()

    def show_choice(self, key: str) -> None:
        """Show *key* as chosen without a signal."""
        self.setCurrentIndex(self.findData(key))

    def choose(self, key: str) -> None:
        """Choose *key* as the user does."""
        self.show_choice(key)
        self.chosen.emit(key)

    def set_choice_visible(self, key: str, visible: bool) -> None:
        self.view().setRowHidden(self.findData(key), not visible)
        self.model().item(self.findData(key)).setEnabled(visible)

    def showPopup(self) -> None:
        set_raised(self.view(), self._theme)
        super().showPopup()

    def wheelEvent(self, event) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave Alt and a letter, which Qt takes for the beginning of a title, to what is around."""
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)
