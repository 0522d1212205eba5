"""Every way an exchange can fail, said in a sentence with a hint: what happened, where, and what to try."""

import errno
import socket
import ssl
from dataclasses import replace

import h2.exceptions

from antiphon.core.certificate import CertificateFacts, certificate_for
from antiphon.core.errors import UserError
from antiphon.core.events import Failure, FailureKind, Phase, Remedy
from antiphon.core.prepared import PreparedRequest
from antiphon.engine.alerts import NO_MORE_TLS, NO_TLS, trouble
from antiphon.engine.stack import httpcore, httpx

_SHOWN_ADDRESSES = 3
_USUAL_REMEDIES: dict[FailureKind, tuple[Remedy, ...]] = {
    "connect": ("send_again",),
    "connect_timeout": ("raise_timeout",),
    "read_timeout": ("raise_timeout",),
    "write_timeout": ("raise_timeout",),
    "pool_timeout": ("raise_timeout",),
    "total_timeout": ("raise_timeout",),
    "disconnected": ("send_again",),
    "decode": ("ask_uncompressed",),
    "redirect": ("stop_following",),
    "disk": ("send_again",),
    "cancelled": ("send_again",),
}
"""What a person would do next where the place of the failure knows no better."""


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
        self.wants_http1 = False
        """The server asks for the request over HTTP/1.1."""


def broken(
    kind: FailureKind,
    sentence: str,
    hint: str,
    *,
    is_unprocessed: bool = False,
    is_progress: bool = False,
    phase: Phase | None = None,
    remedies: tuple[Remedy, ...] | None = None,
    certificates: tuple[CertificateFacts, ...] = (),
) -> ExchangeBroken:
    """Return a failure to raise; without *phase* it belongs to the one under way, without *remedies* it has the usual ones."""
    chosen = _USUAL_REMEDIES.get(kind, ()) if remedies is None else remedies
    failure = Failure(kind, sentence, hint, phase, chosen, certificates)
    return ExchangeBroken(failure, is_unprocessed=is_unprocessed, is_progress=is_progress)


def explain(error: Exception, place: str, prepared: PreparedRequest, phase: Phase | None) -> Failure:
    """Return the failure behind *error*.

    Args:
        place: `host:port` of the server.
        phase: What was going on.
    """
    match error:
        case ExchangeBroken(failure=failure):
            return failure if failure.kind == "auth" else replace(failure, phase=failure.phase or phase)
        case UserError(title=title, detail=detail):
            return Failure("request", title, detail, phase)
        case h2.exceptions.H2Error() | httpx.InvalidURL() | httpcore.ProtocolError():
            sentence = f"The request cannot be sent: {_plain(error)}."
            return Failure("request", sentence, "Check the URL and the headers, or try HTTP/1.1.", phase)
        case httpcore.TimeoutException():
            return _usual(*_late(error, place, prepared, phase), phase)
        case _ if (alert := _tls_error(error)) is not None:
            return _broken_off(alert, place, prepared, phase)
        case _:
            return _cut_off(error, place, prepared, phase)


def _usual(kind: FailureKind, sentence: str, hint: str, phase: Phase | None) -> Failure:
    return Failure(kind, sentence, hint, phase, _USUAL_REMEDIES.get(kind, ()))


def late_in_total(place: str, total_s: float, phase: Phase | None) -> Failure:
    return _usual(
        "total_timeout",
        f"The exchange with {place} took longer than {seconds(total_s)} in all.",
        "Raise the total timeout of this request.",
        phase,
    )


def cancelled(phase: Phase | None) -> Failure:
    return _usual("cancelled", "Cancelled.", "What had arrived is kept. Send again to start over.", phase)


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
            remedies=("send_again",),
        )
    return broken(
        "dns",
        f"Could not find {host}: no such name.",
        "Check the spelling of the host, and that you are on the network that knows it.",
    )


def not_connected(place: str, error: OSError | httpcore.ConnectError) -> ExchangeBroken:
    cause = error if isinstance(error, OSError) else _os_error(error)
    reason = _refusals(place, cause) if cause else _plain(error)
    return broken("connect", f"Could not connect to {place}: {reason}.", _connect_hint(cause))


def no_http2(place: str) -> ExchangeBroken:
    return broken(
        "protocol",
        f"{place} does not offer HTTP/2.",
        "Choose HTTP/1.1 or automatic for this request.",
        remedies=("use_http1",),
    )


def http2_without_tls(place: str) -> Failure:
    return Failure(
        "request",
        f"HTTP/2 to {place} without TLS cannot be negotiated.",
        "Choose HTTP/2 by prior knowledge if the server speaks it, or HTTP/1.1, or use https.",
        remedies=("use_http2_prior_knowledge", "use_http1", "use_https"),
    )


class NoneAnswered(OSError):  # noqa: N818 - it says what happened
    """No address took the connection; the number is that of the first one's error."""

    def __init__(self, refusals: list[tuple[str, OSError]]) -> None:
        first = refusals[0][1]
        super().__init__(first.errno, reason_of(first))
        self.refusals = refusals
        """Each address as text, in the order of their failing, with its error."""


def reason_of(error: OSError) -> str:
    """Return what *error* means for a connection, for people."""
    number = error.errno
    if number in {errno.ECONNREFUSED, getattr(errno, "WSAECONNREFUSED", -1)}:
        return "connection refused"
    if number in {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}:
        return "no route to it"
    if number == errno.ETIMEDOUT:
        return "it did not answer"
    if number in {errno.EMFILE, errno.ENFILE}:
        return "too many open files"
    return _plain(error)


