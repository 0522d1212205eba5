"""What the window knows of a page that compares: small, so that nothing of comparing is loaded before it is asked for."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.document import OpenDocument

if TYPE_CHECKING:
    from antiphon.workbench.comparing import Comparing


class CompareTab(QWidget):
    """Shows one `Comparing`; closes it with itself."""

    renamed = Signal()
    """The request may go by another name."""
    notice = Signal(str)
    """A sentence for the user."""

    def __init__(self, comparing: "Comparing", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.comparing = comparing
        comparing.setParent(self)

    @property
    def document(self) -> OpenDocument:
        return self.comparing.document

    @property
    def collection(self) -> OpenCollection | None:
        return self.document.collection

    def close_work(self) -> None:
        """End all work; call before the page goes away."""
        self.comparing.close()
