"""Why a certificate is not accepted, in words, and what to do about it: from the error and the chain that was shown."""

import datetime as dt
import re
import ssl
import time
from typing import Literal

from antiphon.core.certificate import CertificateFacts
from antiphon.core.events import Remedy
from antiphon.engine.ages import ago
from antiphon.engine.alerts import Trouble, trouble
from antiphon.engine.failures import ExchangeBroken, broken
from antiphon.engine.tls import TlsNeeds

Problem = Literal[
    "expired",
    "early",
    "name",
    "self-signed",
    "unknown authority",
    "unknown root",
    "revoked",
    "no revocation list",
    "weak key",
    "weak authority",
    "weak hash",
    "path length",
    "no authority",
    "purpose",
    "signature",
    "constraint",
    "malformed",
    "rejected",
]

PROBLEMS: dict[int, Problem] = {
    # OpenSSL, x509_vfy.h
    2: "unknown authority", 3: "no revocation list", 4: "signature", 6: "signature", 7: "signature", 9: "early",
    10: "expired", 11: "no revocation list", 12: "no revocation list", 13: "malformed", 14: "malformed",
    18: "self-signed", 19: "unknown root", 20: "unknown authority", 21: "unknown authority", 22: "path length",
    23: "revoked", 25: "path length", 26: "purpose", 27: "rejected", 28: "rejected", 32: "no authority",
    33: "no revocation list", 34: "malformed", 37: "no authority", 41: "malformed", 47: "constraint",
    48: "constraint", 62: "name", 64: "name", 66: "weak key", 67: "weak authority", 68: "weak hash",
    76: "weak hash", 79: "no authority",
    # Windows, winerror.h (CERT_E_, TRUST_E_, CRYPT_E_)
    0x800B0101: "expired", 0x800B0109: "unknown root", 0x800B010A: "unknown authority", 0x800B010C: "revoked",
    0x800B010E: "no revocation list", 0x800B010F: "name", 0x800B0110: "purpose", 0x800B0111: "rejected",
    0x80092010: "revoked", 0x80092012: "no revocation list", 0x80092013: "no revocation list",
    0x80096004: "signature", 0x80096019: "no authority",
    # macOS, SecBase.h (errSec)
    -67818: "expired", -67819: "early", -67602: "name", -67843: "unknown authority", -67820: "revoked",
    -67635: "no revocation list", -25318: "unknown authority",
}  # fmt: skip
"""What a code of verification means."""

_COMMON_NAME = re.compile(r"(?:^|,)CN=((?:\\.|[^,\\])*)")
_CHECK_HINT = "Check the server, or turn off verification for this request."
_TRUST_HINT = "Trust it for this server, choose the CA file of its authority, or turn off verification for this request."
_OFF: tuple[Remedy, ...] = ("turn_off_verification",)
_TRUST: tuple[Remedy, ...] = ("trust_shown", "choose_ca_file", "turn_off_verification")
_TRUST_OR_CERTIFI: tuple[Remedy, ...] = (
    "trust_shown",
    "choose_ca_file",
    "use_certifi",
    "turn_off_verification",
)

_PLAIN: dict[Problem, str] = {
    "revoked": "certificate was revoked",
    "no revocation list": "could not find out whether its certificate was revoked",
    "weak key": "the key of its certificate is too short to be safe",
    "weak authority": "the key of an authority in its chain is too short to be safe",
    "weak hash": "a certificate in its chain is signed by a method that is no longer safe",
    "path length": "its chain is longer than an authority in it allows",
    "no authority": "a certificate in its chain signed another, but is no authority",
    "purpose": "certificate is not meant for servers",
    "signature": "a signature in its chain is wrong",
    "constraint": "an authority in its chain may not certify this name",
    "malformed": "a certificate in its chain breaks the rules",
    "rejected": "its authority is marked as not to be trusted",
}


def tls_broken(
    place: str,
    error: ssl.SSLError | OSError,
    needs: TlsNeeds,
    shown: tuple[CertificateFacts, ...] = (),
) -> ExchangeBroken:
    """Return the failure of a handshake with *place*.

    Args:
        shown: The server's certificates where they could be had, its own first.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        told = unverified(needs.server_name or place.rpartition(":")[0], error, shown, needs)
    else:
        told = trouble(error, needs.min_tls, has_client_certificate=needs.client_certificate is not None)
    sentence = f"Could not connect to {place}: {told.reason}."
    return broken("tls", sentence, told.hint, remedies=told.remedies, certificates=shown)


def unverified(
    host: str, error: ssl.SSLCertVerificationError, shown: tuple[CertificateFacts, ...], needs: TlsNeeds
) -> Trouble:
    """Return why the certificate of *host* is not accepted."""
    own = shown[0] if shown else None
    problem = PROBLEMS.get(error.verify_code)
    match problem:
        case "expired" | "early":
            return _out_of_time(problem, shown)
        case "name":
            names = f" but for {_names(own)}" if own else ""
            reason = f"certificate is not for {host}{names}"
            return Trouble(reason, "Check the host in the URL. " + _CHECK_HINT, _OFF)
        case "self-signed":
            return Trouble("certificate is self-signed", _TRUST_HINT, _possible(_TRUST, own))
        case "unknown authority" | "unknown root":
            is_system = needs.trust_store == "system"
            hint = (
                _TRUST_HINT
                if is_system
                else "Trust the system's authorities instead of certifi's. " + _TRUST_HINT
            )
            remedies = _TRUST_OR_CERTIFI if is_system else _TRUST
            reason = (
                f"the authority{_authority(problem, shown)} that signed its certificate is not known here"
            )
            return Trouble(reason, hint, _possible(remedies, own))
        case None:
            return Trouble(f"certificate is not accepted ({error.verify_message})", _CHECK_HINT, _OFF)
    return Trouble(_PLAIN[problem], _CHECK_HINT, _OFF)


def _out_of_time(problem: Problem, shown: tuple[CertificateFacts, ...]) -> Trouble:
    """Return that the first certificate of *shown* that is too old or too new is so; it need not be the server's own."""
    now = time.time()
    for number, one in enumerate(shown):
        which = f"the certificate of its authority {one.common_name}" if number else "certificate"
        if one.not_after < now:
            return Trouble(f"{which} expired {ago(one.not_after)}", _CHECK_HINT, _OFF)
        if one.not_before > now:
            begin = dt.datetime.fromtimestamp(one.not_before, dt.UTC)
            hint = "Check this computer's clock, then the server."
            return Trouble(f"{which} is not valid before {begin:%Y-%m-%d}", hint, _OFF)
    if problem == "early":
        return Trouble("certificate is not valid yet", "Check this computer's clock, then the server.", _OFF)
    return Trouble("certificate expired", _CHECK_HINT, _OFF)


def _possible(remedies: tuple[Remedy, ...], own: CertificateFacts | None) -> tuple[Remedy, ...]:
    """Return *remedies* without trusting what was shown, where nothing was or where it is too old to be accepted then."""
    if own is None or own.not_after < time.time():
        return tuple(remedy for remedy in remedies if remedy != "trust_shown")
    return remedies


def _authority(problem: Problem, shown: tuple[CertificateFacts, ...]) -> str:
    if not shown:
        return ""
    last = shown[-1]
    name = last.common_name if problem == "unknown root" else _common_name(last.issuer)
    return f", {name or 'nameless'},"


def _names(own: CertificateFacts) -> str:
    names = own.names or tuple(filter(None, [own.common_name]))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more or "another name"


def _common_name(subject: str) -> str:
    """Return the common name in an RFC 4514 text, else the text."""
    found = _COMMON_NAME.search(subject)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else subject
