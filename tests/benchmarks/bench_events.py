"""Events arrive while the list shows them: events taken in a second, memory of an event, pauses of the window.

`python tests/benchmarks/bench_events.py [sse|tokens|lines] [EVENTS] [RATE] [filter|joined]` prints one line; it
asserts nothing. RATE is events a second, 0 for as many as the window takes; the last word says what is on besides.
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
from antiphon.ui.viewer.body_panel import BodyPanel

SHAPES = {
    "sse": ("text/event-stream", b'id: %d\nevent: tick\ndata: {"tick": 1, "name": "a name"}\n\n'),
    "tokens": ("text/event-stream", b'data: {"choices": [{"delta": {"content": "%d "}}]}\n\n'),
    "lines": ("application/x-ndjson", b'{"line": %d, "of": 20, "http_version": "1.1"}\n'),
}
BATCH = 500
TICK_MS = 2


def main() -> None:
    shape, count, rate, extra = (*sys.argv[1:5], *("sse", "1000000", "0", "")[len(sys.argv) - 1 :])
    count, rate = int(count), int(rate)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication([])
    panel = BodyPanel(Theme("dark"))
    panel.resize(1100, 800)
    panel.show()
    content_type, row = SHAPES[shape]
    store = BodyStore(Path.cwd() / "build" / "bench")
    store.append(row % 0)
    panel.show_body(store, content_type, False)
    panel.choose_mode("lines" if shape == "lines" else "events")
    page = panel._pages.currentWidget()
    if extra == "filter":
        page.bar.field.setText("9" if shape != "sse" else "name")
    if extra == "joined":
        page.detail.path.setText("line" if shape == "lines" else "choices[0].delta.content")
        page.detail.choose("joined")
    _spin(app, 0.5)
    gc.collect()
    before_kb = _resident_kb()
    ticks = _Ticks()
    began, work_s = time.perf_counter(), time.thread_time()
    _pour(app, store, row, count, rate)
    panel.show_body(store, content_type, True)
    while page._timer.isActive():
        app.processEvents()
    took_s, work_s = time.perf_counter() - began, time.thread_time() - work_s
    after_kb, index = _resident_kb(), page.index
    gaps, work = sorted(ticks.gaps), sorted(ticks.work)
    print(
        f"{shape} {extra or 'list'}: {index.count:,} events, {index.count / took_s:,.0f}/s taken in while they came at "
        f"{rate or 'full speed'}; thread busy {work_s / took_s:.0%}; window p50 {gaps[len(gaps) // 2]:.1f} ms, p99.9 "
        f"{gaps[int(len(gaps) * 0.999)]:.1f} ms, longest {gaps[-1]:.1f} ms of {len(gaps)} (own work p99.9 "
        f"{work[int(len(work) * 0.999)]:.1f}, longest {work[-1]:.1f} ms); {(after_kb - before_kb) * 1024 / index.count:.1f} "
        f"bytes an event, resident {after_kb / 1024:.0f} MiB; {page.rows.count:,} rows"
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


def _pour(app: QApplication, store: BodyStore, row: bytes, count: int, rate: int) -> None:
    began, made = time.perf_counter(), 1
    while made < count:
        due = min(count, int((time.perf_counter() - began) * rate) if rate else made + BATCH)
        for start in range(made, due, BATCH):
            store.append(b"".join([row % number for number in range(start, min(due, start + BATCH))]))
        made = max(made, due)
        app.processEvents()
        if rate:
            time.sleep(0.0002)  # else the loop itself keeps the processor busy


def _spin(app: QApplication, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        app.processEvents()


def _resident_kb() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return next(
        int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("RssAnon")
    )


if __name__ == "__main__":
    main()
