"""SOCKS 5: asks a proxy for a way to a server (RFC 1928), by user and password where it wants them (RFC 1929)."""

import ipaddress

from antiphon.core.proxy import Proxy
from antiphon.engine.failures import ExchangeBroken, proxy_broken
from antiphon.engine.sockets import SocketStream

_VERSION, _CONNECT = 5, 1
_NO_AUTH, _PASSWORD, _NOTHING_FITS = 0, 2, 0xFF
_IPV4, _NAME, _IPV6 = 1, 3, 4
_ADDRESS_BYTES = {_IPV4: 4, _IPV6: 16}
_TRY_AGAIN = "Check the host and port in the URL; the proxy may not reach what you reach from here."
_REPLIES = {
    1: ("it failed, and does not say why", "Look at the proxy's log."),
    2: ("its rules do not allow it", "Ask whoever runs the proxy, or choose another one."),
    3: ("it cannot reach that network", _TRY_AGAIN),
    4: ("it cannot reach that host", _TRY_AGAIN),
    5: ("connection refused", "Check the port, and that the server is running."),
    6: ("the time to live ran out on the way", _TRY_AGAIN),
    7: ("it does not open connections", "Choose another proxy: this one knows the command but not CONNECT."),
    8: (
        "it does not know this kind of address",
        "Let the proxy look the name up (socks5h://), or use one that speaks IPv6.",
    ),
}
_CREDENTIALS_HINT = "Check the user and password in the settings of the proxy."


async def open_way(stream: SocketStream, proxy: Proxy, host: str, port: int) -> None:
    """Ask the SOCKS 5 proxy behind *stream* for a way to *host*, a name or an address; it is open on return.

    Raises:
        ExchangeBroken: the proxy does not open it.
        httpcore.NetworkError: the connection to it broke.
    """
    await _Steps(stream, proxy, host, port).run()


class _Steps:
    def __init__(self, stream: SocketStream, proxy: Proxy, host: str, port: int) -> None:
        self._stream = stream
        self._proxy = proxy
        self._host = host
        self._port = port
        self._received = bytearray()

    async def run(self) -> None:
        address = _address(self._host)
        credentials = self._credentials()
        methods = [_NO_AUTH, _PASSWORD] if credentials else [_NO_AUTH]
        await self._stream.write(bytes([_VERSION, len(methods), *methods]))
        await self._identify(await self._chosen_method(), credentials)
        command = bytes([_VERSION, _CONNECT, 0])
        await self._stream.write(command + address + self._port.to_bytes(2, "big"))
        await self._take_reply()
        if self._received:
            self._stream.unread(bytes(self._received))

    def _credentials(self) -> bytes:
        """Return the message of RFC 1929; empty where there is no user."""
        user, password = self._proxy.username.encode(), self._proxy.password.encode()
        if not user and not password:
            return b""
        if not (0 < len(user) < 256 and len(password) < 256):
            raise self._broken(
                "takes a user and a password of 1 to 255 bytes each", "Shorten them, or fill both in."
            )
        return bytes([1, len(user)]) + user + bytes([len(password)]) + password

    async def _chosen_method(self) -> int:
        version, method = await self._receive(2)
        if version != _VERSION:
            raise self._no_socks(bytes([version, method]))
        return method

    async def _identify(self, method: int, credentials: bytes) -> None:
        if method == _NO_AUTH:
            return
        if method == _PASSWORD and credentials:
            await self._stream.write(credentials)
            _, status = await self._receive(2)
            if status:
                raise self._broken("did not accept the user and password", _CREDENTIALS_HINT)
            return
        if credentials:
            raise self._broken(
                "wants neither nobody nor a user and password",
                "It may want Kerberos, which Antiphon does not speak to proxies.",
            )
        raise self._broken(
            "wants a user and password"
            if method in {_NOTHING_FITS, _PASSWORD}
            else "wants another kind of auth",
            "Fill in user and password in the settings of the proxy.",
        )

    async def _take_reply(self) -> None:
        version, code, _, kind = await self._receive(4)
        if version != _VERSION:
            raise self._no_socks(bytes([version, code]))
        if code:
            reason, hint = _REPLIES.get(
                code, (f"it gives the unknown code {code}", "Look at the proxy's log.")
            )
            place = f"[{self._host}]:{self._port}" if ":" in self._host else f"{self._host}:{self._port}"
            raise proxy_broken(
                f"The proxy {self._proxy.place} did not open the way to {place}: {reason}.", hint
            )
        size = (await self._receive(1))[0] if kind == _NAME else _ADDRESS_BYTES.get(kind)
        if size is None:
            raise self._broken("broke the rules of SOCKS 5", "Check that it is a SOCKS 5 proxy.")
        await self._receive(size + 2)

    async def _receive(self, count: int) -> bytes:
        while len(self._received) < count:
            data = await self._stream.read()
            if not data:
                raise self._broken(
                    "closed the connection before the way was open",
                    "Check its port, and whether it wants a user and password.",
                )
            self._received += data
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken

    def _no_socks(self, first: bytes) -> ExchangeBroken:
        if first[:2] == b"HT":
            return self._broken("speaks HTTP, not SOCKS 5", "Write http:// before its host instead.")
        if first[:2] == b"\x15\x03":
            return self._broken("speaks TLS, not SOCKS 5", "Write https:// before its host instead.")
        return self._broken("does not speak SOCKS 5", "Check its port, and the word before ://.")

    def _broken(self, what: str, hint: str) -> ExchangeBroken:
        return proxy_broken(f"The proxy {self._proxy.place} {what}.", hint)


def _address(host: str) -> bytes:
    """Return the address kind and the address of RFC 1928 section 5."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        name = host.encode("ascii")
        if len(name) > 255:
            raise proxy_broken(
                f"The name {host[:40]}... is too long for a SOCKS proxy.", "A name has 255 letters at most."
            ) from None
        return bytes([_NAME, len(name)]) + name
    return bytes([_IPV4 if address.version == 4 else _IPV6]) + address.packed
