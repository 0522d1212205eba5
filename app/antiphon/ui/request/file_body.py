"""A body that is one file's bytes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QGridLayout, QLabel, QWidget

from antiphon.core.document import FileBody
from antiphon.core.template import Scope
from antiphon.ui.request.header_words import values_of
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.files import choose_files, relative_to


class FileBodyForm(QWidget):
    edited = Signal(FileBody)

    def __init__(
        self, theme: Theme, base_dir: Callable[[], Path | None], parent: QWidget | None = None
    ) -> None:
        """Make the form; *base_dir* gives the folder that paths may be relative to."""
        super().__init__(parent)
        self._base_dir = base_dir
        self._body = FileBody()
        self.path = Field(theme, "File", placeholder="Path of a file", mono=True, variables=True, parent=self)
        self.content_type = Field(
            theme, "Content type", placeholder="From the file's name", mono=True, variables=True, parent=self
        )
        self.content_type.setCompleter(QCompleter(list(values_of("content-type")), self.content_type))
        self.choose = QuietButton(theme, "Choose…", icon="file", tip="Choose a file", parent=self)
        self.choose.clicked.connect(self._choose)
        self.path.textEdited.connect(lambda text: self._tell(replace(self._body, path=text)))
        self.content_type.textChanged.connect(lambda text: self._tell(replace(self._body, content_type=text)))
        self._lay_out()

    def show(self, body: FileBody) -> None:
        self._body = body
        self.path.show_text(body.path)
        self.content_type.show_text(body.content_type)

    def set_scope(self, scope: Scope) -> None:
        self.path.set_scope(scope)
        self.content_type.set_scope(scope)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
        grid.setHorizontalSpacing(3 * SPACE)
        grid.setVerticalSpacing(2 * SPACE)
        for row, (title, field) in enumerate((("File", self.path), ("Content type", self.content_type))):
            label = QLabel(title, self)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(self.choose, 0, 2)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2, 1)
        grid.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _choose(self) -> None:
        def take(paths: list[str]) -> None:
            path = relative_to(paths[0], self._base_dir())
            self.path.show_text(path)
            self._tell(replace(self._body, path=path))

        choose_files(self, "Choose the file to send", take, folder=self._base_dir())

    def _tell(self, body: FileBody) -> None:
        if body != self._body:
            self._body = body
            self.edited.emit(body)
