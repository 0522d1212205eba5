"""Python's cyclic garbage, collected on the window's thread alone.

The collector runs in whichever thread allocates, and may free a Qt object there, which crashes now and then. So
its automatic runs are off, and a timer of the window's thread asks as often as the collector would have.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_ASKED_MS = 250


class GarbageCollector(QObject):
    """Takes the collector over for as long as it lives, from `start` to `stop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=_ASKED_MS)
        self._timer.timeout.connect(collect_due)

    def start(self) -> None:
        """Turn automatic runs off; what the program has loaded so far is never looked at again."""
        gc.disable()
        gc.collect()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        gc.unfreeze()
        gc.enable()


def collect_due() -> None:
    """Collect the generations that are due by the collector's own thresholds, the youngest first."""
    for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
        if count <= threshold:
            return
        gc.collect(generation)
