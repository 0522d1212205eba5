"""What happens in an exchange, told one fact after the other, in the past tense; the bytes of the answer stay elsewhere.

Times are seconds of one monotonic clock (`time.perf_counter`); only their differences mean anything.
"""

import contextlib
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Literal

from antiphon.core.certificate import CertificateFacts
from antiphon.core.prepared import PreparedRequest

SENT_BODY_BYTES = 1 << 20
"""How much of a request's body is kept to be looked at; its size is always known."""


class Phase(StrEnum):
    """The steps of one hop, in order. A reused connection has no DNS, TCP, PROXY or TLS."""

    QUEUE = "queue"
    """Waiting for a connection of the pool."""
    DNS = "dns"
    TCP = "tcp"
    """From the first attempt to connect to the one that succeeded; each stands in `Hop.attempts`."""
    PROXY = "proxy"
    """CONNECT or SOCKS: until the proxy says that the way to the server is open. TLS to the proxy is part of it."""
    TLS = "tls"
    SEND = "send"
    """Request head, and a body that fits in the same packet, handed to the system."""
    UPLOAD = "upload"
    """The rest of the request's body handed to the system."""
    WAIT = "wait"
    """From the last byte sent to the first byte of the final answer; interim ones fall in between."""
    HEAD = "head"
    """From the first byte of the answer to the end of its head."""
    DOWNLOAD = "download"
    """From the end of the head to the last byte of the answer."""


FailureKind = Literal[
    "dns",
    "connect",
    "tls",
    "proxy",
    "connect_timeout",
    "read_timeout",
    "write_timeout",
    "pool_timeout",
    "total_timeout",
    "disconnected",
    "protocol",
    "decode",
    "redirect",
    "auth",
    "disk",
    "request",
    "cancelled",
]


Remedy = Literal[
    "send_again",
    "turn_off_verification",
    "choose_ca_file",
    "trust_shown",
    "use_http",
    "use_https",
    "use_http1",
    "use_http2_prior_knowledge",
    "use_certifi",
    "choose_client_certificate",
    "change_proxy",
    "change_auth",
    "raise_timeout",
    "stop_following",
    "ask_uncompressed",
]
"""What a person would do next, as the window can do it for them."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an exchange ended early: data, shown where the response would be, never a dialog."""

    kind: FailureKind
    sentence: str
    hint: str
    phase: Phase | None = None
    remedies: tuple[Remedy, ...] = ()
    """What the window offers as buttons, the likeliest first."""
    certificates: tuple[CertificateFacts, ...] = ()
    """What the server showed, its own first, where verification failed."""


@dataclass(frozen=True, slots=True)
class TlsFacts:
    version: str
    """`TLSv1.3`"""
    cipher: str
    alpn: str | None
    server_name: str = ""
    """The name asked for (SNI)."""
    is_verified: bool = True
    is_resumed: bool = False
    certificates: tuple[CertificateFacts, ...] = ()
    """What the server showed, its own first."""
    client_certificate: str = ""
    """The file of the client certificate that was at hand for this server; empty: none."""


@dataclass(frozen=True, slots=True)
class Connection:
    remote_address: str
    """`ip:port`, an IPv6 address in brackets; the path of a Unix domain socket."""
    local_address: str
    reused: bool
    tls: TlsFacts | None = None
    opened_at: float | None = None
    request_number: int = 1
    """The how-manieth request of this connection this one is, from 1."""
    proxy: str = ""
    """`http://host:port` of the proxy it leads through, without user and password; empty: none."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One address that was tried (RFC 8305); *ended* is None while it runs."""

    address: str
    """`ip:port`, an IPv6 address in brackets."""
    began: float
    ended: float | None = None
    error: str = ""
    """Why it failed, or that another was quicker; empty for the one that was taken."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One HTTP/2 frame as it was written (RFC 9113 section 4.1)."""

    kind: str
    """`HEADERS`, `DATA`, `WINDOW_UPDATE` ..."""
    stream_id: int
    flags: str
    """Their names, blank-separated: `END_STREAM END_HEADERS`."""
    length: int
    """Bytes of payload."""
    detail: str = ""
    """What it says, for people: settings, an increment, an error code."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What left over the connection for one hop, taken where it was written, before TLS."""

    head: bytes = b""
    """HTTP/1.1: request line and header section with the blank line."""
    fields: tuple[tuple[str, str], ...] = ()
    """HTTP/2: the header list as it went into the compression, pseudo-headers included."""
    frames: tuple[Frame, ...] = ()
    """HTTP/2: the frames of the stream, and the connection's own where this request opened it."""
    body: bytes = b""
    """The first `SENT_BODY_BYTES` of the body as it was framed on HTTP/1.1 (chunks included), bare on HTTP/2."""
    body_bytes: int = 0
    """How many there were in all."""
    is_complete: bool = False
    """Whether all of the request left; an early answer, a failure or a cancel cuts it short."""


