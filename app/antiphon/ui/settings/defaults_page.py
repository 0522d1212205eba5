"""The tab of what a collection or a folder lends to the requests below it: headers, auth, variables, the way out."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from antiphon.core.connection_options import chosen_proxy
from antiphon.core.context import Context, inherited_auth, scope_of
from antiphon.core.document import Defaults, RequestDocument, RequestOptions, Variable
from antiphon.core.errors import UserError
from antiphon.ui.request.auth_panel import AuthPanel
from antiphon.ui.request.headers_panel import HeadersPanel
from antiphon.ui.request.token_desk import TokenDesk
from antiphon.ui.settings.certificates import CertificatesPanel
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import PrimaryButton
from antiphon.ui.widgets.proxy_form import ProxyForm
from antiphon.ui.widgets.rows import Row
from antiphon.ui.widgets.tabbar import PanelTabs
from antiphon.ui.widgets.table import RowsTable
from antiphon.ui.widgets.words import Words
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.notice import Action, Notice
from antiphon.workbench.workbench import Workbench

HEADERS, AUTH, VARIABLES, PROXY, CERTIFICATES = range(5)


class DefaultsPage(QWidget):
    """Edits what *folder* lends, the collection where that is empty; nothing is written before Save."""

    changed = Signal()
    gone = Signal()
    """The folder is there no more."""

    def __init__(self, theme: Theme, workbench: Workbench, collection: OpenCollection, folder: str) -> None:
        """Show what is saved.

        Raises:
            UserError: the file is broken.
        """
        super().__init__()
        self.collection = collection
        self.folder = folder
        self._theme = theme
        self._workbench = workbench
        self._saved = self._draft = collection.own_defaults(folder)
        self._title = Words(theme, ink="text", is_short=True, is_bold=True, step=2, parent=self)
        self._words = Words(theme, parent=self)
        self._save = PrimaryButton(theme, "Save", self)
        self._save.setToolTip("Save the settings (Ctrl+S)")
        self.tabs = PanelTabs(theme, "Settings", self)
        self.headers = HeadersPanel(theme)
        self.auth = AuthPanel(theme)
        self.variables = RowsTable(theme, "Variable")
        self.proxy = ProxyForm(theme, ("inherit", "none", "system", "manual"), parent=self)
        self.certificates = CertificatesPanel(theme, self)
        self._stack = QStackedWidget(self)
        self._desk = TokenDesk(self.auth, workbench, lambda: self.collection, self._context)
        self._lay_out()
        self.setFocusProxy(self.headers)
        self._connect()
        self.refresh_context()
        self._show()

    @property
    def name(self) -> str:
        """What the tab is called."""
        if not self.folder:
            return self.collection.name
        node = self.collection.node(self.folder)
        return node.name if node is not None else self._saved.name or PurePosixPath(self.folder).name

    @property
    def is_dirty(self) -> bool:
        return self._draft != self._saved

    def save(self, *, over: bool = False) -> bool:
        """Write what is edited; tell whether that was done.

        What another program wrote meanwhile is written over only where *over* says so; else the user is asked.

        Raises:
            UserError: the file cannot be written.
        """
        if not over and self.collection.own_defaults(self.folder) != self._saved:
            self._ask_about_conflict()
            return False
        draft = self._draft
        note = self.collection.save_defaults(self.folder, draft)
        self._saved = draft
        self._show()
        self._workbench.notify(Notice(f"Saved the settings of {self.name}.", note))
        return True

    def lead_to(self, tab: int, host: str = "") -> None:
        """Show *tab* (AUTH, PROXY or CERTIFICATES) and put the focus where it is typed; of the certificates, at the one for *host*."""
        self.tabs.select(tab)
        if tab == AUTH:
            self.auth.lead_in()
        elif tab == CERTIFICATES:
            self.certificates.begin(host)
        else:
            self.proxy.modes.setFocus(Qt.FocusReason.TabFocusReason)

    def refresh_context(self) -> None:
        """Look variables and inherited values up again."""
        try:
            context = self._context()
            scope = scope_of(RequestDocument(), context)
        except UserError:
            return  # said where the collection is opened; what is shown stays
        for panel in (self.headers, self.auth, self.variables, self.proxy, self.certificates):
            panel.set_scope(scope)
        self.auth.set_base_dir(self.collection.root)
        self.certificates.set_base_dir(self.collection.root)
        above = replace(context, defaults=context.defaults[:-1])
        self.auth.set_inherited(*inherited_auth(above))
        self.proxy.set_inherited(*chosen_proxy(RequestOptions(), replace(context, defaults=())))

    def _context(self) -> Context:
        return self.collection.context(f"{self.folder}/settings" if self.folder else "")

    def _change(self, **changes: Any) -> None:
        changed = replace(self._draft, **changes)
        if changed != self._draft:
            self._draft = changed
            self._show()

    def _take_variables(self, rows: Sequence[Row]) -> None:
        before = self._draft.variables
        secret = {variable.name for variable in before if variable.is_secret}
        if len(before) == len(rows):  # a secret that is renamed stays one
            secret |= {row.name for row, old in zip(rows, before, strict=True) if old.is_secret}
        variables = [
            Variable(row.name, row.value, row.enabled, row.name in secret, row.description) for row in rows
        ]
        self._change(variables=tuple(variables))

    def _show(self) -> None:
        draft = self._draft
        document = RequestDocument(headers=draft.headers, auth=draft.auth)
        self.headers.show(document)
        self.auth.show(document)
        self.variables.show_rows([_row(variable) for variable in draft.variables])
        self.proxy.show_proxy(draft.proxy)
        self.certificates.show_certificates(draft.certificates)
        self._title.setText(f"{self.name}")
        self._save.setEnabled(self.is_dirty)
        self._show_marks(draft)
        self.changed.emit()

    def _show_marks(self, draft: Defaults) -> None:
        self.tabs.set_count(HEADERS, sum(header.enabled for header in draft.headers))
        self.tabs.set_mark(AUTH, AuthPanel.mark(RequestDocument(auth=draft.auth)))
        self.tabs.set_count(VARIABLES, sum(variable.enabled for variable in draft.variables))
        if not self.folder:
            self.tabs.set_mark(PROXY, "" if draft.proxy.mode == "inherit" else "•")
            self.tabs.set_count(CERTIFICATES, sum(row.enabled for row in draft.certificates))

    def _look_again(self) -> None:
        """Take over what another program wrote, unless it is being edited here."""
        self.refresh_context()
        try:
            fresh = self.collection.own_defaults(self.folder)
        except UserError:
            return  # the file is broken now; what is shown stays readable
        if not self.is_dirty and fresh != self._saved:
            self._draft = self._saved = fresh
            self._show()
        elif self._title.text() != self.name:
            self._show()

    def _ask_about_conflict(self) -> None:
        def take_theirs() -> None:
            self._draft = self._saved = self.collection.own_defaults(self.folder)
            self._show()

        self._workbench.notify(
            Notice(
                f"The settings of {self.name} were changed outside Antiphon.",
                "Nothing was written. Choose which of the two stays.",
                "warning",
                (
                    Action("Keep mine", lambda: self.save(over=True)),
                    Action("Take the one on disk", take_theirs),
                ),
            )
        )

    def _follow(self, old: str, new: str) -> None:
        """Go along where the folder, or one above it, is moved, renamed or deleted."""
        if not self.folder or (self.folder != old and not self.folder.startswith(f"{old}/")):
            return
        if not new:
            self.gone.emit()
            return
        self.folder = new + self.folder.removeprefix(old)
        name = self.collection.own_defaults(self.folder).name
        self._saved, self._draft = (replace(lent, name=name) for lent in (self._saved, self._draft))
        self._look_again()
        self._show()

    def _connect(self) -> None:
        self._save.clicked.connect(lambda _checked: self.save())
        self.tabs.selected.connect(self._stack.setCurrentIndex)
        self.headers.edited.connect(lambda document: self._change(headers=document.headers))
        self.auth.edited.connect(lambda document: self._change(auth=document.auth))
        self.variables.edited.connect(self._take_variables)
        self.proxy.edited.connect(lambda proxy: self._change(proxy=proxy))
        self.certificates.edited.connect(lambda certificates: self._change(certificates=certificates))
        self.collection.changed.connect(self._look_again)
        self.collection.moved.connect(self._follow)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, SPACE)
        top.setSpacing(3 * SPACE)
        top.addWidget(self._title)
        top.addWidget(self._words, 1)
        top.addWidget(self._save)
        who = "Every request of this folder" if self.folder else "Every request of this collection"
        self._words.setText(f"{who} inherits what stands here, unless it says otherwise.")
        pages: list[tuple[str, QWidget]] = [
            ("Headers", self.headers),
            ("Auth", self.auth),
            ("Variables", self.variables),
        ]
        if not self.folder:
            pages += [("Proxy", _inset(self.proxy)), ("Client certificates", self.certificates)]
        else:
            self.proxy.hide()
            self.certificates.hide()
        for title, page in pages:
            self.tabs.add(title)
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)


def _inset(widget: QWidget) -> QWidget:
    frame = QWidget()
    column = QVBoxLayout(frame)
    column.setContentsMargins(5 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
    column.addWidget(widget)
    column.addStretch()
    return frame


def _row(variable: Variable) -> Row:
    return Row(variable.name, variable.value, variable.enabled, variable.description)
