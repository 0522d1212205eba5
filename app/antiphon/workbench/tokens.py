"""How an OAuth 2.0 token stands, in words."""

import time
from dataclasses import dataclass

from antiphon.engine.session import Token


@dataclass(frozen=True, slots=True)
class TokenState:
    """What is known of the token that is kept; nothing of the token itself."""

    is_kept: bool = False
    scope: str = ""
    expires_at: float | None = None
    """Seconds since 1970; None: the server did not say."""
    can_be_renewed: bool = False

    def words(self, now: float | None = None) -> str:
        """Return a sentence or two, as of *now* (seconds since 1970)."""
        if not self.is_kept:
            return "No token is kept; one is fetched when the request is sent."
        scope = f" Scope: {self.scope}." if self.scope else ""
        return f"{self._life(time.time() if now is None else now)}{scope}"

    def _life(self, now: float) -> str:
        if self.expires_at is None:
            return "A token is kept; the server did not say for how long it is good."
        left_s = self.expires_at - now
        if left_s <= 0:
            how = "renewed" if self.can_be_renewed else "fetched anew"
            return f"The token has run out; it is {how} when the request is sent."
        return f"A token is kept; it expires in {_span(left_s)}."


def state_of(token: Token | None) -> TokenState:
    if token is None:
        return TokenState()
    return TokenState(True, token.scope, token.expires_at, bool(token.refresh))


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours = round(seconds / 3600)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"
