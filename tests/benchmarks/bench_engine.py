"""How fast the engine is, beside curl and httpx as it comes: downloads, small requests one by one, and many at once.

Run: `python tests/benchmarks/bench_engine.py [--mebibytes 256] [--rounds 3]`. The server is nginx in a process of
its own (HTTP/1.1 plain, HTTP/2 over TLS); without nginx, a Python one for HTTP/1.1 only. Rounds are interleaved,
figures are medians; trust the ratios.
"""

import argparse
import asyncio
import atexit
import contextlib
import functools
import multiprocessing
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

sys.path.insert(0, str(Path(__file__).parents[2]))

import httpx

from antiphon.body.store import BodyStore
from antiphon.core.events import Failed
from antiphon.core.prepared import PreparedRequest
from antiphon.engine import BodySink, Engine
from antiphon.ui.start import SWITCH_INTERVAL_S
from tests.engine.exchanges import Outcome, request
from tests.servers import http_server, in_thread, make_certificate, scripted_server

SMALL = 264
Servers = dict[str, str]
T = TypeVar("T")


# -- servers ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def servers(folder: Path, mebibytes: int) -> Iterator[Servers]:
    """Serve a big and a small file; yields base URLs by name."""
    www = folder / "www"
    www.mkdir()
    (www / "small").write_bytes(b"s" * SMALL)
    with (www / "big").open("wb") as file:
        for _ in range(mebibytes):
            file.write(bytes(range(256)) * 4096)
    folder.chmod(0o755)
    if shutil.which("nginx"):
        with _nginx(folder) as found:
            yield found
    else:
        with _python_server(www) as found:
            yield found


@contextlib.contextmanager
def _nginx(folder: Path) -> Iterator[Servers]:
    certificate = make_certificate(folder / "tls")
    plain, secure = _free_port(), _free_port()
    config = folder / "nginx.conf"
    config.write_text(
        f"""daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; user root;
        events {{ worker_connections 256; }}
        http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; root {folder}/www;
          client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
          uwsgi_temp_path {folder}; scgi_temp_path {folder};
          server {{ listen 127.0.0.1:{plain}; }}
          server {{ listen 127.0.0.1:{secure} ssl http2; ssl_certificate {certificate.cert_file};
            ssl_certificate_key {certificate.key_file}; }} }}"""
    )
    process = subprocess.Popen(["nginx", "-c", str(config), "-p", str(folder)], stderr=subprocess.DEVNULL)
    try:
        _wait_for(plain)
        yield {
            "HTTP/1.1": f"http://127.0.0.1:{plain}",
            "TLS, HTTP/1.1": f"https://127.0.0.1:{secure}",
            "TLS, HTTP/2": f"https://127.0.0.1:{secure}",
            "ca": str(certificate.ca_file),
        }
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def _python_server(www: Path) -> Iterator[Servers]:
    port = _free_port()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(www, port), daemon=True)
    process.start()
    try:
        _wait_for(port)
        yield {"HTTP/1.1": f"http://127.0.0.1:{port}", "ca": ""}
    finally:
        process.terminate()
        process.join()


def _serve(www: Path, port: int) -> None:
    import threading

    def handle(sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError), sock.makefile("rb") as lines:
            while first := lines.readline():
                while lines.readline().strip():
                    pass
                with (www / first.split()[1].decode().strip("/")).open("rb") as file:
                    size = file.seek(0, 2)
                    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
                    sock.sendfile(file, 0)

    listener = socket.create_server(("127.0.0.1", port))
    while True:
        threading.Thread(target=handle, args=(listener.accept()[0],), daemon=True).start()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _wait_for(port: int) -> None:
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise SystemExit("the server did not start")


# -- downloads -------------------------------------------------------------------------------------------


class FileSink:
    """A body written straight to a file, as curl -o does."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)

    def append(self, chunk: bytes) -> None:
        self._file.write(chunk)

    def finish(self) -> None:
        self._file.close()


Version = Literal["1.1", "2"]


@dataclass(frozen=True)
class Download:
    """What to fetch, how, and where to."""

    url: str
    ca: str
    version: Version
    out: Path

    def prepared(self) -> PreparedRequest:
        is_secure = self.url.startswith("https")
        return request(
            self.url, ca_file=self.ca if is_secure else "", http_version=self.version if is_secure else "1.1"
        )


async def engine_to_file(download: Download) -> None:
    await _engine_into(download, FileSink(download.out))


async def engine_to_store(download: Download, *, is_carried: bool = False) -> None:
    store = BodyStore(download.out.parent)
    await _engine_into(download, store, is_carried=is_carried)
    store.close()


def engine_for_a_window(download: Download) -> None:
    """Fetch as the program does: awaited on the window's loop, carried by a thread, into the body store."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    on_qt(engine_to_store(download, is_carried=True))
    sys.setswitchinterval(interval)


