"""A text body: the editor, laying JSON out, and a quiet word about its first fault."""

from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from antiphon.core.document import TextBody
from antiphon.core.template import Scope
from antiphon.ui.request.code_edit import CodeEdit
from antiphon.ui.request.json_text import json_fault, laid_out_json
from antiphon.ui.theme import SPACE, Theme

_CHECK_AFTER_MS = 350
_CHECKED_CHARACTERS = 150_000
"""Longer texts are not checked: it would be felt while typing."""


class TextBodyEditor(QWidget):
    edited = Signal(TextBody)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._body = TextBody()
        self.editor = CodeEdit(theme, "Body", self)
        self.fault = QLabel(self)
        self._check_soon = QTimer(self, interval=_CHECK_AFTER_MS, singleShot=True)
        self._check_soon.timeout.connect(self.check)
        self.editor.text_edited.connect(self._take)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    def show(self, body: TextBody) -> None:
        self._body = body
        self.editor.set_language(body.language)
        self.editor.show_text(body.text)
        self.check()

    def set_scope(self, scope: Scope) -> None:
        self.editor.set_scope(scope)

    def lay_out_json(self) -> None:
        """Lay the JSON out without touching a digit of it, as one edit that undo takes back; what is not JSON stays."""
        text = self.editor.written()
        laid_out = laid_out_json(text)
        if laid_out is not None and laid_out != text:
            self.editor.replace_text(laid_out)
        self.check()
        self.editor.setFocus()

    def check(self) -> None:
        """Say where the JSON is not JSON; nothing for other languages."""
        text = self._body.text
        wanted = self._body.language == "json" and len(text) <= _CHECKED_CHARACTERS
        fault = json_fault(text) if wanted else None
        self.fault.setVisible(fault is not None)
        if fault is not None:
            self.fault.setText(f"Not valid JSON, line {fault.line}, column {fault.column}: {fault.sentence}")

    def hideEvent(self, event) -> None:
        self._check_soon.stop()
        super().hideEvent(event)

    def _take(self, text: str) -> None:
        self._body = replace(self._body, text=text)
        self._check_soon.start()
        self.edited.emit(self._body)

    def _lay_out(self) -> None:
        self.fault.setContentsMargins(4 * SPACE, SPACE, 4 * SPACE, SPACE)
        self.fault.setAccessibleName("Fault in the JSON")
        self.fault.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.editor, 1)
        column.addWidget(self.fault)
        self.setFocusProxy(self.editor)

    def _restyle(self) -> None:
        palette = self.fault.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color("dim"))
        self.fault.setPalette(palette)
