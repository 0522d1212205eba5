"""What a screen reader is told of a body: a window of its text around the caret, as Qt's own text edits tell theirs.

Qt counts characters in 32 bits and takes the text as a whole, so a body of gigabytes is given in part: the rows around
the caret stand in a `QPlainTextEdit` that is never shown, whose text interface answers for the view.
"""

from typing import Protocol

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleInterface,
    QAccessibleTextCursorEvent,
    QAccessibleTextSelectionEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QAccessibleWidget, QPlainTextEdit, QWidget

from antiphon.body.rows import Row, RowIndex
from antiphon.ui.viewer.row_text import RowText

ROWS_AROUND = 60
"""Rows before and after the caret's that are given at most."""
BYTES_AROUND = 1 << 15
"""Bytes before and after the caret's row that are given at most."""

TextRow = tuple[Row, RowText]


class Reading(Protocol):
    """What is asked of the view."""

    @property
    def caret(self) -> int: ...
    @property
    def anchor(self) -> int: ...
    @property
    def index(self) -> RowIndex: ...
    def rows_around(self, offset: int, count: int, size_bytes: int) -> list[TextRow]: ...
    def go_to(self, anchor: int, caret: int) -> None: ...


class SpokenText:
    """The rows around the caret of a view in a text edit; kept in step both ways, not within the frame that paints the view."""

    def __init__(self, view: QWidget, reading: Reading) -> None:
        self._view = view
        self._reading = reading
        self._rows: list[TextRow] = []
        self._starts: list[int] = []
        self._has_end = True
        self._is_following = False
        self._soon = QTimer(view, interval=0, singleShot=True)
        self._soon.timeout.connect(self._follow)
        self.edit = QPlainTextEdit(view)
        self.edit.hide()
        self.edit.setReadOnly(True)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.cursorPositionChanged.connect(self._moved)
        self.edit.selectionChanged.connect(self._moved)
        self._take_over()

    def grow(self) -> None:
        """Take note that the body grew, or is another: what is given is read anew where it reached the body's end."""
        if self._has_end or self._reading.index.known_bytes < self._rows[-1][0].end:
            self._rows = []
            self._take_over()

    def follow(self) -> None:
        """Take over text, caret and selection of the view soon: once it is painted, or when a screen reader asks."""
        self._soon.start()

    def catch_up(self) -> None:
        """Take over now what was to be taken over soon."""
        if self._soon.isActive():
            self._soon.stop()
            self._follow()

    def _follow(self) -> None:
        cursor = self._take_over()
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleTextCursorEvent(self._view, cursor.position()))
            if cursor.hasSelection():
                start, end = cursor.selectionStart(), cursor.selectionEnd()
                QAccessible.updateAccessibility(QAccessibleTextSelectionEvent(self._view, start, end))

    def _take_over(self) -> QTextCursor:
        self._is_following = True
        try:
            caret, anchor = self._reading.caret, self._reading.anchor
            if not self._holds(caret):
                self._take_rows(caret)
            cursor = self.edit.textCursor()
            cursor.setPosition(self._position(anchor))
            cursor.setPosition(self._position(caret), QTextCursor.MoveMode.KeepAnchor)
            self.edit.setTextCursor(cursor)
        finally:
            self._is_following = False
        return cursor

    def _holds(self, offset: int) -> bool:
        """Whether rows enough around *offset* are in the edit: where the first or last of it come near, others are taken."""
        if not self._rows:
            return False
        margin = len(self._rows) // 4
        first, last = self._rows[margin][0].start, self._rows[-1 - margin][0].end
        return (first <= offset or self._rows[0][0].start == 0) and offset < last

    def _take_rows(self, caret: int) -> None:
        self._rows = self._reading.rows_around(caret, ROWS_AROUND, BYTES_AROUND)
        self._has_end = not self._rows or self._rows[-1][0].end >= self._reading.index.known_bytes
        self._starts = []
        pieces, position = [], 0
        for number, (row, text) in enumerate(self._rows):
            joint = "\n" if number and row.begins_line else ""
            self._starts.append(position + len(joint))
            pieces += [joint, text.shown]
            position = self._starts[-1] + text.to_qt(len(text.text))
        self.edit.setPlainText("".join(pieces))

    def _position(self, offset: int) -> int:
        """Return where *offset* is in the edit; its nearest end for what lies outside."""
        if not self._rows or offset < self._rows[0][0].start:
            return 0
        number = next(n for n in reversed(range(len(self._rows))) if self._rows[n][0].start <= offset)
        row, text = self._rows[number]
        index = text.index_of(min(offset - row.start, len(row.content)))
        return self._starts[number] + text.to_qt(index)

    def _offset(self, position: int) -> int:
        """Return the offset in the body of a place in the edit."""
        number = next((n for n in reversed(range(len(self._starts))) if self._starts[n] <= position), 0)
        row, text = self._rows[number]
        return row.start + text.byte_of(min(text.from_qt(position - self._starts[number]), len(text.text)))

    def _moved(self) -> None:
        """A screen reader has put the caret elsewhere."""
        if self._is_following or not self._rows:
            return
        cursor = self.edit.textCursor()
        self._reading.go_to(self._offset(cursor.anchor()), self._offset(cursor.position()))
        self.catch_up()


class AccessibleBody(QAccessibleWidget):
    """The accessible object of a body's view: its name and description, and the text of `SpokenText`."""

    def __init__(self, view: QWidget, spoken: SpokenText) -> None:
        super().__init__(view, QAccessible.Role.EditableText)
        self.spoken = spoken

    def state(self) -> QAccessible.State:
        state = super().state()
        state.readOnly = state.multiLine = state.selectableText = True
        return state

    def interface_cast(self, kind: QAccessible.InterfaceType) -> object:
        if kind != QAccessible.InterfaceType.TextInterface:
            return shiboken6.VoidPtr(0)
        self.spoken.catch_up()
        text = QAccessible.queryAccessibleInterface(self.spoken.edit).textInterface()
        return shiboken6.VoidPtr(shiboken6.getCppPointer(text)[0])


def install() -> None:
    """Give the views of bodies their accessible objects from now on; call it once, with an application there."""
    QAccessible.installFactory(_made)


def _made(_class_name: str, thing: QObject) -> QAccessibleInterface | None:
    made = getattr(thing, "accessible_body", None)
    return made() if callable(made) else None
