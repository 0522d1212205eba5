"""The pure parts of the request editor: colours of a URL, JSON as typed, seconds, words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.document import BearerAuth, InheritAuth, OtherAuth
from antiphon.core.prepared import PreparedHeader
from antiphon.core.redaction import shown_value
from antiphon.core.template import Piece
from antiphon.ui.request.auth_panel import auth_words
from antiphon.ui.request.header_words import values_of
from antiphon.ui.request.headers_panel import who
from antiphon.ui.request.json_text import json_fault, json_tokens, laid_out_json
from antiphon.ui.request.method import method_word
from antiphon.ui.request.options.times import seconds_of, seconds_text
from antiphon.ui.request.progress import figures
from antiphon.ui.request.url_line import url_runs


def coloured(url):
    return [(url[run.start : run.end], run.token) for run in sorted(url_runs(url), key=lambda run: run.start)]


def test_path_variables_names_and_marks_of_a_url_are_coloured():
    assert coloured("{{base}}/users/:login/x?per_page=100&q#top") == [
        (":login", "patch"),
        ("?", "punctuation"),
        ("per_page", "key"),
        ("=", "punctuation"),
        ("&", "punctuation"),
        ("q", "key"),
    ]


def test_a_port_is_no_path_variable():
    assert coloured("http://localhost:8080/a") == []


@given(st.text(alphabet="ab:/?&=#{}% é", max_size=40))
def test_coloured_runs_lie_inside_any_url(url):
    for run in url_runs(url):
        assert 0 <= run.start <= run.end <= len(url)


@pytest.mark.parametrize(
    ("typed", "word"),
    [("get", "GET"), ("purge", "purge"), ("p ost", "POST"), ("", ""), ("M-SEARCH\n", "M-SEARCH")],
)
def test_a_typed_method_becomes(typed, word):
    assert method_word(typed) == word


def test_json_tokens_of_a_line():
    line = '  "a\\"b": [-1.50e3, true, "x: y", null],'
    assert [(line[token.start : token.end], token.kind) for token in json_tokens(line)] == [
        ('"a\\"b"', "key"),
        (":", "punctuation"),
        ("[", "punctuation"),
        ("-1.50e3", "number"),
        (",", "punctuation"),
        ("true", "constant"),
        (",", "punctuation"),
        ('"x: y"', "string"),
        (",", "punctuation"),
        ("null", "constant"),
        ("],", "punctuation"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1}', None),
        ("", None),
        ("  \n", None),
        ('{"a": {{id}}, "b": "{{name}}"}', None),
        ("{{whole}}", None),
        ('{\n"a": 1,\n}', 3),
        ("[1,\n NaN]", 2),
        ("[" * 100_000, 1),
        ("1" * 5000, None),
    ],
)
def test_the_first_fault_of_json_is_found_at(text, line):
    fault = json_fault(text)
    assert (fault.line if fault else None) == line


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES, st.booleans())
def test_laying_out_json_equals_what_the_standard_library_writes(value, ascii_only):
    compact = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))
    assert laid_out_json(compact) == json.dumps(value, ensure_ascii=ascii_only, indent=2)


@given(VALUES)
def test_laying_out_twice_is_laying_out_once(value):
    once = laid_out_json(json.dumps(value))
    assert laid_out_json(once) == once


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ('{"a":1.50,"b":1e400}', '{\n  "a": 1.50,\n  "b": 1e400\n}'),
        ('{"a":{{id}},"b":[]}', '{\n  "a": {{id}},\n  "b": []\n}'),
        ('["7{{a}}{{ b c }}7", {{d}}, 1771]', '[\n  "7{{a}}{{ b c }}7",\n  {{d}},\n  1771\n]'),
        ("{{whole}}", "{{whole}}"),
        ('{"a":1,}', None),
        ("{", None),
        ("nul l", None),
    ],
)
def test_laying_out_keeps_every_token_and_refuses_what_is_no_json(text, after):
    assert laid_out_json(text) == after


@pytest.mark.parametrize(
    ("text", "seconds"), [("", None), ("10", 10.0), ("2,5", 2.5), (" 0.25 ", 0.25), (".5", 0.5)]
)
def test_seconds_are_read(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["-1", "x", "1e3", "0", "nan", "1.2.3"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):
        seconds_of(text)


@given(st.floats(0.001, 100_000).map(lambda value: round(value, 3)))
def test_seconds_as_text_and_back_are_the_same(seconds):
    assert seconds_of(seconds_text(seconds)) == seconds


def test_headers_of_auth_and_with_secrets_do_not_show_them():
    assert shown_value(PreparedHeader("Authorization", "Bearer abc", "auth")) == "Bearer ••••••••"
    assert shown_value(PreparedHeader("X-API-Key", "abc", "auth")) == "••••••••"
    pieces = (Piece("id="), Piece("abc", "key", is_secret=True))
    assert shown_value(PreparedHeader("Cookie", "id=abc", "folder Orders", pieces)) == "id=••••••••"
    assert shown_value(PreparedHeader("Host", "x", "automatic")) == "x"


def test_who_adds_a_header_is_said_in_words():
    assert who("automatic") == "Added automatically"
    assert who("folder Orders") == "From folder Orders"


def test_values_are_known_whatever_the_case_of_the_name():
    assert "application/json" in values_of("CONTENT-type")
    assert values_of("X-Own") == ()


def test_auth_is_named_without_its_secret():
    assert auth_words(BearerAuth("abc")) == "Bearer"
    assert auth_words(OtherAuth("oauth2")) == "oauth2"
    assert auth_words(InheritAuth()) == "no auth"


def test_figures_say_what_is_known():
    assert figures(1_200_000, 4_000_000, 3_100_000) == "1.20 MB / 4.00 MB · 3.10 MB/s"
    assert figures(500, None, None) == "500 B"
