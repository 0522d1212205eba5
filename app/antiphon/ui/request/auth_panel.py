"""How the request says who is asking."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

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
from antiphon.ui.request.panel import Panel
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import Segmented
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.secret import SecretField

KINDS = (
    ("inherit", "Inherit"),
    ("none", "None"),
    ("basic", "Basic"),
    ("bearer", "Bearer"),
    ("api key", "API key"),
    ("other", "Other"),
)
_PLACES = (("header", "Header"), ("query", "Query"))
_FIELD_WIDTH = 460


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
            assert_never(auth)


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

    def _page(self, kind: str) -> "_Page":
        if kind not in self._pages:
            page = self._pages[kind] = self._made(kind)
            page.set_scope(self._scope)
            self._stack.addWidget(page)
        return self._pages[kind]

    def _made(self, kind: str) -> "_Page":
        match kind:
            case "inherit":
                return _Words(self.theme, self._inherited)
            case "none":
                return _Words(self.theme, "Nothing is sent, whatever the folder or the collection says.")
            case "basic":
                return _BasicPage(self.theme, self._take)
            case "bearer":
                return _BearerPage(self.theme, self._take)
            case "api key":
                return _ApiKeyPage(self.theme, self._take)
            case _:
                return _Other(self.theme, "")


class _Page(QWidget):
    """A form of labelled fields for one kind of auth."""

    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__()
        self._theme = theme
        self._take = take
        self._auth: Auth = NoAuth()
        self._fields: list[Field] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(5 * SPACE, 2 * SPACE, 4 * SPACE, 2 * SPACE)
        self._grid.setHorizontalSpacing(4 * SPACE)
        self._grid.setVerticalSpacing(2 * SPACE)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_auth(self, auth: Auth) -> None:
        self._auth = auth

    def set_scope(self, scope: Scope) -> None:
        for field in self._fields:
            field.set_scope(scope)

    def add(self, title: str, widget: QWidget) -> None:
        """Append a row with a label; arrange that focus and screen readers find the field by it."""
        row = self._grid.rowCount()
        label = QLabel(title, self)
        label.setBuddy(widget)
        if not isinstance(widget, Segmented):
            widget.setMaximumWidth(self._theme.px(_FIELD_WIDTH))
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(widget, row, 1)
        self._grid.setColumnStretch(1, 1000)  # all the room up to the fields' width, and only then
        self._grid.setColumnStretch(2, 1)

    def field(self, title: str, attribute: str, *, placeholder: str = "") -> Field:
        field = Field(self._theme, title, placeholder=placeholder, mono=True, variables=True, parent=self)
        self._follow(field, attribute)
        self.add(title, field)
        return field

    def secret(self, title: str, attribute: str, *, placeholder: str = "") -> Field:
        secret = SecretField(self._theme, title, placeholder=placeholder, parent=self)
        self._follow(secret.field, attribute)
        self.add(title, secret)
        return secret.field

    def change(self, **changes: str) -> None:
        changed = replace(self._auth, **changes)
        if changed != self._auth:
            self._auth = changed
            self._take(changed)

    def _follow(self, field: Field, attribute: str) -> None:
        self._fields.append(field)
        field.textEdited.connect(lambda text: self.change(**{attribute: text}))


class _Words(_Page):
    def __init__(self, theme: Theme, words: str) -> None:
        super().__init__(theme, lambda _auth: None)
        self._label = QLabel(words, self)
        self._label.setWordWrap(True)
        self._grid.addWidget(self._label, 0, 0)
        self._grid.setColumnStretch(0, 1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def say(self, words: str) -> None:
        self._label.setText(words)

    def _restyle(self) -> None:
        palette = self._label.palette()
        palette.setColor(palette.ColorRole.WindowText, self._theme.color("dim"))
        self._label.setPalette(palette)


class _Other(_Words):
    def show_auth(self, auth: Auth) -> None:
        kind = auth.kind if isinstance(auth, OtherAuth) else ""
        self.say(
            f"“{kind}” is kept as it is in the file. Antiphon cannot send it yet: choose another kind to send."
        )


class _BasicPage(_Page):
    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        self._username = self.field("Username", "username")
        self._password = self.secret("Password", "password")

    def show_auth(self, auth: Auth) -> None:
        super().show_auth(auth)
        if isinstance(auth, BasicAuth):
            self._username.show_text(auth.username)
            self._password.show_text(auth.password)


class _BearerPage(_Page):
    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        self._token = self.secret("Token", "token", placeholder="{{token}}")

    def show_auth(self, auth: Auth) -> None:
        super().show_auth(auth)
        if isinstance(auth, BearerAuth):
            self._token.show_text(auth.token)


class _ApiKeyPage(_Page):
    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        self._name = self.field("Name", "name", placeholder="X-API-Key")
        self._value = self.secret("Value", "value", placeholder="{{api_key}}")
        self._place = Segmented(theme, _PLACES, name="Where the key goes", parent=self)
        self._place.chosen.connect(lambda key: self.change(placement=key))
        self.add("Sent in", self._place)

    def show_auth(self, auth: Auth) -> None:
        super().show_auth(auth)
        if isinstance(auth, ApiKeyAuth):
            self._name.show_text(auth.name)
            self._value.show_text(auth.value)
            self._place.show_choice(auth.placement)
