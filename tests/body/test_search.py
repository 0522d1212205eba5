import os
import random
import re
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body import matches as keeping
from antiphon.body import search as searching
from antiphon.body.search import Query, Search
from antiphon.body.searchers import Searchers
from antiphon.body.store import BodyStore
from tests.body.naive import body_of, naive_matches


def waited(predicate, limit_s: float = 20) -> bool:
    end = time.monotonic() + limit_s
    while not predicate() and time.monotonic() < end:
        time.sleep(0.002)
    return predicate()


def all_of(search: Search) -> list[tuple[int, int]]:
    def match(number):
        assert waited(lambda: search.match(number) is not None)
        return search.match(number)

    return [match(number) for number in range(search.count)]


@pytest.fixture
def searched():
    """Return a search of a body that is done."""
    searches = []

    def searched(body, query, charset="utf-8", searchers=None):
        search = Search(body, query, charset, searchers).start()
        searches.append(search)
        assert waited(lambda: search.is_done)
        assert not search.error
        return search

    yield searched
    for search in searches:
        search.cancel()


def test_a_wrong_expression_is_told_at_once():
    with pytest.raises(re.error):
        Search(body_of(b""), Query("(", is_regex=True))


def test_steps_and_ranges(searched):
    search = searched(body_of(b"a-a-a"), Query("a"))
    assert [search.number_from(at) for at in (0, 1, 5)] == [0, 1, None]
    assert [search.number_before(at) for at in (0, 4, 5)] == [None, 1, 2]
    assert search.between(0, 3) == [(0, 1), (2, 1)]
    assert search.between(1, 2) == []


def test_matches_come_while_the_body_still_arrives():
    store = body_of(b"needle" + b"x" * 20_000, is_over=False)
    search = Search(store, Query("needle")).start()
    assert waited(lambda: search.count == 1)
    assert not search.is_done
    store.append(b"needle")
    store.finish()
    assert waited(lambda: search.is_done)
    assert search.count == 2
    search.cancel()


def test_quick_parts_are_asked_for_ahead_and_slow_ones_one_by_one():
    search = Search(body_of(b"x"), Query("x"))
    search._adapt(0.001)
    assert search._most_unanswered == 8
    search._adapt(0.006)
    assert search._most_unanswered == 3
    search._adapt(2.0)
    assert search._most_unanswered == 2
    search.cancel()


def test_cancel_ends_the_thread():
    search = Search(body_of(b"x", is_over=False), Query("needle")).start()
    search.cancel()
    assert not any(thread.name == "search" for thread in threading.enumerate())


@pytest.mark.parametrize("is_in_file", [False, True])
def test_a_regular_expression_is_matched_by_a_process_that_is_gone_afterwards(tmp_path, is_in_file):
    store = BodyStore(tmp_path, 0 if is_in_file else 1 << 20)
    store.append(b"key1 " * 10)
    search = Search(store, Query(r"key\d", is_regex=True)).start()
    assert waited(lambda: search.process_id)
    process = search.process_id
    store.append(b"x" * 300_000 + b"key2")
    store.finish()
    assert waited(lambda: search.is_done)
    assert (search.count, search.match(10)) == (11, (300_050, 4))
    search.cancel()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    store.close()


def test_an_expression_that_would_take_ages_can_be_cancelled():
    search = Search(body_of(b"a" * 5000), Query("(a+)+(?=b)", is_regex=True)).start()
    assert waited(lambda: search.process_id)
    time.sleep(0.3)
    assert not search.is_done
    search.cancel()
    assert search.process_id is None


def test_what_would_take_ages_is_soon_out_of_the_way_of_the_next_search(searched):
    store = body_of(b"a" * 5000)
    searchers = Searchers(store)
    endless = Search(store, Query("(a+)+(?=b)", is_regex=True), "utf-8", searchers).start()
    assert waited(lambda: endless.process_id)
    time.sleep(0.2)
    endless.drop()
    assert searched(store, Query("a+", is_regex=True), "utf-8", searchers).count == 1
    assert waited(lambda: not endless.is_at_work)
    searchers.close()


def test_a_search_cancelled_at_once_leaves_no_process():
    for _ in range(5):
        search = Search(body_of(b"a"), Query("a", is_regex=True)).start()
        search.cancel()
        assert search.process_id is None


def test_a_match_longer_than_what_is_read_behind_a_part_is_whole(searched):
    text = b"{" + b"x\n" * 200_000 + b"}" + b"{}" * 50_000
    search = searched(body_of(text), Query(r"\{[^}]*", is_regex=True))
    assert search.match(0) == (0, 400_001)
    assert search.count == 50_001


