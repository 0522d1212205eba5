"""The button that saves a body, or lets it be dragged to another program."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent

from antiphon.ui.theme import Theme
from antiphon.ui.widgets.buttons import QuietButton


class SaveButton(QuietButton):
    pulled = Signal()
    """It was pressed, and the mouse has left it since: a drag begins."""

    def __init__(self, theme: Theme) -> None:
        tip = "Save the body to a file (Alt+S), or drag it to another program"
        super().__init__(theme, icon="save", tip=tip)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        is_held = bool(event.buttons() & Qt.MouseButton.LeftButton)
        if is_held and not self.rect().contains(event.position().toPoint()):
            self.setDown(False)
            self.pulled.emit()
        else:
            super().mouseMoveEvent(event)
