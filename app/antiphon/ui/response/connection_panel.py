"""The connection of the last hop: versions, addresses, TLS, and the certificates that the server showed."""

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from antiphon.core.exchange import Exchange
from antiphon.ui.response.fact_tree import FactTree
from antiphon.ui.response.sections import connection_sections
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton


class ConnectionPanel(QWidget):
    save_asked = Signal(object)
    """Save these certificates (a tuple of `CertificateFacts`) to a file."""

    controls: QWidget
    """Buttons for the end of the row of tabs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exchange: Exchange | None = None
        self.tree = FactTree(theme, "Connection")
        self.save_button = QuietButton(theme, "Save…", icon="save", tip="Save the certificates as a PEM file")
        self.copy_button = QuietButton(theme, icon="copy", tip="Copy all of it")
        self.save_button.clicked.connect(lambda: self.save_asked.emit(self.certificates))
        self.copy_button.clicked.connect(self.tree.copy_all)
        self.controls = QWidget()
        row = QHBoxLayout(self.controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.save_button)
        row.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, SPACE, 0, 0)
        column.addWidget(self.tree)
        self.setFocusProxy(self.tree)

    def show_exchange(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.tree.show_sections(connection_sections(exchange, time.time()))
        self.save_button.setVisible(bool(self.certificates))

    @property
    def certificates(self) -> tuple:
        """What the server showed, its own first, and can be saved."""
        exchange = self._exchange
        hop = exchange.last if exchange is not None else None
        if exchange is None or hop is None:
            return ()
        tls = hop.connection.tls if hop.connection else None
        shown = (
            tls.certificates if tls is not None else exchange.failure.certificates if exchange.failure else ()
        )
        return tuple(one for one in shown if one.der)
