"""Cookies come back as they were, and whatever stands in their file breaks nothing."""

import json
import os
import stat
import sys
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from antiphon.core.cookie import Cookie, flaw_of
from antiphon.core.errors import UserError
from antiphon.store.cookies import JarKey, load_cookies, save_cookies

NOW = 1_700_000_000.0
KEY = JarKey("/home/someone/shop", "Local")
COOKIE = Cookie("sid", "s3cret", "h.example", "/", True, NOW)


def file_of(home):
    (file,) = (home / "data" / "cookies").glob("*.json")
    return file


def test_cookies_come_back_in_their_order_with_those_of_the_session(home):
    cookies = [COOKIE, replace(COOKIE, name="b", expires=NOW + 5, is_secure=True, same_site="None")]
    save_cookies(KEY, cookies, NOW)
    assert load_cookies(KEY, NOW) == (cookies, "")


def test_what_has_ended_neither_goes_to_disk_nor_comes_from_it(home):
    save_cookies(KEY, [replace(COOKIE, expires=NOW + 5), replace(COOKIE, name="over", expires=NOW)], NOW)
    assert "over" not in file_of(home).read_text()
    assert load_cookies(KEY, NOW + 6) == ([], "")


def test_each_environment_has_its_own(home):
    keys = [KEY, KEY._replace(environment=""), JarKey(), KEY._replace(collection="/elsewhere")]
    for number, key in enumerate(keys):
        save_cookies(key, [replace(COOKIE, value=str(number))], NOW)
    assert [load_cookies(key, NOW)[0][0].value for key in keys] == ["0", "1", "2", "3"]


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_only_the_owner_may_read_the_file(home):
    before = os.umask(0)
    try:
        save_cookies(KEY, [COOKIE], NOW)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file_of(home).stat().st_mode) == 0o600
    assert "s3cret" not in file_of(home).name


def test_without_cookies_there_is_no_file_and_forgotten_ones_leave_the_disk(home):
    save_cookies(KEY, [], NOW)
    assert not (home / "data").exists()
    save_cookies(KEY, [COOKIE], NOW)
    save_cookies(KEY, [], NOW)
    assert "s3cret" not in file_of(home).read_text()


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"null"])
def test_a_broken_file_is_put_aside_and_said(home, content):
    save_cookies(KEY, [COOKIE], NOW)
    file = file_of(home)
    file.write_bytes(content)
    cookies, problem = load_cookies(KEY, NOW)
    assert cookies == []
    assert ".broken" in problem
    assert file.with_name(file.name + ".broken").read_bytes() == content
    save_cookies(KEY, [COOKIE], NOW)
    assert load_cookies(KEY, NOW) == ([COOKIE], "")


@pytest.mark.parametrize(
    "change",
    [
        {"name": 1},
        {"name": "a;b"},
        {"name": ""},
        {"value": "x\r\ny"},
        {"path": "nowhere"},
        {"created": "now"},
        {"created": None},
        {"expires": "soon"},
        {"expires": True},
        {"expires": float("inf")},
    ],
)
def test_one_wrong_cookie_does_not_take_the_others_with_it(home, change):
    save_cookies(KEY, [replace(COOKIE, name="good"), COOKIE], NOW)
    said = json.loads(file_of(home).read_text())
    said["cookies"][1] |= change
    file_of(home).write_text(json.dumps(said))
    assert [cookie.name for cookie in load_cookies(KEY, NOW)[0]] == ["good"]


def test_a_file_that_cannot_be_written_is_the_users_to_mend(home):
    (home / "data").mkdir(parents=True)
    (home / "data" / "cookies").write_text("in the way")
    with pytest.raises(UserError):
        save_cookies(KEY, [COOKIE], NOW)


_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="=;"), min_size=1, max_size=20
)


@given(_TEXT, _TEXT, st.none() | st.floats(NOW + 1, NOW + 9e7), st.booleans())
def test_every_cookie_that_can_be_in_a_jar_comes_back(name, value, expires, is_secure):
    cookie = Cookie(name, value, "h.example", "/", True, NOW, expires, is_secure)
    assume(not flaw_of(cookie))
    save_cookies(KEY, [cookie], NOW)
    assert load_cookies(KEY, NOW) == ([cookie], "")


def test_a_value_that_is_no_utf8_comes_back_byte_for_byte(home):
    odd = replace(COOKIE, value="\udcfc\u00fc")
    save_cookies(KEY, [odd], NOW)
    assert load_cookies(KEY, NOW) == ([odd], "")
