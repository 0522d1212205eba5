"""The body's view of many gigabytes in a real window: index, jumps, wheel, wrapped lines, memory.

    python tests/benchmarks/bench_bodies.py [--gib 5] [--line-gib 1] [--stream-mib 1024]

A server in a process of its own sends lines as fast as they are taken, while the view follows their end; *first rows* is
the time from the first byte's coming to the end of the painting that shows it. Then two bodies are made beside the checkout: numbered lines of pretty JSON, and one line without an end. *index* is how fast
rows are known while the window lives, *go to line* the time from asking to the end of its painting, *wheel* that of three
lines down and painted, *frame* that of a page painted anew, *screen reader* line, caret and selection as its interface tells them. Set QT_QPA_PLATFORM=xcb and DISPLAY for a real screen.
"""

import argparse
import asyncio
import contextlib
import json
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAccessible

from antiphon.body.store import BodyStore
from antiphon.core.document import RequestDocument
from antiphon.core.events import Phase
from antiphon.ui.viewer import accessible
from tests.benchmarks.live_window import Ticks, in_window, rss_mb, until

LINE_BYTES = 64
BLOCK_LINES = 1 << 14
FOLDER = Path(__file__).parents[2] / "build" / "bench"


def pretty_body(size_bytes: int) -> BodyStore:
    """Return lines of `LINE_BYTES` each, as of a laid out array."""
    store = BodyStore(FOLDER)
    store.append(b"[\n")
    words = ("requests", "naïve", "antiphon", "流れ", "value")
    number = 0
    while store.size_bytes < size_bytes:
        lines = []
        for _ in range(BLOCK_LINES):
            line = f'    "{number:012}": "{words[number % 5]}", "n": {number * 7919 % 1000003}'.encode()
            lines.append(line[: LINE_BYTES - 2].ljust(LINE_BYTES - 2) + b",\n")
            number += 1
        block = b"".join(lines)
        for _ in range(16):
            store.append(block)
    store.finish()
    return store


def line_body(size_bytes: int) -> BodyStore:
    """Return one line: minified JSON without an end."""
    store, block = BodyStore(FOLDER), bytearray()
    number = 0
    while len(block) < 1 << 20:
        block += b'{"id":%d,"name":"requests","private":false,"score":%d.5},' % (number, number % 97)
        number += 1
    while store.size_bytes < size_bytes:
        store.append(bytes(block))
    store.finish()
    return store


def spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "median_ms": round(ordered[len(ordered) // 2], 2),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)], 2),
        "longest_ms": round(ordered[-1], 2),
    }


def painted(view, act) -> float:
    """Return how long *act* and the painting after it took, in ms."""
    began = time.perf_counter()
    act()
    view.viewport().repaint()
    return (time.perf_counter() - began) * 1e3


async def wheel(view, steps: int = 200) -> dict[str, float]:
    times = []
    for _ in range(steps):
        times.append(painted(view, lambda: view.scroll_by(3 * view.line_height)))
        await asyncio.sleep(0.002)
    return spread(times)


def spoken(view, count: int = 50) -> dict[str, object]:
    """Ask what a screen reader asks at lines all over the body, beside what stands there."""
    accessible.install()
    choose, times, right = random.Random(4), [], 0
    for _ in range(count):
        number = choose.randrange(1, view.index.line_count - 1)
        start, end = view.index.line_start(number), view.index.line_start(number + 1) - 1
        line = view.source.read(start, end - start).decode()
        view.select(start, end)
        view.reveal(start, end - start)
        began = time.perf_counter()
        text = QAccessible.queryAccessibleInterface(view).textInterface()
        caret, has_selection = text.cursorPosition(), text.selectionCount() == 1
        before, behind = text.text(0, caret), text.text(caret, text.characterCount())
        times.append((time.perf_counter() - began) * 1e3)
        selected = (
            view.accessible_body().spoken.edit.textCursor().selectedText()
        )  # PySide6 does not hand it on
        is_line = before.rpartition("\n")[2] == line and behind.startswith("\n")
        right += is_line and has_selection and selected == line
    return {"asked": count, "answered_rightly": right, **spread(times)}


async def measure_lines(window, gib: float) -> dict[str, object]:
    store = await asyncio.to_thread(pretty_body, int(gib * (1 << 30)))
    window.run_command("request.new")
    panel = window.request_page.response.body
    window.request_page.response._stack.setCurrentIndex(1)
    await asyncio.sleep(0.5)
    before, ticks = rss_mb(), Ticks()
    ticks.start()
    began = time.perf_counter()
    panel.show_body(store, "application/json", True)
    panel.choose_mode("raw")
    panel.setVisible(True)
    view = panel.view
    await until(lambda: view.index.is_current)
    took, pauses = time.perf_counter() - began, ticks.stop()
    figures: dict[str, object] = {
        "gib": gib,
        "index_gb_per_s": round(store.size_bytes / took / 1e9, 2),
        "pauses_while_indexing_ms": pauses,
        "lines": view.index.line_count,
    }
    choose = random.Random(1)
    times = []
    for _ in range(100):
        line = choose.randrange(1, view.index.line_count)
        times.append(painted(view, lambda line=line: view.go_to_line(line)))
        await asyncio.sleep(0.002)
    figures["go_to_line"] = spread(times)
    for name, share in (("top", 0.0), ("middle", 0.5), ("end", 0.99999)):
        view.go_to_line(int(view.index.line_count * share) + 1)
        await asyncio.sleep(0.05)
        figures[f"wheel_at_{name}"] = await wheel(view)
    figures["memory_mb"] = round(rss_mb(), 1)
    figures["screen_reader"] = spoken(view)
    figures["memory_grew_mb"] = round(rss_mb() - before, 1)
    panel.clear()
    store.close()
    return figures


async def measure_line(window, gib: float) -> dict[str, object]:
    store = await asyncio.to_thread(line_body, int(gib * (1 << 30)))
    panel = window.request_page.response.body
    before = rss_mb()
    panel.show_body(store, "application/json", True)
    panel.choose_mode("raw")
    view = panel.view
    await until(lambda: view.index.is_current)
    figures: dict[str, object] = {"gib": gib}
    for is_wrapped in (True, False):
        panel.set_wrapped(is_wrapped)
        times = []
        choose = random.Random(2)
        for _ in range(60):
            offset = choose.randrange(store.size_bytes)
            times.append(painted(view, lambda offset=offset: view.reveal(offset)))
            await asyncio.sleep(0.002)
        name = "wrapped" if is_wrapped else "running on"
        figures[f"frame_after_a_jump, {name}"] = spread(times)
        figures[f"wheel, {name}"] = await wheel(view)
    figures["memory_grew_mb"] = round(rss_mb() - before, 1)
    panel.clear()
    store.close()
    return figures


def serve(mebibytes: int) -> None:
    """Send that many MiB of lines to whoever connects."""
    line = (
        b"2026-11-24T23:20:46.000123Z  INFO  request 1362490  GET /users/psf/repos?per_page=100  200  34 ms"
    )
    block = (line.ljust(127) + b"\n") * (1 << 13)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        sock, _ = listener.accept()
        with sock, contextlib.suppress(OSError):
            sock.recv(65536)
            sock.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
                % (mebibytes << 20)
            )
            for _ in range(mebibytes):
                sock.sendall(block)
            sock.recv(1)


