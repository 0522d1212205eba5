"""How hostile servers weigh on the engine, or on the whole window: memory, pauses of the loop, how quick a Cancel is.

Run: `python tests/benchmarks/bench_hostile.py [--window] [--seconds 3] [--only NAME]`. Each server runs in a process of
its own, each row in a fresh one, so that its growth is its own. *grew* is the growth of the largest resident size in MiB,
*pause* the longest time in which the loop did not turn in ms, *cancel* the time from a cancel to its being told in ms; "-"
where the exchange ended by itself, with the sentence of its failure. In the window a decoding that is asked about goes on,
and what is told is what stands above the response, also after a cancel.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from antiphon.core.document import RequestDocument, RequestOptions, Timeouts
from antiphon.engine import Engine
from tests.engine.exchanges import Outcome, request
from tests.hostile import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    HEADERS,
    PING,
    SETTINGS,
    Peer,
    Script,
    fields,
    flooded,
    frame,
    goes_on,
    head,
)
from tests.servers import scripted_server

MIB = 1 << 20
HEAD = b"HTTP/1.1 200 OK\r\n"
OKAY = fields((":status", "200"))
TURN_S = 0.001


def bomb(size_gib: int) -> Script:
    """Send *size_gib* GiB of zeros as gzip."""

    async def script(reader, writer) -> None:
        engine = zlib.compressobj(9, wbits=31)
        block = b"".join(engine.compress(bytes(MIB)) for _ in range(512)) + engine.flush()
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + b"Content-Encoding: gzip\r\n\r\n")
        for _ in range(size_gib * 2):
            writer.write(block)
            await writer.drain()

    return script


def endless_block() -> Script:
    """Begin a header section over HTTP/2 that goes on for ever."""
    return flooded(
        lambda n: frame(CONTINUATION, 0, n, fields(("x", "y" * 16_000))), lambda n: frame(HEADERS, 0, n, OKAY)
    )


def many_heads() -> Script:
    """Answer with 1xx over HTTP/2 for ever."""
    return flooded(lambda n: head(n, status="102") * 500)


def compressed_heads() -> Script:
    """Send one header section of a few kilobytes that unpacks to gigabytes."""

    async def script(reader, writer) -> None:
        stream_id = await Peer(reader, writer).request()
        large = b"\x40\x01x\x7f\x81\x1e" + b"y" * 4000  # stands in the table from now on, as number 62
        block = OKAY + large + b"\xbe" * 12_000
        writer.write(frame(HEADERS, END_HEADERS, stream_id, block))
        await reader.read()

    return script


PRIOR = {"http_version": "2-prior-knowledge"}
ROWS: dict[str, tuple[Callable[[], Script], dict]] = {
    "good answer, for comparison": (lambda: goes_on(HEAD + b"\r\n", b"x" * 100, 0.01), {}),
    "10 GiB gzip bomb, asked to unpack": (lambda: bomb(10), {"decoded_limit_bytes": None}),
    "10 GiB gzip bomb": (lambda: bomb(10), {}),
    "header of 100 MiB": (lambda: goes_on(HEAD + b"X: ", b"x" * MIB), {}),
    "header lines without end": (lambda: goes_on(HEAD, b"X: y\r\n" * 100_000), {}),
    "1xx without end": (lambda: goes_on(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 5_000), {}),
    "one byte a second": (lambda: goes_on(HEAD + b"\r\n", b"x", 1), {}),
    "chunks of one byte": (lambda: goes_on(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 10_000), {}),
    "HTTP/2 header section without end": (endless_block, PRIOR),
    "HTTP/2 header section that unpacks": (compressed_heads, PRIOR),
    "HTTP/2 1xx without end": (many_heads, PRIOR),
    "HTTP/2 PING flood": (lambda: flooded(lambda _n: frame(PING, 0, 0, bytes(8)) * 10_000), PRIOR),
    "HTTP/2 SETTINGS flood": (lambda: flooded(lambda _n: frame(SETTINGS, 0, 0) * 10_000), PRIOR),
    "HTTP/2 empty DATA flood": (lambda: flooded(lambda n: frame(DATA, 0, n) * 10_000, head), PRIOR),
    "HTTP/2 DATA of one byte": (lambda: flooded(lambda n: frame(DATA, 0, n, b"x") * 10_000, head), PRIOR),
}  # fmt: skip


class Nowhere(Outcome):
    """Counts the body instead of keeping it."""

    def append(self, chunk: bytes) -> None:
        pass


async def serve(name: str) -> None:
    async with scripted_server(ROWS[name][0]()) as address:
        print(address.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)


async def measure(name: str, port: int, seconds: float) -> dict[str, object]:
    engine = Engine()
    await asyncio.to_thread(engine.warm_up)
    outcome = Nowhere()
    limits = Timeouts(read_s=60, total_s=None)
    prepared = request(f"http://127.0.0.1:{port}/", "", timeouts=limits, **ROWS[name][1])
    loop = asyncio.get_running_loop()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    task = loop.create_task(engine.send(prepared, outcome, outcome.events.append))
    began = last = time.perf_counter()
    pause = 0.0
    while not task.done() and last - began < seconds:
        await asyncio.sleep(TURN_S)
        now = time.perf_counter()
        pause, last = max(pause, now - last - TURN_S), now
    cancelled_at, ended = time.perf_counter(), task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    cancel_s = time.perf_counter() - cancelled_at
    failure = outcome.exchange.failure
    grew = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    await engine.aclose()
    return {
        "grew": grew / 1024,
        "pause": pause * 1e3,
        "cancel": None if ended else cancel_s * 1e3,
        "told": failure.sentence if failure and ended else "",
        "took": last - began,
    }


async def measure_window(window: object, name: str, port: int, seconds: float) -> dict[str, object]:
    from tests.benchmarks.live_window import Ticks, until  # noqa: PLC0415 - brings Qt, which the engine's rows do without

    window.run_command("request.new")
    page = window.request_page
    options = RequestOptions(timeouts=Timeouts(read_s=60, total_s=None), **ROWS[name][1])
    page.document.edit(RequestDocument(name, url=f"http://127.0.0.1:{port}/", options=options))
    await asyncio.sleep(1.5)
    ticks, before = Ticks(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ticks.start()
    window.run_command("request.send")
    await until(lambda: page.document.feed)
    feed, began = page.document.feed, time.perf_counter()
    while not feed.exchange.is_over and time.perf_counter() - began < seconds:
        await asyncio.sleep(TURN_S)
        if feed.question is not None:
            feed.question.answer(True)
    is_over, cancelled_at = feed.exchange.is_over, time.perf_counter()
    window.run_command("request.cancel")
    await until(lambda: feed.exchange.is_over)
    cancel_s, pauses = time.perf_counter() - cancelled_at, ticks.stop()
    grew = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    await asyncio.sleep(0.3)
    failure = feed.exchange.failure
    return {
        "grew": grew / 1024,
        "pause": pauses["longest"],
        "cancel": None if is_over else cancel_s * 1e3,
        "told": f"{page.response.bar.text()} {failure.sentence if failure else ''}",
        "took": cancelled_at - began,
    }


def run(name: str, seconds: float, *, in_window: bool = False) -> dict[str, object]:
    """Measure the row *name* in a process of its own, its server in another one."""
    more = ["--window"] if in_window else []
    me = [sys.executable, __file__, "--name", name]
    with subprocess.Popen([*me, "--serve"], stdin=-1, stdout=-1, text=True) as server:
        assert server.stdout
        port = server.stdout.readline().strip()
        command = [*me, "--port", port, "--seconds", str(seconds), *more]
        try:
            return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        finally:
            server.communicate("")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=3, help="how long each row goes on before it is cancelled"
    )
    parser.add_argument(
        "--window", action="store_true", help="measure the whole window instead of the engine"
    )
    parser.add_argument("--only", default="", help="measure the rows whose name holds this")
    parser.add_argument("--name", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve(chosen.name))
    elif chosen.port and chosen.window:
        from tests.benchmarks.live_window import in_window  # noqa: PLC0415

        print(
            json.dumps(
                in_window(lambda w, _workbench: measure_window(w, chosen.name, chosen.port, chosen.seconds))
            )
        )
    elif chosen.port:
        print(json.dumps(asyncio.run(measure(chosen.name, chosen.port, chosen.seconds))))
    else:
        print(f"{'server':36} {'grew MiB':>9} {'pause ms':>9} {'cancel ms':>10} {'took s':>7}  told")
        for name in ROWS:
            if chosen.only in name:
                row = run(name, chosen.seconds, in_window=chosen.window)
                cancel = "-" if row["cancel"] is None else f"{row['cancel']:.1f}"
                print(
                    f"{name:36} {row['grew']:9.1f} {row['pause']:9.1f} {cancel:>10} {row['took']:7.1f}  {row['told']}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
