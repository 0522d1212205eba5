"""What is said where there are no rows to show."""

from antiphon.body.compare import Outcome
from antiphon.core.quantities import size_text

STOPPED = (
    "Stopped",
    "Headers and times stand in their tabs. The bodies can be compared in another way, too.",
)
OUTDATED = "The comparison was stopped: this was found before."


def nothing_yet(*, is_waiting: bool, has_answer: bool) -> tuple[str, str]:
    """Return title and sentence while there is nothing to compare."""
    if is_waiting:
        return "Waiting for the answer", "It is compared as soon as it is whole."
    if not has_answer:
        return "No answer yet", "Send the request, and then once more, or choose a file."
    return (
        "Nothing to compare with yet",
        "Send the request again, or choose a file. A kept answer stays, whatever is sent after it.",
    )


def ending(outcome: Outcome, left_bytes: int, right_bytes: int) -> tuple[str, str]:
    """Return title and sentence of bodies that are equal, or were compared by their bytes."""
    if outcome.manner == "equal":
        return "The bodies are equal", f"{left_bytes:,} bytes, every one the same."
    if outcome.first_difference is None:
        longer = "left" if left_bytes > right_bytes else "right"
        place = f"They are equal up to byte {min(left_bytes, right_bytes):,}, where the {longer} one goes on."
    else:
        place = f"The first difference is at byte {outcome.first_difference:,}."
    return "The bodies differ", f"{place} Left: {size_text(left_bytes)}; right: {size_text(right_bytes)}."


def count_text(outcome: Outcome | None, number: int | None) -> str:
    """Return how many differences there are, and the *number* of the one that is looked at, counted from 0."""
    if outcome is None:
        return ""
    count = outcome.differences
    if not count:
        return "No differences"
    more = "more than " if outcome.is_limited else ""
    if number is not None:
        return f"{number + 1:,} of {more}{count:,}"
    return "1 difference" if count == 1 else f"{more}{count:,} differences".capitalize()
