"""OAuth 2.0: the fields of the chosen flow, and the token that is kept."""

from collections.abc import Callable

from PySide6.QtCore import Signal

from antiphon.core.document import Auth, OAuth2Auth
from antiphon.ui.request.auth.page import AuthPage
from antiphon.ui.theme import TABLE_ROW, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.form import side_by_side
from antiphon.ui.widgets.rows import NAME, VALUE, Row
from antiphon.ui.widgets.table import RowsTable
from antiphon.ui.widgets.words import Words

_FLOWS = (
    ("authorization_code", "Authorization code"),
    ("client_credentials", "Client credentials"),
    ("password", "Password"),
    ("device_code", "Device code"),
)
_ROWS = {
    "authorization_url": {"authorization_code"},
    "device_url": {"device_code"},
    "refresh_url": {"authorization_code", "password", "device_code"},
    "username": {"password"},
    "password": {"password"},
    "redirect_url": {"authorization_code"},
    "state": {"authorization_code"},
    "uses_pkce": {"authorization_code"},
}
"""The flows that a row belongs to; the others belong to all."""
_PLACES = (("header", "Header"), ("body", "Body"))
_TOKEN_PLACES = (("header", "Header"), ("query", "Query"))


class OAuth2Page(AuthPage):
    fetch_asked = Signal()
    """Get a token now."""
    cancel_asked = Signal()
    """Wait for it no longer."""
    forget_asked = Signal()
    """Forget the token that is kept."""

    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        self.choice("Flow", "flow", _FLOWS)
        self._add_token_row()
        self.field("Authorization URL", "authorization_url", placeholder="https://…/authorize")
        self.field("Device URL", "device_url", placeholder="https://…/device")
        self.field("Token URL", "token_url", placeholder="https://…/token")
        self.field("Client ID", "client_id")
        self.secret("Client secret", "client_secret")
        self.field("Username", "username")
        self.secret("Password", "password")
        self.field("Scope", "scope", placeholder="read write")
        self.check("PKCE", "Prove that who began is who ends (S256)", "uses_pkce")
        self.field("Redirect URL", "redirect_url", placeholder="http://127.0.0.1:PORT/callback, a free port")
        self.field("State", "state", placeholder="made for each sign-in")
        self.field("Refresh URL", "refresh_url", placeholder="the token URL")
        self.segments("Client goes in", "credentials_in", _PLACES)
        self.segments("Token goes in", "token_in", _TOKEN_PLACES)
        self.field("Token's name", "token_name", placeholder="Bearer, or access_token in the query")
        self._add_extra()

    def show_auth(self, auth: Auth) -> None:
        super().show_auth(auth)
        self.edited(auth)

    def edited(self, auth: Auth) -> None:
        if isinstance(auth, OAuth2Auth):
            for attribute, flows in _ROWS.items():
                self.show_rows((attribute,), auth.flow in flows)

    def show_token(self, words: str, has_token: bool) -> None:
        """Say how the token that is kept stands; only one that is there can be forgotten."""
        self.state.setText(words)
        self.forget.setEnabled(has_token)
        self._set_fetching(False)

    def show_fetching(self) -> None:
        """Say that a token is on its way; the button that began it cancels it now, and keeps the focus."""
        self.state.setText("Getting a token…")
        self._set_fetching(True)
        self.forget.setEnabled(False)

    def _set_fetching(self, is_fetching: bool) -> None:
        self.is_fetching = is_fetching
        self.fetch.setText("Cancel" if is_fetching else "Get token now")
        self.fetch.setToolTip("Wait for no token any more (Esc)" if is_fetching else "")
        self.fetch.updateGeometry()

    def _press(self) -> None:
        (self.cancel_asked if self.is_fetching else self.fetch_asked).emit()

    def _add_token_row(self) -> None:
        self.state = Words(self._theme, parent=self)
        self.state.setAccessibleName("Token")
        self.fetch = QuietButton(self._theme, "Get token now", parent=self)
        self.forget = QuietButton(self._theme, "Forget token", parent=self)
        self.fetch.clicked.connect(lambda _checked: self._press())
        self.forget.clicked.connect(lambda _checked: self.forget_asked.emit())
        row = side_by_side((self.fetch, self.forget), self)
        self.form.add("Token", row, is_wide=False, buddy=self.fetch)
        self.form.add_words(self.state)
        self.show_token("No token is kept; one is fetched when the request is sent.", has_token=False)

    def _add_extra(self) -> None:
        extra = RowsTable(self._theme, "Parameter", columns=(NAME, VALUE), bulk_edit=False, parent=self)
        extra.setFixedHeight(self._theme.px(4 * TABLE_ROW))
        extra.edited.connect(lambda rows: self.change(extra=tuple((row.name, row.value) for row in rows)))
        self._theme.changed.connect(lambda: extra.setFixedHeight(self._theme.px(4 * TABLE_ROW)))
        self.follow(
            "More parameters",
            "extra",
            extra,
            lambda pairs: extra.show_rows([Row(name, value) for name, value in pairs]),
        )
