"""The fields of server-sent events, and their data taken in pieces."""

import random

import pytest

from antiphon.body.sse import Block, DataLines, block_of, field_of, retry_of


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b"data: x", (b"data", b"x")),
        (b"data:x", (b"data", b"x")),
        (b"data:  x", (b"data", b" x")),
        (b"data", (b"data", b"")),
        (b": a comment", (b"", b"a comment")),
        (b"id:a:b", (b"id", b"a:b")),
        (b" data: x", (b" data", b"x")),
    ],
)
def test_a_line_is_a_name_and_a_value_without_one_space(line, field):
    assert field_of(line) == field


@pytest.mark.parametrize(
    ("text", "block"),
    [
        (b"data: a\ndata\ndata: b\n", Block("message", None, None, b"a\n\nb")),
        (b"event: tick\nid: 7\nretry: 300\ndata: x\n", Block("tick", "7", 300, b"x")),
        (b"event: a\nevent:\ndata: x\n", Block("message", None, None, b"x")),
        (b"id: 7\nid: a\0b\ndata: x\n", Block("message", "7", None, b"x")),
        (b"id\ndata: x\n", Block("message", "", None, b"x")),
        (b"retry: 3s\nDATA: y\ndata: x\n", Block("message", None, None, b"x")),
        (b"id: 1\nevent: no\n\ndata: x\n", Block("message", "1", None, b"x")),
        ("event: \u20ac\ndata: \u20ac\n".encode(), Block("\u20ac", None, None, "\u20ac".encode())),
    ],
)
def test_the_lines_of_an_event_say_what_the_standard_says(text, block):
    assert block_of(text) == block
    assert block_of(text.replace(b"\n", b"\r")) == block
    assert block_of(text.replace(b"\n", b"\r\n")) == block


def test_a_time_to_wait_is_digits_alone_and_bounded():
    assert [retry_of(text) for text in (b"", b"-1", b"1.5", b"007", b"0")] == [None, None, None, 7, 0]
    assert retry_of(b"9" * 10_000) == 10**15


@pytest.mark.parametrize("seed", range(50))
def test_data_in_pieces_is_the_data_at_once(seed):
    r = random.Random(seed)
    names = ["data: ", "data:", "data", "id: ", ": ", "datax: ", "event:"]
    lines = [r.choice(names) + "x:y " * r.randint(0, 3) + r.choice(["\n", "\r", "\r\n"]) for _ in range(20)]
    text = "".join(lines).encode()
    text = text.replace(b"datax:y", b"data")
    extractor, place, out = DataLines(), 0, b""
    while place < len(text):
        size = r.randint(1, 7)
        out += extractor.feed(text[place : place + size])
        place += size
    assert out == block_of(text).data
