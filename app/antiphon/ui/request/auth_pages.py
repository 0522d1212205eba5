"""The form of each kind of auth."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from antiphon.core.document import ApiKeyAuth, Auth, BasicAuth, BearerAuth, NoAuth, OtherAuth
from antiphon.core.template import Scope
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import Segmented
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.secret import SecretField

_PLACES = (("header", "Header"), ("query", "Query"))
_FIELD_WIDTH = 460


class AuthPage(QWidget):
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


class WordsPage(AuthPage):
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


class OtherPage(WordsPage):
    def show_auth(self, auth: Auth) -> None:
        kind = auth.kind if isinstance(auth, OtherAuth) else ""
        self.say(
            f"“{kind}” is kept as it is in the file. Antiphon cannot send it yet: choose another kind to send."
        )


class BasicPage(AuthPage):
    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        self._username = self.field("Username", "username")
        self._password = self.secret("Password", "password")

    def show_auth(self, auth: Auth) -> None:
        super().show_auth(auth)
        if isinstance(auth, BasicAuth):
            self._username.show_text(auth.username)
            self._password.show_text(auth.password)


class BearerPage(AuthPage):
    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        self._token = self.secret("Token", "token", placeholder="{{token}}")

    def show_auth(self, auth: Auth) -> None:
        super().show_auth(auth)
        if isinstance(auth, BearerAuth):
            self._token.show_text(auth.token)


class ApiKeyPage(AuthPage):
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
