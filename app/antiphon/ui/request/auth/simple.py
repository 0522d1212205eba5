"""Auth that takes a few fields: Basic, Bearer, API key, Digest, NTLM."""

from collections.abc import Callable

from antiphon.core.document import Auth
from antiphon.ui.request.auth.page import AuthPage
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.buttons import Segmented
from antiphon.ui.widgets.words import Words


class BasicPage(AuthPage):
    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        self.field("Username", "username")
        self.secret("Password", "password")


class DigestPage(BasicPage):
    """RFC 7616: the password itself is never sent."""

    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        words = "The server's challenge is answered; the password itself never goes out."
        self.form.add_words(Words(theme, words, parent=self))


class BearerPage(AuthPage):
    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        self.secret("Token", "token", placeholder="{{token}}")


class ApiKeyPage(AuthPage):
    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        self.field("Name", "name", placeholder="X-API-Key")
        self.secret("Value", "value", placeholder="{{api_key}}")
        self.segments("Sent in", "placement", (("header", "Header"), ("query", "Query")))


class NtlmPage(AuthPage):
    """NTLM, or Kerberos by Negotiate, for the user given or the one that is logged in."""

    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        schemes = (("ntlm", "NTLM"), ("negotiate", "Kerberos (Negotiate)"))
        self.scheme = Segmented(theme, schemes, name="Protocol", parent=self)
        self.scheme.chosen.connect(lambda key: self.change(is_negotiate=key == "negotiate"))
        self.follow("Protocol", "is_negotiate", self.scheme, self._show_scheme, is_wide=False)
        self.field("Username", "username", placeholder="who is logged in")
        self.secret("Password", "password")
        self.field("Domain", "domain")
        words = "It binds the connection, so HTTP/1.1 is spoken. The package pyspnego does the work."
        self.form.add_words(Words(theme, words, parent=self))

    def _show_scheme(self, is_negotiate: bool) -> None:
        self.scheme.show_choice("negotiate" if is_negotiate else "ntlm")
