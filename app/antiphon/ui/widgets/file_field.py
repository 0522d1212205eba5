"""A field for the path of a file, with a button that lets it be chosen."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.files import choose_files, choose_new_file, relative_to


class FileField(QWidget):
    """A path is typed, variables allowed, or chosen: inside the base folder it is named relative to it."""

    edited = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        placeholder: str = "",
        kinds: str = "",
        is_new: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty field; *kinds* are Qt's name filters, *is_new* asks for a file that need not be there."""
        super().__init__(parent)
        self._name = name
        self._kinds = kinds
        self._is_new = is_new
        self._base: Path | None = None
        self.field = Field(theme, name, placeholder=placeholder, mono=True, variables=True, parent=self)
        self.choose = QuietButton(theme, "Choose…", icon="file", tip=f"Choose a file: {name}", parent=self)
        self.choose.setAccessibleName(f"Choose a file: {name}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.field, 1)
        row.addWidget(self.choose)
        self.setFocusProxy(self.field)
        self.field.textEdited.connect(self.edited)
        self.choose.clicked.connect(lambda _checked: self._ask())

    def show_text(self, text: str) -> None:
        self.field.show_text(text)

    def set_base_dir(self, folder: Path | None) -> None:
        self._base = folder

    def _ask(self) -> None:
        title = f"Choose a file: {self._name}"
        if self._is_new:
            choose_new_file(self, title, self._take)
        else:
            choose_files(
                self, title, lambda paths: self._take(paths[0]), folder=self._base, kinds=self._kinds
            )

    def _take(self, path: str) -> None:
        chosen = relative_to(path, self._base)
        self.field.show_text(chosen)
        self.edited.emit(chosen)
