"""What a flow of authentication asks of whoever drives it, and what it is given.

A flow is a generator of steps. The last `Send` before it returns brought the answer of the exchange; every other
answer served the auth alone.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from antiphon.core.events import Head
from antiphon.core.prepared import PreparedRequest

SendPurpose = Literal["request", "auth", "token"]


@dataclass(frozen=True, slots=True)
class Send:
    """Send *request*; gives an `Answer`, its body only where *purpose* is `token`."""

    request: PreparedRequest
    purpose: SendPurpose = "request"


@dataclass(frozen=True, slots=True)
class Authorize:
    """Let a person agree at *url* in the browser; gives the address below *redirect_url* to which it came back."""

    url: str
    redirect_url: str


@dataclass(frozen=True, slots=True)
class ShowCode:
    """Show the *code* that a person types in at *url*; gives None, at once."""

    code: str
    url: str


@dataclass(frozen=True, slots=True)
class Sleep:
    seconds: float


@dataclass(frozen=True, slots=True)
class Work:
    """Call *call* in a thread, for it reads files, asks a keyring or hashes gigabytes; gives what it returns."""

    call: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait until no other exchange of the session holds *key*, then hold it until `LetGo` or the flow's end."""

    key: str


@dataclass(frozen=True, slots=True)
class LetGo:
    key: str


@dataclass(frozen=True, slots=True)
class Note:
    """Tell the person *text*, about the answer that came last."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    head: Head
    body: bytes = b""
    """Decoded, and at most `MAX_TOKEN_BYTES`; empty where it was not asked for."""


MAX_TOKEN_BYTES = 1 << 20

Step = Send | Authorize | ShowCode | Sleep | Work | Hold | LetGo | Note
T = TypeVar("T")
Steps = Generator[Step, Any, T]
"""A part of a flow that comes to a value."""
Flow = Steps[None]
