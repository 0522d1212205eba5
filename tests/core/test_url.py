"""The text of a URL and the rows of the table say the same, in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.document import Param, RequestDocument
from antiphon.core.url import path_variables, query_of, split, synced_with_url, with_params, with_query

QUERY_TEXT = st.text(
    st.characters(blacklist_characters="&#={}?", blacklist_categories=["Cs"]), min_size=1, max_size=8
)


@pytest.mark.parametrize(
    ("url", "path", "query", "fragment"),
    [
        ("https://a.b/c?d=e#f", "https://a.b/c", "d=e", "f"),
        ("https://a.b/c#f?g", "https://a.b/c", None, "f?g"),
        ("{{a?b}}/c?d", "{{a?b}}/c", "d", None),
        ("x?a=b?c", "x", "a=b?c", None),
        ("", "", None, None),
    ],
)
def test_split_finds_the_parts(url, path, query, fragment):
    parts = split(url)
    assert (parts.path, parts.query, parts.fragment) == (path, query, fragment)
    assert str(parts) == url


@given(st.lists(st.tuples(QUERY_TEXT, QUERY_TEXT), max_size=5))
def test_query_rows_come_back_as_they_were_written(pairs):
    assert query_of(with_query("http://h/p#f", pairs)) == pairs


@given(st.text(max_size=40))
def test_writing_back_what_was_read_changes_nothing(text):
    url = f"http://h/p?{text}"
    assert with_query(url, query_of(url)) == url


def test_a_pair_without_equals_sign_stays_so():
    assert with_query("/x?flag&a=1", [("flag", ""), ("a", "2")]) == "/x?flag&a=2"


@pytest.mark.parametrize(
    ("url", "pairs", "written"),
    [
        ("/x?a=1&&b=2&", [("a", "1"), ("b", "3")], "/x?a=1&&b=3&"),
        ("/x?&a", [("a", "2")], "/x?&a=2"),
        ("/x?a=1&&b=2", [("a", "1")], "/x?a=1"),
        ("/x?flag&flag=", [("flag", ""), ("flag", "")], "/x?flag&flag="),
        ("/x?flag=&flag&z=1", [("flag", ""), ("flag", ""), ("z", "2")], "/x?flag=&flag&z=2"),
        ("/x?flag", [("flag", ""), ("flag", "")], "/x?flag&flag"),
        ("/x?a=1", [], "/x"),
        ("/x?#f", [], "/x?#f"),
    ],
)
def test_an_edited_row_leaves_the_rest_of_the_query_as_typed(url, pairs, written):
    assert with_query(url, pairs) == written


def test_marks_typed_into_a_row_do_not_break_out_of_it():
    document = with_params(RequestDocument(url="/x"), [Param("a=b", "c&d#e={{v}}")])
    assert document.url == "/x?a%3Db=c%26d%23e={{v}}"


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("http://localhost:8080/users/:id/repos/:repo", ["id", "repo"]),
        ("{{base}}/:a/:a?x=/:b", ["a"]),
        ("http://h/a:b/:c.json", []),
        ("http://h/:", []),
    ],
)
def test_path_variables_are_whole_segments(url, names):
    assert path_variables(url) == names


def test_typing_a_url_keeps_disabled_rows_and_descriptions():
    rows = (
        Param("id", "7", "path", description="who"),
        Param("a", "1", description="first"),
        Param("off", "x", enabled=False),
        Param("b", "2"),
    )
    document = RequestDocument(url="/u/:id?a=1&b=2", params=rows)
    typed = synced_with_url(document, "/u/:id/:more?a=12&b=2&c=")
    assert typed.params == (
        Param("id", "7", "path", description="who"),
        Param("more", "", "path"),
        Param("a", "12", description="first"),
        Param("off", "x", enabled=False),
        Param("b", "2"),
        Param("c", ""),
    )


def test_deleting_a_pair_deletes_its_row_and_not_its_neighbours():
    rows = (Param("a", "1", description="first"), Param("b", "2", description="second"))
    document = RequestDocument(url="/u?a=1&b=2", params=rows)
    assert synced_with_url(document, "/u?b=2").params == (Param("b", "2", description="second"),)


def test_renaming_the_only_pair_keeps_its_description():
    document = RequestDocument(url="/u?a=1", params=(Param("a", "1", description="first"),))
    assert synced_with_url(document, "/u?ab=1").params == (Param("ab", "1", description="first"),)
