import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from antiphon.body.query import Query
from antiphon.body.sieve import NoSieveError, Sieve, has_one_byte_characters, variants_of
from tests.body.naive import naive_matches
from tests.body.test_scan import documents, expressions, words

pytest.importorskip("hyperscan")


def candidates(text, query, charset="utf-8"):
    return Sieve(query.compiled(), charset).candidates(memoryview(text))


@given(documents, st.one_of(expressions, words), st.booleans(), st.sampled_from(["utf-8", "latin-1"]))
@settings(deadline=None, max_examples=200)
def test_every_match_begins_in_a_candidate(text, looked_for, is_whole_word, charset):
    query = Query(*looked_for, is_whole_word=is_whole_word)
    try:
        sieve = Sieve(query.compiled(), charset)
    except (re.error, NoSieveError):
        assume(False)
    spans = sieve.candidates(memoryview(text))
    for place, _size in naive_matches(text, query, charset):
        assert any(start <= place < end for start, end in spans)


def test_text_needs_no_second_look():
    assert Sieve(Query("Id").compiled(), "utf-8").is_exact
    assert candidates(b"id ID \xc4\xb0d", Query("id")) == [(0, 2), (3, 5), (6, 9)]
    assert not Sieve(Query("id", is_whole_word=True).compiled(), "utf-8").is_exact


def test_a_whole_word_is_not_looked_for_in_the_middle_of_others():
    assert candidates(b"retry retrying", Query("retry", is_whole_word=True)) == [(0, 5)]


def test_the_tail_of_a_match_makes_no_more_candidates():
    assert candidates(b"key = aaaaaaaa", Query("key = a+", is_regex=True)) == [(0, 7)]


@pytest.mark.parametrize("source", ["x*", "a|", "(?:)", r"\b"])
def test_what_may_match_nothing_is_not_sieved(source):
    with pytest.raises(NoSieveError):
        Sieve(re.compile(source), "utf-8")


@pytest.mark.parametrize("charset", ["shift_jis", "gb18030", "utf-7"])
def test_charsets_whose_characters_hide_in_others_are_not_sieved(charset):
    assert not has_one_byte_characters(charset)
    with pytest.raises(NoSieveError):
        Sieve(re.compile("a"), charset)


def test_an_expression_beyond_the_engine_is_told():
    with pytest.raises(NoSieveError):
        Sieve(re.compile("((a{60}b{60}){60}){60}"), "utf-8")


@pytest.mark.parametrize("character", list("aikszéÉßſẞǅΣςﬅﬆθИ"))
def test_variants_are_the_characters_that_match_without_case(character):
    every = "".join(chr(code) for code in range(0x1F000) if not 0xD800 <= code < 0xE000)
    assert set(variants_of(character, re.IGNORECASE)) == set(re.findall(character, every, re.IGNORECASE))
