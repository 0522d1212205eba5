import json
from dataclasses import replace

import pytest

from antiphon.core.document import ProxySettings
from antiphon.core.places import places
from antiphon.store.program import keep_proxy_password, program_proxy
from antiphon.store.secrets import SecretStore
from antiphon.store.settings import Settings, load_settings, save_settings

PROXY = ProxySettings("manual", "http://p:1", "ada", bypass="localhost")
CHOSEN = Settings(
    "dark", 1.25, True, (900, 700), 200, "httpx-async", ("/a", "/b"), PROXY, "certifi", ("$.a",)
)


def file():
    return places().config / "settings.json"


def test_without_a_file_all_is_usual():
    assert load_settings() == Settings()
    assert not file().exists()


def test_settings_come_back():
    save_settings(CHOSEN)
    assert load_settings() == CHOSEN
    assert "problem" not in json.loads(file().read_text())


def test_a_proxys_password_is_in_the_secret_store_and_in_no_setting():
    secrets, proxy = SecretStore(), replace(PROXY, password="pa55word")  # noqa: S106 - a made-up one
    save_settings(replace(CHOSEN, proxy=proxy))
    keep_proxy_password(proxy, secrets)
    assert "pa55word" not in file().read_text()
    assert program_proxy(load_settings(), secrets) == proxy
    keep_proxy_password(PROXY, secrets)
    assert program_proxy(load_settings(), secrets) == PROXY


def test_what_a_newer_version_wrote_stays():
    save_settings(CHOSEN)
    file().write_text(json.dumps({**json.loads(file().read_text()), "hologram": [1]}))
    save_settings(load_settings())
    assert json.loads(file().read_text())["hologram"] == [1]


@pytest.mark.parametrize("data", [b"{", b"[]", b"\xff", b"", b"[" * 100_000])
def test_a_broken_file_is_kept_aside_and_that_is_said(data):
    file().parent.mkdir(parents=True)
    file().write_bytes(data)
    settings = load_settings()
    assert settings == Settings()
    assert "settings.json.broken" in settings.problem
    assert (file().parent / "settings.json.broken").read_bytes() == data
    assert load_settings().problem == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("theme", "pink"), ("zoom", "big"), ("zoom", 0), ("zoom", True), ("window_size", [1]), ("window_size", [0, 5]), ("sidebar_width", "x"),
     ("side_by_side", 1), ("recent_collections", "x"), ("recent_filters", 1), ("snippet_language", None), ("window_size", "12"),
     ("proxy", "http://x"), ("proxy", {"mode": "inherit", "url": 1}), ("trust_store", "none")],
)  # fmt: skip
def test_a_wrong_value_is_the_usual_one_and_the_others_stay(name, value):
    save_settings(CHOSEN)
    file().write_text(json.dumps({**json.loads(file().read_text()), name: value}))
    settings = load_settings()
    assert getattr(settings, name) == getattr(Settings(), name)
    kept = [
        each
        for each in ("theme", "zoom", "sidebar_width", "recent_collections", "recent_filters")
        if each != name
    ]
    assert [getattr(settings, each) for each in kept] == [getattr(CHOSEN, each) for each in kept]
