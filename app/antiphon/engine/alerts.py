"""Why a TLS connection broke, in words, from the name that OpenSSL has for it."""

import re
import ssl
from dataclasses import dataclass

from antiphon.core.document import TlsVersion
from antiphon.core.events import Remedy

_REASON_IN_TEXT = re.compile(r"\[SSL[^]]*\] ?([^(]+?) ?\(_ssl")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A clause that ends a sentence, what to try, and what the window offers."""

    reason: str
    hint: str
    remedies: tuple[Remedy, ...] = ()


NO_TLS = Trouble(
    "it does not speak TLS on this port", "Use http:// instead of https://, or check the port.", ("use_http",)
)
NO_MORE_TLS = Trouble(
    "what came is no TLS any more",
    "Send again; if it happens each time, suspect a proxy between, or look at the server's log.",
    ("send_again",),
)
_CLOSED = Trouble("it closed the connection during the TLS handshake", "Check that the port speaks https.")
_WANTS_CERTIFICATE = Trouble(
    "it asks for a certificate of yours",
    "Choose a client certificate for this host; its owner says which authority must sign it.",
    ("choose_client_certificate",),
)
_MORE: dict[str, Trouble] = {
    "NO_APPLICATION_PROTOCOL": Trouble(
        "it refuses the HTTP version asked for",
        "Choose HTTP/1.1 or automatic for this request.",
        ("use_http1",),
    ),
    "CERTIFICATE_REQUIRED": _WANTS_CERTIFICATE,
    "UNRECOGNIZED_NAME": Trouble(
        "it serves no site of this name", "Check the host in the URL, and the server name in the options."
    ),
    "HANDSHAKE_FAILURE": Trouble(
        "it refused the TLS handshake",
        "It may share no version or cipher of TLS with us, not serve this host, or want a certificate of yours.",
        ("choose_client_certificate",),
    ),
    "INSUFFICIENT_SECURITY": Trouble(
        "it shares no cipher of TLS that both sides accept",
        "Ask its owner which versions and ciphers of TLS it expects.",
    ),
    "INTERNAL_ERROR": Trouble(
        "it failed in the TLS handshake (internal error)",
        "Check the host in the URL, then look at the server's log.",
    ),
    "DH_KEY_TOO_SMALL": Trouble(
        "its keys for the handshake are too short to be safe",
        "Ask its owner for stronger ones, or allow TLS 1.0 for this request, which accepts them.",
    ),
    "LEGACY_RENEGOTIATION": Trouble(
        "its TLS is too old to be safe (it lacks secure renegotiation, RFC 5746)",
        "Ask its owner to renew the server.",
    ),
    "BAD_RECORD_MAC": Trouble(
        "what came over TLS was damaged on the way",
        "Send again; if it happens each time, suspect a proxy between.",
    ),
}
"""By a part of OpenSSL's name; alerts of RFC 8446 section 6.2 among them."""

_REFUSALS: dict[str, str] = {
    "CERTIFICATE_EXPIRED": "it says that a certificate expired",
    "CERTIFICATE_REVOKED": "it says that a certificate was revoked",
    "UNSUPPORTED_CERTIFICATE": "it cannot use a certificate of this kind",
    "CERTIFICATE_UNKNOWN": "it does not accept a certificate",
    "BAD_CERTIFICATE": "it does not accept a certificate",
    "UNKNOWN_CA": "it does not know the authority of a certificate",
    "ACCESS_DENIED": "it denies access to who shows this certificate",
    "DECRYPT_ERROR": "it could not verify a signature",
}
"""Alerts of a server about what we showed, or did not show."""


def trouble(
    error: ssl.SSLError | OSError, min_tls: TlsVersion = "", *, has_client_certificate: bool = False
) -> Trouble:
    """Return *error* in words.

    Args:
        min_tls: The oldest version that we accept.
        has_client_certificate: Whether we brought a certificate of ours.
    """
    reason = _reason(error)
    if reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}:
        return NO_TLS
    if "PROTOCOL_VERSION" in reason or "UNSUPPORTED_PROTOCOL" in reason:
        return _no_common_version(min_tls)
    for part, words in _MORE.items():
        if part in reason:
            return words
    for part, clause in _REFUSALS.items():
        if part in reason:
            return _refused(clause, has_client_certificate)
    if isinstance(error, (ssl.SSLEOFError, ConnectionError)) or "EOF" in reason:
        return _CLOSED
    shown = reason.replace("_", " ").lower() or str(error)
    return Trouble(f"TLS failed ({shown})", "Check that the port speaks https.")


def _no_common_version(min_tls: TlsVersion) -> Trouble:
    if min_tls == "1.3":
        return Trouble(
            "it does not offer TLS 1.3", "Allow TLS 1.2 for this request, or ask its owner for TLS 1.3."
        )
    if min_tls in {"1.0", "1.1"}:
        return Trouble("it speaks no version of TLS that we do", "Ask its owner to offer TLS 1.2 or 1.3.")
    return Trouble(
        "it speaks only versions of TLS that are no longer safe",
        "Ask its owner to offer TLS 1.2 or 1.3, or allow an older version (minimum TLS) for this request.",
    )


def _refused(clause: str, has_client_certificate: bool) -> Trouble:
    if not has_client_certificate:
        return Trouble(
            f"{clause}; it may want one of yours", _WANTS_CERTIFICATE.hint, _WANTS_CERTIFICATE.remedies
        )
    hint = "Check the client certificate that is chosen for this host, or choose another."
    return Trouble(f"{clause} (we showed yours)", hint, _WANTS_CERTIFICATE.remedies)


def _reason(error: ssl.SSLError | OSError) -> str:
    """Return OpenSSL's name of what went wrong, from the text where Python does not know it as a name; maybe empty."""
    reason = getattr(error, "reason", None)
    if not reason and isinstance(error, ssl.SSLError) and (match := _REASON_IN_TEXT.search(str(error))):
        reason = match[1].replace(" ", "_").upper()
    return reason or ""
