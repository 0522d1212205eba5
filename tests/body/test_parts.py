"""Parts are found as RFC 2046 has them, however the body is cut and even where it ends too soon."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.body import parts
from antiphon.body.parts import PartIndex, boundary_of
from antiphon.body.store import BodyStore


def indexed(*pieces, boundary="b", is_over=True, steps=10**6):
    body = BodyStore()
    index = PartIndex(body, boundary)
    for piece in pieces:
        body.append(piece)
        while index.advance():
            pass
    if is_over:
        body.finish()
    while index.advance():
        pass
    return body, index


def contents(body, index):
    found = (index.part(number) for number in range(index.count))
    return [body.read(part.content_start, part.size_bytes) for part in found]


def naive(text):
    """Return the parts' contents, and whether they are closed, read line by line with everything there."""
    parts, closed, current = [], False, None
    for line in re.findall(rb"[^\n]*\n|[^\n]+\Z", text):
        mark = re.fullmatch(rb"--b(--)?[ \t]*(?:\r?\n)?", line)
        if mark and not closed:
            if current is not None:
                parts.append(re.sub(rb"\r?\n\Z", b"", current))
            current, closed = (None, True) if mark[1] else (b"", closed)
        elif current is not None:
            current += line
    return ([*parts, current] if current is not None else parts), closed


LINES = some.lists(
    some.sampled_from([b"--b", b"--b--", b"--bx", b"x--b", b"text", b"", b"--b \t"]), max_size=12
)


@given(LINES, some.sampled_from([b"\n", b"\r\n"]), some.integers(0, 80), some.booleans())
def test_parts_are_those_of_a_naive_reader(lines, ending, cut, ends):
    text = ending.join(lines) + (ending if ends else b"")
    body, index = indexed(text[:cut], text[cut:])
    expected, closed = naive(text)
    assert index.is_closed == closed
    found = [index.part(number) for number in range(index.count)]
    assert [body.read(part.start, part.end - part.start) for part in found] == expected


@given(some.lists(some.binary(max_size=30), min_size=1, max_size=5), some.integers(1, 9))
def test_steps_of_any_size_find_the_same(blocks, step):
    text = b"".join(b"--b\r\nA: 1\r\n\r\n" + block + b"\r\n" for block in blocks) + b"--b--\r\n"
    whole = contents(*indexed(text))
    before, parts.STEP_BYTES = parts.STEP_BYTES, step
    try:
        assert contents(*indexed(text)) == whole
    finally:
        parts.STEP_BYTES = before


def test_headers_are_read_and_folded_lines_joined():
    body, index = indexed(
        b"--b\r\nContent-Type: text/plain;\r\n charset=x\r\nX: \xc3\xa9\r\n\r\nbody\r\n--b--"
    )
    part = index.part(0)
    assert part.headers == (("Content-Type", "text/plain; charset=x"), ("X", "é"))
    assert part.header("content-type") == "text/plain; charset=x"
    assert part.header("none") == ""
    assert contents(body, index) == [b"body"]


@pytest.mark.parametrize(
    ("text", "found", "closed"),
    [
        (b"preamble\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo", [b"one", b"two"], False),
        (b"--b\r\n\r\n\r\n--b--\r\nepilogue\r\n--b\r\n", [b""], True),
        (b"--b\r\nA: 1\r\n--b--", [b""], True),
        (b"--b\r\nA: 1\r\n\r\n--b--", [b""], True),
        (b"nothing", [], False),
        (b"", [], False),
        (b"--b\n\nunix\n--b--\n", [b"unix"], True),
    ],
)
def test_parts_without_headers_ends_or_content(text, found, closed):
    body, index = indexed(text)
    assert (contents(body, index), index.is_closed) == (found, closed)


def test_the_last_part_grows_until_a_boundary_ends_it():
    body, index = indexed(b"--b\r\n\r\nfirst", is_over=False)
    assert (contents(body, index), index.part(0).is_whole) == ([b"first"], False)
    body.append(b" half\r\n--b")
    index.advance()
    assert not index.part(0).is_whole
    body.append(b"\r\n\r\nnext")
    while index.advance():
        pass
    assert contents(body, index) == [b"first half", b"next"]
    assert index.part(0).is_whole


def test_more_parts_than_the_limit_are_not_looked_for(monkeypatch):
    monkeypatch.setattr(parts, "PART_LIMIT", 3)
    _body, index = indexed(b"--b\n\nx\n" * 9)
    assert (index.count, index.is_limited) == (3, True)


@pytest.mark.parametrize(
    ("content_type", "first", "boundary"),
    [
        ("multipart/mixed; boundary=abc", b"", "abc"),
        ('multipart/related; type="a; boundary=no"; boundary=abc', b"", "abc"),
        ('multipart/mixed; Boundary="a b;c\\"d"; x=1', b"", 'a b;c"d'),
        ("multipart/x-mixed-replace;boundary=--frame", b"", "--frame"),
        ("multipart/mixed", b"--found\r\nA: 1", "found"),
        ("multipart/mixed", b"no boundary", ""),
    ],
)
def test_the_boundary_is_named_or_seen(content_type, first, boundary):
    assert boundary_of(content_type, first) == boundary
