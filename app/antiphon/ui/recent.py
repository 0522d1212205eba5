"""The order in which tabs were used, and the walk through it while Ctrl is held."""

from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

_LOOK_MS = 40
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier

T = TypeVar("T")


class RecentTabs(QObject, Generic[T]):
    """Remembers what was used last. A walk changes no order until the key that started it is let go."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._used: list[T] = []
        """The last used one at the end."""
        self._walk: list[T] = []
        self._at = 0
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._end_when_released)

    def used(self, tab: T) -> None:
        """Note that *tab* is in front now."""
        if not self._walk:
            self._put_last(tab)

    def forget(self, tab: T) -> None:
        self.end()
        self._used = [known for known in self._used if known != tab]

    def last(self) -> T | None:
        return self._used[-1] if self._used else None

    def step(self, by: int) -> T | None:
        """Return the tab used before the one the walk stands at (*by* 1), or after it (-1)."""
        if not self._walk:
            self._walk, self._at = self._used[::-1], 0
            self._timer.start()
        if not self._walk:
            return None
        self._at = (self._at + by) % len(self._walk)
        return self._walk[self._at]

    def end(self) -> None:
        """End the walk: where it stands is what was used last."""
        self._timer.stop()
        if self._walk:
            tab, self._walk = self._walk[self._at], []
            self._put_last(tab)

    def _put_last(self, tab: T) -> None:
        self._used = [known for known in self._used if known != tab] + [tab]

    def _end_when_released(self) -> None:
        if not QGuiApplication.queryKeyboardModifiers() & _HELD:
            self.end()
