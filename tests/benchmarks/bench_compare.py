"""Two bodies compared in the window: seconds, memory of the helper process, longest pause of the window."""

import asyncio
import difflib
import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from live_window import Ticks, in_window, rss_mb

from antiphon.body.compare import ComparedSide, CompareOptions
from antiphon.body.comparison import Comparison
from antiphon.body.ignored_paths import patterns_of
from antiphon.body.pretty import JsonPrinter
from antiphon.body.spool import SpoolFile
from antiphon.ui.compare.area import CompareArea


def json_pair(items: int) -> tuple[bytes, bytes]:
    """Two lists of *items* objects, about 92 bytes each: one inserted early, one in a thousand changed."""
    random.seed(1)
    rows = [
        {"id": n, "name": f"n{n}", "v": random.random(), "tags": ["a", "b"], "at": "2024"}
        for n in range(items)
    ]
    left = json.dumps(rows).encode()
    for row in rows[::1000]:
        row["v"] = 0
    return left, json.dumps([*rows[:50], {"id": -1}, *rows[50:]]).encode()


def line_pair(lines: int) -> tuple[bytes, bytes]:
    """Two texts of *lines* lines, one in a hundred changed, one in a thousand inserted or removed."""
    random.seed(2)
    left = [f"{n % 977} the quick brown fox {random.getrandbits(40):x}" for n in range(lines)]
    right = list(left)
    for n in range(0, lines, 100):
        right[n] += " changed"
    for n in range(0, lines, 2000):
        right.insert(n, "inserted")
        del right[n + 700]
    return "\n".join(left).encode(), "\n".join(right).encode()


def spooled(content: bytes) -> SpoolFile:
    file, written = SpoolFile.create(None), 0
    while written < len(content):
        written += file.write(memoryview(content)[written:], written)
    return file


def peak_mb(process_id: int | None) -> float:
    """Return the most memory that a process has had so far, in MB (Linux)."""
    status = Path(f"/proc/{process_id}/status")
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)


async def compared(window, pair, language: str, manner: str, ignored: str = "") -> dict:
    sides = [ComparedSide(spooled(content), language, "utf-8") for content in pair]
    area = CompareArea(window.theme, window)
    area.resize(1100, 700)
    area.show()
    before, peak = rss_mb(), 0.0
    ticks = Ticks()
    ticks.start()
    began = time.perf_counter()
    comparison = Comparison(*sides, CompareOptions(manner=manner, ignored=patterns_of(ignored)))
    while not comparison.poll():
        peak = max(peak, peak_mb(comparison.process_id))
        await asyncio.sleep(0.03)
    took = time.perf_counter() - began
    area.show_pieces(comparison.pieces(), (comparison.text(0), comparison.text(1)))
    await asyncio.sleep(0.1)
    for _ in range(50):
        area.go(1)
        await asyncio.sleep(0.005)
    area.set_folded(False)
    for _ in range(50):
        area.verticalScrollBar().setValue(area.verticalScrollBar().value() + 20)
        await asyncio.sleep(0.005)
    gaps = ticks.stop()
    outcome = comparison.outcome
    area.close()
    comparison.close()
    for side in sides:
        side.body.close()
    return {
        "seconds": round(took, 2),
        "differences": outcome.differences,
        "manner": outcome.manner,
        "helper MB": round(peak),
        "window +MB": round(rss_mb() - before, 1),
        "p99 ms": gaps["p99"],
        "longest ms": gaps["longest"],
    }


async def measure(window, _workbench) -> dict:
    await asyncio.sleep(1)
    small, large = json_pair(108_000), json_pair(1_080_000)
    lines = line_pair(100_000)
    other_times = small[0], small[1].replace(b'"at": "2024"', b'"at": "2025"')
    cases = {
        "10 MB JSON, structure": (small, "json", "structure"),
        "10 MB JSON, lines": (small, "json", "lines"),
        "10 MB JSON, a time ignored in each element": (other_times, "json", "structure", "$[*].at"),
        "10 MB JSON, each element differs": (other_times, "json", "structure"),
        "100 MB JSON": (large, "json", "structure"),
        "100,000 lines": (lines, "text", "lines"),
        "100,000 lines, nothing shared": ((lines[0], lines[0].upper()), "text", "lines"),
    }
    found = {}
    for name, case in cases.items():
        found[name] = await compared(window, *case)
    found["json.loads of both, 10 MB"] = _seconds(lambda: [json.loads(side) for side in small])
    found["laying out both, 10 MB"] = _seconds(lambda: [JsonPrinter().feed(side) for side in small])
    found["difflib, 10,000 of the lines"] = _seconds(lambda: _difflib(line_pair(10_000)))
    return found


def _difflib(pair: tuple[bytes, bytes]) -> None:
    left, right = (side.split(b"\n") for side in pair)
    difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()


def _seconds(work) -> float:
    began = time.perf_counter()
    work()
    return round(time.perf_counter() - began, 2)


if __name__ == "__main__":
    for name, figures in in_window(measure).items():
        print(f"{name}: {figures}")
