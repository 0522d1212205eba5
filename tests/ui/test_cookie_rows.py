"""The Cookies tab tells what became of each cookie that an answer sets."""

from dataclasses import replace

import pytest

from antiphon.core.cookie import Refused
from antiphon.core.cookies import SHADOWS_SECURE
from antiphon.core.document import RequestOptions
from antiphon.core.events import Head
from antiphon.core.exchange import Hop
from antiphon.core.prepared import PreparedRequest
from antiphon.ui.response.cookie_rows import cookie_rows


def hop(*values, notes=(), use_cookies=True, url="http://h.example/a/b"):
    request = PreparedRequest("GET", url, (), options=replace(RequestOptions(), use_cookies=use_cookies))
    head = Head(200, "OK", "HTTP/1.1", tuple(("Set-Cookie", value) for value in values))
    return Hop(request, 0.0, head=head, notes=notes)


@pytest.mark.parametrize(
    ("value", "row"),
    [
        ("a=1", ("a", "1", "h.example", "/a", "with the session", "")),
        (
            "a=1; Domain=h.example; Path=/; HttpOnly; SameSite=Lax",
            ("a", "1", ".h.example", "/", "with the session", "HttpOnly, SameSite=Lax"),
        ),
        ("a=1; Max-Age=0", ("a", "1", "h.example", "/a", "at once", "")),
        ("a=1; Secure", ("a", "1", "", "", "", "refused: a Secure cookie cannot be set over http")),
        ("lone", ("", "lone", "", "", "", "refused: it has no name")),
        ("a=\xc3\xbc", ("a", "ü", "h.example", "/a", "with the session", "")),
        ("a=\xfc", ("a", "\\xfc", "h.example", "/a", "with the session", "")),
    ],
)
def test_a_row_has_the_facts_or_the_reason(value, row):
    assert cookie_rows(hop(value)) == [row]


def test_a_kept_cookie_that_a_browser_refuses_says_so():
    assert "a browser refuses" in cookie_rows(hop("a=1; SameSite=None"))[0][-1]


def test_a_refusal_that_only_the_jar_knows_of_is_taken_from_the_notes():
    note = Refused("a", "1", SHADOWS_SECURE).sentence
    assert [row[-1] for row in cookie_rows(hop("a=1", "b=2", notes=(note,)))] == [
        f"refused: {SHADOWS_SECURE}",
        "",
    ]


def test_with_cookies_off_nothing_is_said_to_be_kept():
    assert cookie_rows(hop("a=1", use_cookies=False))[0][-1] == "not kept: cookies are off"


def test_before_the_answer_there_are_no_rows():
    assert cookie_rows(replace(hop(), head=None)) == []
