"""One fault in a table of them: the server that makes it, and what a person must be told."""

import contextlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from antiphon.core.document import Auth
from tests.certificates import Authority
from tests.hostile import Hostile, Script, framed, hostile_server

PRIOR = {"http_version": "2-prior-knowledge"}


@dataclass
class Ground:
    """What a server of the table may need."""

    folder: Path
    authority: Authority
    monkeypatch: pytest.MonkeyPatch


Place = Callable[[Ground], AbstractAsyncContextManager[Hostile]]


@dataclass(frozen=True)
class Fault:
    """*says* and *hint* are texts that the sentence and the hint must hold; *phase* may be "" for none."""

    name: str
    place: Place
    kind: str
    phase: str
    says: tuple[str, ...] | str
    hint: tuple[str, ...] | str
    remedies: tuple[str, ...] = ()
    kept: bytes | None = b""
    """What the body holds afterwards; None: whatever."""
    asks: dict = field(default_factory=dict)
    """How the request is: `method`, `content`, `headers`, options."""
    keeps: bool = False
    """Whether the connection is good for the next request."""
    auth: Callable[[str], Auth] | None = None
    """The auth of the request, from the server's URL."""


def served(script: Script, **options: object) -> Place:
    return lambda _ground: hostile_server(script, **options)


def secured(script: Script, *alpn: str, can_be_good: bool = True, **options: object) -> Place:
    """Serve *script* over TLS with a certificate that the request trusts."""

    def place(ground: Ground) -> AbstractAsyncContextManager[Hostile]:
        context = ground.authority.sign().server_context(ground.folder)
        if alpn:
            context.set_alpn_protocols(list(alpn))
        ca_file = ground.authority.file(ground.folder)
        return hostile_server(script, context, can_be_good=can_be_good, ca_file=ca_file, **options)

    return place


def nowhere(url: str, prepare: Callable[[Ground], object] = lambda _ground: None) -> Place:
    """A URL that leads to no server."""

    @asynccontextmanager
    async def place(ground: Ground):
        prepare(ground)
        yield Hostile(None, can_be_good=False, url=url)

    return place


def over_http2(
    name: str,
    wire: Callable[[int], bytes],
    says: tuple[str, ...] | str,
    *,
    kind: str = "protocol",
    phase: str = "wait",
    hint: tuple[str, ...] | str = "HTTP/1.1",
    remedies: tuple[str, ...] = ("use_http1",),
    kept: bytes = b"",
    keeps: bool = False,
    asks: dict | None = None,
    **script: object,
) -> Fault:
    """Return a fault that the frames *wire*(stream) make in answer to a request by prior knowledge."""
    return Fault(
        f"h2: {name}", served(framed(wire, **script)), kind, phase, says, hint, remedies, kept, {**PRIOR, **(asks or {})}, keeps
    )  # fmt: skip


def texts(words: tuple[str, ...] | str) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else words


@contextlib.contextmanager
def patched(ground: Ground, owner: object, name: str, value: object):
    with ground.monkeypatch.context() as patch:
        patch.setattr(owner, name, value)
        yield
