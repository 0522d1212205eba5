"""The filter of events against looking into each one, while they come in pieces."""

import random

import pytest

from antiphon.body import event_filter as module
from antiphon.body import events
from antiphon.body.event_filter import EventFilter
from antiphon.body.event_lines import LineIndex
from antiphon.body.event_stream import SseIndex
from antiphon.body.events import BLOCK_EVENTS
from antiphon.body.store import BodyStore

WORDS = ["data", "tick", "Ab", "aB", "event", "x", "data: x", "\u00e4\u00d6", "12", "id", ": "]


def stream(r: random.Random) -> bytes:
    """A stream with comments, ids, blocks without data, several lines of data, and every line ending."""
    end = r.choice(["\n", "\r", "\r\n"])
    names = ["data: ", "data: ", "data:", "event: ", "id: ", ": ", "other: ", "retry: "]
    out = []
    for _ in range(r.randint(0, 120)):
        lines = [
            r.choice(names) + "".join(r.choices(WORDS, k=r.randint(0, 3))) for _ in range(r.randint(0, 5))
        ]
        out.append(end.join([*lines, "", ""]))
    return "".join(out).encode()


def filled(index_type, text):
    store = BodyStore(memory_limit_bytes=1 << 30)
    store.append(text)
    store.finish()
    index = index_type(store)
    while index.advance():
        pass
    return index


def naive(index, needle, kind):
    found = []
    for number in range(index.first, index.count):
        name = index.types[index.type_number(number)] if index.has_fields else ""
        words = [name, index.data(number, 1 << 30).decode("utf-8", "replace")]
        fits = any(needle.casefold() in line.casefold() for word in words for line in word.split("\n"))
        if fits and kind in {None, index.type_number(number)}:
            found.append(number)
    return found


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("span_bytes", [40, 1 << 15])
def test_the_events_that_fit_are_those_that_a_look_at_each_finds(seed, span_bytes, monkeypatch):
    monkeypatch.setattr(module, "SPAN_BYTES", span_bytes)
    r = random.Random(seed)
    index = filled(SseIndex, stream(r))
    for needle in [*WORDS, "nothing", ""]:
        kind = r.choice([None, None, 0, 1])
        found = EventFilter(index, needle, kind)
        while found.step(0.001):
            pass
        assert [found.number(place) for place in range(found.count)] == naive(index, needle, kind), needle


@pytest.mark.parametrize("needle", ["AB", "\u00d6", '"type"'])
def test_lines_are_filtered_while_they_arrive(needle):
    store = BodyStore()
    index = LineIndex(store)
    found = EventFilter(index, needle)
    r = random.Random(3)
    for number in range(300):
        store.append(f'{{"type": "{r.choice(WORDS[1:4])}", "n": "{number} \u00e4\u00f6"}}\n'.encode())
        while index.advance():
            pass
        assert not found.step(1)
    assert [found.number(place) for place in range(found.count)] == naive(index, needle, None)
    assert found.place_of(found.number(5)) == 5
    store.close()


def test_a_filter_by_type_looks_through_every_block():
    text = b"".join(
        b"event: %s\ndata: x\n\n" % (b"rare" if n % 50_000 == 7 else b"usual") for n in range(150_000)
    )
    index = filled(SseIndex, text)
    found = EventFilter(index, kind=index.types.index("rare"))
    while found.step(0.001):
        pass
    assert [found.number(place) for place in range(found.count)] == [7, 50_007, 100_007]
    everything = EventFilter(index)
    while everything.step(0.001):
        pass
    assert everything.count == 150_000


def test_what_the_index_forgets_the_filter_forgets(monkeypatch):
    monkeypatch.setattr(events, "EVENT_LIMIT", BLOCK_EVENTS)
    store = BodyStore(memory_limit_bytes=1 << 30)
    index = LineIndex(store)
    found = EventFilter(index, "0")
    for number in range(3 * BLOCK_EVENTS):
        store.append(b"%d\n" % number)
        if number % 40_000 == 0:
            while index.advance():
                pass
            found.step(10)
    while index.advance():
        pass
    found.step(10)
    assert index.first > 0
    assert [found.number(place) for place in range(found.count)] == naive(index, "0", None)
    assert found.gone > 0


def test_of_a_very_large_event_the_beginning_is_looked_at():
    index = filled(LineIndex, b'"' + b"x" * module.LOOKED_BYTES + b' needle"\n"near needle"\n')
    found = EventFilter(index, "needle")
    found.step(1)
    assert [found.number(place) for place in range(found.count)] == [1]


def test_what_lies_between_two_events_belongs_to_neither():
    lines = filled(LineIndex, b'"a"\n   \n"b"\n"c"\n')
    found = EventFilter(lines, "  ")
    found.step(1)
    assert found.count == 0
    sse = filled(SseIndex, b"data: a\n\n: needle\n\nevent: needle\n\ndata: b\n\ndata: c\n\n")
    found = EventFilter(sse, "needle")
    found.step(1)
    assert found.count == 0
