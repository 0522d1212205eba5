"""`Arrivals`: the time of every offset, in memory that is bounded."""

import pytest

from antiphon.body import arrivals as module
from antiphon.body.arrivals import Arrivals
from antiphon.body.store import BodyStore


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    return now


def test_an_offset_has_the_time_at_which_the_bytes_before_it_were_there(clock):
    arrivals = Arrivals()
    for size, after in ((10, 0.0), (25, 0.5), (40, 2.0)):
        clock[0] = 100 + after
        arrivals.note(size)
    ends = [0, 1, 10, 11, 25, 26, 40, 99]
    assert [arrivals.after_first_s(end) for end in ends] == [0, 0, 0, 0.5, 0.5, 2, 2, 2]


def test_nothing_noted_is_no_time():
    assert Arrivals().after_first_s(5) == 0


def test_marks_are_thinned_when_they_become_many_and_say_how_exact_they_are(clock, monkeypatch):
    monkeypatch.setattr(module, "MARK_LIMIT", 1000)
    arrivals, steps = Arrivals(), 50_000
    for step in range(steps):
        clock[0] = 100 + step / 1000
        arrivals.note(step + 1)
    sizes, times = arrivals._marks
    assert 500 <= len(sizes) == len(times) <= 1000
    assert list(sizes) == sorted(set(sizes))
    assert 0.05 < arrivals.exact_to_s < 0.2
    assert arrivals.after_first_s(1) == 0
    for end in range(1, steps, 97):
        assert abs(arrivals.after_first_s(end) - (end - 1) / 1000) <= 2 * arrivals.exact_to_s


def test_growth_within_a_millisecond_shares_a_mark(clock):
    arrivals = Arrivals()
    for step in range(100):
        clock[0] = 100 + step / 10_000
        arrivals.note(step + 1)
    assert len(arrivals._marks[0]) <= 12
    assert arrivals.after_first_s(100) == pytest.approx(0.0099, abs=0.0011)


def test_a_store_notes_what_it_is_given(clock):
    store = BodyStore()
    store.append(b"abc")
    clock[0] += 3
    store.append(b"")
    store.append(b"def")
    assert [store.arrivals.after_first_s(end) for end in (3, 4)] == [0, 3]
    store.close()
