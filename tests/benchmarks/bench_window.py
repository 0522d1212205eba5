"""The window while 1 GiB arrives: pauses of its event loop, memory, and what is left after cancelling.

    python tests/benchmarks/bench_window.py [--mib 1024] [--http 1.1|2] [--shot picture.png]

The practice server sends twice as much as numbered lines; the body's view is scrolled all the while; half-way the
request is cancelled. Pauses are gaps between the ticks of a 2 ms timer on the window's thread. Run it on a calm machine.
"""

import argparse
import asyncio
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from antiphon.core.document import RequestDocument
from tests.benchmarks.live_window import Ticks, in_window, rss_mb, until


async def measure(window, workbench, arguments):
    window.open_sample()
    page = window.request_page
    await workbench.sending.start_practice(workbench.current)
    await asyncio.sleep(1)
    first = Ticks()
    first.start()
    window.send()
    await until(lambda: page.document.feed is not None and page.document.feed.exchange.is_over)
    first_pauses = first.stop()
    await asyncio.sleep(1)
    address = "{{secureUrl}}" if arguments.http == "2" else "{{baseUrl}}"
    total = arguments.mib << 21
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
    result = in_window(lambda window, workbench: measure(window, workbench, arguments))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