def not_connected_to_socket(path: str, error: OSError) -> ExchangeBroken:
    """Return the failure to connect to the Unix domain socket at *path*."""
    match error:
        case FileNotFoundError():
            reason, hint = "there is no such file", "Check the path, and that the server is running."
        case ConnectionRefusedError():
            reason, hint = "nobody listens on it", "Check that the server is running."
        case PermissionError():
            reason, hint = "you have no right to use it", "Ask its owner for the right to write to it."
        case _:
            reason, hint = reason_of(error), "Check that the path is that of a Unix domain socket."
    return broken("connect", f"Could not connect to the socket {path}: {reason}.", hint)


def no_unix_sockets(path: str) -> ExchangeBroken:
    return broken(
        "connect",
        f"Could not connect to the socket {path}: this system has no Unix domain sockets.",
        "Leave the path of the socket empty for this request.",
    )


def proxy_broken(sentence: str, hint: str, phase: Phase | None = Phase.PROXY) -> ExchangeBroken:
    """Return the failure of a proxy; what a person would do next is to change its settings."""
    return ExchangeBroken(Failure("proxy", sentence, hint, phase, remedies=("change_proxy",)))


def proxy_not_reached(proxy: str, error: OSError | UnicodeError, phase: Phase) -> ExchangeBroken:
    """Return the failure to find *proxy*, `host:port`, or to connect to it."""
    hint = "Check the proxy's host and port in the settings of the proxy, or choose none."
    if isinstance(error, UnicodeError) or phase is Phase.DNS:
        is_silent = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
        reason = "the name server did not answer" if is_silent else "no such name"
    else:
        reason = _refusals(proxy, error)
    return proxy_broken(f"Could not connect to the proxy {proxy}: {reason}.", hint, phase)


def late_proxy(
    proxy: str, speech: str, place: str, limit_s: float | None, phase: Phase | None
) -> ExchangeBroken:
    """Return the failure of a connection that *proxy*, `host:port`, did not open to *place* in time.

    Args:
        speech: What the proxy is thought to speak: `HTTP`, `TLS`, `SOCKS 5`.
    """
    what, hint = {
        Phase.DNS: ("the name server did not answer", "Check the network connection, or"),
        Phase.PROXY: (
            f"it took the connection, but did not open the way to {place}",
            f"Check that it speaks {speech} on this port, or",
        ),
    }.get(phase or Phase.TCP, ("it did not answer", "Check the proxy's host and port, or"))
    failure = Failure(
        "connect_timeout",
        f"Could not get through the proxy {proxy} within {seconds(limit_s)}: {what}.",
        f"{hint} raise the connect timeout.",
        phase,
        remedies=("change_proxy", "raise_timeout"),
    )
    return ExchangeBroken(failure)


def _refusals(place: str, error: OSError) -> str:
    """Return the reasons in *error*, each with its addresses where these tell more than *place*; at most three."""
    refusals = error.refusals if isinstance(error, NoneAnswered) else []
    if [address for address, _ in refusals] in ([], [place]):
        return reason_of(refusals[0][1] if refusals else error)
    groups = dict[str, list[str]]()
    for address, refusal in refusals[:_SHOWN_ADDRESSES]:
        groups.setdefault(reason_of(refusal), []).append(address)
    told = ", ".join(f"{reason} ({', '.join(addresses)})" for reason, addresses in groups.items())
    more = len(refusals) - _SHOWN_ADDRESSES
    return f"{told} and {more} more address{'es' if more > 1 else ''}" if more > 0 else told


def _connect_hint(error: OSError | None) -> str:
    return {
        "connection refused": "Check the port, and that the server is running.",
        "no route to it": "Check the network connection or the VPN.",
        "it did not answer": "Check the address and the firewall.",
        "too many open files": "Close some requests, or lower the number sent at once.",
    }.get(reason_of(error) if error else "", "Check the address and the network connection.")


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


def _cut_off(error: Exception, place: str, prepared: PreparedRequest, phase: Phase | None) -> Failure:
    reason = f": {_plain(cause)}" if (cause := _os_error(error)) else ""
    if phase in {Phase.HEAD, Phase.DOWNLOAD}:
        sentence = f"{place} closed the connection in the middle of its answer{reason}."
        hint = "What had arrived is kept. Send again; if it happens each time, look at the server's log."
        return _usual("disconnected", sentence, hint, phase)
    sentence = f"{place} closed the connection without an answer{reason}."
    other: tuple[str, tuple[Remedy, ...]] = ("", ())
    if prepared.options.http_version == "2-prior-knowledge":
        other = ("try HTTP/1.1 or ", ("use_http1",))
    elif prepared.url[:5].lower() == "http:":
        other = ("try https:// or ", ("use_https",))
    hint = f"Send again; if it happens each time, {other[0]}look at the server's log."
    return Failure("disconnected", sentence, hint, phase, ("send_again", *other[1]))


def _tls_error(error: Exception) -> ssl.SSLError | None:
    """Return what broke the TLS connection, if that was more than its end: a server refuses us after the handshake."""
    cause = _os_error(error)
    is_end = isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
    return cause if isinstance(cause, ssl.SSLError) and not is_end else None


def _broken_off(error: ssl.SSLError, place: str, prepared: PreparedRequest, phase: Phase | None) -> Failure:
    options, (host, _, port) = prepared.options, place.rpartition(":")
    identity = certificate_for(host, int(port) if port.isdigit() else 0, options.client_certificates)
    told = trouble(error, options.min_tls, has_client_certificate=identity is not None)
    if told is NO_TLS:  # it did, or there would be no connection to break off
        told = NO_MORE_TLS
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
