"""Questions that need an answer: opened beside the running loop, never in a loop of their own."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import PrimaryButton, QuietButton
from antiphon.ui.widgets.field import Field


class Question(QDialog):
    """A title, a sentence, room for fields, and buttons; Esc answers with the last button."""

    def __init__(
        self, theme: Theme, title: str, detail: str, answers: Sequence[tuple[str, str]], parent: QWidget
    ) -> None:
        """Offer *answers* (key, label), the primary one first, the one that changes nothing last."""
        super().__init__(parent)
        self._theme = theme
        self.answer = answers[-1][0]
        self.setWindowTitle("Antiphon")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAccessibleName(title)
        self.setAccessibleDescription(detail)
        heading = QLabel(title, self)
        heading.setFont(theme.ui_font(1, bold=True))
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        text = QLabel(detail, self)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        text.setVisible(bool(detail))
        self.fields = QVBoxLayout()
        self.fields.setSpacing(2 * SPACE)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * SPACE, 5 * SPACE, 6 * SPACE, 5 * SPACE)
        column.setSpacing(3 * SPACE)
        for widget in (heading, text):
            column.addWidget(widget)
        column.addLayout(self.fields)
        column.addLayout(self._buttons(answers))
        self.setMinimumWidth(round(420 * theme.zoom))

    def add_field(self, label: str, widget: QWidget) -> None:
        caption = QLabel(label, self)
        caption.setBuddy(widget)
        self.fields.addWidget(caption)
        self.fields.addWidget(widget)

    def require(self, field: QLineEdit) -> None:
        """Offer the primary answer only while *field* has text."""
        field.textChanged.connect(lambda text: self._primary.setEnabled(bool(text.strip())))
        self._primary.setEnabled(bool(field.text().strip()))

    async def ask(self) -> str:
        """Show the question and return the key of the answer."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.finished.connect(lambda _result: None if done.done() else done.set_result(None))
        if self.focusWidget() is None:
            self._primary.setFocus()
        self.open()
        try:
            await done
        finally:
            self.deleteLater()
        return self.answer

    def _buttons(self, answers: Sequence[tuple[str, str]]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch(1)
        for index, (key, label) in reversed(list(enumerate(answers))):
            button = (
                QuietButton(self._theme, label, parent=self)
                if index
                else PrimaryButton(self._theme, label, self)
            )
            button.clicked.connect(lambda _checked=False, chosen=key: self._answered(chosen))
            if index == 0:
                self._primary = button
            row.addWidget(button)
        return row

    def keyPressEvent(self, event) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._primary.click()
        else:
            super().keyPressEvent(event)

    def _answered(self, key: str) -> None:
        self.answer = key
        self.accept()


async def ask_name(parent: QWidget, theme: Theme, title: str, value: str = "", label: str = "Name") -> str:
    """Return the name that was typed, or "" where the question was left."""
    question = Question(theme, title, "", (("ok", "OK"), ("cancel", "Cancel")), parent)
    field = Field(theme, label, parent=question)
    field.setText(value)
    field.selectAll()
    question.add_field(label, field)
    field.setFocus()
    question.require(field)
    text = await question.ask()
    return field.text().strip() if text == "ok" else ""


async def ask_place(
    parent: QWidget, theme: Theme, name: str, folders: Sequence[tuple[str, str]], chosen: str
) -> tuple[str, str] | None:
    """Ask under which name and in which of *folders* (path, title) to save; None where it was left."""
    question = Question(theme, "Save request", "", (("save", "Save"), ("cancel", "Cancel")), parent)
    field = Field(theme, "Name", parent=question)
    field.setText(name)
    field.selectAll()
    box = _folder_box(question, folders, chosen)
    question.add_field("Name", field)
    question.add_field("Folder", box)
    field.setFocus()
    question.require(field)
    if await question.ask() != "save":
        return None
    return field.text().strip(), str(box.currentData())


async def ask_folder_of(
    parent: QWidget, theme: Theme, title: str, folders: Sequence[tuple[str, str]], chosen: str
) -> str | None:
    """Ask for one of the collection's *folders* (path, title); None where the question was left."""
    question = Question(theme, title, "", (("move", "Move"), ("cancel", "Cancel")), parent)
    box = _folder_box(question, folders, chosen)
    question.add_field("Folder", box)
    box.setFocus()
    return str(box.currentData()) if await question.ask() == "move" else None


async def ask_folder(parent: QWidget, title: str, start: Path) -> Path | None:
    """Return a folder that the user chose, or None."""
    dialog = QFileDialog(parent, title, str(start))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return await _chosen(dialog)


async def ask_file_to_save(parent: QWidget, title: str, name: str) -> Path | None:
    """Return the file to write to, or None; the dialog itself asks before one is written over."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    return await _chosen(dialog)


def _folder_box(parent: QWidget, folders: Sequence[tuple[str, str]], chosen: str) -> QComboBox:
    box = QComboBox(parent)
    box.setAccessibleName("Folder")
    for path, title in folders:
        box.addItem(title, path)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box


async def _chosen(dialog: QFileDialog) -> Path | None:
    done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    dialog.finished.connect(lambda result: None if done.done() else done.set_result(bool(result)))
    dialog.open()
    try:
        if not await done:
            return None
        files = dialog.selectedFiles()
        return Path(files[0]) if files else None
    finally:
        dialog.deleteLater()
