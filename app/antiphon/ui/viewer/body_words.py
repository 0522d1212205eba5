"""What stands in a body's place, as title and text, where there is none."""

from antiphon.body.store import BodyStore


def empty_words(store: BodyStore | None) -> tuple[str, str]:
    """Say why there is nothing to show."""
    if store is None:
        return "", ""
    if store.is_finished:
        return "Empty body", "The response came without a body."
    return "Waiting for the body", "Its bytes appear here as they arrive."
