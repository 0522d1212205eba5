"""The cookies of the environment in front, beside the window: which there are, which go along, and how to change them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from antiphon.core.cookie import Cookie, place_of
from antiphon.core.cookies import CookieJar
from antiphon.core.errors import UserError
from antiphon.core.prepared import PreparedRequest
from antiphon.ui.cookies.form import CookieForm, moment_text
from antiphon.ui.response.cookie_rows import shown, shown_domain, shown_flags
from antiphon.ui.response.tables import FactsTable
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.field import Field
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.workbench import Workbench

_TITLES = ("Name", "Value", "Domain", "Path", "Expires", "Sent", "Flags")
_WIDTHS = (130, 180, 140, 70, 140, 54)
"""Of the columns at first; what is left is for the flags, and a tip has what is cut."""
_REFRESH_MS = 120


@dataclass(frozen=True, slots=True)
class InFront:
    """What the window shows: its collection, and its request where there is one."""

    collection: OpenCollection | None
    document: OpenDocument | None


class CookiesPage(QDialog):
    """Follows the window: another environment or request in front shows here at once."""

    def __init__(
        self, theme: Theme, workbench: Workbench, in_front: Callable[[], InFront], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._workbench = workbench
        self._in_front = in_front
        self._jar: CookieJar | None = None
        self._cookies: list[Cookie] = []
        self.setWindowTitle("Cookies")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(round(880 * theme.zoom), round(540 * theme.zoom))
        self.heading = QLabel(self)
        self.going = QLabel(self)
        for label in (self.heading, self.going):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.going.setWordWrap(True)
        self.filter = Field(theme, "Filter cookies", placeholder="Filter", parent=self)
        self.table = FactsTable(theme, "Cookies", _TITLES, self)
        self.form = CookieForm(theme, self)
        self.new = self._button("New", self.begin, "Begin a new cookie")
        self.delete = self._button("Delete", self.remove, "Delete the chosen cookies (Del)")
        self.clear_domain = self._button(
            "Clear domain", self.remove_domain, "Forget every cookie of this domain"
        )
        self.end_session = self._button(
            "End session", self.forget_session, "Forget the cookies that have no expiry"
        )
        self.clear_all = self._button("Clear all", self.remove_all, "Forget every cookie of this environment")
        self._timer = QTimer(self, interval=_REFRESH_MS, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        self._lay_out()
        self._connect()
        self._restyle()
        self.refresh()
        self.filter.setFocus()

    def refresh_soon(self) -> None:
        """Show what is so now, in a moment: while a person types, only once."""
        self._timer.start()

    def refresh(self) -> None:
        """Show the jar of the environment in front, and which of its cookies go along now."""
        front = self._in_front()
        jars = self._workbench.sending.jars
        jar = jars.jar(front.collection)
        if jar is not self._jar:
            self._jar = jar
            self._workbench.tasks.spawn(jars.loaded(front.collection), "read cookies")
            self.form.show_new("")
        self.heading.setText(_owner(front.collection))
        now = time.time()
        cookies = jar.snapshot(now)
        going, sentence = self._going(front.document, jar, now)
        self.going.setText(sentence)
        self._show(cookies, {cookie.key for cookie in going})

    def chosen(self) -> list[Cookie]:
        """Return the cookies whose rows are chosen."""
        rows = self.table.selectionModel().selectedRows()
        return [self._cookies[index.row()] for index in sorted(rows, key=lambda index: index.row())]

    def begin(self) -> None:
        """Begin a new cookie, for the host of the request in front."""
        self.table.clearSelection()
        prepared = _prepared(self._in_front().document)
        self.form.show_new(place_of(prepared.url)[1] if isinstance(prepared, PreparedRequest) else "")
        field = self.form.name if self.form.domain.text() else self.form.domain
        field.setFocus()

    def remove(self) -> None:
        for cookie in self.chosen():
            self._jar_now().remove(cookie)
        self.form.show_new("")
        self.refresh()

    def remove_domain(self) -> None:
        """Forget the cookies of the domains that are chosen."""
        for domain in {cookie.domain for cookie in self.chosen()}:
            self._jar_now().clear(domain)
        self.form.show_new("")
        self.refresh()

    def remove_all(self) -> None:
        self._jar_now().clear()
        self.form.show_new("")
        self.refresh()

    def forget_session(self) -> None:
        self._jar_now().end_session()
        self.form.show_new("")
        self.refresh()

    # -- within ------------------------------------------------------------------------------------

    def _jar_now(self) -> CookieJar:
        return self._jar or self._workbench.sending.jars.jar(self._in_front().collection)

    def _keep(self, cookie: Cookie, before: Cookie | None) -> None:
        self._jar_now().put(cookie, before)
        self.filter.clear()
        self.refresh()
        self._choose([cookie])
        self.form.show_cookie(cookie)

    def _show(self, cookies: list[Cookie], going: set[tuple[str, str, str]]) -> None:
        words = self.filter.text().lower().split()
        rows = [(cookie, _row(cookie, cookie.key in going)) for cookie in cookies]
        rows = [(cookie, row) for cookie, row in rows if all(word in " ".join(row).lower() for word in words)]
        chosen = self.chosen() if self._cookies else []
        with QSignalBlocker(self.table.selectionModel()):
            self._cookies = [cookie for cookie, _ in rows]
            was_empty = not self.table.facts.rows
            self.table.show_rows([row for _, row in rows])
            if was_empty:
                self._fit()
            self._choose(chosen)
        self._offer(cookies)

    def _fit(self) -> None:
        for column, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(column, self._theme.px(width))

    def _choose(self, cookies: list[Cookie]) -> None:
        keys = {cookie.key for cookie in cookies}
        model = self.table.selectionModel()
        flags = model.SelectionFlag.Select | model.SelectionFlag.Rows
        model.clearSelection()
        for row, cookie in enumerate(self._cookies):
            if cookie.key in keys:
                model.select(self.table.facts.index(row, 0), flags)

    def _offer(self, cookies: list[Cookie]) -> None:
        """Let only those buttons be pressed that can do something."""
        for button in (self.delete, self.clear_domain):
            button.setEnabled(bool(self.chosen()))
        self.clear_all.setEnabled(bool(cookies))
        self.end_session.setEnabled(any(cookie.expires is None for cookie in cookies))

    def _selected(self) -> None:
        chosen = self.chosen()
        self._offer(self._jar_now().snapshot(time.time()))
        if len(chosen) == 1:
            self.form.show_cookie(chosen[0])

    def _going(self, document: OpenDocument | None, jar: CookieJar, now: float) -> tuple[list[Cookie], str]:
        """Return which cookies the request in front would carry, and a sentence about it."""
        prepared = _prepared(document)
        match prepared:
            case None:
                return [], "No request is in front."
            case UserError():
                return [], f"The request in front cannot be sent yet. {prepared.title}"
        if not prepared.options.use_cookies:
            return [], "The options of the request in front switch cookies off."
        if prepared.header("cookie") is not None:
            return [], "The request in front brings a Cookie header of its own, which wins."
        going = jar.cookies_for(prepared.url, now)
        count = {0: "No cookie goes", 1: "1 cookie goes"}.get(len(going), f"{len(going)} cookies go")
        return going, f"{count} along with {prepared.method} {prepared.url}"

    def _button(self, text: str, run: Callable[[], None], tip: str) -> QuietButton:
        button = QuietButton(self._theme, text, tip=tip, parent=self)
        button.clicked.connect(lambda _checked: run())
        return button

    def _connect(self) -> None:
        self.filter.textChanged.connect(lambda _text: self.refresh())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        self.table.doubleClicked.connect(lambda _index: self.form.value.setFocus())
        self.form.saved.connect(self._keep)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table, self.remove)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        self._workbench.sending.jars.changed.connect(self.refresh_soon)
        self._theme.changed.connect(self._restyle)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.filter)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        for button in (self.new, self.delete, self.clear_domain, self.end_session, self.clear_all):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 4 * SPACE, 4 * SPACE, 4 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(top)
        column.addWidget(self.going)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        column.addWidget(self.form)
        order = (self.filter, self.table, self.new, self.delete, self.clear_domain, self.end_session)
        order += (self.clear_all, *self.form.in_order())
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def keyPressEvent(self, event) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.table.hasFocus() and self.chosen():
                self.form.value.setFocus()
            return
        super().keyPressEvent(event)

    def _restyle(self) -> None:
        self.heading.setFont(self._theme.ui_font(2, bold=True))
        self.filter.setFixedWidth(self._theme.px(240))
        palette = self.going.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color("dim"))
        self.going.setPalette(palette)


def _prepared(document: OpenDocument | None) -> PreparedRequest | UserError | None:
    try:
        return document.prepared() if document is not None else None
    except UserError as error:
        return error


def _owner(collection: OpenCollection | None) -> str:
    if collection is None:
        return "Requests of no collection"
    return f"{collection.name} · {collection.environment_name or 'No environment'}"


def _row(cookie: Cookie, goes: bool) -> tuple[str, ...]:
    facts = (cookie.name, cookie.value, shown_domain(cookie), cookie.path)
    return (
        *map(shown, facts),
        moment_text(cookie.expires)[:16] or "session",
        "yes" if goes else "",
        shown_flags(cookie),
    )
