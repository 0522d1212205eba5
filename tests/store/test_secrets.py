import os
import stat
import subprocess
import sys

import pytest

from antiphon.core.errors import UserError
from antiphon.store.secrets import SecretStore


class MemoryKeyring:
    def __init__(self):
        self.held = {}

    def get_password(self, service, username):
        return self.held.get((service, username))

    def set_password(self, service, username, password):
        self.held[service, username] = password

    def delete_password(self, service, username):
        del self.held[service, username]


class LockedKeyring(MemoryKeyring):
    def get_password(self, service, username):
        from keyring.errors import KeyringLocked

        raise KeyringLocked("Failed to unlock the collection!")


@pytest.fixture(params=["file", "keyring"])
def store(request):
    return SecretStore(MemoryKeyring() if request.param == "keyring" else None)


def test_a_value_is_kept_by_collection_environment_and_name(store):
    store.set("/c", "Local", "token", "s3cret")
    assert store.get("/c", "Local", "token") == "s3cret"
    for other in [
        ("/d", "Local", "token"),
        ("/c", "Prod", "token"),
        ("/c", "Local", "Token"),
        ("/c|Local", "", "token"),
    ]:
        assert store.get(*other) is None


def test_deleted_or_emptied_it_is_gone(store):
    for forget in (lambda: store.delete("/c", "L", "t"), lambda: store.set("/c", "L", "t", "")):
        store.set("/c", "L", "t", "x")
        forget()
        assert store.get("/c", "L", "t") is None
    store.delete("/c", "L", "never")


def test_where_says_it_plainly(home):
    assert SecretStore(MemoryKeyring()).where == "Secret values are kept in the system's keyring."
    where = SecretStore().where
    assert "No system keyring" in where
    assert "plain text" in where
    assert str(home) in where


def test_a_home_of_its_own_never_asks_the_systems_keyring():
    program = "import sys; from antiphon.store.secrets import SecretStore as S; s = S(); s.set('c', 'e', 'n', 'v'); s.where; sys.exit('keyring' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="rights are of another kind here")
def test_the_file_is_its_owners_alone(home):
    SecretStore().set("/c", "L", "t", "x")
    (file,) = home.rglob("secrets.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_locked_keyring_is_the_users_to_mend():
    with pytest.raises(UserError, match="keyring did not answer"):
        SecretStore(LockedKeyring()).get("/c", "L", "t")


def test_without_a_usable_backend_the_file_is_used(monkeypatch, tmp_path):
    import keyring
    from keyring.backends.fail import Keyring as NoKeyring

    monkeypatch.delenv("ANTIPHON_HOME")
    monkeypatch.setattr("antiphon.store.secrets.places", lambda: type("P", (), {"data": tmp_path})())
    monkeypatch.setattr(keyring, "get_keyring", NoKeyring)
    store = SecretStore()
    store.set("/c", "L", "t", "x")
    assert (tmp_path / "secrets.json").is_file()


def test_no_value_is_printed_by_accident():
    store = SecretStore(MemoryKeyring())
    store.set("/c", "L", "t", "hunter2")
    assert "hunter2" not in f"{store!r} {store.where}"
