"""The columns of a list of events, and how a cell of theirs is painted."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from antiphon.body.events import EventIndex
from antiphon.ui.theme import SPACE, Theme

_TIME_CHARS = 12
_TYPE_CHARS = (8, 22)
_ID_CHARS = (4, 10)
_NARROW_CHARS = 50
"""Where no more characters than this fit beside each other, the id goes, and the type where all are of the same."""
_LEAD_CHARS = 8
"""How much is shown before found text that lies beyond the cell's edge."""
_FOUND_ALPHA = 0.3
_SHOWN = {code: 0x2400 + code for code in range(32)} | {9: 32, 10: 0x21B5, 13: 0x21B5, 0x7F: 0x2421}


@dataclass(frozen=True, slots=True)
class Column:
    """Places in pixels from the left edge of the list."""

    title: str
    left: float
    width: float
    ink: str
    is_right: bool = False
    is_filtered: bool = False
    """Whether the filter looks at what stands here."""


def columns_of(index: EventIndex | None, room: float, char: float) -> list[Column]:
    """Return the columns that say something for the events seen so far.

    Args:
        room: The width of the list in pixels.
        char: The width of one character.
    """
    wanted = [("Time", _TIME_CHARS, "dim", True, False)]
    is_narrow = room <= _NARROW_CHARS * char
    if index is not None and (len(index.types) > 1 or (index.has_fields and not is_narrow)):
        longest = max(len(name) for name in index.types)
        wanted.append(("Type", _within(longest, _TYPE_CHARS), "key", False, True))
    if index is not None and index.last_id and not is_narrow:
        wanted.append(("Id", _within(len(index.last_id), _ID_CHARS), "number", False, False))
    columns, left = [], 3.0 * SPACE
    for title, chars, *look in wanted:
        columns.append(Column(title, left, chars * char, *look))
        left += chars * char + 3 * SPACE
    rest = max(char, room - left - 2 * SPACE)
    return [*columns, Column("Data", left, rest, "text", is_filtered=True)]


def shown_text(data: bytes) -> str:
    """Return *data* on one line: line ends as an arrow, control characters as their pictures."""
    return data.decode("utf-8", "replace").translate(_SHOWN)


def cut_text(text: str, fitting: int, needle: str = "") -> str:
    """Return at most *fitting* characters of *text*, so that lower case *needle* is among them where it is in it."""
    place = text.lower().find(needle) if needle else 0
    lead = max(0, min(_LEAD_CHARS, fitting - len(needle) - 2))
    if place + len(needle) >= fitting and place > lead:
        text = "…" + text[place - lead :]
    return text if len(text) <= fitting else text[: max(0, fitting - 1)] + "…"


def paint_cell(
    painter: QPainter, theme: Theme, column: Column, text: str, box: QRectF, needle: str = ""
) -> None:
    """Paint *text* cut to *box*, with a ground below *needle*, which is in lower case."""
    if not text:
        return
    metrics = QFontMetricsF(painter.font())
    text = cut_text(text, int(box.width() / metrics.horizontalAdvance("0")), needle)
    side = Qt.AlignmentFlag.AlignRight if column.is_right else Qt.AlignmentFlag.AlignLeft
    painter.setClipRect(box)
    if needle:
        _paint_found(painter, theme, text, box, needle)
    painter.setPen(theme.color(column.ink))
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | side | Qt.TextFlag.TextSingleLine, text)
    painter.setClipping(False)


def _paint_found(painter: QPainter, theme: Theme, text: str, box: QRectF, needle: str) -> None:
    ground = QColor(theme.color("accent"))  # a copy: the theme hands out its own
    ground.setAlphaF(_FOUND_ALPHA)
    metrics, lower = QFontMetricsF(painter.font()), text.lower()
    place = lower.find(needle)
    while place >= 0:
        left = metrics.horizontalAdvance(text[:place])
        width = metrics.horizontalAdvance(text[: place + len(needle)]) - left
        painter.fillRect(QRectF(box.left() + left, box.top() + 3, width, box.height() - 6), ground)
        place = lower.find(needle, place + len(needle))


def _within(value: int, bounds: tuple[int, int]) -> int:
    return max(bounds[0], min(bounds[1], value))
