import os
import threading
import time

import pytest

from antiphon.body.query import Query
from antiphon.body.scan import Part
from antiphon.body.searchers import PROCESSES, Searchers
from antiphon.body.searchprocess import Task
from tests.body.naive import body_of

STAYS = threading.Event()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def searchers():
    searchers = Searchers(body_of(b"key value"))
    yield searchers
    searchers.close()


def test_idle_processes_are_used_again_and_end_on_close(searchers):
    taken = searchers.take(STAYS)
    processes = [searcher.process_id for searcher in taken]
    searchers.give_back(taken)
    again = searchers.take(STAYS)
    assert [searcher.process_id for searcher in again] == processes
    assert len(processes) == PROCESSES
    searchers.give_back(again)
    searchers.close()
    assert not any(map(is_running, processes))


def test_answers_come_in_any_order_that_is_asked_for(searchers):
    taken = searchers.take(STAYS)
    taken[0].look_for(Query("e"), "utf-8")
    tickets = [taken[0].ask(Task(Part(0, 0, end, end, 0), True, b"key value"[:end])) for end in (9, 3)]
    assert list(taken[0].answer(tickets[1]).starts) == [1]
    assert list(taken[0].answer(tickets[0]).starts) == [1, 8]
    searchers.give_back(taken)


def test_a_killed_process_ends_the_wait_for_its_answer_and_is_replaced(searchers):
    taken = searchers.take(STAYS)
    taken[0].look_for(Query("(a+)+(?=b)", is_regex=True), "utf-8")
    ticket = taken[0].ask(Task(Part(0, 0, 5000, 5000, 0), True, b"a" * 5000))
    threading.Timer(0.1, taken[0].kill).start()
    with pytest.raises(EOFError):
        taken[0].answer(ticket)
    killed = taken[0].process_id
    searchers.give_back(taken)
    again = searchers.take(STAYS)
    assert killed not in [searcher.process_id for searcher in again]
    searchers.give_back(again)


def test_one_search_has_them_at_a_time(searchers):
    taken = searchers.take(STAYS)
    given_up = threading.Event()
    threading.Timer(0.05, given_up.set).start()
    assert searchers.take(given_up) == []
    searchers.give_back(taken)


def test_a_body_that_has_gone_to_a_file_is_read_from_there(tmp_path):
    body = body_of(b"key", is_over=False, folder=tmp_path)
    searchers = Searchers(body)
    taken = searchers.take(STAYS)
    assert taken[0].source is body.spool
    taken[0].look_for(Query("k"), "utf-8")
    assert list(taken[0].answer(taken[0].ask(Task(Part(0, 0, 3, 3, 0), True))).starts) == [0]
    searchers.give_back(taken)
    searchers.close()
    body.close()


def test_warming_up_starts_them(searchers):
    searchers.warm_up()
    end = time.monotonic() + 5
    while len(searchers._idle) < PROCESSES and time.monotonic() < end:
        time.sleep(0.01)
    assert len(searchers._idle) == PROCESSES


class _ClosedLate:
    """A lock at whose release everything is closed by another thread, just before."""

    def __init__(self, searchers):
        self._searchers, self._lock, self._is_first = searchers, threading.Lock(), True

    def acquire(self, *args, **options):
        return self._lock.acquire(*args, **options)

    def release(self):
        if self._is_first:
            self._is_first = False
            other = threading.Thread(target=self._searchers.close)
            other.start()
            other.join()
        self._lock.release()


@pytest.mark.parametrize("is_warming", [True, False])
def test_closing_at_the_last_moment_of_a_turn_leaves_no_process(searchers, is_warming):
    searchers._turn = _ClosedLate(searchers)
    started = []
    make = searchers._started
    searchers._started = lambda: started.extend(make()) or list(started)
    if is_warming:
        searchers._start_idle()
    else:
        searchers.give_back(searchers.take(STAYS))
    assert len(started) == PROCESSES
    assert not [searcher for searcher in started if searcher.is_alive]
