"""The window over a workbench as `ui.start` builds it, for benchmarks: offscreen, or where QT_QPA_PLATFORM says."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("ANTIPHON_HOME", tempfile.mkdtemp(prefix="antiphon-bench-", dir=Path.home()))

from PySide6.QtCore import Qt, QTimer
from qasync import QEventLoop

from antiphon.ui.commands import window_commands
from antiphon.ui.start import SWITCH_INTERVAL_S, application, warm_up
from antiphon.ui.style import install
from antiphon.ui.theme import Theme
from antiphon.ui.window import MainWindow
from antiphon.workbench.garbage import GarbageCollector
from antiphon.workbench.workbench import Workbench


def rss_mb() -> float:
    """Return this process's resident memory in MB, without file pages shared with others (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1000
    return 0.0


class Ticks:
    """Gaps between the ticks of a 2 ms timer on the window's thread."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.gaps, self._last = [], time.perf_counter()
        self._timer.start()

    def stop(self) -> dict[str, float]:
        """Return the gaps' number and spread in ms."""
        self._timer.stop()
        gaps = sorted(gap * 1000 for gap in self.gaps)
        pick = lambda share: round(gaps[min(len(gaps) - 1, int(len(gaps) * share))], 2)
        return {
            "ticks": len(gaps),
            "p50": pick(0.5),
            "p99": pick(0.99),
            "p99.9": pick(0.999),
            "longest": round(gaps[-1], 2),
        }

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now


async def until(predicate: Callable[[], object], limit_s: float = 600) -> None:
    end = time.perf_counter() + limit_s
    while not predicate():
        if time.perf_counter() > end:
            raise TimeoutError
        await asyncio.sleep(0.01)


def in_window(measure: Callable[[MainWindow, Workbench], Awaitable[dict]]) -> dict:
    """Show the window, run *measure* on its loop, close it, and return what was measured."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = application()
    workbench = Workbench(lambda error, where: print(where, repr(error), file=sys.stderr))
    theme = Theme("dark")
    install(theme)
    window = MainWindow(theme, workbench)
    window.take_commands(window_commands(window))
    window.show()
    garbage = GarbageCollector(workbench)
    garbage.start()

    async def run() -> dict:
        await warm_up(window, workbench)
        try:
            return await measure(window, workbench)
        finally:
            window.may_close = True
            window.close()
            await workbench.close()

    with QEventLoop(app) as loop:
        return loop.run_until_complete(run())