@dataclass(frozen=True, slots=True)
class Head:
    """A response's status line and header section, as received; header text is decoded as latin-1."""

    status: int
    reason: str
    http_version: str
    """`HTTP/1.0`, `HTTP/1.1` or `HTTP/2`"""
    headers: tuple[tuple[str, str], ...]

    @property
    def status_text(self) -> str:
        """The code and its reason in words: the server's own, else the standard one (HTTP/2 sends none)."""
        reason = self.reason
        if not reason:
            with contextlib.suppress(ValueError):
                reason = HTTPStatus(self.status).phrase
        return f"{self.status} {reason}".strip()

    def get_all(self, name: str) -> list[str]:
        """Return every value of the header *name*, case ignored, in order."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    def get(self, name: str) -> str | None:
        """Return the first value of the header *name*, case ignored."""
        return next(iter(self.get_all(name)), None)


Purpose = Literal["request", "redirect", "auth", "token"]
"""Why a hop is there: what was asked for, where a redirect led, an answer to a challenge, a token fetched for it."""


# -- events: what the engine tells, in the past tense ------------------------------------------------


@dataclass(frozen=True, slots=True)
class HopBegan:
    """A request is about to be sent: the first one, or the next after a redirect, a challenge or a token."""

    request: PreparedRequest
    at: float
    purpose: Purpose = "request"


@dataclass(frozen=True, slots=True)
class PhaseBegan:
    phase: Phase
    at: float


@dataclass(frozen=True, slots=True)
class PhaseEnded:
    phase: Phase
    at: float


@dataclass(frozen=True, slots=True)
class Resolved:
    """The addresses to try, in their order, are known; *source* says from where: `DNS`, `hosts file or DNS`, `override`."""

    addresses: tuple[str, ...]
    at: float
    source: str = "DNS"


@dataclass(frozen=True, slots=True)
class AttemptBegan:
    address: str
    at: float


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    address: str
    at: float
    error: str = ""
    """Why it failed, or that another was quicker; empty for the one that was taken."""


@dataclass(frozen=True, slots=True)
class Connected:
    connection: Connection
    at: float


@dataclass(frozen=True, slots=True)
class RequestSent:
    """What has left so far; told when the request is out, and once more where a failure or cancel cuts it short."""

    sent: Sent
    at: float


@dataclass(frozen=True, slots=True)
class Uploaded:
    """So many bytes of the request's body were handed to the system so far."""

    sent_bytes: int
    total_bytes: int | None
    at: float


@dataclass(frozen=True, slots=True)
class InterimReceived:
    """A 1xx answer came: 100 Continue, 103 Early Hints (RFC 9110 section 15.2)."""

    head: Head
    at: float


@dataclass(frozen=True, slots=True)
class HeadReceived:
    head: Head
    at: float


@dataclass(frozen=True, slots=True)
class Noted:
    """Something a person should know that is no failure: a rule that the server breaks and we let pass."""

    note: str
    at: float


@dataclass(frozen=True, slots=True)
class BodyAdvanced:
    """So many bytes of body came over the wire in this hop so far; the decoded bytes are in the body store."""

    wire_bytes: int
    decoded_bytes: int
    at: float
    decoding_s: float = 0.0
    """Time spent undoing content codings so far; it lies within the download."""


@dataclass(frozen=True, slots=True)
class DecodingPaused:
    """The body grew past what is decoded unasked (`RequestOptions.decoded_limit_bytes`); nothing is read meanwhile."""

    wire_bytes: int
    decoded_bytes: int
    at: float


@dataclass(frozen=True, slots=True)
class DecodingResumed:
    at: float


@dataclass(frozen=True, slots=True)
class Redirected:
    """The answer of this hop sends us on; a `HopBegan` follows."""

    location: str
    at: float
    dropped: tuple[str, ...] = ()
    """What does not go along, with the reason: `Authorization (another origin)`, `body (303 becomes GET)`."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer of this hop serves the auth only (a challenge, a token); a `HopBegan` follows."""

    at: float


@dataclass(frozen=True, slots=True)
class Finished:
    at: float
    trailers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    failure: Failure
    at: float


Event = (
    HopBegan
    | PhaseBegan
    | PhaseEnded
    | Resolved
    | AttemptBegan
    | AttemptEnded
    | Connected
    | RequestSent
    | Uploaded
    | InterimReceived
    | HeadReceived
    | Noted
    | BodyAdvanced
    | DecodingPaused
    | DecodingResumed
    | Redirected
    | Answered
    | Finished
    | Failed
)
