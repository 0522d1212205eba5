import re

import pytest

from antiphon.body.query import Query


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        (Query("a.b"), "a.b axb A.B", ["a.b", "A.B"]),
        (Query("a.b", is_case_sensitive=True), "a.b A.B", ["a.b"]),
        (Query("a.b", is_regex=True), "a.b axb", ["a.b", "axb"]),
        (Query("^b", is_regex=True), "a\nb", ["b"]),
        (Query("id", is_whole_word=True), "id idle void ID é-id éid", ["id", "ID", "id"]),
        (Query('"id"', is_whole_word=True), 'x"id" "id"', ['"id"']),
        (Query("a|ab", is_regex=True, is_whole_word=True), "ab a abc", ["ab", "a"]),
        (Query("(?x) a b # both", is_regex=True, is_whole_word=True), "ab abc", ["ab"]),
        (Query("(?s)a.b", is_regex=True, is_whole_word=True), "a\nb", ["a\nb"]),
    ],
)
def test_a_query_finds_what_it_says(query, text, expected):
    assert [match[0] for match in query.compiled().finditer(text)] == expected


@pytest.mark.parametrize("text", ["(", "a)(b", "*", "a{99999999999}", "(" * 10_000, "(?L)a"])
@pytest.mark.parametrize("is_whole_word", [False, True])
def test_a_wrong_expression_is_told_as_one(text, is_whole_word):
    with pytest.raises((re.error, ValueError)):
        Query(text, is_regex=True, is_whole_word=is_whole_word).compiled()
