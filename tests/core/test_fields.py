"""A header goes out as typed unless it would break out of its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.errors import UserError
from antiphon.core.fields import check_field, field_bytes, shown


@pytest.mark.parametrize(
    ("text", "charset", "sent"),
    [
        ("aé漢", "utf-8", "aé漢".encode()),
        ("aé", "latin-1", b"a\xe9"),
        ("a\udce9b", "utf-8", b"a\xe9b"),
        ("a\udcffé", "latin-1", b"a\xff\xe9"),
    ],
)
def test_bytes_that_never_were_text_stay_what_they_are(text, charset, sent):
    assert field_bytes(text, charset) == sent


@pytest.mark.parametrize("name", ["X ", " X", "a b", "ü", "x\t", "(odd)", "\udce9", "{x}", "X\x01"])
@pytest.mark.parametrize("value", ["", " a ", "\t", "ü", "\x01", "\udce9", "a: b"])
def test_odd_names_and_values_go_out(name, value):
    check_field(name, value)


@pytest.mark.parametrize("name", ["", "a:b", ":authority", "a\r", "a\nb", "a\0"])
def test_a_name_that_breaks_out_of_its_place_is_refused(name):
    with pytest.raises(UserError, match="cannot be a header's name"):
        check_field(name, "x")


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\n b", "a\rb", "a\0"])
def test_a_value_that_breaks_out_of_its_line_is_refused(value):
    with pytest.raises(UserError, match="The header X has a line break"):
        check_field("X", value)


@pytest.mark.parametrize(
    ("text", "charset", "named"), [("漢", "latin-1", "“漢”"), ("a\ud800", "utf-8", "ud800")]
)
def test_what_the_charset_cannot_say_is_refused_and_named(text, charset, named):
    for pair in (("X", text), (text, "x")):
        with pytest.raises(UserError) as caught:
            check_field(*pair, charset)
        assert named in caught.value.title
        caught.value.title.encode()


@given(st.text(max_size=9), st.text(max_size=9), st.sampled_from(["utf-8", "latin-1"]))
def test_what_passes_stays_on_one_line(name, value, charset):
    try:
        check_field(name, value, charset)
    except UserError:
        return
    line = field_bytes(name, charset) + b": " + field_bytes(value, charset)
    assert not set(line) & {0, 10, 13}
    assert line.partition(b": ")[0] == field_bytes(name, charset)


def test_anything_can_be_shown():
    assert shown("a\udce9漢") == "a?漢"
