"""What a test left running: top-level widgets, timers and threads that were not there before it began."""

import gc
import sys
import threading
import time
from dataclasses import dataclass

GRACE_S = 2.0
"""How long a thread that was told to stop may take to end."""
OWN_OF_QT = {"QTipLabel", "QShapedPixmapWidget"}
"""Top-level widgets that Qt makes for itself and keeps."""


@dataclass(frozen=True)
class Running:
    threads: frozenset[threading.Thread]
    widgets: dict[int, object]
    timers: dict[int, object]


def running() -> Running:
    """Return all that runs now; looks for widgets and timers only where a QApplication exists."""
    threads = frozenset(thread for thread in threading.enumerate() if _is_ours(thread))
    return Running(threads, _widgets(), _timers())


def leaks_since(before: Running) -> list[str]:
    """Return a sentence for each thing that runs now and did not in *before*, after some patience."""
    left = _new(before)
    if left:
        _collect()
        left = _new(before)
    end = time.monotonic() + GRACE_S
    while any(leak.startswith("thread") for leak in left) and time.monotonic() < end:
        time.sleep(0.01)
        left = _new(before)
    return left


def _new(before: Running) -> list[str]:
    now = running()
    threads = [f"thread {thread.name!r}" for thread in now.threads - before.threads]
    widgets = [
        f"top-level widget {widget}" for key, widget in now.widgets.items() if key not in before.widgets
    ]
    timers = [f"timer {timer}" for key, timer in now.timers.items() if key not in before.timers]
    return [*threads, *widgets, *timers]


def _is_ours(thread: threading.Thread) -> bool:
    """Return False for threads that Qt's pools started: Python only met them, and cannot see them end."""
    return thread.is_alive() and not isinstance(thread, threading._DummyThread)


def _application() -> object | None:
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets.QApplication.instance() if widgets else None


def _widgets() -> dict[int, object]:
    if _application() is None:
        return {}
    from PySide6.QtWidgets import QApplication

    found = QApplication.topLevelWidgets()
    return {_address(widget): widget for widget in found if widget.metaObject().className() not in OWN_OF_QT}


def _timers() -> dict[int, object]:
    if _application() is None:
        return {}
    from PySide6.QtCore import QTimer
    from shiboken6 import isValid

    timers = [thing for thing in gc.get_objects() if type(thing) is QTimer]
    return {_address(timer): timer for timer in timers if isValid(timer) and timer.isActive()}


def _address(thing: object) -> int:
    from shiboken6 import getCppPointer

    return getCppPointer(thing)[0]


def _collect() -> None:
    """Let go of what only a reference cycle or a pending deleteLater keeps."""
    gc.collect()
    if _application() is not None:
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
