"""A button that can be clicked, or pulled away to drop what it stands for."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent

from antiphon.ui.widgets.buttons import QuietButton


class PulledButton(QuietButton):
    """`pulled` says that the mouse has left the button while it was held."""

    pulled = Signal()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin a drag where the button is pulled away, which is no click then."""
        is_outside = not self.rect().contains(event.position().toPoint())
        if event.buttons() & Qt.MouseButton.LeftButton and is_outside:
            self.setDown(False)
            self.pulled.emit()
        else:
            super().mouseMoveEvent(event)
