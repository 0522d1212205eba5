"""Cookies are kept and sent as browsers do."""

import calendar
import json
import os
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.cookies import (
    CookieJar,
    default_path,
    domain_matches,
    parse_date,
    parse_set_cookie,
    path_matches,
)

NOW = float(calendar.timegm((2011, 4, 1, 0, 0, 0)))
CORPORA = os.environ.get("ANTIPHON_CORPORA")
URL = "http://home.example.org/a/b"


def jar_with(*values: str, url: str = URL) -> CookieJar:
    jar = CookieJar()
    jar.store(url, values, NOW)
    return jar


@pytest.mark.skipif(not CORPORA, reason="ANTIPHON_CORPORA is not set")
def test_the_http_state_suite_passes_but_for_one_disabled_case():
    base = "http://home.example.org:8888/"
    wrong = []
    for case in json.loads(Path(CORPORA, "cookies_http_state.json").read_text()):
        jar = CookieJar()
        jar.store(f"{base}cookie-parser?{case['test']}", case["received"], NOW)
        target = urljoin(base, case.get("sent-to") or f"/cookie-parser-result?{case['test']}")
        wanted = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in case["sent"]) or None
        if jar.header_for(target, NOW) != wanted:
            wrong.append(case["test"])
    assert wrong == ["DISABLED_PATH0029"]


@pytest.mark.parametrize(
    ("text", "url", "sent"),
    [
        ("a=1", "http://home.example.org/a/x", True),
        ("a=1", "http://home.example.org/", False),
        ("a=1; Path=/", "http://sub.home.example.org/", False),
        ("a=1; Path=/; Domain=example.org", "http://other.example.org/", True),
        ("a=1; Path=/; Domain=.home.example.org", "http://home.example.org/", True),
        ("a=1; Path=/; Domain=other.org", "http://home.example.org/", False),
        ("a=1; Path=/; Domain=org", "http://home.example.org/", False),
        ("a=1; Path=/; Secure", "http://home.example.org/", False),
        ("a=1; Path=/; Secure", "https://home.example.org/", True),
        ("a=1; Path=/; Max-Age=0", "http://home.example.org/", False),
        ("a=1; Path=/; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://home.example.org/", True),
        ("a=" + "x" * 5000 + "; Path=/", "http://home.example.org/", False),
    ],
)
def test_a_cookie_goes_only_where_it_belongs(text, url, sent):
    assert (jar_with(text).header_for(url, NOW) is not None) is sent


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "app.localhost"])
def test_secure_cookies_go_to_this_machine_without_tls(host):
    jar = jar_with("a=1; Path=/; Secure", url=f"http://{host}:8080/")
    assert jar.header_for(f"http://{host}:8080/", NOW) == "a=1"


def test_longer_paths_go_first_then_older_cookies():
    jar = jar_with("a=1; Path=/", "b=2; Path=/a", "c=3; Path=/", "a=new; Path=/")
    assert jar.header_for("http://home.example.org/a", NOW) == "b=2; a=new; c=3"


def test_cookies_end_in_time_and_by_order():
    jar = jar_with("a=1; Path=/; Max-Age=10", "b=2; Path=/")
    assert jar.header_for("http://home.example.org/", NOW + 11) == "b=2"
    jar.store(URL, ["b=; Path=/; Max-Age=-1"], NOW + 12)
    assert (jar.cookies(), jar.header_for(URL, NOW + 12)) == ([], None)


def test_clear_forgets_everything():
    jar = jar_with("a=1")
    jar.clear()
    assert jar.cookies() == []


def test_facts_of_a_cookie_are_kept_for_showing():
    cookie = parse_set_cookie(
        "a=1; HttpOnly; SameSite=Lax; Max-Age=60; Path=/x; Domain=Example.org", URL, NOW
    )
    assert (cookie.domain, cookie.path, cookie.is_host_only) == ("example.org", "/x", False)
    assert (cookie.is_http_only, cookie.same_site, cookie.expires) == (True, "Lax", NOW + 60)


@given(st.text(max_size=80))
def test_no_set_cookie_breaks_the_header_that_is_sent(text):
    header = jar_with(text).header_for(URL, NOW)
    assert header is None or not set(header) & set("\r\n\0")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", (1994, 11, 6, 8, 49, 37)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", (1994, 11, 6, 8, 49, 37)),
        ("Sun Nov  6 08:49:37 1994", (1994, 11, 6, 8, 49, 37)),
        ("6 nov 2037 1:2:3", (2037, 11, 6, 1, 2, 3)),
    ],
)
def test_dates_are_read_in_every_order(text, parts):
    assert parse_date(text) == calendar.timegm(parts)


@pytest.mark.parametrize(
    "text", ["", "Nov 1994", "31 Feb 2020 00:00:00", "6 Nov 1994 25:00:00", "6 Nov 1500 00:00:00"]
)
def test_impossible_dates_are_no_dates(text):
    assert parse_date(text) is None


def test_domains_and_paths_match_as_the_rfc_says():
    assert domain_matches("a.example.org", "example.org")
    assert not domain_matches("badexample.org", "example.org")
    assert not domain_matches("1.2.3.4", "3.4")
    assert path_matches("/a/b", "/a")
    assert not path_matches("/ab", "/a")
    assert [default_path(path) for path in ("/", "/a", "/a/b", "/a/")] == ["/", "/", "/a", "/a"]
