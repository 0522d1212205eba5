"""No secret is shown unasked, however it was encoded on its way."""

import pytest

from antiphon.core.context import Context
from antiphon.core.document import (
    ApiKeyAuth,
    BasicAuth,
    BearerAuth,
    Defaults,
    Environment,
    Header,
    RequestDocument,
    TextBody,
    Variable,
)
from antiphon.core.events import Sent
from antiphon.core.exchange import Hop
from antiphon.core.prepare import prepare
from antiphon.core.prepared import PreparedHeader
from antiphon.core.redaction import HIDDEN, hidden, secrets_of, shown_value
from antiphon.core.template import Piece

SECRET = 's3/cr "t'
CONTEXT = Context(environment=Environment("E", (Variable("key", is_secret=True),)), secrets={"key": SECRET})


def seen(document, text, context=CONTEXT, sent=None, purpose="request"):
    hop = Hop(prepare(document, context), 0.0, purpose, sent=sent or Sent())
    return hidden(text, secrets_of([hop]))


@pytest.mark.parametrize(
    ("document", "text", "shown"),
    [
        (RequestDocument(url="http://h/?k={{key}}"), "GET /?k=s3%2Fcr%20%22t HTTP/1.1", "GET /?k=" + HIDDEN),
        (RequestDocument(url="http://h/?k={{key}}"), "GET /?k=s3/cr%20%22t HTTP/1.1", "GET /?k=" + HIDDEN),
        (RequestDocument(url="http://h/", body=TextBody("text", "{{key}}")), f"a {SECRET} b", f"a {HIDDEN} b"),
        (RequestDocument(url="http://h/", body=TextBody("text", "{{key}}")), 's3/cr \\"t', HIDDEN),
        (RequestDocument(url="http://h/", auth=BearerAuth("abc.def")), "Bearer abc.def", f"Bearer {HIDDEN}"),
        (RequestDocument(url="http://h/", auth=BasicAuth("u", "p")), "Basic dTpw", f"Basic {HIDDEN}"),
        (RequestDocument(url="http://h/", auth=ApiKeyAuth("k", "v4l", "query")), "/?k=v4l", f"/?k={HIDDEN}"),
        (RequestDocument(url="http://h/", headers=(Header("Authorization", "Own x1"),)), "Own x1", f"Own {HIDDEN}"),
    ],
)  # fmt: skip
def test_a_secret_is_dots_wherever_it_went(document, text, shown):
    assert seen(document, text).startswith(shown)


def test_what_the_engine_added_is_hidden_too():
    document = RequestDocument(url="http://h/")
    head = b'GET / HTTP/1.1\r\nHost: h\r\nauthorization: Digest username="u", response="r"\r\n\r\n'
    text = seen(document, head.decode(), sent=Sent(head=head))
    assert 'response="r"' not in text
    assert f"authorization: Digest {HIDDEN}\r\n" in text
    fields = (("authorization", "Bearer tok"),)
    assert seen(document, "tok", sent=Sent(fields=fields)) == HIDDEN


def test_a_request_for_a_token_hides_what_it_gives_for_it():
    body = b"grant_type=password&username=u&password=p%20w&client_secret=cs1"
    text = seen(RequestDocument(url="http://h/"), body.decode(), sent=Sent(body=body), purpose="token")
    assert text == f"grant_type=password&username=u&password={HIDDEN}&client_secret={HIDDEN}"


def test_headers_of_an_inherited_auth_are_dots():
    context = Context(defaults=(Defaults("C", auth=BasicAuth("u", "p")),))
    prepared = prepare(RequestDocument(url="http://h/"), context)
    (header,) = (one for one in prepared.headers if one.name == "Authorization")
    assert shown_value(header) == f"Basic {HIDDEN}"


def test_a_header_with_a_secret_in_it_shows_the_rest():
    header = PreparedHeader(
        "X", f"a{SECRET}b", "this request", (Piece("a"), Piece(SECRET, "key", True), Piece("b"))
    )
    assert shown_value(header) == f"a{HIDDEN}b"
    assert shown_value(PreparedHeader("X", "plain", "automatic")) == "plain"