def test_a_long_match_that_still_arrives_is_waited_for():
    store = body_of(b"{" + b"x\n" * 100_000, is_over=False)
    search = Search(store, Query(r"\{[^}]*", is_regex=True)).start()
    time.sleep(0.4)
    store.append(b"x\n" * 100_000 + b"}")
    store.finish()
    assert waited(lambda: search.is_done)
    assert [search.match(number) for number in range(search.count)] == [(0, 400_001)]
    search.cancel()


@pytest.fixture
def few_kept(monkeypatch):
    monkeypatch.setattr(keeping, "KEPT_LIMIT", 100)
    monkeypatch.setattr(searching, "HERE_BYTES", 1 << 16)


@pytest.mark.parametrize(
    "query",
    [
        Query('"id"', is_case_sensitive=True),
        Query("ID"),
        Query("id", is_whole_word=True),
        Query(r"\d+", is_regex=True),
        Query(r'\s*"', is_regex=True),
        Query("é|id", is_regex=True, is_whole_word=True),
    ],
)
def test_matches_whose_places_are_not_kept_are_counted_and_found_again(few_kept, searched, tmp_path, query):
    chance = random.Random(1)
    text = b"".join(
        b'  {"id": %d, "n": "%s"},\n' % (chance.randrange(10**9), "é".encode() * chance.randrange(3))
        for _ in range(8000)
    )
    store = body_of(text, folder=tmp_path)
    expected = naive_matches(text, query)
    search = searched(store, query)
    assert search.count == len(expected)
    assert search._index.kept < search.count
    for number in [*chance.sample(range(len(expected)), 60), len(expected) - 1]:
        place, size = expected[number]
        assert waited(lambda number=number: search.match(number) is not None)
        assert search.match(number) == (place, size)
        assert waited(lambda place=place: search.knows(place) and search.knows(place + size))
        assert (search.number_from(place), search.number_before(place + size)) == (number, number)
        assert waited(lambda: (place, size) in search.between(place, place + 1))  # noqa: B023
    search.cancel()
    store.close()


def test_a_body_of_nothing_but_matches_takes_little_memory(few_kept, searched):
    search = searched(body_of(b"e" * (3 << 20)), Query("e", is_case_sensitive=True))
    assert search.count == 3 << 20
    assert len(search._index._leaf_starts) <= (3 << 20) / 1000
    assert search.match((3 << 20) - 7) == ((3 << 20) - 7, 1)


@given(
    st.lists(st.text('ab\né "', min_size=1, max_size=40), max_size=6),
    st.sampled_from(["a", '"', "ab", "é", "aa"]),
    st.booleans(),
    st.booleans(),
)
@settings(deadline=None, max_examples=40)
def test_text_is_found_while_the_body_grows_as_in_the_whole(pieces, needle, is_case_sensitive, is_whole_word):
    query = Query(needle, False, is_case_sensitive, is_whole_word)
    store = BodyStore()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "WAIT_S", 0.001)
        patch.setattr(searching, "HERE_PART_BYTES", 16)
        patch.setattr(keeping, "KEPT_LIMIT", 3)
        search = Search(store, query).start()
        for piece in pieces:
            store.append(piece.encode())
        store.finish()
        assert waited(lambda: search.is_done)
        assert all_of(search) == naive_matches("".join(pieces).encode(), query)
        search.cancel()


def test_expressions_are_found_in_small_parts_by_processes_as_in_the_whole(monkeypatch, searched):
    monkeypatch.setattr(searching, "SMALLEST_PART_BYTES", 64)
    monkeypatch.setattr(searching, "LARGEST_PART_BYTES", 64)
    monkeypatch.setattr(keeping, "KEPT_LIMIT", 50)
    chance = random.Random(2)
    text = "".join(chance.choice(["id", " ", "\n", "é", '"', "k", "7", "\n  "]) for _ in range(3000)).encode()
    store = body_of(text)
    searchers = Searchers(store)
    for source in [r"\s+", r"id\s*\n", r'"[^"]*"', r"\w+", r"^ *.", r"(\w)\1", r"(?<=é)\W", r"k(?=.*7)"]:
        query = Query(source, is_regex=True)
        search = searched(store, query, "utf-8", searchers)
        assert all_of(search) == naive_matches(text, query), source
        search.drop()
    searchers.close()
