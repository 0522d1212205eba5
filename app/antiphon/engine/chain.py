"""The certificates that a server showed: of an open connection, of a handshake that failed, or by a second look."""

import _ssl
import asyncio
import ssl
import sys
from collections.abc import Awaitable, Callable

from antiphon.engine.backend import Stream
from antiphon.engine.failures import ExchangeBroken
from antiphon.engine.stack import httpcore

LOOK_AGAIN_S = 3.0
Secured = ssl.SSLSocket | ssl.SSLObject
Chain = tuple[bytes, ...]
"""DER certificates, the server's own first."""


def chain_of(secured: Secured) -> Chain:
    """Return what the server showed on this connection, whether it was verified or not; maybe nothing."""
    if sys.version_info >= (3, 13):
        return tuple(secured.get_unverified_chain() or ())
    inner = getattr(secured, "_sslobj", None)  # public from Python 3.13 on
    shown = inner.get_unverified_chain() if inner is not None else None
    return tuple(one.public_bytes(_ssl.ENCODING_DER) for one in shown or ())


def keep_chains(context: ssl.SSLContext) -> None:
    """Have *context* put the chain that it does not accept on the error; works where OpenSSL itself verifies."""
    context.sslsocket_class = _ChainKeepingSocket
    context.sslobject_class = _ChainKeepingObject


def refused_chain(error: BaseException) -> Chain:
    """Return the chain that was not accepted, where *error* came from a context of `keep_chains`; else nothing."""
    kept: Chain = getattr(error, "refused_chain", ())
    return kept


async def look_again(
    reopen: Callable[[], Awaitable[Stream]], context: ssl.SSLContext, server_name: str
) -> Chain:
    """Return the chain of a server by a second handshake that verifies and sends nothing; maybe nothing.

    Args:
        reopen: Gives a new plain stream to it, the same way as the first; it may fail as connecting fails.
        context: One that verifies nothing and brings no certificate of ours.
    """
    try:
        async with asyncio.timeout(LOOK_AGAIN_S):
            stream = await reopen()
            try:
                stream = await stream.start_tls(context, server_name)
                secured = stream.get_extra_info("ssl_object")
                return chain_of(secured) if isinstance(secured, Secured) else ()
            finally:
                await stream.aclose()
    except (OSError, httpcore.NetworkError, httpcore.TimeoutException, TimeoutError, ExchangeBroken):
        return ()


class _ChainKeepingSocket(ssl.SSLSocket):
    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except ssl.SSLCertVerificationError as error:
            _keep(error, self)
            raise


class _ChainKeepingObject(ssl.SSLObject):
    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            _keep(error, self)
            raise


def _keep(error: ssl.SSLCertVerificationError, secured: Secured) -> None:
    error.refused_chain = chain_of(secured)  # type: ignore[attr-defined]
