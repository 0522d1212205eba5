"""The page of shortcuts, made from the table of commands."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from antiphon.ui.response.tables import FactsTable
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.keys import native
from antiphon.workbench.commands import Command


class ShortcutsDialog(QDialog):
    """Every command that has a key, with it."""

    def __init__(self, theme: Theme, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(round(520 * theme.zoom), round(560 * theme.zoom))
        table = FactsTable(theme, "Keyboard shortcuts", ("Command", "Keys"), mono=False)
        table.show_rows([(command.title, _keys(command)) for command in commands if command.keys])
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 4 * SPACE)
        column.addWidget(table)


def _keys(command: Command) -> str:
    return ", ".join(map(native, command.keys))
