"""The tab of one request: editor above, response below (or beside), both following one open document."""

import time
from typing import Literal

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from antiphon.core.connection_options import chosen_proxy
from antiphon.core.context import THE_COLLECTION
from antiphon.core.document import InheritAuth, RequestOptions
from antiphon.core.errors import UserError
from antiphon.core.events import Remedy
from antiphon.core.prepare import inherited_auth
from antiphon.core.redaction import secrets_of
from antiphon.ui.remedies import Remedies
from antiphon.ui.request.progress import progress_of
from antiphon.ui.request.request_editor import RequestEditor
from antiphon.ui.request.token_desk import TokenDesk
from antiphon.ui.response.view import ResponseView
from antiphon.ui.response_files import ResponseFiles
from antiphon.ui.snippet_view import SnippetPanel
from antiphon.ui.theme import Theme
from antiphon.workbench import code
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.workbench import Workbench

_PREVIEW_MS = 150
RECENT_FILTERS = 15
"""How many filters are remembered."""


class RequestPage(QWidget):
    """Joins an `OpenDocument` to its widgets: drafts up, facts down."""

    send_asked = Signal()
    compare_asked = Signal()
    """Set the answer beside another."""
    elsewhere_asked = Signal(str, str)
    """A remedy is typed in the settings that are called by the second word (`the collection`, `folder Orders`)."""
    rehearsal_asked = Signal(str)
    """Show what would be sent in this HTTP version."""

    def __init__(self, theme: Theme, workbench: Workbench, document: OpenDocument) -> None:
        """Make the page without its widgets, which `build` adds when it is first shown."""
        super().__init__()
        self.document = document
        self.files = ResponseFiles(self, workbench, document)
        self.is_built = False
        self._theme = theme
        self._workbench = workbench
        self._language = workbench.settings.snippet_language
        self._preview = QTimer(self, interval=_PREVIEW_MS, singleShot=True)
        self._preview.timeout.connect(self._show_what_would_be_sent)

    def build(self) -> None:
        """Add the widgets, once; a restored session with many tabs pays for the one in front only."""
        if self.is_built:
            return
        self.is_built = True
        self.editor = RequestEditor(self._theme)
        self.response = ResponseView(self._theme)
        self.snippet = SnippetPanel(self._theme)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(self.editor)
        self.splitter.addWidget(self.response)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 3)
        self.set_side_by_side(self._workbench.settings.side_by_side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.splitter)
        self._snippet_index = self.editor.add_panel("Snippet", self.snippet, tip="Snippet (Alt+6)")
        self._connect()
        self._show_document()
        self.refresh_context()

    def refresh_context(self) -> None:
        """Look variables and inherited values up again: the environment or a default may be another."""
        if not self.is_built:
            return
        try:
            self.editor.set_scope(self.document.scope())
            context = self.document.context()
            auth, place = inherited_auth(context)
        except UserError as error:
            self._workbench.notify_error(error)
            return
        self.editor.set_inherited_auth(auth, place)
        self.editor.set_inherited_proxy(*chosen_proxy(RequestOptions(), context))
        self.editor.set_base_dir(self.document.collection.root if self.document.collection else None)
        self._preview.start()

    def send(self) -> None:
        if self.document.is_sending:
            return
        self.document.send(self._workbench.tasks, self._workbench.sending)

    async def rehearse(self, http_version: Literal["1.1", "2"] | None = None) -> None:
        """Show what would be sent now, in *http_version* or the one that would be chosen; nothing is sent.

        Raises:
            UserError: it could not be sent as it is.
        """
        sending = self._workbench.sending
        await sending.ready(self.document.collection)
        prepared = self.document.prepared()
        exchange = await sending.rehearse(self.document.collection, prepared, http_version)
        if exchange.failure is not None:
            raise UserError(exchange.failure.sentence, exchange.failure.hint)
        self.response.show_rehearsal(exchange)
        self.response.rehearsal.setFocus()

    def set_side_by_side(self, beside: bool) -> None:
        if not self.is_built:
            return
        self.splitter.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        size = self.width() if beside else self.height()
        self.splitter.setSizes([size // 2, size // 2] if beside else [size * 2 // 5, size - size * 2 // 5])

    def event(self, event: QEvent) -> bool:
        """Leave a letter that Alt (on a Mac) or AltGr (on Windows: Ctrl+Alt) makes to the field that it is typed in."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_made = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier) and not event.text().isascii()
            if is_made and event.text().isprintable() and self._is_typing:
                event.accept()
                return True
        return super().event(event)

    @property
    def _is_typing(self) -> bool:
        focus = self.window().focusWidget()
        return focus is not None and bool(focus.inputMethodQuery(Qt.InputMethodQuery.ImEnabled))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the page of the body have keys with Alt that nothing here wanted: they are its own."""
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and self.response.is_body_seen:
            self.response.body.press(event)
        else:
            super().keyPressEvent(event)

    def close_page(self) -> None:
        """End what the page runs; the document belongs to the workbench."""
        self._preview.stop()
        if self.is_built:
            self.response.close_work()

    def _connect(self) -> None:
        document = self.document
        self.editor.edited.connect(document.edit)
        self.editor.auth_built.connect(
            lambda panel: TokenDesk(panel, self._workbench, lambda: document.collection, document.context)
        )
        self.editor.send_requested.connect(self.send_asked)
        self.editor.cancel_requested.connect(document.cancel)
        document.edited.connect(self._show_document)
        document.sent.connect(self._follow)
        document.sending_changed.connect(self._show_sending)
        self.response.compare.clicked.connect(lambda _checked: self.compare_asked.emit())
        self.response.save_asked.connect(self.files.save_body)
        self.response.save_raw_asked.connect(self.files.save_received)
        self.response.save_part_asked.connect(self.files.save_part)
        self.response.open_asked.connect(self.files.open_elsewhere)
        self.response.drag_asked.connect(self.files.drag)
        self.response.save_certificates_asked.connect(self.files.save_certificates)
        filtering = self.response.body.filtering
        filtering.show_recent(self._workbench.settings.recent_filters)
        filtering.used.connect(self._remember_filter)
        self._workbench.settings_changed.connect(self._show_recent_filters)
        self.response.rehearsal.version_chosen.connect(self.rehearsal_asked)
        self.remedies = Remedies(
            self.response.failure, document, self._workbench.tasks, self._lead_to, self.send_asked.emit
        )
        self.snippet.language_chosen.connect(self._choose_language)
        self.editor.panel_changed.connect(lambda _index: self._show_what_would_be_sent())

    def _show_document(self) -> None:
        self.editor.show(self.document.draft)
        self.response.failure.show_draft(self.document.draft)
        self._preview.start()

    def _show_sending(self) -> None:
        self.editor.set_running(self.document.is_sending)

    def _follow(self) -> None:
        feed = self.document.feed
        self.response.follow(feed)
        if feed is not None:
            feed.changed.connect(self._show_progress)

    def _show_progress(self) -> None:
        feed = self.document.feed
        progress = progress_of(feed.exchange, time.perf_counter()) if feed is not None else None
        if progress is not None:
            self.editor.show_progress(progress)

    def _lead_to(self, remedy: Remedy) -> None:
        """Put the focus where a person types *remedy*: here, or where what is inherited stands."""
        context = self.document.context()
        match remedy:
            case "choose_client_certificate":
                self.elsewhere_asked.emit(remedy, "")
            case "change_proxy":
                proxy, place = chosen_proxy(self.document.draft.options, context)
                is_setting = place == "the settings" and proxy.mode != "system"
                if place == THE_COLLECTION or is_setting:
                    self.elsewhere_asked.emit(remedy, place)
                else:
                    self.editor.lead_to_proxy()
            case _:
                place = inherited_auth(context)[1]
                if isinstance(self.document.draft.auth, InheritAuth) and place:
                    self.elsewhere_asked.emit(remedy, place)
                else:
                    self.editor.lead_to_auth()

    def _remember_filter(self, expression: str) -> None:
        """Put *expression* before the other recent ones, unless it holds a secret of this exchange."""
        feed, known = self.document.feed, self._workbench.settings.recent_filters
        secrets = secrets_of(feed.exchange.hops) if feed is not None else ()
        if any(secret in expression for secret in secrets) or known[:1] == (expression,):
            return
        others = (one for one in known if one != expression)
        self._workbench.change_settings(recent_filters=(expression, *others)[:RECENT_FILTERS])

    def _show_recent_filters(self) -> None:
        self.response.body.filtering.show_recent(self._workbench.settings.recent_filters)

    def _choose_language(self, key: str) -> None:
        self._language = key
        self._workbench.change_settings(snippet_language=key)
        self._show_what_would_be_sent()

    def _show_what_would_be_sent(self) -> None:
        """Show the headers that will be added, and the request as code, before anything is sent."""
        try:
            prepared = self.document.prepared()
            is_whole = not self.document.draft.options.omitted_headers
            self.editor.show_automatic(prepared.headers if is_whole else self.document.offered_headers())
            self.editor.show_warnings(prepared.warnings)
        except UserError:  # what is missing is marked where it is typed, and said in full on Send
            self.editor.show_warnings(())
        if self.editor.current_panel == self._snippet_index:
            self._show_snippet()

    def _show_snippet(self) -> None:
        languages = code.languages()
        if self._language not in {key for key, _title, _lexer in languages}:
            self._language = languages[0][0]
        self.snippet.set_languages([(key, title) for key, title, _lexer in languages], self._language)
        lexer = next(lexer for key, _title, lexer in languages if key == self._language)
        try:
            self.snippet.show(self._workbench.snippet(self.document, self._language), lexer)
        except UserError as error:
            self.snippet.show(f"# {error.title}\n# {error.detail}", "bash")
