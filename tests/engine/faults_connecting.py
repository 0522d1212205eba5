"""Faults on the way to a server: names, addresses, TLS, proxies."""

import asyncio
import socket
import ssl
import time
from contextlib import asynccontextmanager, contextmanager

from antiphon.core.document import ProxySettings, Timeouts
from tests.certificates import HOSTS, Authority, tls_server
from tests.engine.faults import Fault, Ground, Place, nowhere, patched, secured
from tests.engine.test_attempts import closed_port
from tests.hostile import Hostile, Script, answers, hostile_server, resets_after, stay
from tests.proxies import http_proxy, socks_proxy
from tests.servers import raw_server

HEAD = b"HTTP/1.1 200 OK\r\n"
TRUST = ("trust_shown", "choose_ca_file", "use_certifi", "turn_off_verification")
OFF = ("turn_off_verification",)
QUICK = {"timeouts": Timeouts(connect_s=0.2)}


def unresolved(error: OSError | float) -> Place:
    """A name whose look-up raises *error*, or takes that many seconds."""

    def look_up(host, *_arguments, **_more):
        if host != b"name.test":
            return real(host, *_arguments, **_more)
        if isinstance(error, float):
            time.sleep(error)
            return []
        raise error

    real = socket.getaddrinfo

    @asynccontextmanager
    async def place(ground: Ground):
        with patched(ground, socket, "getaddrinfo", look_up):
            yield Hostile(None, can_be_good=False, url="http://name.test/")

    return place


