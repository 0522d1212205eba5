"""Find in 1 GiB beside ripgrep and grep: throughput, time to the first match shown, pauses of the window, memory.

    python tests/benchmarks/bench_search.py [--mib 1024] [--rounds 3]

The body is made by a seeded generator: pretty JSON whose records have a log line each; about one line in sixty has letters
beyond ASCII. Ours looks in the window (offscreen), whose view follows what is found; `rg --count-matches` and
`LC_ALL=C grep -c` read the same bytes from a file. All take turns, the cache is warm, figures are medians of the rounds.
Pauses are gaps of a 2 ms timer on the window's thread.
"""

import argparse
import asyncio
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from antiphon.body.query import Query
from antiphon.body.store import BodyStore
from antiphon.ui.viewer.modes import RAW
from antiphon.ui.window import MainWindow
from tests.benchmarks.live_window import Ticks, in_window, rss_mb, until

FOLDER = Path.cwd() / "build" / "bench"
BLOCK_BYTES = 16 << 20


class Case(NamedTuple):
    title: str
    query: Query
    rival: list[str]


def literal(title: str, text: str, *options: str) -> Case:
    words = ["rg", "--count-matches", "--no-config", "-F", *options, "--", text]
    return Case(title, Query(text, is_case_sensitive="-i" not in options), words)


def expression(title: str, text: str, rival: str, *options: str) -> Case:
    query = Query(text, True, "-i" not in options, "-w" in options)
    return Case(title, query, ["grep", "-c", "-E", *options, "--", rival])


CASES = [
    literal("literal, rare", "needle-7f3a"),
    literal("literal, frequent", '"status": 200'),
    literal("literal, absent", "zyxwvutsrq"),
    literal("literal, any case", "Timeout", "-i"),
    literal("literal, beyond ASCII", "Zürich"),
    literal("literal, short", '"id"'),
    expression("anchored", r'^ +"level": "FATAL"', r'^ +"level": "FATAL"'),
    expression(
        "alternation",
        "deadlock|segfault|out of memory|kernel panic",
        "deadlock|segfault|out of memory|kernel panic",
    ),
    expression(
        "class, repeated", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}"
    ),
    expression("date", r"\d{4}-\d{2}-\d{2}T", "[0-9]{4}-[0-9]{2}-[0-9]{2}T"),
    expression("word, any case", "connect(ion|ed)", "connect(ion|ed)", "-i"),
    expression("whole word", "retry", "retry", "-w"),
]


def block(chance: random.Random) -> bytes:
    """Return about `BLOCK_BYTES` of records."""
    records, size = [], 0
    while size < BLOCK_BYTES:
        record = _record(chance, len(records)).encode()
        records.append(record)
        size += len(record)
    return b"".join(records)


def _record(chance: random.Random, number: int) -> str:
    level = chance.choices(["INFO", "DEBUG", "WARN", "ERROR", "FATAL"], [60, 20, 12, 7, 1])[0]
    city = chance.choices(["Berlin", "London", "Zürich", "São Paulo", "Oslo", "東京"], [50, 30, 4, 4, 10, 2])[
        0
    ]
    events = [
        "request served",
        "cache hit",
        "Connection closed",
        "will retry later",
        "retrying",
        "user logged in",
    ]
    events += ["reconnected to db", "job queued", "read timeout", "deadlock found", "out of memory"]
    event = chance.choices(events, [60, 40, 10, 4, 4, 20, 3, 30, 2, 0.3, 0.1])[0]
    numbers = [chance.randrange(1 << bits) for bits in (32, 16, 4, 12, 16, 48)]
    key = "{:08x}-{:04x}-{:x}{:03x}-{:04x}-{:012x}".format(*numbers)
    day = f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}T{chance.randrange(24):02}:14:07.{chance.randrange(1000):03}Z"
    tags = "".join(f'        "{chance.choice(["alpha", "beta", "gamma", "delta"])}",\n' for _ in range(4))
    return (
        f'    {{\n      "id": {number},\n      "key": "{key}",\n      "level": "{level}",\n'
        f'      "status": {chance.choices([200, 201, 404, 500], [70, 10, 15, 5])[0]},\n      "score": {chance.random():.12f},\n'
        f'      "city": "{city}",\n      "message": "{day} [worker-{chance.randrange(64)}] {event} after {chance.randrange(5000)} ms",\n'
        f'      "url": "https://api.example.org/v2/items/{chance.randrange(10**6)}?page={chance.randrange(50)}",\n'
        f'      "tags": [\n{tags}        "end"\n      ]\n    }},\n'
    )


