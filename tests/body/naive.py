"""What is to be found, found in the plainest way."""

from antiphon.body.query import Match, Query
from antiphon.body.store import BodyStore


def naive_matches(text: bytes, query: Query, charset: str = "utf-8") -> list[Match]:
    """Return offset and length in bytes of every match that is not empty."""
    decoded = text.decode(charset, "surrogateescape")
    found, byte, index = [], 0, 0
    for match in query.compiled().finditer(decoded):
        start, end = match.span()
        byte += len(decoded[index:start].encode(charset, "surrogateescape"))
        size = len(match[0].encode(charset, "surrogateescape"))
        if size:
            found.append((byte, size))
        byte, index = byte + size, end
    return found


def body_of(text: bytes, *, is_over: bool = True, folder=None) -> BodyStore:
    """Return a body in memory, or in a file in *folder*."""
    store = BodyStore(folder, 0 if folder else 1 << 30)
    store.append(text)
    if is_over:
        store.finish()
    return store
