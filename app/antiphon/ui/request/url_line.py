"""The line on top of a request: method, URL, Send, and the strip that fills while it runs."""

import re
from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from antiphon.core import url as url_text
from antiphon.core.document import RequestDocument
from antiphon.core.template import Scope
from antiphon.ui.request.method import MethodField
from antiphon.ui.request.progress import Progress, ProgressStrip
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import PrimaryButton
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.variables import Run

_BREAKS = re.compile(r"\s*[\r\n\u2028\u2029]+\s*")
_SEGMENT = re.compile(r"[^&]+")
_HEIGHT = 36


def url_runs(url: str) -> Iterator[Run]:
    """Yield what is coloured in *url* besides its variables: `:path` variables, query names and marks."""
    for match in url_text.path_variable_places(url):
        yield Run(match.start(1) - 1, match.end(1), "patch")
    parts = url_text.split(url)
    if parts.query is None:
        return
    start = len(parts.path)
    yield Run(start, start + 1, "punctuation")
    for segment in _SEGMENT.finditer(parts.query):
        begin = start + 1 + segment.start()
        name = segment.group().partition("=")[0]
        yield Run(begin, begin + len(name), "key")
        if len(name) < len(segment.group()):
            yield Run(begin + len(name), begin + len(name) + 1, "punctuation")
        if segment.start():
            yield Run(begin - 1, begin, "punctuation")


class UrlField(Field):
    """A URL with its parts coloured; pasted line breaks vanish."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            theme,
            "URL",
            placeholder="https://example.org/path or {{base_url}}/path",
            mono=True,
            variables=True,
            parent=parent,
        )
        self.textEdited.connect(self._join_lines)

    def runs(self, text: str) -> list[Run]:
        return [*url_runs(text), *super().runs(text)]

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.theme.px(_HEIGHT))

    def _join_lines(self, text: str) -> None:
        joined = _BREAKS.sub("", text)
        if joined != text:
            self.selectAll()
            self.insert(joined)


class UrlLine(QWidget):
    """Shows and edits a document's method and URL; its rows of parameters follow the URL."""

    edited = Signal(RequestDocument)
    send_requested = Signal()
    cancel_requested = Signal()
    figures_changed = Signal(str)
    """What `show_progress` says in words, for whoever has room to show it; empty when nothing runs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._draft = RequestDocument()
        self._running = False
        self.method = MethodField(theme, self)
        self.url = UrlField(theme, self)
        self.send = PrimaryButton(theme, "Send", self)
        self.strip = ProgressStrip(theme, self)
        self._lay_out()
        self.method.textEdited.connect(self._method_edited)
        self.url.textEdited.connect(self._url_edited)
        self.url.returnPressed.connect(self._enter)
        self.method.returnPressed.connect(self._enter)
        self.send.clicked.connect(self._send_or_cancel)
        self.set_running(False)
        self.show(self._draft)

    def show(self, draft: RequestDocument) -> None:
        """Show *draft*'s method and URL; what is shown already keeps its cursor and undo."""
        self._draft = draft
        self.method.show_text(draft.method)
        self.url.show_text(draft.url)

    def set_scope(self, scope: Scope) -> None:
        self.url.set_scope(scope)

    def set_running(self, running: bool) -> None:
        """Turn Send into Cancel, or back."""
        self._running = running
        self.send.set_calm(running, "Cancel" if running else "Send")
        self.send.setToolTip("Cancel this request (Esc)" if running else "Send this request (Ctrl+Return)")
        self.strip.set_running(running)
        self.strip.setAccessibleDescription("")
        self.figures_changed.emit("")

    def show_progress(self, progress: Progress) -> None:
        self.strip.set_progress(progress.done, progress.total)
        if progress.words != self.strip.accessibleDescription():
            self.strip.setAccessibleDescription(progress.words)
            self.figures_changed.emit(progress.words)

    def focus_url(self) -> None:
        self.url.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.url.selectAll()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 2 * SPACE)
        row.setSpacing(2 * SPACE)
        row.addWidget(self.method)
        row.addWidget(self.url, 1)
        row.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.strip)

    def _method_edited(self) -> None:
        self._tell(replace(self._draft, method=self.method.text() or "GET"))

    def _url_edited(self) -> None:
        self._tell(url_text.synced_with_url(self._draft, self.url.text()))

    def _tell(self, draft: RequestDocument) -> None:
        if draft != self._draft:
            self._draft = draft
            self.edited.emit(draft)

    def _enter(self) -> None:
        if not self._running:
            self.send_requested.emit()

    def _send_or_cancel(self) -> None:
        if self._running:
            self.cancel_requested.emit()
        else:
            self.send_requested.emit()
