"""A redirect leads where RFC 9110 says, and takes no credentials to strangers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.document import (
    ApiKeyAuth,
    AwsAuth,
    BasicAuth,
    BearerAuth,
    DigestAuth,
    NoAuth,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
    RequestOptions,
)
from antiphon.core.events import Failure, Head
from antiphon.core.prepared import BytesContent, NoContent, PreparedHeader, PreparedRequest
from antiphon.core.redirect import circle, dropped, identity, is_redirect, next_request, next_url, notes

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


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["POST", "DELETE", "GET", "purge"])
def test_an_option_keeps_method_and_body_whatever_the_status(status, method):
    request = replace(asked(method), options=RequestOptions(keep_method=True))
    result = next_request(request, answered(status))
    assert (result.method, result.content) == (method, BytesContent(b"data"))
    assert result.headers == request.headers
    assert dropped(request, result, answered(status)) == ()


STRANGER = "https://other/x"


@pytest.mark.parametrize(
    ("status", "location", "gone"),
    [
        (307, "/x", ()),
        (303, "/x", ("body (303 becomes GET)", "Content-Type (no body)", "Content-Length (no body)")),
        (301, "/x", ("body (301 becomes GET)", "Content-Type (no body)", "Content-Length (no body)")),
        (308, STRANGER, ("Authorization (another origin)", "Cookie (another origin)")),
        (
            302,
            STRANGER,
            (
                "body (302 becomes GET)", "Authorization (another origin)", "Content-Type (no body)",
                "Content-Length (no body)", "Cookie (another origin)",
            ),
        ),
    ],
)  # fmt: skip
def test_what_does_not_go_along_is_named_with_the_reason(status, location, gone):
    request = asked(Cookie="own=1")
    request = replace(request, headers=(*request.headers, PreparedHeader("Cookie", "a=1", "cookie jar")))
    head = answered(status, location)
    assert dropped(request, next_request(request, head), head) == gone


def test_an_empty_body_is_not_missed():
    request = replace(
        asked(), headers=(PreparedHeader("Content-Length", "0", "automatic"),), content=NoContent()
    )
    assert dropped(request, next_request(request, answered(303)), answered(303)) == (
        "Content-Length (no body)",
    )


@pytest.mark.parametrize(
    ("auth", "told"),
    [
        (DigestAuth("u", "p"), "Digest auth (another origin)"),
        (OAuth1Auth("k"), "OAuth 1 auth (another origin)"),
        (OAuth2Auth(), "OAuth 2 auth (another origin)"),
        (AwsAuth("k"), "AWS auth (another origin)"),
        (NtlmAuth("u"), "NTLM auth (another origin)"),
    ],
)
def test_auth_that_is_made_for_each_request_goes_to_no_stranger(auth, told):
    request = replace(asked(), auth=auth, headers=(PreparedHeader("Host", "api.example.org", "automatic"),))
    following = next_request(request, answered(307, STRANGER))
    assert following.auth == NoAuth()
    assert dropped(request, following, answered(307, STRANGER)) == (told,)
    near = next_request(request, answered(307))
    assert near.auth == auth
    assert dropped(request, near, answered(307)) == ()


def test_what_such_auth_put_into_the_last_request_is_not_used_again():
    rows = [("Authorization", "AWS4 old"), ("X-Amz-Date", "1"), ("X-Amz-Security-Token", "t")]
    signed = replace(asked(), auth=AwsAuth("k"), headers=tuple(PreparedHeader(*row, "auth") for row in rows))
    assert next_request(signed, answered(307)).headers == ()
    assert dropped(signed, next_request(signed, answered(307)), answered(307)) == ()
    head = answered(307, STRANGER)
    assert next_request(signed, head).headers == ()
    assert [row.partition(" ")[0] for row in dropped(signed, next_request(signed, head), head)] == [
        "Authorization", "X-Amz-Date", "X-Amz-Security-Token",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("auth", "name"),
    [
        (ApiKeyAuth("x-key", "k"), "X-Key"),
        (BasicAuth("u", "p"), "Authorization"),
    ],
)
def test_the_header_that_carries_the_auth_goes_to_no_stranger_even_written_by_hand(auth, name):
    request = replace(asked(), auth=auth, headers=(PreparedHeader(name, "secret", "this request"),))
    head = answered(307, STRANGER)
    assert next_request(request, head).headers == ()
    assert dropped(request, next_request(request, head), head) == (f"{name} (another origin)",)


@pytest.mark.parametrize(("location", "is_lost"), [("/x", True), ("/x?key=k", False)])
def test_an_api_key_of_the_query_stays_with_the_old_url(location, is_lost):
    request = replace(asked(), auth=ApiKeyAuth("key", "k", "query"), url=f"{BASE}&key=k")
    following = next_request(request, answered(307, location))
    lost = dropped(request, following, answered(307, location))
    assert lost == (("API key (it stood in the old URL)",) if is_lost else ())


def test_what_was_said_for_one_host_or_target_holds_for_no_other():
    options = RequestOptions(
        server_name="sni", request_target="*", ca_file="/ca.pem", unix_socket="/run/x.sock"
    )
    request = replace(asked(), options=options)
    near, far = (next_request(request, answered(307, where)).options for where in ("/x", STRANGER))
    assert (near.server_name, near.request_target, near.ca_file) == ("sni", "", "/ca.pem")
    assert (far.server_name, far.request_target, far.ca_file) == ("", "", "/ca.pem")
    assert (near.unix_socket, far.unix_socket) == ("/run/x.sock", "")


def test_the_warnings_are_those_of_the_next_request():
    request = asked("TRACE", **{"Content-Length": "9", "Host": "api.example.org", "X ": "a"})
    request = replace(request, warnings=("old",))
    [warning] = next_request(request, answered(303)).warnings
    assert "“X ”" in warning


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/x", []),
        ("https://other/x", []),
        ("http://api.example.org/x", ["unencrypted"]),
        ("https://user:pw@api.example.org/x", ["not used"]),
        ("https://api.example.org/@x", []),
        ("//u@h/", ["not used"]),
    ],
)
def test_what_is_odd_about_the_way_is_noted(location, words):
    told = notes(asked(), next_request(asked(), answered(307, location)), answered(307, location))
    assert len(told) == len(words)
    assert all(word in note for word, note in zip(words, told, strict=True))


def test_the_first_of_two_locations_is_followed_and_the_other_noted():
    head = Head(302, "", "HTTP/1.1", (("Location", "/a"), ("location", "/b")))
    assert next_request(asked(), head).url == "https://api.example.org/a"
    [note] = notes(asked(), next_request(asked(), head), head)
    assert "more than one Location" in note


def test_requests_are_the_same_by_method_url_cookies_and_auth():
    request = asked(Cookie="a=1")
    assert identity(request) == identity(replace(request, options=RequestOptions(verify=False)))
    others = [
        asked("GET", Cookie="a=1"), asked(url=f"{BASE}x", Cookie="a=1"), asked(Cookie="a=2"), asked(),
        replace(request, auth=NoAuth()), asked(Cookie="a=1", Authorization="Bearer u"),
    ]  # fmt: skip
    assert len({identity(request), *map(identity, others)}) == 1 + len(others)


def test_a_signature_that_is_new_each_time_does_not_hide_a_circle():
    request = replace(asked(Cookie="a=1"), auth=DigestAuth("u", "p"))
    signed = replace(request, headers=(*request.headers, PreparedHeader("Authorization", "Digest x", "auth")))
    assert identity(signed) == identity(request)


def test_a_circle_is_named_without_what_queries_hold():
    failure = circle(["http://h/a?key=secret", "http://h/b", "http://h/a?key=secret"])
    assert failure.kind == "redirect"
    assert "circle: http://h/a?… -> http://h/b -> http://h/a?…." in failure.sentence
    assert failure.remedies == ("stop_following",)
