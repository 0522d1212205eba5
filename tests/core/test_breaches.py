"""A request that breaks the protocol goes out, and says where."""

import pytest

from antiphon.core.breaches import breaches_of
from antiphon.core.document import RequestOptions
from antiphon.core.prepared import BytesContent, MultipartContent, NoContent, PreparedHeader, PreparedRequest

HOST = ("Host", "h")


def breaches(*rows, method="GET", url="http://h/", body=b"", content=None, **options):
    headers = tuple(PreparedHeader(name, value, "this request") for name, value in rows)
    content = content or (BytesContent(body) if body else NoContent())
    return breaches_of(PreparedRequest(method, url, headers, content, options=RequestOptions(**options)))


@pytest.mark.parametrize(
    "asked",
    [
        {"rows": [HOST]},
        {"rows": [HOST, ("Content-Length", "0")], "method": "POST"},
        {"rows": [HOST, ("content-length", " 2 ")], "body": b"ab", "method": "get"},
        {"rows": [HOST, ("Transfer-Encoding", "chunked")], "body": b"ab", "method": "POST"},
        {"rows": [HOST, ("X", ""), ("x", ""), ("X-U", "ü")]},
        {"rows": [HOST], "url": "http://h/%2F/../+[]?flag&&a=;'~!$()*,"},
        {"rows": [HOST], "url": "http://h/", "request_target": "*", "method": "OPTIONS"},
        {"rows": [HOST, ("TE", "trailers")], "http_version": "2"},
        {"rows": [], "http_version": "2-prior-knowledge"},
        {"rows": [HOST, ("Connection", "close")]},
        {"rows": [HOST], "method": "TRACE"},
    ],
)
def test_a_sound_request_has_no_warning(asked):
    asked = dict(asked)
    assert breaches(*asked.pop("rows"), **asked) == ()


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"rows": []}, "no Host"),
        ({"rows": [HOST, ("host", "g")]}, "2 Hosts"),
        ({"rows": [HOST, ("host", "g")], "http_version": "2"}, "more than one Host"),
        ({"rows": [HOST, ("Content-Length", "3")], "body": b"ab"}, "says 3, the body has 2"),
        ({"rows": [HOST, ("Content-Length", "")], "body": b"ab"}, "says nothing, the body has 2"),
        ({"rows": [HOST, ("Content-Length", "9")], "http_version": "2"}, "says 9, the body has 0"),
        ({"rows": [HOST, ("Content-Length", "2"), ("Content-Length", "2")], "body": b"ab"}, "more than one Content-Length"),
        ({"rows": [HOST, ("Content-Length", "9"), ("Transfer-Encoding", "chunked")], "body": b"ab"}, "beside Transfer-Encoding"),
        ({"rows": [HOST, ("Transfer-Encoding", "gzip, chunked")], "body": b"ab"}, "only “chunked”"),
        ({"rows": [HOST], "body": b"ab"}, "neither Content-Length nor chunks"),
        ({"rows": [HOST, ("Content-Length", "2")], "body": b"ab", "method": "TRACE"}, "TRACE"),
        ({"rows": [HOST, ("X ", "a")]}, "“X ” ends in a blank"),
        ({"rows": [HOST, (" X", "a")]}, "“ X” begins with a blank"),
        ({"rows": [HOST, ("a b", "a")]}, "“a b” has characters"),
        ({"rows": [HOST, ("\udce9", "a")]}, "“?” has characters"),
        ({"rows": [HOST, ("Connection", "x")], "http_version": "2"}, "Connection does not go out over HTTP/2"),
        ({"rows": [HOST, ("te", "gzip")], "http_version": "2"}, "te does not go out over HTTP/2"),
        ({"rows": [HOST], "url": 'http://h/ü"?a|b%zz'}, 'with ü " | %'),
        ({"rows": [HOST], "request_target": "/ü"}, "with ü"),
        ({"rows": [HOST, ("Content-Length", "6")], "content": MultipartContent((), "")}, "boundary “” breaks"),
        ({"rows": [HOST, ("Content-Length", "77")], "content": MultipartContent((), "x" * 71)}, "breaks RFC 2046"),
        ({"rows": [HOST, ("Content-Length", "8")], "content": MultipartContent((), "a ")}, "breaks RFC 2046"),
    ],
)  # fmt: skip
def test_a_breach_is_told_once(asked, word):
    asked = dict(asked)
    [told] = breaches(*asked.pop("rows"), **asked)
    assert word in told
    told.encode()


@pytest.mark.parametrize(
    ("url", "version", "told"),
    [
        ("http://h/", "auto", (False,)),
        ("https://h/", "1.1", (False,)),
        ("https://h/", "auto", (True,)),
        ("https://h/", "2", ()),
    ],
)
def test_without_host_http2_still_says_where_it_goes(url, version, told):
    warnings = breaches(url=url, http_version=version)
    assert tuple(":authority goes out all the same" in warning for warning in warnings) == told