class FirstPaint(QObject):
    """When rows of a body were first painted."""

    def __init__(self, view) -> None:
        super().__init__()
        self.at = 0.0
        self._view = view
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self.at and self._view.index.known_bytes:
            self._view.paintEvent(event)
            self.at = time.perf_counter()
            return True
        return False


async def measure_stream(window, mebibytes: int, port: int) -> dict[str, object]:
    page = window.request_page
    panel = page.response.body
    page.document.edit(RequestDocument("lines", url=f"http://127.0.0.1:{port}/"))
    for _ in range(2):  # the first one also makes the connection's parts
        panel.clear()
        await asyncio.sleep(0.5)
        before, ticks, first = rss_mb(), Ticks(), FirstPaint(panel.view)
        ticks.start()
        feed, began = page.document.feed, time.perf_counter()
        page.send()
        await until(lambda feed=feed: page.document.feed is not feed)
        feed, view = page.document.feed, panel.view
        await until(lambda feed=feed: view.index.known_bytes and view.source is feed.body)
        view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())  # it follows from here on
        await until(lambda feed=feed: feed.exchange.is_over)
        await until(lambda: view.index.is_current)
        took, pauses = time.perf_counter() - began, ticks.stop()
    hop = feed.exchange.last
    arrived = next(span.began for span in hop.spans if span.phase is Phase.DOWNLOAD)
    return {
        "mb_per_s": round(feed.body.size_bytes / took / 1e6, 1),
        "first_rows_ms": round((first.at - arrived) * 1e3, 1),
        "is_at_end": view._scroll.is_at_end,
        "pauses_ms": pauses,
        "memory_grew_mb": round(rss_mb() - before, 1),
    }


async def measure(window, arguments) -> dict[str, object]:
    figures = {
        "lines": await measure_lines(window, arguments.gib),
        "one line": await measure_line(window, arguments.line_gib),
    }
    me = [sys.executable, __file__, "--serve", "--stream-mib", str(arguments.stream_mib)]
    with subprocess.Popen(me, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline())
            figures["stream"] = await measure_stream(window, arguments.stream_mib, port)
        finally:
            server.kill()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=5)
    parser.add_argument("--line-gib", type=float, default=1)
    parser.add_argument("--stream-mib", type=int, default=1024)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.stream_mib)
    print(
        json.dumps(
            in_window(lambda window, _workbench: measure(window, arguments)), indent=1, ensure_ascii=False
        )
    )


if __name__ == "__main__":
    main()
