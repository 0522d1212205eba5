"""Completion of variable names after `{{`, in a list under the text."""

from PySide6.QtCore import QObject, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit

from antiphon.core.template import Scope
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.popover import set_raised

_TAKING = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}


def open_name(text: str, cursor: int) -> str | None:
    """Return what stands between the last open `{{` and *cursor*, or None where no name is being typed."""
    before = text[:cursor]
    start = before.rfind("{{")
    if start < 0:
        return None
    name = before[start + 2 :]
    return None if "}" in name or "{" in name else name.lstrip()


def completed(text: str, cursor: int, name: str) -> tuple[str, int]:
    """Return *text* with the open name before *cursor* replaced by `{{name}}`, and the cursor behind it."""
    start = text.rfind("{{", 0, cursor)
    rest = text[cursor:]
    closing = rest.find("}}")
    if closing >= 0 and not any(mark in rest[:closing] for mark in " /?&={"):
        rest = rest[closing + 2 :]
    head = f"{text[:start]}{{{{{name}}}}}"
    return head + rest, len(head)


class VariableCompletion(QObject):
    """Offers names while one is typed in *field*; Return or Tab takes the marked one, Escape none."""

    def __init__(self, theme: Theme, field: QLineEdit) -> None:
        super().__init__(field)
        self._theme = theme
        self._field = field
        self._scope = Scope()
        self._completer: QCompleter | None = None
        field.textEdited.connect(self._offer)
        field.textChanged.connect(self._hide_when_done)

    def set_scope(self, scope: Scope) -> None:
        self._scope = scope

    @property
    def is_open(self) -> bool:
        return self._completer is not None and self._completer.popup().isVisible()

    def takes(self, event: QKeyEvent) -> bool:
        """Take the marked name where *event* asks for that; answer whether the event is used up."""
        if self._completer is None or not self.is_open:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return True
        if event.key() not in _TAKING or event.modifiers() not in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }:
            return False
        self._completer.popup().hide()
        self.take(self._completer.popup().currentIndex().data() or self._completer.currentCompletion())
        return True

    def close(self) -> None:
        """Take the list away; nothing where none is open."""
        if self._completer is not None:
            self._completer.popup().hide()

    def take(self, name: str) -> None:
        """Put *name* in place of what is being typed; one step for undo."""
        text, cursor = completed(self._field.text(), self._field.cursorPosition(), name)
        self._field.selectAll()
        self._field.insert(text)
        self._field.setCursorPosition(cursor)
        self._field.textEdited.emit(text)

    def _offer(self) -> None:
        name = open_name(self._field.text(), self._field.cursorPosition())
        names = self._scope.names() if name is not None else []
        if not names:
            self.close()
            return
        completer = self._made()
        completer.model().setStringList(names)
        completer.setCompletionPrefix(name)
        if completer.completionCount() == 0 or name in names:
            completer.popup().hide()
            return
        popup = completer.popup()
        set_raised(popup, self._theme)
        popup.setCurrentIndex(completer.completionModel().index(0, 0))
        place = self._field.cursorRect()
        place.setWidth(popup.sizeHintForColumn(0) + 2 * popup.verticalScrollBar().sizeHint().width() + 16)
        completer.complete(place.translated(0, 6))

    def _hide_when_done(self, text: str) -> None:
        if open_name(text, self._field.cursorPosition()) is None:
            self.close()

    def _made(self) -> QCompleter:
        if self._completer is None:
            self._completer = QCompleter(QStringListModel(self), self)
            self._completer.setWidget(self._field)
            self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
            self._completer.activated.connect(self.take)
        return self._completer
