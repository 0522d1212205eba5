"""Keys as they are written in menus and tips."""

from PySide6.QtGui import QKeySequence


def native(keys: str) -> str:
    """Return *keys*, in Qt's portable text, as this system writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
