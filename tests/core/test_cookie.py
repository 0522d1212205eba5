"""A Set-Cookie header becomes a cookie, or a reason why not, as browsers have it."""

import calendar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.cookie import (
    MAX_LIFE_S,
    Cookie,
    Refused,
    decoded,
    default_path,
    domain_matches,
    flaw_of,
    parse_set_cookie,
    path_matches,
)

NOW = float(calendar.timegm((2011, 4, 1, 0, 0, 0)))
PLAIN = "http://home.example.org/a/b"
SAFE = "https://home.example.org/a/b"
LOCAL = "http://localhost:8080/a/b"


def reason(text, url=SAFE):
    cookie = parse_set_cookie(text, url, NOW)
    return cookie.reason if isinstance(cookie, Refused) else ""


def test_facts_of_a_cookie_are_kept_for_showing():
    cookie = parse_set_cookie(
        "a=1; HttpOnly; SameSite=lax; Max-Age=60; Path=/x; Domain=Example.org", SAFE, NOW
    )
    assert (cookie.domain, cookie.path, cookie.is_host_only) == ("example.org", "/x", False)
    assert (cookie.is_http_only, cookie.same_site, cookie.expires) == (True, "Lax", NOW + 60)


@pytest.mark.parametrize(
    ("text", "url", "part"),
    [
        ("flavour", SAFE, "no name"),
        ("=flavour", SAFE, "no name"),
        ("", SAFE, "no name"),
        ("a=1\x01", SAFE, "control character"),
        ("a=1; Path=/\x7f", SAFE, "control character"),
        ("a=" + "x" * 4096, SAFE, "longer than 4096 bytes"),
        ("a=" + "ü" * 2048, SAFE, "longer than 4096 bytes"),
        ("a=1; Domain=other.org", SAFE, "another domain (other.org)"),
        ("a=1; Domain=www.home.example.org", SAFE, "another domain"),
        ("a=1; Domain=org", SAFE, "top-level name (org)"),
        ("a=1; Secure", PLAIN, "over http"),
        ("__Secure-a=1", SAFE, "__Secure- needs Secure"),
        ("__sEcUrE-a=1", SAFE, "__sEcUrE- needs Secure"),
        ("__Secure-a=1; Secure", PLAIN, "over http"),
        ("__Host-a=1; Path=/", SAFE, "__Host- needs Secure"),
        ("__Host-a=1; Secure; Path=/a", SAFE, "__Host- needs Path=/"),
        ("__Host-a=1; Secure", SAFE, "__Host- needs Path=/"),
        ("__Host-a=1; Secure", "https://home.example.org/", "__Host- needs Path=/"),
        ("__host-a=1; Secure; Path=/; Domain=home.example.org", SAFE, "no Domain"),
    ],
)
def test_a_refused_cookie_says_why(text, url, part):
    assert part in reason(text, url)
    assert part in parse_set_cookie(text, url, NOW).sentence


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("a=", SAFE),
        ("a=1=2", SAFE),
        ("a=1\t", SAFE),
        ("a=" + "x" * 4095, SAFE),
        ("a=1; Domain=localhost", LOCAL),
        ("a=1; Secure", LOCAL),
        ("__Secure-a=1; Secure", SAFE),
        ("__Secure-a=1; Secure; Domain=example.org", SAFE),
        ("__Host-a=1; Secure; Path=/", SAFE),
        ("__Host-a=1; Secure; Path=/", LOCAL),
        ("__Hostile=1", PLAIN),
    ],
)
def test_what_the_rules_allow_is_kept(text, url):
    assert reason(text, url) == ""


@pytest.mark.parametrize(
    ("given_site", "kept", "has_note"),
    [
        ("; SameSite=None", "None", True),
        ("; SameSite=None; Secure", "None", False),
        ("; SameSite=strict", "Strict", False),
        ("; SameSite=elsewhere", "", False),
        ("", "", False),
    ],
)
def test_same_site_is_kept_and_what_a_browser_refuses_is_noted(given_site, kept, has_note):
    cookie = parse_set_cookie("a=1" + given_site, SAFE, NOW)
    assert (cookie.same_site, bool(cookie.note)) == (kept, has_note)


