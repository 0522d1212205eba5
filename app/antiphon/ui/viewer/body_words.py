"""What stands in a body's place, as title and text, where it cannot be read."""

from antiphon.body.store import BodyStore


def empty_words(store: BodyStore | None) -> tuple[str, str]:
    """Say why there is nothing to show."""
    if store is None:
        return "", ""
    if store.is_finished:
        return "Empty body", "The response came without a body."
    return "Waiting for the body", "Its bytes appear here as they arrive."


def binary_words(store: BodyStore, content_type: str) -> tuple[str, str]:
    """Say how much came that is no text, and what the header calls it."""
    so_far = "" if store.is_finished else " so far"
    kind = content_type.partition(";")[0].strip()
    return f"Binary body, {store.size_bytes:,} bytes{so_far}", kind or "No Content-Type was given."
