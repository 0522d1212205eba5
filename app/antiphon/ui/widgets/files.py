"""Choosing files without a nested event loop, and naming them as a collection does."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def choose_files(
    parent: QWidget,
    title: str,
    take: Callable[[list[str]], None],
    *,
    several: bool = False,
    folder: Path | None = None,
    kinds: str = "",
) -> QFileDialog:
    """Open a file dialog and return at once; *take* gets the chosen paths, and is not called on Cancel.

    Args:
        kinds: Qt's name filters (`Certificates (*.pem *.crt)`), empty for all files.
    """
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if several else QFileDialog.FileMode.ExistingFile)
    if folder is not None:
        dialog.setDirectory(str(folder))
    if kinds:
        dialog.setNameFilters([kinds, "All files (*)"])
    dialog.filesSelected.connect(take)
    dialog.open()
    return dialog


def choose_new_file(parent: QWidget, title: str, take: Callable[[str], None]) -> QFileDialog:
    """Ask for the name of a file that need not be there yet, and return at once."""
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.filesSelected.connect(lambda paths: take(paths[0]))
    dialog.open()
    return dialog


def relative_to(path: str, folder: Path | None) -> str:
    """Return *path* relative to *folder* with `/` where it lies inside, else as it is."""
    if folder is None:
        return path
    try:
        return Path(path).relative_to(folder).as_posix()
    except ValueError:
        return path
