"""Laying out 100 MB: first rows, speed beside msgspec's in one piece, memory, and what hostile bodies cost.

`python tests/benchmarks/bench_pretty.py [MEGABYTES]` prints ratios of one run; it asserts nothing.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from antiphon.body.pretty import JsonPrinter
from antiphon.body.pretty_body import PrettyBody
from antiphon.body.printers.languages import printer_of
from antiphon.body.store import BodyStore
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_panel import BodyPanel

FOLDER = Path.cwd() / "build" / "bench"
STEP_BYTES = 1 << 18
BARE = r"""
import re, sys, time, msgspec
text = open(sys.argv[1], "rb").read()
began = time.perf_counter()
shown = msgspec.json.format(text, indent=2)
took = time.perf_counter() - began
with open(sys.argv[1] + ".out", "wb") as file:
    began = time.perf_counter()
    file.write(shown)
print(took, took + time.perf_counter() - began, int(re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1]) / 1000)
"""
OURS = r"""
import re, sys, time
from antiphon.body.printers.languages import printer_of
bytes(16 << 20)
printer = printer_of("json", is_quick=True)
with open(sys.argv[1], "rb") as source, open(sys.argv[1] + ".out", "wb") as target:
    inside = 0.0
    began = time.perf_counter()
    while chunk := source.read(1 << 18):
        start = time.perf_counter()
        text = printer.feed(chunk)
        inside += time.perf_counter() - start
        target.write(text)
    printer.finish()
    print(inside, time.perf_counter() - began, int(re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1]) / 1000)
"""


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = minified(megabytes * 1_000_000)
    _in_process(text)
    _in_window(text)
    _reference(text)
    _hostile(megabytes * 1_000_000)
    _languages()


def minified(size_bytes: int) -> bytes:
    """Return an array of records without white space, of about *size_bytes*."""
    draw = random.Random(1)
    record = lambda n: {
        "id": n,
        "name": f"user {n}",
        "full_name": "psf/requests",
        "score": draw.random(),
        "tags": ["http", "python"],
        "owner": {"login": "a{b}c", "is_admin": False, "team": None},
        "text": f'some longer text, "quoted" é {n}',
    }
    block = json.dumps([record(n) for n in range(2000)], separators=(",", ":"))[1:-1].encode()
    return b"[" + b",".join([block] * (size_bytes // len(block) + 1)) + b"]"


def _in_process(text: bytes) -> None:
    path = FOLDER / "pretty.json"
    path.write_bytes(text)
    ours, bare = [], []
    for _ in range(3):
        for code, found in ((BARE, bare), (OURS, ours)):
            done = subprocess.run(
                [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
            )
            found.append([float(word) for word in done.stdout.split()])
    our_s, our_all_s, our_mb = (min(column) for column in zip(*ours, strict=True))
    bare_s, bare_all_s, bare_mb = (min(column) for column in zip(*bare, strict=True))
    print(
        f"a process of its own, best of 3: {len(text) / 1e6 / our_s:.0f} MB/s; {our_s / bare_s:.2f} times msgspec.json.format in one "
        f"piece ({bare_s:.2f} s), with reading and writing {our_all_s / bare_all_s:.2f} times; {our_mb:.0f} MB of memory, one "
        f"piece {bare_mb:.0f} MB"
    )
    path.unlink()
    path.with_suffix(".json.out").unlink()


def _in_window(text: bytes) -> None:
    app = QApplication.instance() or QApplication([])
    panel = BodyPanel(Theme("dark"))
    panel.resize(1100, 800)
    panel.show()
    store = _store(text)
    app.processEvents()
    began = time.perf_counter()
    panel.show_body(store, "application/json", True)
    panel.view.grab()
    first_s = time.perf_counter() - began
    longest = last = time.perf_counter()
    longest = 0.0
    while not panel._reading.pretty.is_finished:
        app.processEvents()
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
        time.sleep(0.001)
    all_s = time.perf_counter() - began
    print(
        f"in the window: first rows painted after {first_s * 1000:.0f} ms, all {len(text) / 1e6:.0f} MB laid out after {all_s:.2f} s "
        f"({len(text) / 1e6 / all_s:.0f} MB/s), longest turn {longest * 1000:.0f} ms"
    )
    panel.close_work()
    store.close()


def _reference(text: bytes) -> None:
    part = text[: 5 << 20]
    began = time.perf_counter()
    JsonPrinter().feed(part)
    reference_s = time.perf_counter() - began
    printer = printer_of("json", is_quick=True)
    began = time.perf_counter()
    for place in range(0, len(part), STEP_BYTES):
        printer.feed(part[place : place + STEP_BYTES])
    print(
        f"windows are {reference_s / (time.perf_counter() - began):.0f} times as fast as the printer in Python"
    )


def _hostile(size_bytes: int) -> None:
    bodies = {
        "of [": b"[" * size_bytes,
        'of {"a":': b'{"a":' * (size_bytes // 50),
        "of one string": b'["' + b"x, " * (size_bytes // 3) + b'"]',
        "of lone surrogates": b"[" + rb'"\ud800",' * (size_bytes // 100) + b"1]",
        "that fault early": b"[1,,2" + b" rest" * (size_bytes // 5),
        "of numbers": b"[" + b"1," * (size_bytes // 2) + b"1]",
    }
    for name, text in bodies.items():
        store = _store(text)
        body = PrettyBody(store, folder=FOLDER)
        began = time.perf_counter()
        while not body.is_finished:
            body.step()
            time.sleep(0.002)
        took_s = time.perf_counter() - began
        print(
            f"{len(text) / 1e6:.0f} MB {name}: {took_s:.1f} s, {body.size_bytes / len(text):.1f} times the size, "
            f"{body.error or (body.fault.sentence if body.fault else 'no fault')}"
        )
        body.close()
        store.close()


def _languages() -> None:
    samples = {
        "xml": b"<r>"
        + b'<item id="12"><name>Some name or other</name><tags><tag>alpha</tag></tags></item>' * 30_000
        + b"</r>",
        "html": b"<body>"
        + b"<div class=row><h2>Some title</h2><p>Words with <b>more</b> words in them</p></div>" * 20_000,
        "css": b".btn-primary:hover{color:#fff;background-color:#0b5ed7;border-color:rgba(1,2,3,.5)}"
        * 20_000,
        "javascript": b"!function(e,t){if(e){return t.map(function(n){return n*2})}else{e.exports=t()}}(this);"
        * 10_000,
    }
    for language, text in samples.items():
        printer = printer_of(language)
        began = time.process_time()
        for place in range(0, len(text), STEP_BYTES):
            printer.feed(text[place : place + STEP_BYTES])
        printer.finish()
        print(f"{language}: {len(text) / 1e6 / (time.process_time() - began):.1f} MB/s of processor time")


def _store(text: bytes) -> BodyStore:
    store = BodyStore(FOLDER)
    for place in range(0, len(text), 1 << 20):
        store.append(text[place : place + (1 << 20)])
    store.finish()
    return store


if __name__ == "__main__":
    main()
