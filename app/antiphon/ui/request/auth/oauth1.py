"""OAuth 1.0a: keys, tokens, and how the signature is made."""

from collections.abc import Callable
from typing import get_args

from antiphon.core.document import Auth, OAuth1Auth, OAuth1Signature
from antiphon.ui.request.auth.page import AuthPage
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.file_field import FileField

_METHODS = tuple((method, method) for method in get_args(OAuth1Signature))
_PLACES = (("header", "Header"), ("query", "Query"), ("body", "Form body"))


class OAuth1Page(AuthPage):
    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        self.field("Consumer key", "consumer_key")
        self.choice("Signature", "signature_method", _METHODS)
        self.secret("Consumer secret", "consumer_secret")
        self._add_private_key()
        self.field("Token", "token")
        self.secret("Token secret", "token_secret")
        self.segments("Sent in", "placement", _PLACES)
        self.field("Realm", "realm")
        self.field("Callback", "callback")
        self.field("Verifier", "verifier")
        self.field("Timestamp", "timestamp", placeholder="made for each sending")
        self.field("Nonce", "nonce", placeholder="made for each sending")
        self.field("Version", "version", placeholder="left out")
        self.check("Body", "Sign a hash of the body, too", "includes_body_hash")

    def show_auth(self, auth: Auth) -> None:
        super().show_auth(auth)
        self.edited(auth)

    def edited(self, auth: Auth) -> None:
        if isinstance(auth, OAuth1Auth):
            self.show_rows(("private_key",), auth.signature_method.startswith("RSA"))

    def _add_private_key(self) -> None:
        key = FileField(self._theme, "Private key", placeholder="PEM text, or a PEM file", parent=self)
        key.edited.connect(lambda text: self.change(private_key=text))
        self.follow("Private key", "private_key", key, key.show_text)
