"""What stands out in a row: found text, the selection, and the match that is shown."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtGui import QColor

from antiphon.ui.theme import Theme
from antiphon.ui.viewer.row_layout import Mark, RowLayout

_FOUND_ALPHA = 0.3


class Found(Protocol):
    """Where searched text was found; asked for what lies between two offsets."""

    def between(self, start: int, end: int) -> Sequence[tuple[int, int]]:
        """Return offset and length of the matches that touch bytes from *start* to *end*."""

    def spread(self, edges: Sequence[int]) -> Sequence[bool]:
        """Return for each stretch between two ascending *edges* whether a match begins there, about."""


def marks_of(
    layout: RowLayout,
    theme: Theme,
    selection: tuple[int, int],
    found: Found | None,
    current: tuple[int, int] | None,
    brackets: Sequence[int] = (),
) -> list[Mark]:
    """Return the marks of a row, those painted last at the end.

    Args:
        selection: Start and end in bytes of the body.
        current: Offset and length of the match that is shown.
        brackets: Offsets of brackets that belong together.
    """
    row, places = layout.row, []
    if found is not None:
        ground = QColor(theme.color("accent"))  # a copy: the theme hands out its own
        ground.setAlphaF(_FOUND_ALPHA)
        ink = theme.color("text")  # syntax colours lose their contrast on it
        places += [
            (at, at + size, ground, ink)
            for at, size in found.between(row.start, row.end)
            if (at, size) != current
        ]
    places += [(offset, offset + 1, theme.color("selection"), theme.color("accent")) for offset in brackets]
    places.append((*selection, theme.color("selection"), None))
    if current is not None:
        places.append((current[0], sum(current), theme.color("accent"), theme.color("on_accent")))
    marks = [
        Mark(layout.text.index_of(start - row.start), layout.text.index_of(end - row.start), ground, ink)
        for start, end, ground, ink in places
        if start < end and start < row.end and end > row.start
    ]
    return [mark for mark in marks if mark.start < mark.end]
