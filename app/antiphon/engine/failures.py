"""Every way an exchange can fail, said in a sentence with a hint: what happened, where, and what to try."""

import errno
import socket
import ssl
from dataclasses import replace

import h2.exceptions

from antiphon.core.certificate import CertificateFacts, certificate_for
from antiphon.core.errors import UserError
from antiphon.core.exchange import Failure, FailureKind, Phase, Remedy
from antiphon.core.prepared import PreparedRequest
from antiphon.engine.alerts import trouble
from antiphon.engine.stack import httpcore, httpx


class ExchangeBroken(Exception):  # noqa: N818 - it carries a failure, and is none of ours
    """Carries a `Failure` up to `Engine.send`, from where the cause is known best."""

    raw = b""
    """The beginning of an answer that could not be read, to be shown as it came."""

    def __init__(self, failure: Failure, *, is_unprocessed: bool = False, is_progress: bool = False) -> None:
        super().__init__(failure.sentence)
        self.failure = failure
        self.is_unprocessed = is_unprocessed
        """The server said that it did not act on the request: any method may be sent again."""
        self.is_progress = is_progress
        """It acted on another request of the connection instead: trying again comes to an end."""


def broken(
    kind: FailureKind,
    sentence: str,
    hint: str,
    *,
    is_unprocessed: bool = False,
    is_progress: bool = False,
    remedies: tuple[Remedy, ...] = (),
    certificates: tuple[CertificateFacts, ...] = (),
) -> ExchangeBroken:
    failure = Failure(kind, sentence, hint, remedies=remedies, certificates=certificates)
    return ExchangeBroken(failure, is_unprocessed=is_unprocessed, is_progress=is_progress)


def explain(error: Exception, place: str, prepared: PreparedRequest, phase: Phase | None) -> Failure:
    """Return the failure behind *error*.

    Args:
        place: `host:port` of the server.
        phase: What was going on.
    """
    kind: FailureKind
    match error:
        case ExchangeBroken(failure=failure):
            return replace(failure, phase=failure.phase or phase)
        case UserError(title=title, detail=detail):
            return Failure("request", title, detail, phase)
        case h2.exceptions.H2Error() | httpx.InvalidURL() | httpcore.ProtocolError():
            kind, sentence = "request", f"The request cannot be sent: {_plain(error)}."
            hint = "Check the URL and the headers, or try HTTP/1.1."
        case httpcore.TimeoutException():
            kind, sentence, hint = _late(error, place, prepared, phase)
        case _ if (alert := _tls_error(error)) is not None:
            return _broken_off(alert, place, prepared, phase)
        case _:
            kind, sentence, hint = _cut_off(error, place, phase, may_be_tls=_is_plain(prepared))
    return Failure(kind, sentence, hint, phase)


def late_in_total(place: str, total_s: float, phase: Phase | None) -> Failure:
    return Failure(
        "total_timeout",
        f"The exchange with {place} took longer than {seconds(total_s)} in all.",
        "Raise the total timeout of this request.",
        phase,
    )


def cancelled(phase: Phase | None) -> Failure:
    return Failure("cancelled", "Cancelled.", "What had arrived is kept. Send again to start over.", phase)


def disk_full(error: OSError) -> ExchangeBroken:
    return broken(
        "disk",
        f"Could not keep the response: {error.strerror or error}.",
        "Free some space on the disk of your cache folder and send again. What had arrived is kept.",
    )


# -- connecting ----------------------------------------------------------------------------------------------


def name_not_found(host: str, error: Exception) -> ExchangeBroken:
    if isinstance(error, UnicodeError):
        return broken("dns", f"{host!r} is not a host name.", "Check the spelling of the URL.")
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return broken(
            "dns",
            f"Could not look up {host}: the name server did not answer.",
            "Check the network connection, or try again in a moment.",
        )
    return broken(
        "dns",
        f"Could not find {host}: no such name.",
        "Check the spelling of the host, and that you are on the network that knows it.",
    )


def not_connected(place: str, error: OSError | httpcore.ConnectError) -> ExchangeBroken:
    cause = error if isinstance(error, OSError) else _os_error(error)
    number = cause.errno if cause else None
    if number in {errno.ECONNREFUSED, getattr(errno, "WSAECONNREFUSED", -1)}:
        reason, hint = "connection refused", "Check the port, and that the server is running."
    elif number in {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}:
        reason, hint = "no route to it", "Check the network connection or the VPN."
    elif number == errno.ETIMEDOUT:
        reason, hint = "it did not answer", "Check the address and the firewall."
    elif number in {errno.EMFILE, errno.ENFILE}:
        reason, hint = "too many open files", "Close some requests, or lower the number sent at once."
    else:
        reason, hint = _plain(cause or error), "Check the address and the network connection."
    return broken("connect", f"Could not connect to {place}: {reason}.", hint)


