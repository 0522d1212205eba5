"""What the notice bar says of a body that could not be laid out to its end."""

from collections.abc import Callable

from antiphon.body.pretty_body import PrettyBody
from antiphon.ui.widgets.notice import NoticeBar

_NAMES = {
    "json": "JSON",
    "jsonlines": "JSON",
    "xml": "XML",
    "svg": "SVG",
    "html": "HTML",
    "css": "CSS",
    "javascript": "JavaScript",
}


def tell_fault(
    notice: NoticeBar, pretty: PrettyBody, language: str, size_bytes: int, go_to: Callable[[int], None]
) -> None:
    """Tell of the fault or the error of *pretty*.

    Args:
        size_bytes: Of the body: a fault at its end means that it is cut short.
        go_to: Shows an offset of the text that is laid out.
    """
    if pretty.error:
        detail = f"{pretty.error}. It is shown as it came."
        notice.tell("warning", "The body could not be laid out.", detail)
    if pretty.fault is None or pretty.place is None or pretty.error:
        return
    name, (line, column) = _NAMES.get(language, "text"), pretty.place
    place, offset = f"line {line:,}, column {column:,}", pretty.fault.shown_offset
    if pretty.fault.offset >= size_bytes:
        title, detail = f"The {name} is cut short at {place}:", f"{pretty.fault.sentence}."
    else:
        title = f"Not valid {name} at {place}:"
        rest = (
            "That line is shown as it came."
            if language == "jsonlines"
            else "From there on it is shown as it came."
        )
        detail = f"{pretty.fault.sentence}. {rest}"
    notice.tell("warning", title, detail, (("Go there", lambda: go_to(offset)),))
