"""A gigabyte arrives while the view follows it: throughput, pauses of the window, memory.

`python tests/benchmarks/bench_viewer.py [MEGABYTES] [follow|stay|wheel]` prints one line; it asserts nothing.
On a busy machine the window also waits for others: then only its own work, in processor time, says something.
"""

import gc
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from antiphon.body.store import BodyStore
from antiphon.ui.start import SWITCH_INTERVAL_S
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_panel import RAW, BodyPanel

CHUNK_BYTES = 1 << 18
TURN_BUDGET_S = 0.002
"""How long the network keeps the loop before it yields, as the engine does."""
TICK_MS = 2


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    manner = sys.argv[2] if len(sys.argv) > 2 else "follow"
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication([])
    panel = BodyPanel(Theme("dark"))
    panel.resize(1100, 800)
    panel.choose_mode(RAW)
    panel.show()
    store = BodyStore(Path.cwd() / "build" / "bench")
    chunk = _chunk()
    store.append(chunk)
    panel.show_body(store, "application/json", False)
    if manner == "follow":
        panel.view._follows = True
    ticks = _Ticks()
    _spin(app, 0.5)
    gc.collect()
    before_kb, ticks.gaps, ticks.work = _resident_kb(), [], []
    wheel = QTimer(interval=16)
    wheel.timeout.connect(lambda: panel.view.scroll_by(90))
    if manner == "wheel":
        wheel.start()
    began = time.perf_counter()
    _pour(app, store, chunk, megabytes << 20)
    panel.show_body(store, "application/json", True)
    while not panel.view.index.is_current:
        app.processEvents()
    took_s = time.perf_counter() - began
    gaps, work = sorted(ticks.gaps), sorted(ticks.work)
    print(
        f"{manner}: {megabytes / took_s:.0f} MiB/s; window p50 {gaps[len(gaps) // 2]:.1f} ms, p99.9 "
        f"{gaps[int(len(gaps) * 0.999)]:.1f} ms, longest {gaps[-1]:.1f} ms of {len(gaps)} (longest own work {work[-1]:.1f} ms); "
        f"resident +{(_resident_kb() - before_kb) / 1024:.1f} MiB; {panel.view.row_count:,} rows"
    )
    panel.close_work()
    store.close()


class _Ticks:
    """A 2 ms timer whose gaps tell how long the window was deaf."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self.work: list[float] = []
        self._last, self._last_work = time.perf_counter(), time.thread_time()
        self._timer = QTimer(interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now, work = time.perf_counter(), time.thread_time()
        self.gaps.append((now - self._last) * 1000)
        self.work.append((work - self._last_work) * 1000)
        self._last, self._last_work = now, work


def _pour(app: QApplication, store: BodyStore, chunk: bytes, size_bytes: int) -> None:
    while store.size_bytes < size_bytes:
        end = time.perf_counter() + TURN_BUDGET_S
        while store.size_bytes < size_bytes and time.perf_counter() < end:
            store.append(chunk)
        app.processEvents()


def _chunk() -> bytes:
    row = b'    {"id": 1362490, "name": "requests", "full_name": "psf/requests", "private": false, "score": 1.0},\n'
    return (row * (CHUNK_BYTES // len(row) + 1))[:CHUNK_BYTES]


def _spin(app: QApplication, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        app.processEvents()


def _resident_kb() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
