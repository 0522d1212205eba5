"""The proxy for all requests: it stands in the settings, its password in the secret store."""

from dataclasses import replace

from antiphon.core.document import ProxySettings
from antiphon.store.secrets import SecretStore
from antiphon.store.settings import Settings

_PASSWORD = ("", "", "password of the proxy")


def program_proxy(settings: Settings, secrets: SecretStore) -> ProxySettings:
    """Return the proxy for requests that say no other, its password included.

    Raises:
        UserError: the keyring does not answer.
    """
    proxy = settings.proxy
    if proxy.mode != "manual" or not proxy.username:
        return proxy
    return replace(proxy, password=secrets.get(*_PASSWORD) or "")


def keep_proxy_password(proxy: ProxySettings, secrets: SecretStore) -> None:
    """Keep the password of *proxy* in the secret store; an empty one is forgotten.

    Raises:
        UserError: the keyring refuses it.
    """
    secrets.set(*_PASSWORD, proxy.password)
