import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.render.field_spans import FIELD_SPANS, form_spans, table_spans


def shaded(spans, text):
    return [(text[start : start + length], shade) for start, length, shade in spans(text)]


def test_names_and_values_of_a_form_differ():
    assert shaded(form_spans, "a%20b=c=d&e&f=") == [
        ("a%20b", "key"),
        ("=", "punctuation"),
        ("c=d", "string"),
        ("&", "punctuation"),
        ("e", "key"),
        ("&", "punctuation"),
        ("f", "key"),
        ("=", "punctuation"),
    ]


def test_quoted_cells_numbers_and_separators_differ():
    assert shaded(table_spans, 'x1,-2.5e3,"a ""b"", 1",7\r') == [
        (",", "punctuation"),
        ("-2.5e3", "number"),
        (",", "punctuation"),
        ('"a ""b"", 1"', "string"),
        (",", "punctuation"),
        ("7", "number"),
    ]


@pytest.mark.parametrize("language", FIELD_SPANS)
@given(st.text(alphabet='a1,;"=& \t\r.-é', max_size=30))
def test_spans_lie_in_the_row_in_order(language, text):
    position = 0
    for start, length, _shade in FIELD_SPANS[language](text):
        assert position <= start
        assert length > 0
        position = start + length
    assert position <= len(text)
