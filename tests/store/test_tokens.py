import threading

import pytest

from antiphon.core.errors import UserError
from antiphon.store.secrets import SecretStore
from antiphon.store.tokens import TokenStore


class CountingKeyring:
    def __init__(self):
        self.held, self.asked = {}, 0

    def get_password(self, service, username):
        self.asked += 1
        return self.held.get((service, username))

    def set_password(self, service, username, password):
        self.held[service, username] = password

    def delete_password(self, service, username):
        del self.held[service, username]


@pytest.fixture(params=["file", "keyring"])
def secrets(request):
    return SecretStore(CountingKeyring() if request.param == "keyring" else None)


def test_a_token_is_there_for_the_next_session(secrets):
    TokenStore(secrets).put("key", {"access": "T", "expires_at": 5.5})
    assert TokenStore(secrets).get("key") == {"access": "T", "expires_at": 5.5}
    assert TokenStore(secrets).get("other") is None


def test_a_token_of_another_environment_is_another(secrets):
    TokenStore(secrets, "/c", "Local").put("key", {"access": "T"})
    assert TokenStore(secrets, "/c", "Live").get("key") is None
    assert TokenStore(secrets, "/d", "Local").get("key") is None


def test_a_forgotten_token_is_gone(secrets):
    store = TokenStore(secrets)
    store.put("key", {"access": "T"})
    store.put("key", None)
    assert store.get("key") is None
    assert TokenStore(secrets).get("key") is None


def test_the_keyring_is_asked_once():
    keyring = CountingKeyring()
    store = TokenStore(SecretStore(keyring))
    for _ in range(3):
        assert store.get("key") is None
    assert keyring.asked == 1


@pytest.mark.parametrize("text", ["no json", "[1]", "3"])
def test_what_is_no_token_is_none(secrets, text):
    secrets.set("", "", "OAuth 2.0 key", text)
    assert TokenStore(secrets).get("key") is None


def test_a_keyring_that_refuses_loses_nothing_for_this_session():
    class Refusing(CountingKeyring):
        def set_password(self, *_):
            from keyring.errors import PasswordSetError

            raise PasswordSetError("no")

    store = TokenStore(SecretStore(Refusing()))
    with pytest.raises(UserError):
        store.put("key", {"access": "T"})
    assert store.get("key") == {"access": "T"}


def test_many_threads_lose_no_token(secrets):
    stores = [TokenStore(secrets, str(number)) for number in range(8)]
    threads = [threading.Thread(target=store.put, args=("key", {"access": "T"})) for store in stores]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert all(TokenStore(secrets, str(number)).get("key") for number in range(8))