async def _engine_into(download: Download, sink: BodySink, *, is_carried: bool = False) -> None:
    engine = Engine(is_carried=is_carried)
    failed = []
    await engine.send(
        download.prepared(), sink, lambda event: failed.append(event) if isinstance(event, Failed) else None
    )
    await engine.aclose()
    assert not failed, failed


async def httpx_to_file(download: Download) -> None:
    is_secure = download.url.startswith("https")
    verify = ssl.create_default_context(cafile=download.ca) if is_secure else False
    async with httpx.AsyncClient(http2=download.version == "2", verify=verify, trust_env=False) as client:
        async with client.stream("GET", download.url) as answer:
            with download.out.open("wb", buffering=0) as file:
                async for chunk in answer.aiter_raw():
                    file.write(chunk)


def curl_to_file(download: Download) -> None:
    version = "--http2" if download.version == "2" else "--http1.1"
    command = ["curl", "-s", version, "--cacert", download.ca or "/dev/null", "-o", str(download.out)]
    subprocess.run([*command, download.url], check=True)


def downloads(found: Servers, folder: Path, mebibytes: int, rounds: int) -> None:
    ways: dict[str, Callable[[Download], object]] = {
        "curl": curl_to_file,
        "engine to a file": lambda download: asyncio.run(engine_to_file(download)),
        "engine to the body store": lambda download: asyncio.run(engine_to_store(download)),
        "the same, for a window": engine_for_a_window,
        "httpx as it comes": lambda download: asyncio.run(httpx_to_file(download)),
    }
    asyncio.run(engine_to_file(Download(found["HTTP/1.1"] + "/small", "", "1.1", folder / "out")))
    for name in ("HTTP/1.1", "TLS, HTTP/1.1", "TLS, HTTP/2"):
        if name not in found:
            continue
        version: Version = "2" if name.endswith("2") else "1.1"
        times: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(rounds):
            for way, fetch in ways.items():
                began = time.perf_counter()
                fetch(Download(found[name] + "/big", found["ca"], version, folder / "out"))
                times[way].append(time.perf_counter() - began)
                (folder / "out").unlink(missing_ok=True)
        base = statistics.median(times["curl"])
        print(f"\n{name}, {mebibytes} MiB")
        for way, took in times.items():
            middle = statistics.median(took)
            print(f"  {way:26} {mebibytes / middle:7.0f} MiB/s   {base / middle:5.2f} of curl's throughput")


# -- small requests ----------------------------------------------------------------------------------------


class Nothing:
    def append(self, chunk: bytes) -> None:
        pass

    def finish(self) -> None:
        pass


async def engine_requests(url: str, ca: str, count: int, *, is_carried: bool = False) -> tuple[float, float]:
    engine, prepared = (
        Engine(is_carried=is_carried),
        request(url, ca_file=ca if url.startswith("https") else ""),
    )
    await engine.send(prepared, Nothing(), lambda _event: None)
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        await engine.send(prepared, Nothing(), lambda _event: None)
    took = time.perf_counter() - began, time.process_time() - cpu
    await engine.aclose()
    return took


async def httpx_requests(url: str, ca: str, count: int) -> tuple[float, float]:
    verify = ssl.create_default_context(cafile=ca) if url.startswith("https") else False
    async with httpx.AsyncClient(http2=True, verify=verify, trust_env=False) as client:
        await client.get(url)
        began, cpu = time.perf_counter(), time.process_time()
        for _ in range(count):
            await client.get(url)
        return time.perf_counter() - began, time.process_time() - cpu


@functools.cache
def _qt_loop() -> asyncio.AbstractEventLoop:
    """Return the one Qt loop of this process: Qt does not survive a second."""
    import os

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    loop = QEventLoop(app)
    atexit.register(loop.close)
    return loop


def on_qt(story: Coroutine[Any, Any, T]) -> T:
    """Run *story* on the program's own kind of event loop."""
    asyncio.set_event_loop(_qt_loop())
    return _qt_loop().run_until_complete(story)


def small_requests(found: Servers, count: int) -> None:
    print(f"\n{count} requests of {SMALL} bytes, one after the other")
    for name in ("HTTP/1.1", "TLS, HTTP/2"):
        if name not in found:
            continue
        url = found[name] + "/small"
        ways = {
            "engine on asyncio": lambda: asyncio.run(engine_requests(url, found["ca"], count)),
            "httpx on asyncio": lambda: asyncio.run(httpx_requests(url, found["ca"], count)),
            "engine on qasync": lambda: on_qt(engine_requests(url, found["ca"], count)),
            "httpx on qasync": lambda: on_qt(httpx_requests(url, found["ca"], count)),
            "engine for a window": lambda: on_qt(engine_requests(url, found["ca"], count, is_carried=True)),
        }
        for way, run in ways.items():
            took, cpu = run()
            print(f"  {name:12} {way:20} {count / took:6.0f} a second   {cpu / count * 1e3:5.2f} ms CPU each")


