"""How the request says who is asking."""

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from antiphon.core.document import (
    ApiKeyAuth,
    Auth,
    BasicAuth,
    BearerAuth,
    InheritAuth,
    NoAuth,
    OtherAuth,
    RequestDocument,
)
from antiphon.core.template import Scope
from antiphon.ui.request.auth_pages import ApiKeyPage, AuthPage, BasicPage, BearerPage, OtherPage, WordsPage
from antiphon.ui.request.panel import Panel
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import Segmented

KINDS = (
    ("inherit", "Inherit"),
    ("none", "None"),
    ("basic", "Basic"),
    ("bearer", "Bearer"),
    ("api key", "API key"),
    ("other", "Other"),
)


def kind_of(auth: Auth) -> str:
    """Return the key of *auth*'s kind in `KINDS`."""
    match auth:
        case InheritAuth():
            return "inherit"
        case NoAuth():
            return "none"
        case BasicAuth():
            return "basic"
        case BearerAuth():
            return "bearer"
        case ApiKeyAuth():
            return "api key"
        case OtherAuth():
            return "other"
        case _:
            return "other"


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
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._scope = Scope()
        self._inherited = "Nothing above this request says how to authenticate, so nothing is sent."
        self._kept: dict[str, Auth] = {}
        self._pages: dict[str, QWidget] = {}
        self.kinds = Segmented(theme, KINDS, name="Kind of auth", parent=self)
        self.kinds.chosen.connect(self._choose)
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * SPACE, 0, 0)
        column.setSpacing(SPACE)
        row = QHBoxLayout()
        row.setContentsMargins(3 * SPACE, 0, 3 * SPACE, 0)
        row.addWidget(self.kinds)
        row.addStretch()
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.kinds)
        self.show_draft()

    @staticmethod
    def mark(draft: RequestDocument) -> str:
        """Return what the tab says behind its title: a dot where the request has auth of its own."""
        return "" if isinstance(draft.auth, InheritAuth) else "•"

    def show_draft(self) -> None:
        auth = self.draft.auth
        kind = kind_of(auth)
        self._kept[kind] = auth
        self.kinds.set_choice_visible("other", "other" in self._kept)
        self.kinds.show_choice(kind)
        page = self._page(kind)
        page.show_auth(auth)
        self._stack.setCurrentWidget(page)

    def set_scope(self, scope: Scope) -> None:
        self._scope = scope
        for page in self._pages.values():
            page.set_scope(scope)

    def set_inherited(self, auth: Auth, place: str) -> None:
        """Say what *Inherit* means here: *auth* as *place* (`folder Orders`) has it."""
        if isinstance(auth, InheritAuth) or not place:
            self._inherited = "Nothing above this request says how to authenticate, so nothing is sent."
        else:
            self._inherited = f"From {place}: {auth_words(auth)}."
        if "inherit" in self._pages:
            self._pages["inherit"].say(self._inherited)

    def _choose(self, kind: str) -> None:
        fresh: dict[str, Auth] = {
            "inherit": InheritAuth(),
            "none": NoAuth(),
            "basic": BasicAuth(),
            "bearer": BearerAuth(),
            "api key": ApiKeyAuth(),
        }
        self.tell(replace(self.draft, auth=self._kept.get(kind) or fresh[kind]))
        self.show_draft()

    def _take(self, auth: Auth) -> None:
        self._kept[kind_of(auth)] = auth
        self.tell(replace(self.draft, auth=auth))

    def _page(self, kind: str) -> AuthPage:
        if kind not in self._pages:
            page = self._pages[kind] = self._made(kind)
            page.set_scope(self._scope)
            self._stack.addWidget(page)
        return self._pages[kind]

    def _made(self, kind: str) -> AuthPage:
        match kind:
            case "inherit":
                return WordsPage(self.theme, self._inherited)
            case "none":
                return WordsPage(self.theme, "Nothing is sent, whatever the folder or the collection says.")
            case "basic":
                return BasicPage(self.theme, self._take)
            case "bearer":
                return BearerPage(self.theme, self._take)
            case "api key":
                return ApiKeyPage(self.theme, self._take)
            case _:
                return OtherPage(self.theme, "")
