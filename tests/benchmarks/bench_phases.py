"""The engine's phases beside `curl -w`, on the same local servers: they agree within 2 ms or 10 %.

Where the server is as fast as it can be, download and total measure the client, not the server.

Run: `python tests/benchmarks/bench_phases.py [--rounds 15]`. Each round opens a fresh connection with each;
figures are medians in ms.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from antiphon.core.events import Event, Phase
from antiphon.core.exchange import Exchange
from antiphon.engine import Engine
from tests.benchmarks.bench_engine import Nothing, on_qt, servers
from tests.engine.exchanges import request
from tests.servers import in_thread, make_certificate, read_request, scripted_server

CURL = '{"dns":%{time_namelookup},"tcp":%{time_connect},"tls":%{time_appconnect},"pre":%{time_pretransfer},"first":%{time_starttransfer},"total":%{time_total}}'
ROWS = ("dns+tcp", "tls", "wait", "download", "total")
Figures = dict[str, float]


async def slow(reader, writer):
    """Answer after 100 ms, the body in ten steps of 20 ms."""
    await read_request(reader)
    await asyncio.sleep(0.1)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    for _ in range(10):
        await asyncio.sleep(0.02)
        writer.write(b"x" * 1000)
        await writer.drain()


async def by_engine(url: str, ca: str, engine: Engine) -> Figures:
    events: list[Event] = []
    await engine.send(request(url, ca_file=ca if url.startswith("https") else ""), Nothing(), events.append)
    exchange = Exchange()
    for event in events:
        exchange = exchange.after(event)
    assert exchange.failure is None, exchange.failure
    hop = exchange.last

    def ms(*phases: Phase) -> float:
        return sum(hop.duration_s(phase) or 0 for phase in phases) * 1e3

    return {
        "dns+tcp": ms(Phase.DNS, Phase.TCP),
        "tls": ms(Phase.TLS),
        "wait": ms(Phase.SEND, Phase.UPLOAD, Phase.WAIT),
        "download": ms(Phase.HEAD, Phase.DOWNLOAD),
        "total": (exchange.total_s() or 0) * 1e3,
    }


async def by_fresh_engine(url: str, ca: str) -> Figures:
    engine = Engine()
    await asyncio.to_thread(engine.warm_up)
    figures = await by_engine(url, ca, engine)
    await engine.aclose()
    return figures


def by_curl(url: str, ca: str) -> Figures:
    command = ["curl", "-s", "--cacert", ca or "/dev/null", "-o", "/dev/null", "-w", CURL, url]
    raw = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    tls = raw["tls"] - raw["tcp"] if raw["tls"] else 0.0
    return {
        "dns+tcp": raw["tcp"] * 1e3,
        "tls": tls * 1e3,
        "wait": (raw["first"] - raw["pre"]) * 1e3,
        "download": (raw["total"] - raw["first"]) * 1e3,
        "total": raw["total"] * 1e3,
    }


def compare(title: str, url: str, ca: str, rounds: int) -> None:
    engines: list[Figures] = []
    windows: list[Figures] = []
    curls: list[Figures] = []
    for _ in range(rounds):
        engines.append(asyncio.run(by_fresh_engine(url, ca)))
        windows.append(on_qt(by_fresh_engine(url, ca)))
        curls.append(by_curl(url, ca))
    print(f"\n{title}\n  {'':10} {'asyncio':>9} {'qasync':>9} {'curl':>9}")
    for row in ROWS:
        ours, qt, theirs = (
            statistics.median(figures[row] for figures in runs) for runs in (engines, windows, curls)
        )
        agree = all(abs(own - theirs) <= max(2.0, theirs * 0.1) for own in (ours, qt))
        print(f"  {row:10} {ours:9.2f} {qt:9.2f} {theirs:9.2f}   {'agree' if agree else 'DIFFER'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        certificate = make_certificate(folder / "slow")
        ca = str(certificate.ca_file)
        with (
            in_thread(scripted_server(slow)) as plain,
            in_thread(scripted_server(slow, certificate.server_context())) as safe,
        ):
            compare("a slow answer, HTTP/1.1", plain.url(), "", options.rounds)
            compare("a slow answer, by name", f"http://localhost:{plain.port}/", "", options.rounds)
            compare("a slow answer, TLS", safe.url(), ca, options.rounds)
        (folder / "nginx").mkdir()
        with servers(folder / "nginx", 64) as found:
            for kind in ("HTTP/1.1", "TLS, HTTP/2"):
                if kind in found:
                    compare(f"a small answer, {kind}", found[kind] + "/small", found["ca"], options.rounds)
                    compare(f"64 MiB, {kind}", found[kind] + "/big", found["ca"], options.rounds)


if __name__ == "__main__":
    main()
