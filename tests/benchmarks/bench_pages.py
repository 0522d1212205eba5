"""Hex, table, parts and pictures: scroll steps at both ends of many GB, opening times, and pauses of the window.

`python tests/benchmarks/bench_pages.py`; figures in one run are to be compared with each other.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "app"))
sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QImage
from qasync import QEventLoop

from antiphon.body.spool import SpoolFile
from antiphon.body.store import BodyStore
from antiphon.render.media import Media
from antiphon.ui.start import SWITCH_INTERVAL_S, application
from antiphon.ui.style import install
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.hex_page import HexPage
from antiphon.ui.viewer.parts_page import PartsPage
from antiphon.ui.viewer.preview_page import PreviewPage
from antiphon.ui.viewer.table_page import TablePage
from tests.benchmarks.live_window import Ticks, rss_mb, until

GIB = 1 << 30
STEPS = 200


class Sparse:
    """A file with holes as a body: many GB that take no room."""

    is_finished = True

    def __init__(self, size_bytes: int) -> None:
        self.spool = SpoolFile.create(Path(tempfile.mkdtemp()))
        self.size_bytes = size_bytes
        self.spool.write(b"\xff", size_bytes - 1)

    def read(self, offset: int, count: int) -> bytes:
        return self.spool.read(offset, max(0, min(count, self.size_bytes - offset)))


def spread(times_ms: list[float]) -> dict[str, float]:
    times_ms.sort()
    return {
        "p50": round(statistics.median(times_ms), 2),
        "p99": round(times_ms[int(len(times_ms) * 0.99)], 2),
    }


def steps(view, pixels: int) -> dict[str, float]:
    """Return ms of a wheel step with its painting."""
    times = []
    for _step in range(STEPS):
        start = time.perf_counter()
        view.scroll_by(pixels)
        view.viewport().grab()
        times.append((time.perf_counter() - start) * 1000)
    return spread(times)


def hex_steps(theme: Theme) -> dict:
    page = HexPage(theme)
    page.resize(1200, 800)
    page.show()
    body = Sparse(5 * GIB)
    start = time.perf_counter()
    page.show_body(body, Media("binary", "utf-8"), is_over=True)
    told = {"open_ms": round((time.perf_counter() - start) * 1000, 2)}
    for name, place in (("top", 0), ("middle", body.size_bytes // 2), ("end", body.size_bytes - 100_000)):
        page.view.reveal(place)
        told[name] = steps(page.view, 3 * page.view.line_height)
    told["rss_mb"] = round(rss_mb())
    page.clear()
    page.deleteLater()
    return told


async def table(theme: Theme, row: bytes) -> dict:
    page = TablePage(theme)
    page.resize(1200, 800)
    page.show()
    body = BodyStore(Path(tempfile.mkdtemp()))
    block = row * ((1 << 20) // len(row))
    while body.size_bytes < 200_000_000:
        body.append(block)
    body.finish()
    ticks = Ticks()
    ticks.start()
    start = time.perf_counter()
    page.show_body(body, Media("csv", "utf-8", content_type="text/csv"), is_over=True)
    page.grab()
    told: dict = {"first_rows_ms": round((time.perf_counter() - start) * 1000, 2)}
    await until(lambda: page._rows.index.is_current)
    told["all_rows_s"] = round(time.perf_counter() - start, 2)
    told["mb_per_s"] = round(200 / told["all_rows_s"])
    told["pauses"] = ticks.stop()
    told["rows"] = page.view.rows.count
    page.view.go_to(told["rows"] // 2, 0)
    told["step"] = steps(page.view, 3 * page.view.line_height)
    told["rss_mb"] = round(rss_mb())
    page.clear()
    page.deleteLater()
    body.close()
    return told


async def parts(theme: Theme) -> dict:
    page = PartsPage(theme)
    page.resize(1200, 800)
    page.show()
    body = BodyStore(Path(tempfile.mkdtemp()))
    part = b"--b\r\nContent-Type: application/octet-stream\r\n\r\n" + os.urandom(20_000) + b"\r\n"
    while body.size_bytes < 200_000_000:
        body.append(part)
    body.finish()
    ticks = Ticks()
    ticks.start()
    start = time.perf_counter()
    page.show_body(
        body, Media("multipart", "utf-8", content_type="multipart/mixed; boundary=b"), is_over=True
    )
    await until(lambda: not page._timer.isActive())
    seconds = time.perf_counter() - start
    told = {"parts": page.list.rows.count, "mb_per_s": round(200 / seconds), "pauses": ticks.stop()}
    page.clear()
    page.deleteLater()
    body.close()
    return told


async def picture(theme: Theme) -> dict:
    image = QImage(4000, 3000, QImage.Format.Format_RGB32)
    for row in range(0, 3000, 2):
        for column in range(0, 4000, 37):
            image.setPixel(column, row, row * column & 0xFFFFFF)
    path = Path(tempfile.mkdtemp()) / "picture.png"
    image.save(str(path))
    page = PreviewPage(theme)
    page.resize(1200, 800)
    page.show()
    body = BodyStore()
    body.append(path.read_bytes())
    ticks = Ticks()
    ticks.start()
    start = time.perf_counter()
    page.show_body(body, Media("image", "utf-8"), is_over=True)
    await until(lambda: page.area._picture is not None and page.area._picture.last is not None)
    told: dict = {"first_ms": round((time.perf_counter() - start) * 1000)}
    times = []
    for step in range(40):
        start = time.perf_counter()
        before = page.area._picture.last
        page.area.zoom_by(1 if step % 8 < 4 else -1)
        await until(lambda before=before: page.area._picture.last is not before)
        times.append((time.perf_counter() - start) * 1000)
    told["zoom_step"] = spread(times)
    told["pauses"] = ticks.stop()
    page.clear()
    page.deleteLater()
    return told


async def measure(theme: Theme) -> None:
    tell("hex, 5 GiB, ms", hex_steps(theme))
    tell("CSV, 200 MB, plain", await table(theme, b"1234,some words,2026-11-25,17.25,another cell\n"))
    tell("CSV, 200 MB, quoted", await table(theme, b'"1234","some, words","two\nlines",17.25,"a ""cell"""\n'))
    tell("CSV, 200 MB, stray quotes", await table(theme, b'1234,5" pipe,"two\nlines",17.25,cell\n'))
    tell("multipart, 200 MB", await parts(theme))
    tell("picture, 12 MP", await picture(theme))


def tell(name: str, told: dict) -> None:
    print(f"{name}: {json.dumps(told)}", flush=True)


def main() -> None:
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = application()
    theme = Theme("light")
    install(theme)
    with QEventLoop(app) as loop:
        loop.run_until_complete(measure(theme))
    asyncio.set_event_loop(None)


if __name__ == "__main__":
    main()
