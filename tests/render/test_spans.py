import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.strings import state_after
from antiphon.render.spans import LEXERS, block_spans, json_spans


def shaded(text, state=0):
    return [(text[start : start + length], shade) for start, length, shade in json_spans(text, state)]


def test_a_row_of_json_has_every_shade():
    assert shaded('  "a\\"b" : [1.5e3, "x", true, null],') == [
        ('"a\\"b"', "key"),
        (":", "punctuation"),
        ("[", "punctuation"),
        ("1.5e3", "number"),
        (",", "punctuation"),
        ('"x"', "string"),
        (",", "punctuation"),
        ("true", "constant"),
        (",", "punctuation"),
        ("null", "constant"),
        ("],", "punctuation"),
    ]


@pytest.mark.parametrize(
    ("text", "state", "expected"),
    [
        ('tail", 1', 1, [('tail"', "string"), (",", "punctuation"), ("1", "number")]),
        ('tail": 1', 1, [('tail"', "key"), (":", "punctuation"), ("1", "number")]),
        ('" not the end" 1', 2, [('" not the end"', "string"), ("1", "number")]),
        ('"open', 0, [('"open', "string")]),
        ("all inside 123", 1, [("all inside 123", "string")]),
        ('"', 1, [('"', "string")]),
        ("", 1, []),
    ],
)
def test_a_row_that_begins_inside_a_string(text, state, expected):
    assert shaded(text, state) == expected


@given(st.text(alphabet='"\\:,{}[]0a \u00e9', max_size=40), st.integers(0, 2))
def test_spans_lie_inside_the_row_in_order_whatever_the_text(text, state):
    position = 0
    for start, length, _shade in json_spans(text, state):
        assert position <= start
        assert length > 0
        position = start + length
    assert position <= len(text)


def test_a_string_cut_anywhere_is_coloured_as_a_string():
    text = '"some \\"quoted\\" words \\\\"'
    for cut in range(1, len(text)):
        spans = json_spans(text[cut:], state_after(text[:cut].encode(), 0))
        assert [span.shade for span in spans] == ["string"]


@pytest.mark.parametrize("language", LEXERS)
def test_pygments_spans_cover_their_own_rows_only(language):
    rows = ["<a b='c'>x</a>", "", "key: {value: 12} /* c */", "  <!-- é -->"]
    for row, spans in zip(rows, block_spans(language, rows), strict=True):
        assert all(span.start + span.length <= len(row) for span in spans)
    assert any(block_spans(language, rows))


def test_a_tag_has_the_colour_of_a_key():
    [[first, *_rest]] = block_spans("xml", ["<note to='you'>"])
    assert first == (0, 5, "key")


def test_a_language_without_a_lexer_has_no_spans():
    assert block_spans("text", ["a", "b"]) == [[], []]