def no_http2(place: str) -> ExchangeBroken:
    return broken(
        "protocol",
        f"{place} does not offer HTTP/2.",
        "Choose HTTP/1.1 or automatic for this request.",
    )


def http2_without_tls(place: str) -> Failure:
    return Failure(
        "request",
        f"HTTP/2 to {place} without TLS cannot be negotiated.",
        "Choose HTTP/2 by prior knowledge if the server speaks it, or HTTP/1.1, or use https.",
    )


# -- what httpcore and the streams raise ------------------------------------------------------------------------


def _late(
    error: Exception, place: str, prepared: PreparedRequest, phase: Phase | None
) -> tuple[FailureKind, str, str]:
    limits = prepared.options.timeouts
    match error:
        case httpcore.PoolTimeout():
            limit = seconds(limits.pool_s)
            return (
                "pool_timeout",
                f"No connection to {place} was free for {limit}.",
                "Send fewer requests at once, or raise the pool timeout.",
            )
        case httpcore.ConnectTimeout():
            step = {Phase.DNS: "the name server", Phase.TLS: "the TLS handshake"}.get(phase or Phase.TCP)
            limit = seconds(limits.connect_s)
            what = f"{step} did not answer" if step else "it did not answer"
            return (
                "connect_timeout",
                f"Could not connect to {place} within {limit}: {what}.",
                "Check the address and the firewall, or raise the connect timeout.",
            )
        case httpcore.WriteTimeout():
            limit = seconds(limits.write_s)
            return (
                "write_timeout",
                f"{place} took none of the request for {limit}.",
                "Raise the write timeout, or send a smaller body.",
            )
        case _:
            limit = seconds(limits.read_s)
            what = (
                "went silent in the middle of its answer"
                if phase in {Phase.HEAD, Phase.DOWNLOAD}
                else "did not answer"
            )
            return (
                "read_timeout",
                f"{place} {what} for {limit}.",
                "Raise the read timeout if the server needs longer.",
            )


def _is_plain(prepared: PreparedRequest) -> bool:
    return prepared.url[:5].lower() == "http:"


def _cut_off(
    error: Exception, place: str, phase: Phase | None, *, may_be_tls: bool
) -> tuple[FailureKind, str, str]:
    reason = f": {_plain(cause)}" if (cause := _os_error(error)) else ""
    if phase in {Phase.HEAD, Phase.DOWNLOAD}:
        return (
            "disconnected",
            f"{place} closed the connection in the middle of its answer{reason}.",
            "What had arrived is kept. Send again; if it happens each time, look at the server's log.",
        )
    return (
        "disconnected",
        f"{place} closed the connection without an answer{reason}.",
        "Send again; if it happens each time, "
        + ("try https:// or look at the server's log." if may_be_tls else "look at the server's log."),
    )


def _tls_error(error: Exception) -> ssl.SSLError | None:
    """Return what broke the TLS connection, if that was more than its end: a server refuses us after the handshake."""
    cause = _os_error(error)
    is_end = isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
    return cause if isinstance(cause, ssl.SSLError) and not is_end else None


def _broken_off(error: ssl.SSLError, place: str, prepared: PreparedRequest, phase: Phase | None) -> Failure:
    options, (host, _, port) = prepared.options, place.rpartition(":")
    identity = certificate_for(host, int(port) if port.isdigit() else 0, options.client_certificates)
    told = trouble(error, options.min_tls, has_client_certificate=identity is not None)
    sentence = f"{place} broke off the connection: {told.reason}."
    return Failure("tls", sentence, told.hint, phase, told.remedies)


def _os_error(error: BaseException) -> OSError | None:
    """Return the system's error in *error*'s chain of causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError):
            return cause
        if isinstance(cause, BaseExceptionGroup):
            cause = cause.exceptions[0]
        else:
            cause = cause.__cause__ or cause.__context__
    return None


def _plain(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).replace("_", " ").lower()
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:].rstrip(".") if text else type(error).__name__


def seconds(amount_s: float | None) -> str:
    """Return *amount_s* for people: `10 s`, `250 ms`."""
    if amount_s is None:
        return "ever"
    return f"{amount_s * 1000:g} ms" if amount_s < 1 else f"{amount_s:g} s"
