"""How the request says who is asking."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from antiphon.core.document import (
    ApiKeyAuth,
    Auth,
    AwsAuth,
    BasicAuth,
    BearerAuth,
    DigestAuth,
    InheritAuth,
    NoAuth,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
    OtherAuth,
    RequestDocument,
)
from antiphon.core.template import Scope
from antiphon.ui.request.auth.aws import AwsPage
from antiphon.ui.request.auth.oauth1 import OAuth1Page
from antiphon.ui.request.auth.oauth2 import OAuth2Page
from antiphon.ui.request.auth.page import AuthPage, OtherPage, WordsPage
from antiphon.ui.request.auth.simple import ApiKeyPage, BasicPage, BearerPage, DigestPage, NtlmPage
from antiphon.ui.request.panel import Panel
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.choice import Choice
from antiphon.ui.widgets.form import Form

KINDS = (
    ("inherit", "Inherit"),
    ("none", "None"),
    ("basic", "Basic"),
    ("bearer", "Bearer"),
    ("api key", "API key"),
    ("digest", "Digest"),
    ("oauth2", "OAuth 2.0"),
    ("oauth1", "OAuth 1.0a"),
    ("aws", "AWS Signature v4"),
    ("ntlm", "NTLM or Kerberos"),
    ("other", "Other"),
)
_TYPES: dict[str, type[Auth]] = {
    "inherit": InheritAuth,
    "none": NoAuth,
    "basic": BasicAuth,
    "bearer": BearerAuth,
    "api key": ApiKeyAuth,
    "digest": DigestAuth,
    "oauth2": OAuth2Auth,
    "oauth1": OAuth1Auth,
    "aws": AwsAuth,
    "ntlm": NtlmAuth,
    "other": OtherAuth,
}
_PAGES: dict[str, Callable[[Theme, Callable[[Auth], None]], AuthPage]] = {
    "basic": BasicPage,
    "bearer": BearerPage,
    "api key": ApiKeyPage,
    "digest": DigestPage,
    "oauth2": OAuth2Page,
    "oauth1": OAuth1Page,
    "aws": AwsPage,
    "ntlm": NtlmPage,
}
_NOWHERE = "Nothing above this says how to authenticate, so nothing is sent."


def kind_of(auth: Auth) -> str:
    """Return the key of *auth*'s kind in `KINDS`."""
    return next(kind for kind, type_ in _TYPES.items() if type(auth) is type_)


def auth_words(auth: Auth) -> str:
    """Return *auth*'s kind as a word in a sentence, no secret in it."""
    match auth:
        case OtherAuth(kind=kind):
            return kind
        case InheritAuth() | NoAuth():
            return "no auth"
        case _:
            return dict(KINDS)[kind_of(auth)]


class AuthPanel(Panel):
    fetch_asked = Signal()
    """Get a token now."""
    cancel_asked = Signal()
    """Wait for it no longer."""
    forget_asked = Signal()
    """Forget the token that is kept."""
    token_wanted = Signal()
    """OAuth 2.0 is shown: how the token stands is to be said by `show_token`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._scope = Scope()
        self._base_dir: Path | None = None
        self._inherited = _NOWHERE
        self._kept: dict[str, Auth] = {}
        self._pages: dict[str, AuthPage] = {}
        self.kinds = Choice(theme, KINDS, name="Kind of auth", parent=self)
        self.kinds.chosen.connect(self._choose)
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * SPACE, 0, 0)
        column.setSpacing(SPACE)
        form = Form(theme, self)
        form.add("Kind", self.kinds, is_wide=False)
        row = QHBoxLayout()
        row.setContentsMargins(5 * SPACE, 0, 4 * SPACE, 0)
        row.addWidget(form)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.kinds)
        self.show_draft()

    @staticmethod
    def mark(draft: RequestDocument) -> str:
        """Return what the tab says behind its title: a dot where the request has auth of its own."""
        return "" if isinstance(draft.auth, InheritAuth | NoAuth) else "•"

    def show_draft(self) -> None:
        auth = self.draft.auth
        kind = kind_of(auth)
        self._kept[kind] = auth
        self.kinds.set_choice_visible("other", "other" in self._kept)
        self.kinds.show_choice(kind)
        page = self._page(kind)
        page.show_auth(auth)
        self._stack.setCurrentWidget(page)
        if kind == "oauth2":
            self.token_wanted.emit()

    def set_scope(self, scope: Scope) -> None:
        self._scope = scope
        for page in self._pages.values():
            page.set_scope(scope)

    def set_base_dir(self, folder: Path | None) -> None:
        self._base_dir = folder
        for page in self._pages.values():
            page.set_base_dir(folder)

    def set_inherited(self, auth: Auth, place: str) -> None:
        """Say what *Inherit* means here: *auth* as *place* (`folder Orders`) has it."""
        if isinstance(auth, InheritAuth) or not place:
            self._inherited = _NOWHERE
        else:
            self._inherited = f"From {place}: {auth_words(auth)}."
        page = self._pages.get("inherit")
        if isinstance(page, WordsPage):
            page.say(self._inherited)

    def show_token(self, words: str, *, has_token: bool) -> None:
        """Say how the token stands that OAuth 2.0 has kept."""
        if isinstance(page := self._pages.get("oauth2"), OAuth2Page):
            page.show_token(words, has_token)

    def show_fetching(self) -> None:
        """Say that a token is being fetched."""
        if isinstance(page := self._pages.get("oauth2"), OAuth2Page):
            page.show_fetching()

    def event(self, event: QEvent) -> bool:
        """Take Esc, which is a command of the window too, while a token is waited for."""
        if event.type() == QEvent.Type.ShortcutOverride and self._is_cancel(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_cancel(event):
            self.cancel_asked.emit()
        else:
            super().keyPressEvent(event)

    def _is_cancel(self, event: QEvent) -> bool:
        page = self._pages.get("oauth2")
        is_fetching = isinstance(page, OAuth2Page) and page.is_fetching
        return is_fetching and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape

    def lead_in(self) -> None:
        """Put the focus where this kind's first field is, or to the choice of kinds where it has none."""
        page = self._page(kind_of(self.draft.auth))
        if isinstance(page, WordsPage):
            self.kinds.setFocus()
        else:
            page.lead_in()

    def _choose(self, kind: str) -> None:
        fresh = self._kept.get(kind) or (_TYPES[kind]() if kind != "other" else NoAuth())
        self.tell(replace(self.draft, auth=fresh))
        self.show_draft()

    def _take(self, auth: Auth) -> None:
        self._kept[kind_of(auth)] = auth
        self.tell(replace(self.draft, auth=auth))
        if isinstance(auth, OAuth2Auth):
            self.token_wanted.emit()

    def _page(self, kind: str) -> AuthPage:
        if kind not in self._pages:
            page = self._pages[kind] = self._made(kind)
            page.set_scope(self._scope)
            page.set_base_dir(self._base_dir)
            self._stack.addWidget(page)
        return self._pages[kind]

    def _made(self, kind: str) -> AuthPage:
        match kind:
            case "inherit":
                return WordsPage(self.theme, self._inherited)
            case "none":
                return WordsPage(self.theme, "Nothing is sent, whatever the folder or the collection says.")
            case "other":
                return OtherPage(self.theme, "")
        page = _PAGES[kind](self.theme, self._take)
        if isinstance(page, OAuth2Page):
            page.fetch_asked.connect(self.fetch_asked)
            page.cancel_asked.connect(self.cancel_asked)
            page.forget_asked.connect(self.forget_asked)
        return page
