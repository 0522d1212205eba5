import os
import re
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body import scan as scanning
from antiphon.body import search as searching
from antiphon.body.scan import scan
from antiphon.body.search import Query, Search
from antiphon.body.store import BodyStore


def body_of(text: bytes, *, is_over: bool = True) -> BodyStore:
    store = BodyStore(memory_limit_bytes=1 << 30)
    store.append(text)
    if is_over:
        store.finish()
    return store


def found(text: bytes, query: Query, charset: str = "utf-8") -> list[tuple[int, int]]:
    return [match for batch in scan(body_of(text), query, charset) for match in batch]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(scanning, "CHUNK_BYTES", 64)
    monkeypatch.setattr(scanning, "OVERLAP_BYTES", 16)
    monkeypatch.setattr(scanning, "LOOKBEHIND_BYTES", 8)


@given(
    st.text("ab\né€😀", max_size=300), st.text("ab\né", min_size=1, max_size=3), st.booleans(), st.booleans()
)
@settings(deadline=None, max_examples=150)
def test_matches_in_chunks_equal_those_in_the_whole_text(text, needle, is_case_sensitive, is_regex):
    query = Query(needle, is_regex, is_case_sensitive)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "CHUNK_BYTES", 64)
        patch.setattr(scanning, "OVERLAP_BYTES", 16)
        patch.setattr(scanning, "LOOKBEHIND_BYTES", 8)
        places = found(text.encode(), query)
    expected = [
        (len(text[: match.start()].encode()), len(match[0].encode()))
        for match in query.compiled().finditer(text)
    ]
    assert places == expected


def test_a_match_across_the_border_of_two_chunks_is_found(small_chunks):
    assert found(b"x" * 60 + b"needle" + b"x" * 60, Query("needle")) == [(60, 6)]
    assert found(b"x" * 60 + b"needle" + b"x" * 60, Query("n.*dle", is_regex=True)) == [(60, 6)]


def test_line_starts_are_no_chunk_starts(small_chunks):
    text = b"a" * 200 + b"\na"
    assert found(text, Query("^a", is_regex=True)) == [(0, 1), (201, 1)]


def test_case_is_ignored_beyond_ascii():
    assert found("É é".encode(), Query("é")) == [(0, 2), (3, 2)]
    assert found("É é".encode(), Query("é", is_case_sensitive=True)) == [(3, 2)]
    assert found("É".encode("latin-1"), Query("é"), "iso8859-1") == [(0, 1)]


def test_bytes_that_are_no_text_do_not_shift_places():
    assert found(b"\xff\xfe\xc3 key \xf0\x9f", Query("k.y", is_regex=True)) == [(4, 3)]


def test_an_empty_match_is_no_match():
    assert found(b"abc", Query("x*", is_regex=True)) == []


def test_a_wrong_expression_is_told_at_once():
    with pytest.raises(re.error):
        Search(body_of(b""), Query("(", is_regex=True))


def test_steps_and_ranges():
    search = Search(body_of(b"a-a-a"), Query("a"))
    search._run()
    assert (
        search.number_from(1),
        search.number_from(5),
        search.number_before(4),
        search.number_before(0),
    ) == (
        1,
        None,
        1,
        None,
    )
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


def test_cancel_ends_the_thread():
    search = Search(body_of(b"x", is_over=False), Query("needle")).start()
    search.cancel()
    assert not any(thread.name == "search" for thread in threading.enumerate())


def test_no_more_places_are_kept_than_the_limit(monkeypatch):
    monkeypatch.setattr(searching, "MATCH_LIMIT", 10)
    search = Search(body_of(b"a" * 100), Query("a"))
    search._run()
    assert (search.count, search.is_limited, search.is_done) == (10, True, True)


@pytest.mark.parametrize("memory_limit", [0, 1 << 20])
def test_a_regular_expression_is_matched_by_a_process_that_is_gone_afterwards(tmp_path, memory_limit):
    store = BodyStore(tmp_path, memory_limit)
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
    search = Search(body_of(b"a" * 5000), Query("(a+)+b", is_regex=True)).start()
    assert waited(lambda: search.process_id)
    time.sleep(0.3)
    assert not search.is_done
    search.cancel()
    assert search.process_id is None


def test_a_search_cancelled_at_once_leaves_no_process():
    for _ in range(5):
        search = Search(body_of(b"a"), Query("a", is_regex=True)).start()
        search.cancel()
        assert search.process_id is None


def waited(predicate, limit_s: float = 10) -> bool:
    end = time.monotonic() + limit_s
    while not predicate() and time.monotonic() < end:
        time.sleep(0.005)
    return predicate()
