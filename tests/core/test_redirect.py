"""A redirect leads where RFC 9110 says, and takes no credentials to strangers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.document import ApiKeyAuth, BearerAuth, NoAuth
from antiphon.core.exchange import Failure, Head
from antiphon.core.prepared import BytesContent, NoContent, PreparedHeader, PreparedRequest
from antiphon.core.redirect import is_redirect, next_request, next_url

BASE = "https://api.example.org/a/b?q=1"


def asked(method: str = "POST", url: str = BASE, **more: str) -> PreparedRequest:
    headers = {
        "Host": "api.example.org",
        "Authorization": "Bearer t",
        "X-Key": "k",
        "Accept": "*/*",
        "Content-Type": "text/plain",
        "Content-Length": "4",
        **more,
    }
    rows = tuple(PreparedHeader(name, value, "this request") for name, value in headers.items())
    return PreparedRequest(method, url, rows, BytesContent(b"data"), BearerAuth("t"))


def answered(status: int, location: str | None = "/next") -> Head:
    return Head(status, "", "HTTP/1.1", () if location is None else (("Location", location),))


@pytest.mark.parametrize(
    ("status", "method", "following"),
    [
        (301, "POST", "GET"), (301, "PUT", "PUT"), (301, "GET", "GET"), (301, "DELETE", "DELETE"),
        (302, "POST", "GET"), (302, "DELETE", "DELETE"), (302, "PATCH", "PATCH"),
        (303, "POST", "GET"), (303, "PUT", "GET"), (303, "DELETE", "GET"), (303, "HEAD", "HEAD"), (303, "GET", "GET"),
        (307, "POST", "POST"), (307, "PUT", "PUT"), (308, "POST", "POST"), (308, "GET", "GET"),
    ],
)  # fmt: skip
def test_methods_and_bodies_follow_the_status(status, method, following):
    result = next_request(asked(method), answered(status))
    assert (result.method, result.url) == (following, "https://api.example.org/next")
    kept = following == method
    assert (result.content == BytesContent(b"data")) is kept
    assert (result.header("content-type") is not None) is kept
    assert (result.header("content-length") is not None) is kept
    assert result.header("accept") == "*/*"


@pytest.mark.parametrize(
    ("status", "location"), [(200, "/x"), (304, "/x"), (300, "/x"), (305, "/x"), (302, None)]
)
def test_other_answers_lead_nowhere(status, location):
    assert not is_redirect(answered(status, location))
    assert next_request(asked(), answered(status, location)) is None


@pytest.mark.parametrize(
    ("location", "keeps"),
    [
        ("/x", True),
        ("https://api.example.org:443/x", True),
        ("https://API.example.org/x", True),
        ("https://other.example.org/x", False),
        ("https://api.example.org:8443/x", False),
        ("http://api.example.org/x", False),
    ],
)
def test_credentials_stay_with_their_origin(location, keeps):
    request = replace(asked(Cookie="own=1"), auth=ApiKeyAuth("X-Key", "k"))
    result = next_request(request, answered(307, location))
    names = {header.name for header in result.headers}
    assert ({"Authorization", "Cookie", "X-Key"} <= names) is keeps
    assert keeps or not {"Authorization", "Cookie", "X-Key"} & names
    assert (result.auth == NoAuth()) is not keeps


def test_the_jars_cookie_is_made_anew_for_each_hop():
    request = asked()
    request = replace(request, headers=(*request.headers, PreparedHeader("Cookie", "a=1", "cookie jar")))
    assert next_request(request, answered(302)).header("cookie") is None


def test_host_is_that_of_the_next_hop():
    result = next_request(asked(), answered(307, "http://other:8080/x"))
    assert [header.value for header in result.headers if header.name == "Host"] == ["other:8080"]
    assert next_request(asked(), answered(303)).content == NoContent()


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("c", "https://api.example.org/a/c"),
        ("../c", "https://api.example.org/c"),
        ("?x", "https://api.example.org/a/b?x"),
        ("", "https://api.example.org/a/b?q=1"),
        ("//other/x", "https://other/x"),
        ("\\\\other\\x", "https://other/x"),
        (" /a b ", "https://api.example.org/a%20b"),
        ("/x#frag", "https://api.example.org/x"),
        ("/%2F%zz", "https://api.example.org/%2F%zz"),
        ("/ü".encode().decode("latin-1"), "https://api.example.org/%C3%BC"),
        ("/\xfc", "https://api.example.org/%C3%BC"),
        ("http://bücher.example/".encode().decode("latin-1"), "http://xn--bcher-kva.example/"),
        ("HTTP://Host:80/x?", "http://host/x?"),
        ("http://[::1]:81", "http://[::1]:81/"),
        ("http://user:pw@h/", "http://h/"),
    ],
)
def test_locations_are_read_as_browsers_read_them(location, url):
    assert next_url(BASE, location) == url


@pytest.mark.parametrize(
    "location",
    [
        "ftp://h/",
        "javascript:alert(1)",
        "http://",
        "http://h:99999/",
        "http://[::1",
        "http://a b/",
        "mailto:a@b",
    ],
)
def test_a_location_that_is_no_address_is_a_failure(location):
    result = next_request(asked(), answered(302, location))
    assert isinstance(result, Failure)
    assert result.kind == "redirect"
    assert location in result.sentence


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_any_location_gives_a_sendable_url_or_none(location):
    url = next_url(BASE, location)
    assert url is None or (url.isascii() and url.isprintable() and " " not in url and url.startswith("http"))
