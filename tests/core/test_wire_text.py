"""What left, as text: who added each field, invisible bytes, bodies that are no text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.document import Header, RequestDocument
from antiphon.core.events import Sent
from antiphon.core.exchange import Hop
from antiphon.core.prepare import prepare
from antiphon.core.wire_text import body_text, escaped, hex_dump, sent_fields, text_of, who_added

PREPARED = prepare(RequestDocument(url="http://h/a", headers=(Header("X-A", "1"), Header("x-a", "2"))))


def rows(sent):
    return [(row.name, row.value, row.who) for row in sent_fields(Hop(PREPARED, 0.0, sent=sent))]


def test_the_lines_of_a_head_are_joined_with_who_added_them():
    head = b"GET /a HTTP/1.1\r\nHost: h\r\nx-a: 2\r\nX-A: 1\r\nVia: x\r\nX-a: 3\r\n\r\n"
    assert rows(Sent(head=head)) == [
        ("GET", "/a HTTP/1.1", ""),
        ("Host", "h", "Antiphon"),
        ("x-a", "2", "You"),
        ("X-A", "1", "You"),
        ("Via", "x", "Antiphon"),
        ("X-a", "3", "Antiphon"),
    ]


def test_pseudo_headers_belong_to_http2():
    fields = ((":method", "GET"), (":path", "/a"), ("x-a", "1"))
    assert rows(Sent(fields=fields)) == [
        (":method", "GET", "HTTP/2"),
        (":path", "/a", "HTTP/2"),
        ("x-a", "1", "You"),
    ]


def test_before_anything_left_it_is_what_was_prepared():
    assert rows(Sent())[0] == ("GET", "http://h/a", "")
    assert ("X-A", "1", "You") in rows(Sent())


@pytest.mark.parametrize(
    ("origin", "who"),
    [
        ("this request", "You"),
        ("folder Orders", "Folder Orders"),
        ("automatic", "Antiphon"),
        ("auth of the collection", "Auth of the collection"),
        ("the collection", "Collection"),
    ],
)
def test_who_added_it(origin, who):
    assert who_added(origin) == who


def test_invisible_bytes_are_written_out():
    assert escaped("A: 1 \r\nB:\t2\x00\u200b ü\r\n") == "A: 1\\x20\\r\\n\nB:\\t2\\x00\\u200b ü\\r\\n\n"


@given(st.binary(max_size=200))
def test_any_bytes_can_be_escaped_and_dumped(data):
    assert not any(ord(character) < 32 for character in escaped(text_of(data)).replace("\n", ""))
    dump = hex_dump(data).splitlines()
    assert bytes.fromhex("".join(line[10:58] for line in dump)) == data


def test_bodies_are_text_where_they_are():
    assert body_text('{"a": "ü"}'.encode()) == '{"a": "ü"}'
    assert body_text("ü".encode()[:1]) == ""  # a character that is cut at the end
    assert body_text(b"\x89PNG\r\n") == "00000000  89 50 4e 47 0d 0a                                 .PNG.."
    assert body_text(b"a\x00b").startswith("00000000  61 00 62")