# -- fifty at once, near ----------------------------------------------------------------------------------


async def engine_crowd(url: str, ca: str, count: int, at_once: int, *, is_carried: bool) -> float:
    engine, prepared = (
        Engine(is_carried=is_carried),
        request(url, ca_file=ca if url.startswith("https") else ""),
    )

    async def worker() -> None:
        for _ in range(count // at_once):
            await engine.send(prepared, Nothing(), lambda _event: None)

    await worker_warm_up(worker, at_once)
    began = time.perf_counter()
    await asyncio.gather(*[worker() for _ in range(at_once)])
    took = time.perf_counter() - began
    await engine.aclose()
    return took


async def worker_warm_up(worker: Callable[[], Coroutine[Any, Any, None]], at_once: int) -> None:
    await asyncio.gather(*[worker() for _ in range(min(at_once, 5))])


async def httpx_crowd(url: str, ca: str, count: int, at_once: int) -> float:
    verify = ssl.create_default_context(cafile=ca) if url.startswith("https") else False
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(http2=True, verify=verify, trust_env=False, limits=limits) as client:

        async def worker() -> None:
            for _ in range(count // at_once):
                await client.get(url)

        await worker_warm_up(worker, at_once)
        began = time.perf_counter()
        await asyncio.gather(*[worker() for _ in range(at_once)])
        return time.perf_counter() - began


def crowds(found: Servers, count: int, at_once: int) -> None:
    print(f"\n{count} requests of {SMALL} bytes, {at_once} at once")
    for name in ("HTTP/1.1", "TLS, HTTP/2"):
        if name not in found:
            continue
        where = (found[name] + "/small", found["ca"], count, at_once)
        ways = {
            "engine on asyncio": lambda: asyncio.run(engine_crowd(*where, is_carried=False)),
            "httpx on asyncio": lambda: asyncio.run(httpx_crowd(*where)),
            "engine for a window": lambda: on_qt(engine_crowd(*where, is_carried=True)),
            "httpx on qasync": lambda: on_qt(httpx_crowd(*where)),
        }
        for way, run in ways.items():
            print(f"  {name:12} {way:20} {count / run():6.0f} a second")


# -- many at once ------------------------------------------------------------------------------------------

ONE_WAY_S = 0.02
"""How far away the server is: only distance shows whether requests wait for each other's handshakes."""


@contextlib.contextmanager
def far_server(folder: Path) -> Iterator[Servers]:
    """Serve HTTP/1.1 over TLS, in threads, with `ONE_WAY_S` between it and us in each direction."""
    certificate = make_certificate(folder / "far")

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                await asyncio.sleep(ONE_WAY_S)
                writer.write(data)
        finally:
            writer.close()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(ONE_WAY_S)
        to_reader, to_writer = await asyncio.open_connection(near.host, near.port)
        await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer))

    with (
        in_thread(http_server(tls=certificate.server_context("http/1.1"))) as (near, _),
        in_thread(scripted_server(pass_on)) as far,
    ):
        yield {"far": f"https://127.0.0.1:{far.port}/", "ca": str(certificate.ca_file)}


async def bursts(url: str, ca: str, count: int) -> list[tuple[float, int]]:
    """Send *count* requests at once, twice; return the seconds and the connections of each burst."""
    engine, prepared, found = Engine(), request(url, ca_file=ca), []
    for _ in range(2):
        outcomes = [Outcome() for _ in range(count)]
        began = time.perf_counter()
        await asyncio.gather(*[engine.send(prepared, one, one.events.append) for one in outcomes])
        took = time.perf_counter() - began
        used = {one.exchange.last.connection.local_address for one in outcomes}
        found.append((took, len(used)))
    await engine.aclose()
    return found


def many_at_once(folder: Path, count: int) -> None:
    print(f"\n{count} requests at once, HTTP/1.1 over TLS, {ONE_WAY_S * 1e3:.0f} ms away")
    with far_server(folder) as found:
        for name, (took, used) in zip(
            ("first", "second"), asyncio.run(bursts(found["far"], found["ca"], count)), strict=True
        ):
            print(f"  {name:7} burst {took * 1e3:6.0f} ms over {used} connections")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mebibytes", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name, servers(Path(name), options.mebibytes) as found:
        if shutil.which("curl"):
            downloads(found, Path(name), options.mebibytes, options.rounds)
        small_requests(found, options.requests)
        crowds(found, 4 * options.requests, 50)
        many_at_once(Path(name), options.at_once)


if __name__ == "__main__":
    main()
