"""The window while 1 GiB arrives: pauses of its event loop, memory, and what is left after cancelling.

    python tests/benchmarks/bench_window.py [--mib 1024] [--http 1.1|2] [--shot picture.png]

The practice server sends numbered lines; the body's view is scrolled all the while; half-way the request is
cancelled. Pauses are gaps between the ticks of a 2 ms timer on the window's thread. Run it on a calm machine.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("ANTIPHON_HOME", tempfile.mkdtemp(prefix="antiphon-bench-", dir=Path.home()))

from PySide6.QtCore import Qt, QTimer
from qasync import QEventLoop

from antiphon.core.document import RequestDocument
from antiphon.ui.commands import window_commands
from antiphon.ui.start import SWITCH_INTERVAL_S, application
from antiphon.ui.style import install
from antiphon.ui.theme import Theme
from antiphon.ui.window import MainWindow
from antiphon.workbench.garbage import GarbageCollector
from antiphon.workbench.workbench import Workbench


def rss_mb():
    """Return this process's resident memory in MB, without file pages shared with others (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1000
    return 0.0


class Ticks:
    """Gaps between the ticks of a 2 ms timer."""

    def __init__(self):
        self.gaps = []
        self._last = None
        self._timer = QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self):
        self.gaps, self._last = [], time.perf_counter()
        self._timer.start()

    def stop(self):
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

    def _tick(self):
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now


async def until(predicate, limit_s=600):
    end = time.perf_counter() + limit_s
    while not predicate():
        if time.perf_counter() > end:
            raise TimeoutError
        await asyncio.sleep(0.01)


async def measure(window, workbench, arguments):
    window.open_sample()
    page = window.request_page
    workbench.sending.warm_up()  # as at the start of the program
    await workbench.sending.start_practice(workbench.current)
    await asyncio.sleep(1)
    first = Ticks()
    first.start()
    window.send()
    await until(lambda: page.document.feed is not None and page.document.feed.exchange.is_over)
    first_pauses = first.stop()
    await asyncio.sleep(1)
    address = "{{secureUrl}}" if arguments.http == "2" else "{{baseUrl}}"
    total = arguments.mib << 20
    options = replace(page.document.draft.options, http_version=arguments.http)
    page.document.edit(RequestDocument("1 GiB", url=f"{address}/lines/{total // 80}", options=options))
    await asyncio.sleep(0.5)
    before, ticks = rss_mb(), Ticks()
    ticks.start()
    started = time.perf_counter()
    window.send()
    await until(lambda: page.document.feed.body.size_bytes > 1 << 20)
    bar = page.response.body.view.verticalScrollBar()
    steps, peak = 0, 0.0
    while page.document.feed.body.size_bytes < total // 2 and not page.document.feed.exchange.is_over:
        bar.setValue(
            (bar.value() + bar.singleStep() * 3) % max(1, bar.maximum()) if steps % 40 else bar.maximum()
        )
        steps += 1
        peak = max(peak, rss_mb())
        await asyncio.sleep(0.016)
    seconds = time.perf_counter() - started
    arrived = page.document.feed.body.size_bytes
    window.cancel()
    await until(lambda: page.document.feed.exchange.is_over)
    pauses = ticks.stop()
    await asyncio.sleep(0.3)
    bar.setValue(bar.maximum())
    await asyncio.sleep(0.2)
    if arguments.shot:
        window.grab().save(arguments.shot)
    kept = page.document.feed.body.size_bytes
    tail = page.document.feed.body.read(kept - 80, 80)
    return {
        "http": page.document.feed.exchange.head.http_version,
        "state": page.document.feed.exchange.state,
        "arrived_mib": round(arrived / 2**20, 1),
        "kept_mib": round(kept / 2**20, 1),
        "readable_to_the_end": bool(tail.strip()),
        "mb_per_s": round(arrived / seconds / 1e6, 1),
        "scroll_steps": steps,
        "memory_grew_mb": round(max(peak, rss_mb()) - before, 1),
        "pauses_ms": pauses,
        "longest_pause_of_the_first_send_ms": first_pauses["longest"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--http", default="1.1", choices=["1.1", "2"])
    parser.add_argument("--shot", default="")
    arguments = parser.parse_args()
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
    loop = QEventLoop(app)

    async def run():
        result = await measure(window, workbench, arguments)
        window.may_close = True
        window.close()
        await workbench.close()
        return result

    with loop:
        print(json.dumps(loop.run_until_complete(run()), indent=1))


if __name__ == "__main__":
    main()
