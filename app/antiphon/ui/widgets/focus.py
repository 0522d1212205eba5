"""Where the focus goes when what has it goes away: near, never to the first control of the window."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QWidget


def holds_focus(widget: QWidget) -> bool:
    """Tell whether the focus of its window is on *widget* or on something in it."""
    focus = widget.window().focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))


def leave(widget: QWidget, target: QWidget) -> bool:
    """Put the focus on *target* where it is in *widget*, which is about to be hidden; tell whether it was."""
    was_there = holds_focus(widget)
    if was_there:
        target.setFocus(Qt.FocusReason.OtherFocusReason)
    return was_there


class Entered(QWidget):
    """A pane that hands on the focus it is given.

    Attributes:
        read_in: Takes the focus. It is no focus proxy: with one, Tab would come to it before what stands above it.
    """

    read_in: QWidget | None = None

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.read_in is not None:
            self.read_in.setFocus(event.reason())


class WayBack(QObject):
    """Remembers what had the focus before it came into *place*, and gives it back."""

    def __init__(self, place: QWidget) -> None:
        super().__init__(place)
        self._place = place
        self._before: QWidget | None = None
        self.otherwise: Callable[[], None] = lambda: None
        """Where the focus goes when what had it before is gone too."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._look)

    def go(self) -> None:
        """Give the focus back, where it is in the place."""
        if not holds_focus(self._place):
            return
        before, self._before = self._before, None
        if before is not None and _can_take(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.otherwise()

    def _look(self, old: QWidget | None, new: QWidget | None) -> None:
        is_inside = new is not None and self._place.isAncestorOf(new)
        if is_inside and old is not None and not self._place.isAncestorOf(old):
            self._before = old


def _can_take(widget: QWidget) -> bool:
    try:
        return widget.isVisible() and widget.isEnabled()
    except RuntimeError:  # Qt has deleted it meanwhile
        return False
