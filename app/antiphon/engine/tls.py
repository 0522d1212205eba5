"""TLS contexts: built once, in a thread (one costs 40 to 300 ms), from the system's trust store."""

import asyncio
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from antiphon.core.document import HttpVersionChoice
from antiphon.engine.failures import broken

ALPN: Mapping[HttpVersionChoice, tuple[str, ...]] = {
    "auto": ("h2", "http/1.1"),
    "1.1": ("http/1.1",),
    "2": ("h2",),
    "2-prior-knowledge": ("h2",),
}


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """All that makes one context differ from another."""

    verify: bool
    ca_files: tuple[str, ...]
    """PEM files trusted besides the system's certificates."""
    alpn: tuple[str, ...]
    changed_at: tuple[int, ...] = ()
    """When each CA file was last changed: a mended one counts at once."""


class TlsContexts:
    """The contexts made so far.

    Args:
        trusted: CA files that are trusted for one server, a host and port, only; may grow.
    """

    def __init__(self, trusted: Mapping[tuple[str, int], str]) -> None:
        self._made: dict[TlsSettings, ssl.SSLContext] = {}
        self._trusted = trusted
        self._making = asyncio.Lock()
        """Held while one is built: many requests that start together need it only once."""
        self._building = threading.Lock()
        """The same between threads, for `prepare`."""

    async def get(
        self, version: HttpVersionChoice, ca_file: str, host: str, port: int, *, verify: bool
    ) -> ssl.SSLContext:
        """Return the context for a connection to *host*.

        Raises:
            ExchangeBroken: a CA file cannot be read.
        """
        extra = self._trusted.get((host.lower(), port), "")
        files = tuple(name for name in (ca_file, extra) if name) if verify else ()
        settings = TlsSettings(verify, files, ALPN[version], tuple(_changed_at(name) for name in files))
        if settings in self._made:
            return self._made[settings]
        async with self._making:
            if settings not in self._made:
                await asyncio.to_thread(self._build, settings)
        return self._made[settings]

    def prepare(self) -> None:
        """Build the usual context now; call it in a thread."""
        self._build(TlsSettings(verify=True, ca_files=(), alpn=ALPN["auto"]))

    def _build(self, settings: TlsSettings) -> ssl.SSLContext:
        with self._building:
            if settings not in self._made:
                self._made[settings] = make_context(settings)
            return self._made[settings]


def make_context(settings: TlsSettings) -> ssl.SSLContext:
    """Return a fresh context; raises ExchangeBroken where a CA file cannot be read."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(list(settings.alpn))
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    if not _knows_authorities(context):
        import certifi

        context.load_verify_locations(certifi.where())
    for name in settings.ca_files:
        _load(context, name)
    return context


def _load(context: ssl.SSLContext, name: str) -> None:
    try:
        context.load_verify_locations(name)
    except (OSError, ssl.SSLError) as error:
        reason = "it holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else error.strerror
        raise broken(
            "tls",
            f"Could not use the CA file {name}: {reason}.",
            "Choose a PEM file with the certificate of the authority.",
        ) from error


def _changed_at(name: str) -> int:
    """Return the time of the last change of the file *name* in nanoseconds, 0 where it cannot be asked for."""
    try:
        return Path(name).stat().st_mtime_ns
    except (OSError, ValueError):
        return 0


def _knows_authorities(context: ssl.SSLContext) -> bool:
    """Return whether the system gave certificates; a folder of them is read only when one is needed."""
    if context.cert_store_stats()["x509_ca"]:
        return True
    folder = ssl.get_default_verify_paths().capath
    return bool(folder) and any(Path(folder).iterdir())
