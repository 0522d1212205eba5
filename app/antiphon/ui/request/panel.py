"""What the panels of a request share: a document goes in by `show`, an edited one comes out by `edited`."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from antiphon.core.document import RequestDocument
from antiphon.core.template import Scope
from antiphon.ui.theme import Theme


class Panel(QWidget):
    """One side of a request document."""

    edited = Signal(RequestDocument)
    """The whole document after the user changed this side of it."""
    show_draft: Callable[[], None]
    """Each panel's own: bring the widgets in step with `self.draft`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.draft = RequestDocument()

    def show(self, draft: RequestDocument) -> None:
        """Show *draft*; a side of it that is shown already keeps its cursor and undo."""
        if draft != self.draft:
            self.draft = draft
            self.show_draft()

    def set_scope(self, scope: Scope) -> None:
        """Say what variables mean; a panel without templated text has no use for it."""

    def set_base_dir(self, folder: Path | None) -> None:
        """Name files chosen inside *folder*, the collection's, relative to it; a panel without files has no use for it."""

    def tell(self, draft: RequestDocument) -> None:
        """Take *draft* as the user's edit; an equal one is none."""
        if draft != self.draft:
            self.draft = draft
            self.edited.emit(draft)
