"""AWS Signature Version 4."""

from collections.abc import Callable

from antiphon.core.document import Auth
from antiphon.ui.request.auth.page import AuthPage
from antiphon.ui.theme import Theme


class AwsPage(AuthPage):
    def __init__(self, theme: Theme, take: Callable[[Auth], None]) -> None:
        super().__init__(theme, take)
        self.field("Access key ID", "access_key_id", placeholder="AKIA…, or empty for the profile's")
        self.secret("Secret access key", "secret_access_key")
        self.secret("Session token", "session_token")
        self.field("Region", "region", placeholder="read from the host")
        self.field("Service", "service", placeholder="read from the host")
        self.field("Profile", "profile", placeholder="default", tip="A profile of ~/.aws/credentials")
