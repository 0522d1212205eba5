"""What is said of a body that is not there, or too much to copy."""

from collections.abc import Callable

from antiphon.body.store import BodyStore
from antiphon.core.quantities import size_text
from antiphon.ui.widgets.notice import NoticeBar


def empty_words(store: BodyStore | None, reason: str = "") -> tuple[str, str]:
    """Return title and text of why there is nothing to show; *reason* says why none was to come."""
    if store is None:
        return "", ""
    if store.is_finished:
        return ("No body", reason) if reason else ("Empty body", "The response came without a body.")
    return "Waiting for the body", "Its bytes appear here as they arrive."


def offer_to_save(
    notice: NoticeBar, size_bytes: int, save: Callable[[], object], copy: Callable[[], object]
) -> None:
    """Say that more is selected than a clipboard should hold, and what can be done."""
    actions = (("Save the selection…", save), ("Copy the first 16 MiB", copy))
    notice.tell("info", f"{size_text(size_bytes)} are too much for the clipboard.", "", actions)
