"""A large body is filtered: seconds from the question to the last result, memory of the helper process, the window's pauses.

`python tests/benchmarks/bench_filter.py [MEGABYTES]` prints a line for each question; it asserts nothing. The first
question of a language reads the body, too. `json.loads` of the same text in this process is the measure beside it.
"""

import json
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

JSON_QUESTIONS = (
    ("$[0]", "values"),
    ("$[*].name", "values"),
    ("$..name", "values"),
    ("$[?@.owner.age > 50].name", "values"),
    ("$[*]", "values"),
    ("$[*]", "table"),
)
XML_QUESTIONS = (("//item[1]", "values"), ("//item/@id", "values"), ("//item", "table"))
TICK_MS = 2


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication([])
    panel = BodyPanel(Theme("dark"))
    panel.resize(1100, 800)
    panel.show()
    text = _json(megabytes)
    began_s = time.perf_counter()
    json.loads(text)
    print(f"json.loads here, {len(text) / 1e6:.0f} MB: {time.perf_counter() - began_s:.1f} s")
    _run(app, panel, text, "application/json", JSON_QUESTIONS)
    _run(app, panel, _xml(megabytes), "application/xml", XML_QUESTIONS)
    panel.close_work()


def _run(app: QApplication, panel: BodyPanel, text: bytes, media: str, questions) -> None:
    store = BodyStore(Path.cwd() / "build" / "bench")
    for start in range(0, len(text), 1 << 20):
        store.append(text[start : start + (1 << 20)])
    store.finish()
    panel.show_body(store, media, True)
    while not panel._is_settled(store):
        app.processEvents()
    panel.filtering.open()
    filtering, ticks = panel.filtering.work, _Ticks()
    for expression, form in questions:
        filtering.bar.forms.show_choice(form)
        filtering.bar.field.setText(expression)
        ticks.gaps.clear()
        began_s = time.perf_counter()
        filtering.bar._ask()
        while filtering._filter is None or filtering._filter.is_busy:
            app.processEvents()
            time.sleep(0.0005)
        took_s = time.perf_counter() - began_s
        peak_mb = _peak_mb(filtering._filter.process_id)
        print(
            f"{expression:28} {form:6} {took_s:6.2f} s  {filtering._filter.count:9,} results  "
            f"helper at most {peak_mb:5.0f} MB  longest pause {max(ticks.gaps) - TICK_MS:.0f} ms"
        )
    panel.filtering.close()
    store.close()


class _Ticks:
    """Times between calls of a timer: what is beyond its interval is a pause."""

    def __init__(self) -> None:
        self.gaps = [0.0]
        self._last_s = time.perf_counter()
        self._timer = QTimer(interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now_s = time.perf_counter()
        self.gaps.append((now_s - self._last_s) * 1000)
        self._last_s = now_s


def _json(megabytes: int) -> bytes:
    items, size = [], 2
    while size < megabytes * 1_000_000:
        n = len(items)
        owner = f'{{"name":"owner {n % 977}","age":{n % 90}}}'
        item = f'{{"id":{n},"name":"item {n}","price":{n % 1000}.50,"tags":["a","b"],"owner":{owner}}}'
        items.append(item)
        size += len(item) + 1
    return ("[" + ",".join(items) + "]").encode()


def _xml(megabytes: int) -> bytes:
    item = '<item id="{0}"><name>item {0}</name><price>{0}.50</price><owner age="33">somebody</owner></item>'
    count = megabytes * 1_000_000 // (len(item) + 12)
    return ("<items>" + "".join(item.format(n) for n in range(count)) + "</items>").encode()


def _peak_mb(process: int | None) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return float("nan")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