def fill(store: BodyStore, path: Path, mib: int) -> None:
    chance = random.Random(11)
    blocks = [block(chance) for _ in range(4)]
    with path.open("wb") as file:
        written = number = 0
        while written < mib << 20:
            piece = blocks[number % 4] + f'    {{"mark": "needle-7f3a {number}"}},\n'.encode()
            for at in range(0, len(piece), 1 << 20):
                store.append(piece[at : at + (1 << 20)])
            file.write(piece)
            written, number = written + len(piece), number + 1
    store.finish()


class Finding:
    """The window's panel that shows the body, with its find bar open."""

    def __init__(self, window: MainWindow) -> None:
        window.run_command("request.new")
        response = window.request_page.response
        response._stack.setCurrentIndex(1)  # the answer's pane, without a request
        self.panel = response.body
        self.ticks = Ticks()

    async def show(self, store: BodyStore) -> None:
        self.panel.show_body(store, "text/plain", True)
        self.panel.choose_mode(RAW)
        self.panel.setVisible(True)
        await until(lambda: self.panel.view.index.is_current)
        self.panel.bars.open_find()
        await asyncio.sleep(1)

    async def find(self, query: Query) -> tuple[float, float | None, int, float]:
        """Return seconds to the end and to the first match shown, the count, and the longest pause in ms.

        Pauses are taken in a second search: the timer that tells them takes a share of two cores that are all in use.
        """
        took, first = await self._timed(query)
        count = self.panel.bars.finder.count
        self.ticks.start()
        await self._timed(query)
        for step in (1, 1, -1, -1, -1, 1):
            self.panel.bars.finder.go(step)
            await asyncio.sleep(0.04)
        return took, first, count, self.ticks.stop()["longest"]

    async def _timed(self, query: Query) -> tuple[float, float | None]:
        panel = self.panel
        panel.view.select(0, 0)
        panel.view._scroll.go(0)
        panel.bars.finder.close()
        panel.bars.finder.warm_up()
        await asyncio.sleep(0.5)
        began, first = time.perf_counter(), None
        panel.bars.finder.look_for(query)
        while not panel.bars.finder.is_done:
            await asyncio.sleep(0.001)
            if first is None and panel.bars.finder.number is not None:
                panel.view.viewport().repaint()
                first = time.perf_counter() - began
        return time.perf_counter() - began, first


def rival(words: list[str], path: Path) -> tuple[float, int]:
    began = time.perf_counter()
    done = subprocess.run(
        [*words, str(path)], capture_output=True, env={**os.environ, "LC_ALL": "C"}, check=False
    )
    return time.perf_counter() - began, int(done.stdout.strip() or 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    missing = [name for name in ("rg", "grep") if shutil.which(name) is None]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    path, store = FOLDER / "search.json", BodyStore(FOLDER)
    try:
        fill(store, path, arguments.mib)
        in_window(lambda window, _workbench: measure(window, store, path, arguments.rounds))
    finally:
        path.unlink(missing_ok=True)
        store.close()


async def measure(window: MainWindow, store: BodyStore, path: Path, rounds: int) -> dict:
    finding = Finding(window)
    await finding.show(store)
    size_mb = store.size_bytes / 1e6
    before = rss_mb()
    print(
        f"{size_mb:.0f} MB; MB/s, medians of {rounds}; the rival is rg --count-matches, for expressions grep -c"
    )
    print(
        f"{'':22}{'ours':>8}{'rival':>8}{'ratio':>7}{'first ms':>10}{'pause ms':>10}{'matches':>12}{'rival says':>12}"
    )
    figures: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    for case in CASES:
        runs = [(await finding.find(case.query), rival(case.rival, path)) for _ in range(rounds)]
        ours = size_mb / statistics.median(run[0][0] for run in runs)
        theirs = size_mb / statistics.median(run[1][0] for run in runs)
        firsts = [run[0][1] for run in runs if run[0][1] is not None]
        first = f"{statistics.median(firsts) * 1000:.0f}" if firsts else "-"
        pause = max(run[0][3] for run in runs)
        print(
            f"{case.title:22}{ours:8.0f}{theirs:8.0f}{ours / theirs:7.2f}{first:>10}{pause:10.1f}"
            f"{runs[0][0][2]:12,}{runs[0][1][1]:12,}",
            flush=True,
        )
        figures[case.query.is_regex].append((ours, theirs))
    for is_regex, name in ((False, "literals"), (True, "expressions")):
        ours, theirs = (statistics.median(column) for column in zip(*figures[is_regex], strict=True))
        print(f"{name}: median {ours:.0f} MB/s, the rival's {theirs:.0f}, ratio {ours / theirs:.2f}")
    print(f"the window's process grew by {rss_mb() - before:.0f} MB")
    finding.panel.clear()
    return {}


if __name__ == "__main__":
    main()