@contextmanager
def full_backlog():
    """The port of a listener whose queue is full: it takes no connection and refuses none."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for filler in fillers:
            filler.close()


@asynccontextmanager
async def dead_end(_ground: Ground):
    with full_backlog() as port:
        yield Hostile(None, can_be_good=False, url=f"http://127.0.0.1:{port}/")


# -- TLS -------------------------------------------------------------------------------------------------------------


def shown(
    names=HOSTS, *, is_known: bool = True, authority=None, newest=None, ciphers="", clients=False, **dates
) -> Place:
    """A server whose certificate or TLS is not as it should be."""

    @asynccontextmanager
    async def place(ground: Ground):
        signed = (authority or ground.authority).sign(names, **dates)
        context = signed.server_context(ground.folder, clients=Authority("Clients") if clients else None)
        if newest is not None:
            context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
        if ciphers:
            context.set_ciphers(ciphers)
        ca_file = ground.authority.file(ground.folder) if is_known else ""
        with tls_server(context) as server:
            yield Hostile(None, can_be_good=False, url=server.url, options={"ca_file": ca_file})

    return place


def spoken(script: Script) -> Place:
    """*script* behind an https URL, without any TLS."""

    @asynccontextmanager
    async def place(_ground: Ground):
        async with hostile_server(script, can_be_good=False) as made:
            made.url = made.url.replace("http://", "https://")
            yield made

    return place


def broken_off(sent: bytes, tail: bytes, *, closes: bool = True) -> Script:
    """Over TLS: answer *sent*, then write *tail* below TLS, and close without a close_notify."""

    async def script(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent)
        await writer.drain()
        await asyncio.sleep(0.03)
        sock = socket.socket(fileno=socket.dup(writer.get_extra_info("socket").fileno()))
        with sock:
            if tail:
                sock.send(tail)
            if closes:
                sock.shutdown(socket.SHUT_WR)
        await stay(reader)

    return script


# -- proxies -----------------------------------------------------------------------------------------------------------


def through(proxy, scheme: str = "http", url: str = "https://api.test:8443/") -> Place:
    """A request by *proxy*, which is no good."""

    @asynccontextmanager
    async def place(_ground: Ground):
        async with proxy() as made:
            address = made[0] if isinstance(made, tuple) else getattr(made, "address", made)
            settings = ProxySettings("manual", f"{scheme}://{address.host}:{address.port}")
            yield Hostile(address, can_be_good=False, url=url, options={"proxy": settings})

    return place


def saying(*pieces: bytes, **more):
    return through(lambda: raw_server(list(pieces) or b""), **more)


def socks(reply: bytes) -> Place:
    return through(lambda: hostile_server(answers(reply, before_request=True)), "socks5h")


def by_proxy(name: str, place: Place, says, hint: str, phase: str = "proxy") -> Fault:
    return Fault(f"proxy: {name}", place, "proxy", phase, says, hint, ("change_proxy",))


@asynccontextmanager
async def closed_proxy(_ground: Ground):
    settings = ProxySettings("manual", f"http://127.0.0.1:{closed_port()}")
    yield Hostile(None, can_be_good=False, url="https://api.test/", options={"proxy": settings})


@asynccontextmanager
async def silent_proxy(_ground: Ground):
    async with hostile_server(lambda reader, _writer: stay(reader), can_be_good=False) as made:
        made.options["proxy"] = ProxySettings("manual", f"http://127.0.0.1:{made.address.port}")
        made.url = "https://api.test/"
        yield made


ADDRESSES = [
    Fault("no URL", nowhere("exmaple"), "request", "", "'exmaple' is no URL", "http://"),
    Fault("a scheme that is not spoken", nowhere("gopher://a.test/"), "request", "", "does not speak gopher://", "http://"),
    Fault("a port too high", nowhere("http://a.test:99999/"), "request", "", "99999", "65535"),
    Fault("a line break in a header", nowhere("http://127.0.0.1:1/"), "request", "", "cannot be sent", "line break", asks={"headers": (("X", "a\nb"),)}),
    Fault("HTTP/2 wanted without TLS", nowhere("http://127.0.0.1:1/"), "request", "", "cannot be negotiated", "prior knowledge", ("use_http2_prior_knowledge", "use_http1", "use_https"), asks={"http_version": "2"}),
    Fault("no such name", unresolved(socket.gaierror(socket.EAI_NONAME, "none")), "dns", "dns", ("name.test", "no such name"), "spelling of the host"),
    Fault("name server silent", unresolved(socket.gaierror(socket.EAI_AGAIN, "again")), "dns", "dns", ("name.test", "did not answer"), "try again", ("send_again",)),
    Fault("name server too slow", unresolved(0.5), "connect_timeout", "dns", ("within 200 ms", "name server"), "connect timeout", ("raise_timeout",), asks=QUICK),
    Fault("name too long", nowhere(f"http://{'a' * 70}.test/"), "dns", "dns", "is not a host name", "spelling"),
    Fault("name with an empty part", nowhere("http://a..test/"), "dns", "dns", "is not a host name", "spelling"),
    Fault("connection refused", nowhere(f"http://127.0.0.1:{closed_port()}/"), "connect", "tcp", "connection refused", "Check the port", ("send_again",)),
    Fault("no route", nowhere("http://255.255.255.255/"), "connect", "tcp", "no route to it", "network connection", ("send_again",)),
    Fault("no answer to a connection", dead_end, "connect_timeout", "tcp", ("within 200 ms", "it did not answer"), "connect timeout", ("raise_timeout",), asks=QUICK),
]  # fmt: skip

TLS = [
    Fault("certificate expired", shown(days_from=-30, days_to=-3), "tls", "tls", "certificate expired 3 days ago", "turn off verification", OFF),
    Fault("certificate not yet valid", shown(days_from=3), "tls", "tls", "not valid before", "clock", OFF),
    Fault("certificate for another name", shown(("other.test",)), "tls", "tls", ("not for 127.0.0.1", "other.test"), "host in the URL", OFF),
    Fault("authority unknown", shown(is_known=False), "tls", "tls", ("authority", "not known here"), "CA file", TRUST),
    Fault("chain incomplete", shown(authority=Authority("Below", Authority("Nobody"))), "tls", "tls", ("authority", "not known here"), "CA file", TRUST),
    Fault("plain HTTP on the TLS port", spoken(answers(b"HTTP/1.1 400 Bad Request\r\n\r\n", before_request=True, stays=True)), "tls", "tls", "does not speak TLS", "http://", ("use_http",)),
    Fault("closed in the handshake", spoken(answers(b"", before_request=True)), "tls", "tls", "closed the connection during the TLS handshake", "https"),
    Fault("reset in the handshake", spoken(resets_after(10)), "tls", "tls", "closed the connection during the TLS handshake", "https"),
    Fault("handshake refused", spoken(answers(b"\x15\x03\x03\x00\x02\x02\x28", before_request=True, stays=True)), "tls", "tls", "refused the TLS handshake", "certificate of yours", ("choose_client_certificate",)),
    Fault("name refused in the handshake", spoken(answers(b"\x15\x03\x03\x00\x02\x02\x70", before_request=True, stays=True)), "tls", "tls", "no site of this name", "host in the URL"),
    Fault("handshake without end", spoken(lambda reader, _writer: stay(reader)), "connect_timeout", "tls", ("within 200 ms", "TLS handshake"), "connect timeout", ("raise_timeout",), asks=QUICK),
    Fault("TLS too old", shown(newest=ssl.TLSVersion.TLSv1_1), "tls", "tls", "no longer safe", "minimum TLS"),
    Fault("no cipher in common", shown(newest=ssl.TLSVersion.TLSv1_2, ciphers="AECDH-NULL-SHA:NULL-SHA256:@SECLEVEL=0"), "tls", "tls", "refused the TLS handshake", "cipher", ("choose_client_certificate",)),
    Fault("TLS 1.3 wanted, not offered", shown(newest=ssl.TLSVersion.TLSv1_2), "tls", "tls", "does not offer TLS 1.3", "TLS 1.2", asks={"min_tls": "1.3"}),
    Fault("client certificate wanted", shown(clients=True), "tls", "wait", "certificate of yours", "client certificate", ("choose_client_certificate",)),
    Fault("client certificate wanted, TLS 1.2", shown(clients=True, newest=ssl.TLSVersion.TLSv1_2), "tls", "tls", "refused the TLS handshake", "certificate of yours", ("choose_client_certificate",)),
    Fault("no TLS any more in the body", secured(broken_off(HEAD + b"Content-Length: 9\r\n\r\nhello", b"plain text\r\n")), "tls", "download", "no TLS any more", "proxy between", ("send_again",), b"hello"),
    Fault("closed in the body without close_notify", secured(broken_off(HEAD + b"Content-Length: 9\r\n\r\nhello", b"")), "disconnected", "download", "4 bytes are missing", "is kept", ("send_again",), b"hello"),
    Fault("closed in chunks without close_notify", secured(broken_off(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", b"")), "disconnected", "download", "middle of its answer", "is kept", ("send_again",), b"hello"),
    Fault("reset over TLS", secured(answers(b"", resets=True)), "disconnected", "wait", "without an answer", "server's log", ("send_again",)),
]  # fmt: skip

PROXIES = [
    by_proxy("wants a password", through(lambda: http_proxy("ann", "x")), "wants a user and password (407)", "user and password"),
    by_proxy("cannot reach the server", through(http_proxy, url="https://api.test:1/"), ("did not open the way to api.test:1", "502 Bad Gateway"), "host and port"),
    by_proxy("forbids it", saying(b"HTTP/1.1 403 Forbidden\r\n\r\n"), "403 Forbidden", "rules"),
    by_proxy("closes", saying(), "closed the connection before the way was open", "log"),
    by_proxy("speaks garbage", saying(b"garbage\r\n\r\n"), "does not speak HTTP", "port"),
    by_proxy("head without end", saying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000), "head that has no end", "HTTP proxy"),
    by_proxy("speaks TLS", saying(b"\x15\x03\x01\x00\x02\x02\x46"), "speaks TLS", "https://"),
    by_proxy("speaks SOCKS", saying(b"\x05\x00"), "does not speak HTTP", "socks5://"),
    by_proxy("hangs up on a plain request", saying(url="http://api.test/"), "without an answer", "log", "wait"),
    by_proxy("not there", closed_proxy, ("Could not connect to the proxy", "connection refused"), "proxy's host and port", "tcp"),
    Fault("proxy: silent", silent_proxy, "connect_timeout", "proxy", ("through the proxy", "within 200 ms"), "connect timeout", ("change_proxy", "raise_timeout"), asks=QUICK),
    by_proxy("SOCKS 1, failed", through(lambda: socks_proxy(code=1), "socks5h"), "does not say why", "log"),
    by_proxy("SOCKS 2, not allowed", through(lambda: socks_proxy(code=2), "socks5h"), "rules do not allow", "runs the proxy"),
    by_proxy("SOCKS 4, host not reached", through(lambda: socks_proxy(code=4), "socks5h"), "cannot reach that host", "host and port"),
    by_proxy("SOCKS 5, refused", through(lambda: socks_proxy(code=5), "socks5h"), "connection refused", "Check the port"),
    by_proxy("SOCKS wants a password", through(lambda: socks_proxy("ann", "x"), "socks5h"), "wants a user and password", "user and password"),
    by_proxy("SOCKS that is HTTP", socks(b"HTTP/1.1 400 No\r\n\r\n"), "speaks HTTP", "http://"),
    by_proxy("SOCKS cut short", socks(b"\x05\x00\x05"), "closed the connection", "port"),
]  # fmt: skip

FAULTS = [*ADDRESSES, *TLS, *PROXIES]
