import re
from array import array

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from antiphon.body import scan as scanning
from antiphon.body import search_parts as cutting
from antiphon.body.query import Query
from antiphon.body.scan import Part, Scanner, leaves_of
from antiphon.body.search_parts import Parts
from tests.body.naive import body_of, naive_matches

ATOMS = [
    *("a", "b", "k", "s", "i", "id", "é", "É", "ß", "ſ", "\u212a", "1", "-", '"', "."),
    *(r"\w", r"\d", r"\s", r"\W", r"\S", "[a-c]", "[^a]", "[é-ü]", "[^\\n]", r"\n", "(?s:.)"),
    *(r"\b", r"\B", "^", "$", r"(?<!\w)", r"(?!\w)", "(?<=a)", "(?=b)", "(?i:k)", "(?-i:k)"),
]
REPEATS = ["*", "+", "?", "{2}", "{1,3}", "*?", "+?", "++", "??"]


def joined(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from(REPEATS)).map(lambda pair: "(?:{}){}".format(*pair)),
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.tuples(inner, inner).map(lambda pair: "(?:{}|{})".format(*pair)),
        inner.map(lambda one: one if "\\1" in one else rf"({one})\1"),
        inner.map(lambda one: f"(?>{one})"),
    )


expressions = st.recursive(st.sampled_from(ATOMS), joined, max_leaves=6).map(lambda text: (text, True))
words = st.text('abkisdéÉß1-"K', min_size=1, max_size=4).map(lambda text: (text, False))
documents = st.one_of(
    st.text('abkKsSiI1- \n"éÉßſ\u212a€😀dD_', max_size=200).map(str.encode),
    st.binary(max_size=80),
    st.lists(
        st.sampled_from([b"id", b"a", b"\n", b"k", b"\xe2", b"\x84", b"\xaa", b"\xc3\xa9", b"-", b" "])
    ).map(b"".join),
)


def found(text, query, charset="utf-8", part_bytes=64, *, is_sieved=False):
    body, scanner = body_of(text), Scanner(query, charset, is_sieved=is_sieved)
    parts, matches, place = Parts(body, scanner), [], 0
    while (part := parts.next(part_bytes)) is not None:
        part = Part(part.low, part.start, part.end, part.high, place)
        matches += scanner.spans(part, body.read(part.low, part.high - part.low))
        place = sum(matches[-1]) if matches else 0
    return matches


@pytest.fixture(autouse=True, scope="module")
def small_steps():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "_LOOKS_FOR_NEWLINE", (4, 16))
        patch.setattr(scanning, "_SMALLEST_PIECE_BYTES", 8)
        patch.setattr(scanning, "_TRIED_STARTS", 3)
        patch.setattr(scanning, "_SPARSE_BYTES", 16)
        patch.setattr(scanning, "_NEAR_BYTES", 24)
        yield


@given(
    documents,
    st.one_of(expressions, words),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["utf-8", "utf-8", "latin-1", "cp1252"]),
    st.integers(1, 80),
    st.booleans(),
)
@settings(deadline=None, max_examples=250)
def test_matches_in_parts_equal_those_in_the_whole_text(
    text, looked_for, is_case_sensitive, is_whole_word, charset, part_bytes, is_sieved
):
    query = Query(*looked_for, is_case_sensitive, is_whole_word)
    try:
        query.compiled()
    except re.error:
        assume(False)
    assert found(text, query, charset, part_bytes, is_sieved=is_sieved) == naive_matches(text, query, charset)


@pytest.mark.parametrize("is_sieved", [False, True])
@pytest.mark.parametrize(
    "query",
    [
        Query("needle"),
        Query("NEEDLE", is_whole_word=True),
        Query("n.*dle", is_regex=True),
        Query(r"needle\s*x", is_regex=True),
        Query("(?<=éx{2})needle", is_regex=True),
    ],
)
def test_a_match_across_the_border_of_two_parts_is_found(query, is_sieved):
    for before in range(56, 66):
        for text in ("x" * before + "needle" + "x" * 60, "é" * before + "xx" + " needle" * 3 + " x" * 60):
            assert found(text.encode(), query, is_sieved=is_sieved) == naive_matches(text.encode(), query)


