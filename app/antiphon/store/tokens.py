"""OAuth 2.0 tokens between sessions: in the system's keyring, or where secret values are kept without one."""

import json
import threading

from antiphon.store.secrets import SecretStore

_PREFIX = "OAuth 2.0 "


class TokenStore:
    """Tokens as text by key, for one environment; its calls wait for the keyring and may come from any thread.

    What was asked for once is remembered, so that a keyring is asked once a session.
    """

    def __init__(self, secrets: SecretStore, collection: str = "", environment: str = "") -> None:
        self._secrets = secrets
        self._place = collection, environment
        self._known: dict[str, dict[str, object] | None] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> dict[str, object] | None:
        """Return the fields that were kept under *key*, None where there are none.

        Raises:
            UserError: the keyring does not answer.
        """
        with self._lock:
            if key not in self._known:
                self._known[key] = _read(self._secrets.get(*self._place, _PREFIX + key))
            return self._known[key]

    def put(self, key: str, fields: dict[str, object] | None) -> None:
        """Keep *fields*, or forget what is kept where it is None.

        Raises:
            UserError: the keyring refuses it, or the file cannot be written; it is known until the program ends.
        """
        with self._lock:
            self._known[key] = fields
            text = "" if fields is None else json.dumps(fields)
            self._secrets.set(*self._place, _PREFIX + key, text)


def _read(text: str | None) -> dict[str, object] | None:
    try:
        fields = json.loads(text or "null")
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None
