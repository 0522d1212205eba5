"""One way to show a body that is not rows of text: a tree, a table, a picture."""

from PySide6.QtCore import Signal

from antiphon.body.store import SpooledSource
from antiphon.render.media import Media
from antiphon.ui.widgets.focus import Entered


class BodyPage(Entered):
    """Shows one body at a time; a subclass fills `show_body` and `clear`.

    Attributes:
        reads_bytes: Whether it wants the bytes as they came; else a body whose newlines are wider than a byte is
            given in UTF-8.
    """

    reads_bytes = False

    notice = Signal(str)
    """A sentence for the user."""
    reveal_asked = Signal(int, int)
    """Show these bytes (offset, length) among the rows of the text."""

    def show_body(self, body: SpooledSource, media: Media, *, is_over: bool) -> None:
        """Show *body*, or take note that it grew or is over; comes sixty times a second while it arrives.

        Another body comes only after `clear`. Returns within a quarter of a frame (4 ms): what takes longer is
        done by timers, threads or a helper process of its own.
        """
        raise NotImplementedError

    def clear(self) -> None:
        """Let go of the body and end all work on it."""
        raise NotImplementedError

    def find(self) -> bool:
        """Open what finds in this page; False where the page has nothing of its own."""
        return False

    def go(self) -> bool:
        """Open what asks for a place in this page; False where the page has nothing of its own."""
        return False

    def copy(self) -> bool:
        """Copy what is selected; False where the page has nothing of its own."""
        return False

    def find_next(self, step: int) -> bool:
        """Go to the next match (1) or the one before (-1); False where nothing was looked for."""
        return False

    def go_to_fault(self) -> bool:
        """Show what is wrong with the body; False where this page knows of nothing."""
        return False

    @property
    def has_bar(self) -> bool:
        """Whether a bar of this page is open, which `close_bar` closes."""
        return False

    def close_bar(self) -> None:
        """Close the bar that is open, and go back to what it is about."""