def test_line_starts_are_no_part_starts():
    assert found(b"a" * 200 + b"\na", Query("^a", is_regex=True)) == [(0, 1), (201, 1)]


def test_case_is_ignored_beyond_ascii():
    for is_sieved in (False, True):
        assert found("É é".encode(), Query("é"), is_sieved=is_sieved) == [(0, 2), (3, 2)]
        assert found("É é".encode(), Query("é", is_case_sensitive=True), is_sieved=is_sieved) == [(3, 2)]
        assert found("É".encode("latin-1"), Query("é"), "iso8859-1", is_sieved=is_sieved) == [(0, 1)]
        assert found("\u212a k".encode(), Query("K"), is_sieved=is_sieved) == [(0, 3), (4, 1)]


def test_a_charset_whose_characters_hide_ascii_is_decoded():
    text = "表\\ 表\n" * 20
    assert found(text.encode("shift_jis"), Query("\\"), "shift_jis") == naive_matches(
        text.encode("shift_jis"), Query("\\"), "shift_jis"
    )


def test_bytes_that_are_no_text_do_not_shift_places():
    assert found(b"\xff\xfe\xc3 key \xf0\x9f", Query("k.y", is_regex=True)) == [(4, 3)]


def test_an_empty_match_is_no_match():
    assert found(b"abc", Query("x*", is_regex=True)) == []


@given(
    st.text('"ab', max_size=120).map(str.encode), st.text('"ab', min_size=1, max_size=3), st.integers(1, 40)
)
@settings(deadline=None, max_examples=150)
def test_counting_counts_what_finding_finds(text, needle, step):
    query = Query(needle, is_case_sensitive=True)
    whole = Part(0, 0, len(text), len(text), 0)
    counts = Scanner(query).counts(whole, text, step)
    if counts is not None:
        places = [place for place, _size in naive_matches(text, query)]
        assert sum(count for _start, _end, count in counts) == len(places)
        for start, end, count in counts:
            assert count == sum(start <= place < end for place in places)


@given(st.lists(st.integers(1, 50)), st.integers(1, 5), st.integers(1, 100))
def test_leaves_hold_each_match_once(gaps, most, longest):
    places = [sum(gaps[: index + 1]) for index in range(len(gaps))]
    end = places[-1] + 1 if places else 1
    leaves = list(leaves_of(Part(0, 0, end, end, 0), array("Q", places), most, longest))
    assert sum(count for _start, _end, count in leaves) == len(places)
    for start, stop, count in leaves:
        assert 0 < count <= most
        assert count == sum(start <= place < stop for place in places)


def test_a_slow_beginning_does_not_keep_the_engine_from_large_parts(monkeypatch):
    """The engine compiles something in its first, small part; from then on it is ten times as quick as `re`."""
    if Scanner(Query("ab", is_regex=True), is_sieved=True)._sieve is None:
        pytest.skip("no engine for this platform")
    scanner, clock, used = Scanner(Query("a[bc]d", is_regex=True), is_sieved=True), [0.0], []
    costs_s = {"with": iter([0.01]), "without": iter([])}

    def at_work(name, s_per_byte):
        def find(text, first, end):
            used.append(name)
            clock[0] += next(costs_s[name], s_per_byte * len(text))
            return []

        return find

    monkeypatch.setattr(scanner, "_with_sieve", at_work("with", 1e-9))
    monkeypatch.setattr(scanner, "_without_sieve", at_work("without", 1e-8))
    monkeypatch.setattr(scanning.time, "process_time", lambda: clock[0])
    for number in range(60):
        size = min(1 << 16 << number, 1 << 20)
        scanner.places(Part(0, 0, size, size, 0), bytes(size))
    assert used[-20:] == ["with"] * 20
    assert used.count("without") <= 6
