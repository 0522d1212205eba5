"""What mends a failed request, as an edit of it: each a pure function of the document."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from antiphon.core.certificate import CertificateFacts
from antiphon.core.document import Header, RequestDocument
from antiphon.core.events import Failure, FailureKind, Remedy

PLACES: frozenset[Remedy] = frozenset({"choose_client_certificate", "change_proxy", "change_auth"})
"""Remedies that a person types: they lead to where that is done."""
FILES: frozenset[Remedy] = frozenset({"choose_ca_file", "trust_shown"})
"""Remedies that take a file of certificates."""
_TIMEOUTS: dict[FailureKind, str] = {
    "connect_timeout": "connect_s",
    "read_timeout": "read_s",
    "write_timeout": "write_s",
    "pool_timeout": "pool_s",
    "total_timeout": "total_s",
}
_SCHEMES = ("http://", "https://")


def remedied(
    document: RequestDocument, remedy: Remedy, failure: Failure, ca_file: str = ""
) -> RequestDocument:
    """Return *document* as *remedy* changes it after *failure*; the same where there is nothing to change.

    Args:
        ca_file: The PEM file for the remedies in `FILES`.
    """
    match remedy:
        case "turn_off_verification":
            return _with_options(document, verify=False)
        case "choose_ca_file" | "trust_shown":
            return _with_options(document, ca_file=ca_file, verify=True) if ca_file else document
        case "use_certifi":
            return _with_options(document, trust_store="certifi")
        case "use_http" | "use_https":
            return _with_scheme(document, remedy.removeprefix("use_"))
        case "use_http1":
            return _with_options(document, http_version="1.1")
        case "use_http2_prior_knowledge":
            return _with_options(document, http_version="2-prior-knowledge")
        case "raise_timeout":
            return _with_longer_timeout(document, failure.kind)
        case "stop_following":
            return _with_options(document, follow_redirects=False)
        case "ask_uncompressed":
            return _uncompressed(document)
        case _:
            return document


def is_possible(document: RequestDocument, remedy: Remedy, failure: Failure) -> bool:
    """Tell whether *remedy* would do anything for *document*: one that would not is not offered."""
    if remedy in {"send_again", "choose_ca_file"} or remedy in PLACES:
        return True
    if remedy == "trust_shown":
        return certificate_to_trust(failure) is not None
    return remedied(document, remedy, failure) != document


def certificate_to_trust(failure: Failure) -> CertificateFacts | None:
    """Return which of the certificates that the server showed is to be trusted: its own, None where there is none.

    To trust the one that signed it would be to trust all that this one ever signs.
    """
    own = next(iter(failure.certificates), None)
    return own if own is not None and own.der else None


def _with_options(document: RequestDocument, **changes: Any) -> RequestDocument:
    return replace(document, options=replace(document.options, **changes))


def _with_scheme(document: RequestDocument, scheme: str) -> RequestDocument:
    """Change the scheme that is typed; one that a variable holds stays, a URL without any gets one."""
    url = document.url.strip()
    known = next((start for start in _SCHEMES if url.lower().startswith(start)), None)
    if known is not None:
        return replace(document, url=f"{scheme}://{url[len(known) :]}")
    if not url or url.startswith("{{") or "://" in url:
        return document
    return replace(document, url=f"{scheme}://{url}")


def _with_longer_timeout(document: RequestDocument, kind: FailureKind) -> RequestDocument:
    timeouts, name = document.options.timeouts, _TIMEOUTS.get(kind)
    seconds = getattr(timeouts, name) if name is not None else None
    if name is None or seconds is None:
        return document
    longer: dict[str, Any] = {name: seconds * 2}
    return _with_options(document, timeouts=replace(timeouts, **longer))


def _uncompressed(document: RequestDocument) -> RequestDocument:
    wanted = Header("Accept-Encoding", "identity")
    is_other: Callable[[Header], bool] = lambda header: header.name.strip().lower() != "accept-encoding"  # noqa: E731
    own = [header for header in document.headers if header.enabled and not is_other(header)]
    kept = tuple(header for header in document.headers if is_other(header) or not header.enabled)
    headers = document.headers if own == [wanted] else (*kept, wanted)
    omitted = tuple(name for name in document.options.omitted_headers if name != "accept-encoding")
    return _with_options(replace(document, headers=headers), omitted_headers=omitted)
