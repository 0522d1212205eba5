"""TLS contexts: built once for each need, in a thread (one costs 10 to 300 ms)."""

import asyncio
import os
import ssl
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from antiphon.core.certificate import certificate_for
from antiphon.core.document import (
    ClientCertificate,
    HttpVersionChoice,
    RequestOptions,
    TlsVersion,
    TrustStore,
)
from antiphon.engine.chain import keep_chains
from antiphon.engine.client_certificate import files_of, load_client_certificate
from antiphon.engine.failures import broken
from antiphon.engine.trust import trusting_context

KEY_LOG_VARIABLE = "SSLKEYLOGFILE"
ALPN: Mapping[HttpVersionChoice, tuple[str, ...]] = {
    "auto": ("h2", "http/1.1"),
    "1.1": ("http/1.1",),
    "2": ("h2",),
    "2-prior-knowledge": ("h2",),
}
_OLD_CIPHERS = "DEFAULT:!aNULL:!eNULL:@SECLEVEL=0"
"""What TLS 1.0 and 1.1 need: OpenSSL 3 counts their signatures as unsafe."""


@dataclass(frozen=True, slots=True)
class TlsNeeds:
    """All that makes the TLS of one connection differ from that of another; equal needs may share a connection."""

    verify: bool = True
    trust_store: TrustStore = "system"
    ca_files: tuple[str, ...] = ()
    """Files trusted besides the store's certificates."""
    alpn: tuple[str, ...] = ALPN["auto"]
    min_tls: TlsVersion = ""
    server_name: str = ""
    """The name to ask for and to verify; empty: the host's."""
    key_log_file: str = ""
    client_certificate: ClientCertificate | None = field(default=None, repr=False)
    changed_at: tuple[int, ...] = ()
    """When each file was last changed, in nanoseconds: a mended one counts at once."""


@dataclass(frozen=True, slots=True)
class TlsContext:
    context: ssl.SSLContext
    notes: tuple[str, ...] = ()
    """What a person should know who uses it."""


def tls_needs(options: RequestOptions, host: str, port: int, trusted_file: str = "") -> TlsNeeds:
    """Return what a connection to the server *host*:*port* needs.

    Args:
        trusted_file: A CA file for this server alone; empty for none.
    """
    files = tuple(name for name in (options.ca_file, trusted_file) if name) if options.verify else ()
    identity = certificate_for(host, port, options.client_certificates)
    return TlsNeeds(
        verify=options.verify,
        trust_store=options.trust_store if options.verify else "system",
        ca_files=files,
        alpn=ALPN[options.http_version],
        min_tls=options.min_tls,
        server_name=options.server_name,
        key_log_file=options.key_log_file or os.environ.get(KEY_LOG_VARIABLE, ""),
        client_certificate=identity,
        changed_at=tuple(_changed_at(name) for name in (*files, *files_of(identity))),
    )


def check_server_name(name: str) -> None:
    """Raise ExchangeBroken where *name* cannot be asked for in a handshake; Python would lose the socket over it."""
    try:
        if name.encode("idna") and not name.startswith("."):
            return
    except UnicodeError:
        pass
    hint = "Check the host in the URL, and the server name in the options."
    raise broken("request", f"{name[:80]!r} cannot be a server name in TLS.", hint)


class TlsContexts:
    """The contexts made so far.

    Args:
        trusted: CA files that are trusted for one server, a host and port, only; may grow.
    """

    def __init__(self, trusted: Mapping[tuple[str, int], str]) -> None:
        self._made: dict[TlsNeeds, TlsContext] = {}
        self._trusted = trusted
        self._making = asyncio.Lock()
        """Held while one is built: many requests that start together need it only once."""
        self._building = threading.Lock()
        """The same between threads, for `prepare`."""

    def needs(self, options: RequestOptions, host: str, port: int) -> TlsNeeds:
        """Return `tls_needs` with what is trusted for this server."""
        return tls_needs(options, host, port, self._trusted.get((host.lower(), port), ""))

    def proxy_needs(self, options: RequestOptions, host: str, port: int) -> TlsNeeds:
        """Return what the TLS to the proxy *host*:*port* needs: always verified, and without an identity of ours."""
        own = RequestOptions(http_version="1.1", ca_file=options.ca_file, trust_store=options.trust_store)
        return self.needs(own, host, port)

    async def get(self, needs: TlsNeeds) -> TlsContext:
        """Return the context for *needs*.

        Raises:
            ExchangeBroken: a file that it names cannot be used.
        """
        if (known := self._known(needs)) is not None:
            return known
        async with self._making:
            if (made := self._known(needs)) is not None:
                return made
            return await asyncio.to_thread(self._build, needs)

    def prepare(self) -> None:
        """Build the usual context now; call it in a thread."""
        self._build(tls_needs(RequestOptions(), "", 0))

    def _known(self, needs: TlsNeeds) -> TlsContext | None:
        if needs.key_log_file and not Path(needs.key_log_file).exists():  # taken away: begin a new one
            self._made.pop(needs, None)
        return self._made.get(needs)

    def _build(self, needs: TlsNeeds) -> TlsContext:
        with self._building:
            known = self._known(needs)
            if known is None:
                known = self._made[needs] = make_context(needs)
            return known


def make_context(needs: TlsNeeds) -> TlsContext:
    """Return a fresh context; raises ExchangeBroken where a file cannot be used."""
    context, notes = _context(needs)
    context.set_alpn_protocols(list(needs.alpn))
    _set_minimum(context, needs.min_tls)
    if needs.client_certificate is not None:
        notes += load_client_certificate(context, needs.client_certificate)
        context.post_handshake_auth = True
    if needs.key_log_file:
        _log_keys(context, needs.key_log_file)
        notes += (f"TLS keys are written to {needs.key_log_file}: who has them can read this traffic.",)
    return TlsContext(context, notes)


def looking_context(needs: TlsNeeds) -> ssl.SSLContext:
    """Return a context like that of *needs* that verifies nothing, logs nothing and brings no certificate of ours."""
    return make_context(TlsNeeds(verify=False, alpn=needs.alpn, min_tls=needs.min_tls)).context


def _context(needs: TlsNeeds) -> tuple[ssl.SSLContext, tuple[str, ...]]:
    if needs.verify:
        context, notes = trusting_context(needs.trust_store, needs.ca_files)
        keep_chains(context)
        return context, notes
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context, ()


def _set_minimum(context: ssl.SSLContext, version: TlsVersion) -> None:
    match version:
        case "1.0" | "1.1":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                old = ssl.TLSVersion.TLSv1 if version == "1.0" else ssl.TLSVersion.TLSv1_1
                context.minimum_version = old
            context.set_ciphers(_OLD_CIPHERS)
        case "1.2":
            context.minimum_version = ssl.TLSVersion.TLSv1_2
        case "1.3":
            context.minimum_version = ssl.TLSVersion.TLSv1_3


def _log_keys(context: ssl.SSLContext, name: str) -> None:
    """Have *context* append the secrets of its connections to the file *name*, made for this user alone."""
    try:
        os.close(os.open(name, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        context.keylog_filename = name
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise broken(
            "request",
            f"Could not write the TLS key log {name}: {reason}.",
            f"Choose another file for it, or none; it may also come from {KEY_LOG_VARIABLE} in the environment.",
        ) from error


def _changed_at(name: str) -> int:
    """Return the time of the last change of the file *name* in nanoseconds, 0 where it cannot be asked for."""
    try:
        return Path(name).stat().st_mtime_ns
    except (OSError, ValueError):
        return 0
