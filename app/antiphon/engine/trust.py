"""Whom to trust: a TLS context that verifies servers by the system's authorities or by certifi's, and by CA files.

See docs/decisions/0010-trust-stores.md.
"""

import ssl
import sys
from collections.abc import Iterable
from pathlib import Path

from antiphon.core.document import TrustStore
from antiphon.engine.failures import ExchangeBroken, broken

NO_SYSTEM_NOTE = "This system has no certificates of authorities: those of certifi are trusted instead."
_HAS_OWN_VERIFIER = sys.platform in {"darwin", "win32"}
_MORE_PLACES = (
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
)
"""Where systems keep their authorities when an OpenSSL that was built elsewhere looks in the wrong place."""


def trusting_context(store: TrustStore, ca_files: Iterable[str]) -> tuple[ssl.SSLContext, tuple[str, ...]]:
    """Return a context that verifies servers by *store* and the certificates in *ca_files*, and notes for people.

    A CA file is PEM (all its certificates count) or DER (one). One that is no authority is trusted for itself alone.

    Raises:
        ExchangeBroken: a CA file cannot be used.
    """
    context, notes = _system_context() if store == "system" else (_certifi_context(), ())
    # as curl and browsers: whatever stands in a CA file ends the chain, be it a root or not
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    for name in ca_files:
        _add(context, name)
    return context, notes


def knows_authorities(context: ssl.SSLContext) -> bool:
    """Return whether *context* trusts somebody; a folder of certificates is read only when one is needed."""
    if context.cert_store_stats()["x509_ca"]:
        return True
    folder = ssl.get_default_verify_paths().capath
    try:
        return bool(folder) and any(Path(folder).iterdir())
    except OSError:
        return False


def _system_context() -> tuple[ssl.SSLContext, tuple[str, ...]]:
    if _HAS_OWN_VERIFIER:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_default_verify_paths()
    if not knows_authorities(context):
        place = next((name for name in _MORE_PLACES if Path(name).is_file()), None)
        if place is None:
            return _certifi_context(), (NO_SYSTEM_NOTE,)
        context.load_verify_locations(place)
    return context, ()


def _certifi_context() -> ssl.SSLContext:
    import certifi

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
    return context


def _add(context: ssl.SSLContext, name: str) -> None:
    try:
        data = Path(name).read_bytes()
    except (OSError, ValueError) as error:
        raise _unusable(name, _reason(error)) from error
    try:
        context.load_verify_locations(
            cadata=data.decode("ascii", "ignore") if b"-----BEGIN" in data else data
        )
    except (ssl.SSLError, ValueError) as error:
        raise _unusable(name, "it holds no certificate in PEM or DER form") from error


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _unusable(name: str, reason: str) -> ExchangeBroken:
    return broken(
        "tls",
        f"Could not use the CA file {name}: {reason}.",
        "Choose a file with the certificate of the authority, in PEM or DER form.",
        remedies=("choose_ca_file",),
    )
