from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body.query import Query
from antiphon.body.scan import Scanner
from antiphon.body.search_parts import Parts
from antiphon.body.store import BodyStore
from tests.body.naive import body_of, naive_matches


def cut(text, query, part_bytes):
    body = body_of(text)
    parts = Parts(body, Scanner(query))
    return list(iter(lambda: parts.next(part_bytes), None))


def test_parts_end_after_a_newline_where_there_is_one_near():
    parts = cut(b"abc\ndefgh\nij", Query("a"), 6)
    assert [(part.start, part.end) for part in parts] == [(0, 4), (4, 10), (10, 12)]


def test_parts_end_between_characters():
    parts = cut("ééé".encode(), Query("a"), 5)
    assert [(part.start, part.end) for part in parts] == [(0, 4), (4, 6)]


def test_a_part_that_ends_with_its_line_is_read_no_further():
    (first, *_rest) = cut(b"abc\ndefgh\nij", Query("a.*", is_regex=True), 6)
    assert first.high == first.end
    (first, *_rest) = cut(b"abc\ndefgh\nij", Query(r"a\s*", is_regex=True), 6)
    assert first.high == 12


def test_a_complete_line_is_searched_before_more_comes():
    body = body_of(b'data: {"id": 1}\nda', is_over=False)
    parts = Parts(body, Scanner(Query(r'"id": \d+', is_regex=True)))
    assert parts.next(100).end == 16
    assert parts.next(100) is None
    body.finish()
    assert parts.next(100).end == 18


@given(
    st.lists(st.text("ab\né ", min_size=1, max_size=12), max_size=12),
    st.sampled_from(
        [r"a", r"a+b", r"a.*b", r"\ba", r"a(?=b)", r"é*$", r"^a", r"(?<=é)a", "(?s:a.)", r"(?!\w)."]
    ),
    st.booleans(),
    st.integers(1, 20),
)
@settings(deadline=None, max_examples=200)
def test_matches_while_a_body_grows_equal_those_in_the_whole(pieces, source, is_whole_word, part_bytes):
    query = Query(source, is_regex=True, is_whole_word=is_whole_word)
    body, scanner = BodyStore(), Scanner(query)
    parts, found, place = Parts(body, scanner), [], 0

    def look() -> None:
        nonlocal place
        while (part := parts.next(part_bytes)) is not None:
            text = body.read(part.low, part.high - part.low)
            matches = scanner.spans(type(part)(part.low, part.start, part.end, part.high, place), text)
            found.extend(matches)
            place = sum(matches[-1]) if matches else place

    for piece in pieces:
        body.append(piece.encode())
        look()
    body.finish()
    look()
    assert found == naive_matches("".join(pieces).encode(), query)
