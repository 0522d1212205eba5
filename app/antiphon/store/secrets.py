"""Values of secret variables: in the system's keyring, or, where none runs, in a file that only its owner may read."""

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from antiphon.core.errors import UserError
from antiphon.core.places import places
from antiphon.store.settings import read_object, write_object

_SERVICE = "Antiphon"
_Answer = TypeVar("_Answer")


class Keyring(Protocol):
    """What we ask of a backend of the `keyring` package."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class SecretStore:
    """Secret values by collection, environment and name; its calls may come from any thread.

    A home of its own (`ANTIPHON_HOME`) keeps its secrets in itself and never asks the system's keyring.
    """

    def __init__(self, keyring: Keyring | None = None) -> None:
        """Use *keyring*; without one the system's is looked for when it is first needed."""
        self._chosen = keyring
        self._is_chosen = keyring is not None
        self._writing = threading.Lock()

    @property
    def where(self) -> str:
        """A sentence that says where secret values are kept on this machine."""
        if self._keyring() is not None:
            return "Secret values are kept in the system's keyring."
        if sys.platform == "win32":
            return f"No system keyring runs here. Secret values are kept as plain text in {_file()}, in your own profile."
        return (
            f"No system keyring runs here. Secret values are kept as plain text in {_file()}, "
            "which only your account may read."
        )

    def get(self, collection: str, environment: str, name: str) -> str | None:
        """Return the value, None where there is none.

        Raises:
            UserError: the keyring does not answer.
        """
        keyring = self._keyring()
        entry = _entry(collection, environment, name)
        if keyring is not None:
            return _asked(lambda: keyring.get_password(_SERVICE, entry))
        value = read_object(_file())[0].get(entry)
        return value if isinstance(value, str) else None

    def set(self, collection: str, environment: str, name: str, value: str) -> None:
        """Keep *value*; an empty one is forgotten.

        Raises:
            UserError: the keyring refuses it, or the file cannot be written.
        """
        if not value:
            self.delete(collection, environment, name)
            return
        keyring = self._keyring()
        entry = _entry(collection, environment, name)
        if keyring is not None:
            _asked(lambda: keyring.set_password(_SERVICE, entry, value))
            return
        with self._writing:
            write_object(_file(), {**read_object(_file())[0], entry: value}, private=True)

    def delete(self, collection: str, environment: str, name: str) -> None:
        """Forget the value, if there is one.

        Raises:
            UserError: the keyring does not answer, or the file cannot be written.
        """
        if self.get(collection, environment, name) is None:
            return
        keyring = self._keyring()
        entry = _entry(collection, environment, name)
        if keyring is not None:
            _asked(lambda: keyring.delete_password(_SERVICE, entry))
            return
        with self._writing:
            kept, _ = read_object(_file())
            kept.pop(entry, None)
            write_object(_file(), kept, private=True)

    def _keyring(self) -> Keyring | None:
        if not self._is_chosen:
            self._chosen = _system_keyring()
            self._is_chosen = True
        return self._chosen


def _system_keyring() -> Keyring | None:
    """Return the system's keyring where one runs; priority 1 is `keyring`'s own mark of a usable one."""
    if "ANTIPHON_HOME" in os.environ:
        return None
    import keyring

    backend = keyring.get_keyring()
    return backend if backend.priority >= 1 else None


def _asked(question: Callable[[], _Answer]) -> _Answer:
    from keyring.errors import KeyringError

    try:
        return question()
    except (KeyringError, OSError, RuntimeError) as error:
        raise UserError(
            "The system's keyring did not answer.",
            f"{error or type(error).__name__}. Unlock it and try again.",
        ) from error


def _entry(collection: str, environment: str, name: str) -> str:
    return json.dumps([collection, environment, name])


def _file() -> Path:
    return places().data / "secrets.json"
