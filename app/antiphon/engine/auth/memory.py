"""What auth remembers between the exchanges of a session; nothing of it is kept on disk."""

import asyncio
import threading
from dataclasses import dataclass, field

from antiphon.engine.auth.challenges import Challenge

Origin = tuple[str, str, int]


@dataclass
class _Nonce:
    challenge: Challenge
    count: int = 0


@dataclass
class Memory:
    """Digest challenges by the origin that gave them, and who fetches which token just now.

    Challenges may be asked for from any thread; the locks belong to the loop that sends.
    """

    _nonces: dict[Origin, _Nonce] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def remember(self, origin: Origin, challenge: Challenge) -> None:
        """Keep *challenge* for the next requests to *origin*; a nonce that is known goes on counting."""
        with self._guard:
            kept = self._nonces.get(origin)
            if kept is None or kept.challenge.parameters.get("nonce") != challenge.parameters.get("nonce"):
                self._nonces[origin] = _Nonce(challenge)

    def forget(self, origin: Origin) -> None:
        with self._guard:
            self._nonces.pop(origin, None)

    def next_use(self, origin: Origin) -> tuple[Challenge, int] | None:
        """Return the challenge to answer at *origin* and the how-manieth use of its nonce this is; None: none."""
        with self._guard:
            kept = self._nonces.get(origin)
            if kept is None:
                return None
            kept.count += 1
            return kept.challenge, kept.count

    def lock(self, key: str) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())
