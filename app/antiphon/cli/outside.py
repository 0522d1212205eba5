"""What the settings of the program say to every request, on the command line as in the window."""

from antiphon.core.context import Context
from antiphon.store.settings import load_settings


def outside() -> Context:
    """Return the program's proxy and trust store; the secret store is asked only where a proxy has a user.

    Raises:
        UserError: the keyring does not tell the proxy's password.
    """
    settings = load_settings()
    proxy = settings.proxy
    if proxy.mode == "manual" and proxy.username:
        from antiphon.store.program import program_proxy
        from antiphon.store.secrets import SecretStore

        proxy = program_proxy(settings, SecretStore())
    return Context(proxy=proxy, trust_store=settings.trust_store)
