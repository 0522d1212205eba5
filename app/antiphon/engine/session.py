"""What an exchange uses besides the network: cookies, tokens, and a program that can ask a person."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Protocol

from antiphon.core.cookies import CookieJar
from antiphon.core.document import OAuth2Auth
from antiphon.engine.auth.memory import Memory


@dataclass(frozen=True, slots=True)
class Token:
    """An OAuth 2.0 token as the server gave it."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    kind: str = "Bearer"
    scope: str = ""
    expires_at: float | None = None
    """Seconds since 1970; None: unknown."""


def token_key(auth: OAuth2Auth) -> str:
    """Return what names the token of *auth*: everything that another token would be given for, no secret in it."""
    extra = hashlib.sha256(json.dumps(sorted(auth.extra)).encode()).hexdigest()[:16] if auth.extra else ""
    return json.dumps([auth.flow, auth.token_url, auth.client_id, auth.username, auth.scope, extra])


class Tokens(Protocol):
    """Where OAuth 2.0 tokens are kept between requests, by a key that names server, client, user and scope.

    Its calls may come from any thread.
    """

    def get(self, key: str) -> Token | None: ...

    def put(self, key: str, token: Token | None) -> None:
        """Keep *token*, or forget what is kept where it is None."""


class Host(Protocol):
    """What only the program around the engine can do; each call may take as long as a person needs.

    It is awaited on the loop on which `Engine.send` was called, and cancelled with it.
    """

    async def allows_decoding(self, wire_bytes: int, decoded_bytes: int) -> bool:
        """Ask whether a body that unpacks to so much is to be unpacked further."""

    async def authorize(self, url: str, redirect_url: str) -> str:
        """Open *url* in the system's browser; return the address, below *redirect_url*, to which it came back.

        Where *redirect_url* has the port 0, a free one is taken, in *url* too.
        """

    def show_device_code(self, code: str, url: str) -> None:
        """Show the *code* that a person is to type in at *url*."""


class MemoryTokens:
    """Tokens for as long as the program runs."""

    def __init__(self) -> None:
        self._kept: dict[str, Token] = {}

    def get(self, key: str) -> Token | None:
        return self._kept.get(key)

    def put(self, key: str, token: Token | None) -> None:
        if token is None:
            self._kept.pop(key, None)
        else:
            self._kept[key] = token


@dataclass(frozen=True, slots=True)
class Session:
    """What requests of one environment share."""

    cookies: CookieJar = field(default_factory=CookieJar)
    tokens: Tokens = field(default_factory=MemoryTokens)
    host: Host | None = None
    """None: nobody can be asked; what would need it fails with a sentence."""
    memory: Memory = field(default_factory=Memory)
    """Digest challenges that were answered, and whose turn it is to fetch a token."""
