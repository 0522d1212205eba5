"""A URL is taken apart without changing a character of it."""

import pytest

from antiphon.engine.failures import ExchangeBroken
from antiphon.engine.target import Target, parse_target


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://h", Target(b"http", b"h", 80, b"/")),
        ("https://h?q", Target(b"https", b"h", 443, b"/?q")),
        ("HTTP://User:pw@H:8080/a/../b#f", Target(b"http", b"H", 8080, b"/a/../b")),
        ("http://[::1]:81/%zz", Target(b"http", b"::1", 81, b"/%zz")),
        ("http://bücher.test/ü", Target(b"http", b"xn--bcher-kva.test", 80, "/ü".encode())),
        ("http://h:/", Target(b"http", b"h", 80, b"/")),
    ],
)
def test_urls_are_taken_apart(url, target):
    assert parse_target(url) == target


@pytest.mark.parametrize(
    "url", ["", "h/x", "ftp://h", "http:///x", "http://h:65536", "http://h:-1", "http://é..b/"]
)
def test_what_cannot_be_asked_for_is_refused(url):
    with pytest.raises(ExchangeBroken) as caught:
        parse_target(url)
    assert caught.value.failure.kind == "request"


def test_the_place_is_written_for_people():
    assert parse_target("https://h/").place == "h:443"
    assert parse_target("http://[::1]/").place == "[::1]:80"
