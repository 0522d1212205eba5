"""Why a TLS handshake failed, in words, from the error and the certificate that the server showed."""

import asyncio
import datetime as dt
import re
import ssl
from collections.abc import Awaitable, Callable

from cryptography import x509
from cryptography.x509.oid import NameOID

from antiphon.engine.failures import ExchangeBroken, broken
from antiphon.engine.stack import httpcore

LOOK_AGAIN_S = 3.0
_TRUST_HINT = "Add its certificate as the CA file of this request, or turn off verification for this request."
_CHECK_HINT = "Check the server, or turn off verification for this request."

_REASON_IN_TEXT = re.compile(r"\[SSL[^]]*\] ?([^(]+?) ?\(_ssl")
_OLD_TLS = (
    "it speaks only versions of TLS that are no longer safe",
    "Ask its owner to offer TLS 1.2 or 1.3.",
)
_OWN_CERTIFICATE = (
    "it asks for a certificate of yours",
    "Ask its owner how it expects clients to identify.",
)
_ALERTS = {
    "NO_APPLICATION_PROTOCOL": (
        "it refuses the HTTP version asked for",
        "Choose HTTP/1.1 or automatic for this request.",
    ),
    "PROTOCOL_VERSION": _OLD_TLS,
    "UNSUPPORTED_PROTOCOL": _OLD_TLS,
    "CERTIFICATE_REQUIRED": _OWN_CERTIFICATE,
    "BAD_CERTIFICATE": _OWN_CERTIFICATE,
    "UNRECOGNIZED_NAME": ("it serves no site of this name", "Check the host in the URL."),
    "HANDSHAKE_FAILURE": (
        "it refused the TLS handshake",
        "It may offer no safe version or cipher of TLS, not serve this host, or want a certificate of yours.",
    ),
    "INSUFFICIENT_SECURITY": (
        "it shares no cipher of TLS that both sides accept",
        "Ask its owner which versions and ciphers of TLS it expects.",
    ),
    "INTERNAL_ERROR": (
        "it failed in the TLS handshake (internal error)",
        "Check the host in the URL, then look at the server's log.",
    ),
}
"""What a server says when it breaks the handshake off (RFC 8446 section 6.2), by a part of OpenSSL's name for it."""

# OpenSSL, x509_vfy.h
_NOT_YET_VALID, _EXPIRED = 9, 10
_SELF_SIGNED, _SELF_SIGNED_IN_CHAIN = 18, 19
_UNKNOWN_ISSUER, _UNVERIFIED_LEAF = 20, 21
_REVOKED = 23
_WRONG_NAME, _WRONG_ADDRESS = 62, 64


def tls_broken(place: str, error: ssl.SSLError | OSError, shown: x509.Certificate | None) -> ExchangeBroken:
    """Return the failure of a handshake with *place*.

    Args:
        shown: The server's certificate where it could be had.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        reason, hint = _unverified(place.rpartition(":")[0], error, shown)
    else:
        reason, hint = _unspoken(error)
    return broken("tls", f"Could not connect to {place}: {reason}.", hint)


async def shown_certificate(
    host: str, reach: Callable[[], Awaitable[httpcore.AsyncNetworkStream]]
) -> x509.Certificate | None:
    """Return the certificate of a server by a second handshake that verifies and sends nothing.

    Args:
        reach: Gives a stream to the server once more.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(LOOK_AGAIN_S):
            stream = await reach()
            await stream.start_tls(context, host)
    except (OSError, httpcore.ConnectError, ExchangeBroken, TimeoutError):
        return None
    try:
        secured = stream.get_extra_info("ssl_object")
        assert isinstance(secured, (ssl.SSLSocket, ssl.SSLObject))
        der = secured.getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(der) if der else None
    except ValueError:
        return None
    finally:
        await stream.aclose()


def _unverified(
    host: str, error: ssl.SSLCertVerificationError, shown: x509.Certificate | None
) -> tuple[str, str]:
    match error.verify_code:
        case code if code == _EXPIRED:
            when = f" {_ago(shown.not_valid_after_utc)}" if shown and _is_past(shown) else ""
            return f"certificate expired{when}", _CHECK_HINT
        case code if code == _NOT_YET_VALID:
            when = f" before {shown.not_valid_before_utc:%Y-%m-%d}" if shown else " yet"
            return f"certificate is not valid{when}", "Check this computer's clock, then the server."
        case code if code in {_WRONG_NAME, _WRONG_ADDRESS}:
            names = f" but for {_names(shown)}" if shown else ""
            return f"certificate is not for {host}{names}", "Check the host in the URL. " + _CHECK_HINT
        case code if code == _SELF_SIGNED:
            return "certificate is self-signed", _TRUST_HINT
        case code if code in {_SELF_SIGNED_IN_CHAIN, _UNKNOWN_ISSUER, _UNVERIFIED_LEAF}:
            issuer = f", {_issuer(shown)}," if shown else ""
            return f"the authority{issuer} that signed its certificate is not known here", _TRUST_HINT
        case code if code == _REVOKED:
            return "certificate was revoked", _CHECK_HINT
    return f"certificate is not accepted ({error.verify_message})", _CHECK_HINT


def _unspoken(error: ssl.SSLError | OSError) -> tuple[str, str]:
    reason = _reason(error)
    if reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}:
        return "it does not speak TLS on this port", "Use http:// instead of https://, or check the port."
    for part, words in _ALERTS.items():
        if part in reason:
            return words
    if isinstance(error, (ssl.SSLEOFError, ConnectionError)) or "EOF" in reason:
        return "it closed the connection during the TLS handshake", "Check that the port speaks https."
    shown = reason.replace("_", " ").lower() or str(error)
    return f"TLS handshake failed ({shown})", "Check that the port speaks https."


def _reason(error: ssl.SSLError | OSError) -> str:
    """Return OpenSSL's name of what went wrong, from the text where Python does not know it as a name; maybe empty."""
    reason = getattr(error, "reason", None)
    if not reason and isinstance(error, ssl.SSLError) and (match := _REASON_IN_TEXT.search(str(error))):
        reason = match[1].replace(" ", "_").upper()
    return reason or ""


def _is_past(shown: x509.Certificate) -> bool:
    return shown.not_valid_after_utc < dt.datetime.now(dt.UTC)


def _ago(moment: dt.datetime) -> str:
    minutes = int((dt.datetime.now(dt.UTC) - moment).total_seconds() // 60)
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'s' if count != 1 else ''} ago"
    return "minutes ago"


def _names(shown: x509.Certificate) -> str:
    try:
        found = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return _common_name(shown.subject) or "another name"
    names = [str(name.value) for name in found if isinstance(name, (x509.DNSName, x509.IPAddress))]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more or "another name"


def _issuer(shown: x509.Certificate) -> str:
    return _common_name(shown.issuer) or shown.issuer.rfc4514_string() or "nameless"


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""
