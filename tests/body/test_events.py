"""What every index of events does: spans, and memory that stays bounded."""

import json
import random

import pytest

from antiphon.body import events as module
from antiphon.body.event_lines import LineIndex
from antiphon.body.events import BLOCK_EVENTS
from tests.body.streams import arriving


def test_the_oldest_events_are_forgotten_beyond_the_limit(monkeypatch):
    monkeypatch.setattr(module, "EVENT_LIMIT", 2 * BLOCK_EVENTS)
    count = 4 * BLOCK_EVENTS + 5
    index = arriving(LineIndex, b"".join(b"%d\n" % number for number in range(count)), [])
    assert index.count == count
    assert index.first == 2 * BLOCK_EVENTS
    for number in (index.first, 3 * BLOCK_EVENTS - 1, count - 1):
        assert index.read(number, 99) == b"%d" % number
    with pytest.raises(IndexError):
        index.place(index.first - 1)
    assert len(index._blocks) == 3


def test_spans_cover_every_event_once():
    r = random.Random(1)
    text = b"".join(
        json.dumps("x" * r.choice([1, 50, 3000])).encode() + b"\n" for _ in range(BLOCK_EVENTS + 500)
    )
    index = arriving(LineIndex, text, [])
    number, seen = 0, 0
    while number < index.count:
        start, end, after = index.span(number, 100_000)
        assert after > number
        assert start == index.place(number)[0]
        assert end == sum(index.place(after - 1))
        assert end - start <= 103_100
        seen += after - number
        number = after
    assert seen == index.count
