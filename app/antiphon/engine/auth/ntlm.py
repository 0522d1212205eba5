"""NTLM and Negotiate (RFC 4559) by the optional package pyspnego: a handshake bound to one connection of HTTP/1.1."""

import base64
import binascii
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from antiphon.core.document import NtlmAuth
from antiphon.core.errors import UserError
from antiphon.core.prepared import PreparedRequest
from antiphon.engine.auth.challenges import challenges_of
from antiphon.engine.auth.failures import auth_failed
from antiphon.engine.auth.requests import place_of, with_header, without_body
from antiphon.engine.auth.steps import Answer, Flow, Note, Send, Work

_LONGEST = 5
"""Legs of a handshake; NTLM has two, Kerberos one or two."""


def ntlm_flow(prepared: PreparedRequest, auth: NtlmAuth) -> Flow:
    """Send *prepared*; where the server wants to know who is there, shake hands with it on the same connection.

    Raises:
        UserError: pyspnego is not installed, or HTTP/2 was asked for.
    """
    prepared = _over_http1(prepared)
    answer: Answer = yield Send(prepared)
    scheme = _scheme(answer, auth)
    if answer.head.status != 401:
        return
    if scheme is None:
        yield Note(_not_offered(answer, auth))
        return
    context = yield Work(lambda: _context(auth, scheme, urlsplit(prepared.url).hostname or ""))
    token = yield Work(partial(_stepped, context, None, prepared.url))
    for leg in range(_LONGEST):
        sent = with_header(prepared, "Authorization", f"{scheme} {base64.b64encode(token or b'').decode()}")
        is_refused_anyway = leg == 0 and not auth.is_negotiate
        answer = yield Send(without_body(sent) if is_refused_anyway else sent, "auth")
        given = _token_of(answer, scheme)
        if answer.head.status != 401 or given is None or context.complete:
            return
        token = yield Work(partial(_stepped, context, given, prepared.url))


def _over_http1(prepared: PreparedRequest) -> PreparedRequest:
    options = prepared.options
    if options.http_version in {"2", "2-prior-knowledge"}:
        raise UserError(
            "NTLM and Negotiate do not work over HTTP/2.",
            "They know a person by the connection. Choose HTTP/1.1 or automatic in the options.",
        )
    return replace(prepared, options=replace(options, http_version="1.1"))


def _scheme(answer: Answer, auth: NtlmAuth) -> str | None:
    """Return the scheme to use of those offered: the one that was chosen, else the other."""
    offered = {each.scheme for each in challenges_of(answer.head)}
    order = ("Negotiate", "NTLM") if auth.is_negotiate else ("NTLM", "Negotiate")
    return next((scheme for scheme in order if scheme.lower() in offered), None)


def _not_offered(answer: Answer, auth: NtlmAuth) -> str:
    wanted = "Negotiate" if auth.is_negotiate else "NTLM"
    offered = ", ".join(dict.fromkeys(each.scheme for each in challenges_of(answer.head))) or "nothing"
    return f"The server wants auth, but not by {wanted}; it offers {offered}."


def _token_of(answer: Answer, scheme: str) -> bytes | None:
    for challenge in challenges_of(answer.head):
        if challenge.scheme == scheme.lower() and challenge.token:
            try:
                return base64.b64decode(challenge.token, validate=True)
            except binascii.Error:
                return None
    return None


def _context(auth: NtlmAuth, scheme: str, host: str) -> Any:
    try:
        import spnego
    except ImportError as error:
        raise UserError(
            "NTLM and Negotiate need the package pyspnego, which is not installed.",
            "Install it beside Antiphon: pip install 'antiphon[ntlm]' or pip install pyspnego.",
        ) from error
    name = f"{auth.domain}\\{auth.username}" if auth.domain else auth.username
    try:
        return spnego.client(
            name or None,
            auth.password or None,
            hostname=host,
            service="HTTP",
            protocol="negotiate" if auth.is_negotiate and scheme == "Negotiate" else "ntlm",
        )
    except (spnego.exceptions.SpnegoError, ImportError, ValueError) as error:
        raise _refused(host, error) from error


def _stepped(context: Any, token: bytes | None, url: str) -> bytes:
    import spnego

    try:
        made: bytes | None = context.step(token)
    except (spnego.exceptions.SpnegoError, ValueError) as error:
        raise _refused(place_of(url), error) from error
    return made or b""


def _refused(place: str, error: Exception) -> Exception:
    words = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    return auth_failed(
        f"The handshake with {place} failed: {words}.",
        "Check user name, password and domain under Auth; without them a Kerberos ticket is needed.",
    )
