"""Are the times true, also while the window is busy? Phases with a delay injected in each, beside `curl -w`.

A network of its own (Linux, root): a resolver that answers after 40 ms, and a line that takes 25 ms each way, behind
which a TLS server waits 80 ms and sends its body in five steps of 20 ms. The engine is timed four times: on a calm
asyncio loop; on the window's loop (qasync), calm; on it while its thread is busy 30 of every 40 ms; and so again with
the sockets carried by a thread. Figures are medians in ms, the spread is the largest difference to curl's median.

Run: `sudo python tests/benchmarks/bench_exact.py [--rounds 15]`
"""

import argparse
import asyncio
import ctypes
import fcntl
import gc
import heapq
import json
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

from antiphon.core.events import Event, Phase
from antiphon.core.exchange import Exchange
from antiphon.engine import Engine
from antiphon.ui.start import SWITCH_INTERVAL_S
from tests.benchmarks.bench_engine import Nothing
from tests.engine.exchanges import request
from tests.servers import make_certificate, read_request

HERE, THERE, NAME = "10.9.0.1", "10.9.0.2", "far.test"
LINE_S, DNS_S, WAIT_S, STEP_S = 0.025, 0.040, 0.080, 0.020
BUSY_S, PERIOD_MS = 0.030, 40
ROWS = ("dns", "tcp", "tls", "wait", "download", "total")
CURL = '{"dns":%{time_namelookup},"tcp":%{time_connect},"tls":%{time_appconnect},"pre":%{time_pretransfer},"first":%{time_starttransfer},"total":%{time_total}}'
Figures = dict[str, float]

# -- the network ------------------------------------------------------------------------------------------------


def enter_namespaces() -> None:
    """Give this process a network and a view of the disk of its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x40000000 | 0x00020000) != 0:  # CLONE_NEWNET | CLONE_NEWNS
        sys.exit(f"needs root on Linux: {os.strerror(ctypes.get_errno())}")
    run("mount", "--make-rprivate", "/")
    run("ip", "link", "set", "lo", "up")


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def open_line() -> int:
    """Return the descriptor of a new network device, up, with the far address behind it."""
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(
        device, 0x400454CA, struct.pack("16sH", b"line0", 0x0001 | 0x1000)
    )  # TUNSETIFF, TUN without head
    run("ip", "address", "add", f"{HERE}/24", "dev", "line0")
    run("ip", "link", "set", "line0", "up", "mtu", "1500")
    return device


def reflect(device: int) -> None:
    """Send every packet back after `LINE_S`, its two addresses exchanged (which leaves all checksums right).

    So whoever connects to the far address reaches this computer's own server as if it stood there.
    """
    waiting: list[tuple[float, int, bytes]] = []
    condition = threading.Condition()

    def deliver() -> None:
        while True:
            with condition:
                while not waiting:
                    condition.wait()
                due, _, packet = waiting[0]
                if (left := due - time.perf_counter()) > 0:
                    condition.wait(left)
                    continue
                heapq.heappop(waiting)
            os.write(device, packet)

    threading.Thread(target=deliver, daemon=True).start()
    count = 0
    while packet := os.read(device, 65536):
        if packet[0] >> 4 != 4:
            continue
        swapped = packet[:12] + packet[16:20] + packet[12:16] + packet[20:]
        with condition:
            count += 1
            heapq.heappush(waiting, (time.perf_counter() + LINE_S, count, swapped))
            condition.notify()


def answer_names() -> None:
    """Answer every question for an address with the far one, after `DNS_S`; no IPv6."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 53))

    def answer(question: bytes, asker: tuple[str, int]) -> None:
        time.sleep(DNS_S)
        end = question.index(b"\0", 12) + 5
        is_v4 = question[end - 4 : end - 2] == b"\0\1"
        head = question[:2] + b"\x81\x80\0\1" + (b"\0\1" if is_v4 else b"\0\0") + b"\0\0\0\0"
        record = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton(THERE) if is_v4 else b""
        sock.sendto(head + question[12:end] + record, asker)

    while True:
        question, asker = sock.recvfrom(512)
        threading.Thread(target=answer, args=(question, asker), daemon=True).start()


@contextmanager
def network(folder: Path) -> Iterator[None]:
    """Set all of it up, in processes of their own, so that nothing but the client is timed."""
    enter_namespaces()
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    run("mount", "--bind", str(folder / "resolv.conf"), "/etc/resolv.conf")
    device = open_line()
    children = [forked(lambda: reflect(device)), forked(answer_names)]
    try:
        yield
    finally:
        for child in children:
            os.kill(child, 9)
            os.waitpid(child, 0)


def forked(work) -> int:
    """Run *work* in a process that goes before all others: its delays stay exact, however busy the client is."""
    child = os.fork()
    if child == 0:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        work()
        os._exit(0)
    return child


