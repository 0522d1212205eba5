"""Which events the list shows: all, filtered, paused."""

import pytest

from antiphon.body import events
from antiphon.body.event_lines import LineIndex
from antiphon.body.events import BLOCK_EVENTS
from antiphon.body.store import BodyStore
from antiphon.ui.viewer.event_rows import EventRows


class Stream:
    def __init__(self):
        self.store = BodyStore(memory_limit_bytes=1 << 30)
        self.index = LineIndex(self.store)
        self.rows = EventRows(self.index, self.store.arrivals)

    def come(self, *lines):
        self.store.append("".join(f"{line}\n" for line in lines).encode())
        while self.index.advance():
            pass
        while self.rows.step(1):
            pass

    @property
    def seen(self):
        rows = self.rows
        return [self.index.read(rows.number(row), 99).decode() for row in range(rows.count)]


@pytest.fixture
def stream():
    stream = Stream()
    yield stream
    stream.store.close()


def test_a_filter_lets_through_what_fits_and_knows_their_rows(stream):
    stream.come("ab", "cd", "abc", "x")
    stream.rows.show("AB", None)
    stream.come("dab")
    assert stream.seen == ["ab", "abc", "dab"]
    assert [stream.rows.row_of(number) for number in range(6)] == [0, None, 1, None, 2, None]
    stream.rows.show("", None)
    assert stream.seen == ["ab", "cd", "abc", "x", "dab"]


@pytest.mark.parametrize("text", ["", "a"])
def test_a_pause_holds_new_rows_back_and_counts_them(stream, text):
    stream.come("a1", "a2", "b")
    stream.rows.show(text, None)
    stream.come()
    before = stream.seen
    stream.rows.pause(True)
    stream.come("a3", "b", "a4")
    assert stream.seen == before
    assert stream.rows.new_count == (2 if text else 3)
    stream.rows.pause(False)
    assert (len(stream.seen), stream.rows.new_count) == (len(before) + (2 if text else 3), 0)


def test_a_filter_changed_while_paused_shows_what_had_come_before(stream):
    stream.come("a1", "b1")
    stream.rows.pause(True)
    stream.come("a2")
    stream.rows.show("a", None)
    stream.come()
    assert stream.seen == ["a1"]
    assert stream.rows.new_count == 1


def test_times_are_told_as_exactly_as_they_are_known(stream, monkeypatch):
    from antiphon.body import arrivals

    now = [50.0]
    monkeypatch.setattr(arrivals.time, "perf_counter", lambda: now[0])
    for line, at in (("a", 0), ("b", 1.2345), ("c", 5000)):
        now[0] = 50 + at
        stream.store.append(f"{line}\n".encode())
    stream.come()
    assert [stream.rows.time_text(number) for number in range(3)] == ["+0.000 s", "+1.234 s", "+5,000.000 s"]
    stream.store.arrivals._gap_s = 0.128
    assert stream.rows.time_text(2) == "+5,000.0 s"


def test_forgotten_events_leave_the_rows(stream, monkeypatch):
    monkeypatch.setattr(events, "EVENT_LIMIT", BLOCK_EVENTS)
    stream.come(*range(2 * BLOCK_EVENTS + 10))
    assert stream.rows.gone == stream.index.first == BLOCK_EVENTS
    assert stream.rows.count == BLOCK_EVENTS + 10
    assert stream.rows.number(0) == BLOCK_EVENTS
    assert stream.rows.row_of(5) is None