@pytest.mark.parametrize(
    "life", ["Max-Age=99999999999", "Max-Age=" + "9" * 500, "Expires=Fri, 31 Dec 9999 23:59:59 GMT"]
)
def test_no_cookie_lives_longer_than_four_hundred_days(life):
    assert parse_set_cookie(f"a=1; {life}", SAFE, NOW).expires == NOW + MAX_LIFE_S


def test_a_long_attribute_is_as_if_it_were_not_there():
    cookie = parse_set_cookie(f"a=1; Path=/{'x' * 1024}; Max-Age={'0' * 1024}5", SAFE, NOW)
    assert (cookie.path, cookie.expires) == ("/a", None)


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"name": ""}, "no name"),
        ({"name": "a=b"}, "character"),
        ({"value": "1; Path=/"}, "character"),
        ({"value": "1\r\nX: y"}, "character"),
        ({"value": "\ud800"}, "bytes"),
        ({"value": "\udcfc" * 4095}, ""),
        ({"value": "\udcfc" * 4096}, "longer"),
        ({"name": "__Host-a", "is_secure": True, "path": "/x"}, "Path=/"),
        ({"name": "__Host-a", "is_secure": True}, ""),
        ({}, ""),
    ],
)
def test_what_is_typed_by_hand_is_held_to_the_same_rules(changed, part):
    cookie = Cookie(
        **{"name": "a", "value": "1", "domain": "h", "path": "/", "is_host_only": True, "created": 0}
        | changed
    )
    assert part in flaw_of(cookie)
    assert bool(part) == bool(flaw_of(cookie))


def test_a_value_is_in_no_repr():
    kept, refused = parse_set_cookie("a=s3cret", SAFE, NOW), parse_set_cookie("=s3cret", SAFE, NOW)
    assert "s3cret" not in repr((kept, refused)) + refused.sentence


def test_header_bytes_become_text_and_keep_every_byte():
    assert decoded(["a=\xc3\xbc", "b=\xfc"]) == ["a=ü", "b=\udcfc"]


@given(st.text(max_size=120), st.sampled_from([PLAIN, SAFE, LOCAL, "https://[::1]/", "https://127.0.0.1/x"]))
def test_whatever_is_read_obeys_the_rules(text, url):
    cookie = parse_set_cookie(text, url, NOW)
    if isinstance(cookie, Cookie):
        assert flaw_of(cookie) == ""
        assert cookie.expires is None or cookie.expires <= NOW + MAX_LIFE_S
        assert cookie.path.startswith("/")
    else:
        assert cookie.reason


_WORD = st.text("abcXYZ019-_.!", min_size=1, max_size=20)


@given(_WORD, _WORD, st.booleans(), st.booleans(), st.sampled_from(["", "Strict", "Lax", "None"]))
def test_a_cookie_reads_back_as_it_was_written(name, value, is_secure, is_http_only, same_site):
    text = f"{name}={value}; Path=/p" + "; Secure" * is_secure + "; HttpOnly" * is_http_only
    text += f"; SameSite={same_site}" if same_site else ""
    assert parse_set_cookie(text, SAFE, NOW) == Cookie(
        name, value, "home.example.org", "/p", True, NOW, None, is_secure, is_http_only, same_site
    )


def test_domains_and_paths_match_as_the_rfc_says():
    assert domain_matches("a.example.org", "example.org")
    assert not domain_matches("badexample.org", "example.org")
    assert not domain_matches("1.2.3.4", "3.4")
    assert path_matches("/a/b", "/a")
    assert not path_matches("/ab", "/a")
    assert [default_path(path) for path in ("/", "/a", "/a/b", "/a/")] == ["/", "/", "/a", "/a"]