async def far_server(certificate, ready: int) -> None:
    async def slow(reader, writer):
        await read_request(reader)
        await asyncio.sleep(WAIT_S)
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5000\r\n\r\n")
        for _ in range(5):
            await asyncio.sleep(STEP_S)
            writer.write(b"x" * 1000)
            await writer.drain()

    server = await asyncio.start_server(slow, HERE, 0, ssl=certificate.server_context())
    os.write(ready, struct.pack("!H", server.sockets[0].getsockname()[1]))
    await asyncio.sleep(1e6)


# -- the clients ----------------------------------------------------------------------------------------------------


def by_curl(url: str, ca: str) -> Figures:
    """Two transfers, each over a connection of its own: the first reads the CA file after TCP, so TLS is the second's."""
    command = ["curl", "-s", "-4", "--http1.1", "--cacert", ca, "-w", CURL + "\n", url, url]
    told = subprocess.run([*command, "-o", "/dev/null", "-o", "/dev/null"], check=True, capture_output=True)
    first, second = (
        {key: value * 1e3 for key, value in json.loads(line).items()} for line in told.stdout.splitlines()
    )
    return {
        "dns": first["dns"],
        "tcp": first["tcp"] - first["dns"],
        "tls": second["tls"] - second["tcp"],
        "wait": first["first"] - first["pre"],
        "download": first["total"] - first["first"],
        "total": first["total"] - (first["tls"] - first["tcp"]) + (second["tls"] - second["tcp"]),
    }


async def by_engine(url: str, ca: str, *, is_carried: bool = False) -> Figures:
    engine, events = Engine(is_carried=is_carried), list[Event]()
    await asyncio.to_thread(engine.warm_up)
    await engine.send(request(url, ca_file=ca, http_version="1.1"), Nothing(), events.append)
    await engine.aclose()
    exchange = Exchange()
    for event in events:
        exchange = exchange.after(event)
    assert exchange.failure is None, exchange.failure
    hop = exchange.last

    def ms(*phases: Phase) -> float:
        return sum(hop.duration_s(phase) or 0 for phase in phases) * 1e3

    return {
        "dns": ms(Phase.DNS),
        "tcp": ms(Phase.TCP),
        "tls": ms(Phase.TLS),
        "wait": ms(Phase.SEND, Phase.WAIT),
        "download": ms(Phase.HEAD, Phase.DOWNLOAD),
        "total": (exchange.total_s() or 0) * 1e3,
    }


def in_window(work, *, is_busy: bool) -> Figures:
    """Run *work* on a window's loop whose thread computes for `BUSY_S` of every `PERIOD_MS`."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    app = QApplication.instance() or QApplication([])
    app.setQuitOnLastWindowClosed(False)

    def compute() -> None:
        end = time.perf_counter() + BUSY_S
        while time.perf_counter() < end:
            sum(range(200))

    loop = QEventLoop(app)
    timer = QTimer(interval=PERIOD_MS)
    timer.timeout.connect(compute)
    with loop:
        if is_busy:
            timer.start()
        figures = loop.run_until_complete(work)
        timer.stop()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.disable()
    with tempfile.TemporaryDirectory() as name, network(Path(name)):
        certificate = make_certificate(Path(name) / "tls", (NAME,))
        ready, tell = os.pipe()
        server = forked(lambda: asyncio.run(far_server(certificate, tell)))
        url, ca = f"https://{NAME}:{struct.unpack('!H', os.read(ready, 2))[0]}/", str(certificate.ca_file)
        clients = {
            "curl": lambda: by_curl(url, ca),
            "asyncio": lambda: asyncio.run(by_engine(url, ca)),
            "window": lambda: in_window(by_engine(url, ca), is_busy=False),
            "busy, loop": lambda: in_window(by_engine(url, ca), is_busy=True),
            "busy, thread": lambda: in_window(by_engine(url, ca, is_carried=True), is_busy=True),
        }
        runs: dict[str, list[Figures]] = {title: [] for title in clients}
        try:
            for _ in range(rounds):
                for title, client in clients.items():
                    runs[title].append(client())
        finally:
            os.kill(server, 9)
            os.waitpid(server, 0)
    print(f"{'':10}" + "".join(f"{title:>22}" for title in runs))
    for row in ROWS:
        truth = statistics.median(figures[row] for figures in runs["curl"])
        cells = []
        for figures in runs.values():
            values = [each[row] for each in figures]
            worst = max((value - truth for value in values), key=abs)
            cells.append(f"{statistics.median(values):10.2f} ({worst:+8.2f})")
        print(f"{row:10}" + "".join(f"{cell:>22}" for cell in cells))


if __name__ == "__main__":
    main()
