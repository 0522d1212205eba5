"""The structure of large JSON: until it is known, opening nodes, paths of bytes, all beside `json.loads` in one run.

`python tests/benchmarks/bench_outline.py [MEGABYTES]` prints a line for each kind of body; it asserts nothing.
"""

import gc
import json
import random
import sys
import time
from pathlib import Path
from statistics import median

from antiphon.body.outline import Outline
from antiphon.body.store import BodyStore

ROOT = Path(__file__).parents[2]
SAMPLES = 300


def main() -> None:
    size_bytes = (int(sys.argv[1]) if len(sys.argv) > 1 else 100) << 20
    for name, row, between in (
        ("records", _record, b","),
        ("laid out", _laid_out, b",\n"),
        ("numbers", lambda number: str(number).encode(), b","),
        ("large records", _large, b","),
    ):
        _measure(name, _array(row, between, size_bytes))


def _measure(name: str, text: bytes) -> None:
    store = BodyStore(ROOT / "build" / "bench")
    for place in range(0, len(text), 1 << 20):
        store.append(text[place : place + (1 << 20)])
    store.finish()
    gc.collect()
    before_kb, began = _resident_kb(), time.perf_counter()
    outline = Outline(store, folder=ROOT / "build" / "bench")
    steps = []
    while not outline.is_finished:
        step = time.perf_counter()
        outline.step()
        steps.append(time.perf_counter() - step)
        time.sleep(0.002)
    ready_s = time.perf_counter() - began
    assert outline.fault is None, outline.fault
    assert not outline.error, outline.error
    count = outline.child_count(outline.root)[0]
    nodes = [outline.children(outline.root, random.randrange(count), 1)[0] for _turn in range(SAMPLES)]
    turns = iter(nodes)
    opened = _times(lambda: outline.children(next(turns), 0, 32))
    found = _times(lambda: outline.children(outline.root, random.randrange(count), 1))
    paths = _times(lambda: outline.path_at(random.randrange(len(text))))
    brackets = _times(lambda: outline.enclosing(random.randrange(len(text))))
    grown_kb = _resident_kb() - before_kb
    began = time.perf_counter()
    json.loads(text)
    loads_s = time.perf_counter() - began
    print(
        f"{name}: {len(text) / 1e6:.0f} MB ready in {ready_s:.2f} s ({ready_s / loads_s:.2f} of json.loads, {loads_s:.2f} s), "
        f"resident +{grown_kb / 1024:.1f} MiB, longest step {max(steps) * 1000:.1f} ms, {count:,} children; "
        f"opening a node (32 children) {opened}; child anywhere {found}; path {paths}; container {brackets}"
    )
    outline.close()
    store.close()


def _times(work) -> str:
    """Return what *work* takes in milliseconds of this thread's processor time: on a busy machine it waits for others."""
    taken = []
    for _turn in range(SAMPLES):
        began = time.thread_time()
        work()
        taken.append((time.thread_time() - began) * 1000)
    taken.sort()
    return f"{median(taken):.2f} ms (p99 {taken[int(len(taken) * 0.99)]:.2f}, longest {taken[-1]:.2f})"


def _array(row, between: bytes, size_bytes: int) -> bytes:
    rows, size, number = [], 0, 0
    while size < size_bytes:
        rows.append(row(number))
        size, number = size + len(rows[-1]) + len(between), number + 1
    return b"[" + between.join(rows) + b"]"


def _value(number: int) -> dict:
    owner = {"login": "x" * 20, "id": number, "url": "https://api.example.org/users/x"}
    return {
        "id": number, "full_name": f"psf/requests {number}", "private": False, "score": 1.5, "tags": ["a", "é"], "owner": owner,
    }  # fmt: skip


def _record(number: int) -> bytes:
    return json.dumps(_value(number), separators=(",", ":")).encode()


def _laid_out(number: int) -> bytes:
    return json.dumps(_value(number), indent=2).encode()


def _large(number: int) -> bytes:
    return json.dumps([_value(number + at) for at in range(400)]).encode()


def _resident_kb() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
