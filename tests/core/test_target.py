"""The URL goes out as it was typed; one switch encodes what may not stand there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.document import Environment, Param, RequestDocument, RequestOptions, Variable
from antiphon.core.prepare import Context, prepare

RAW = RequestOptions(encode_url=False)


def sent(typed: str, options: RequestOptions = RequestOptions(), **more) -> str:  # noqa: B008 - it is immutable
    return prepare(RequestDocument(url=typed, options=options, **more)).url.removeprefix("http://h")


@pytest.mark.parametrize(
    "asked",
    [
        "/%2F", "/%2f/%C3%BC", "/a+b?c+d", "/[]?a[]=1", "/?flag", "/?a&&b", "/?", "/?=", "/??", "/?a?b", "/./a/../b/..",
        "//a//b/", "/;v=1", "/~!$&'()*,;=:@", "/a?b=http://x/y", "/%41", "/a%00b",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encodes", [True, False])
def test_what_may_stand_in_a_url_is_not_touched(asked, encodes):
    assert sent(f"http://h{asked}", RequestOptions(encode_url=encodes)) == asked


@pytest.mark.parametrize(
    ("asked", "encoded", "raw"),
    [
        ("/a b", "/a%20b", "/a%20b"),
        ("/a|b^`{}", "/a%7Cb%5E%60%7B%7D", "/a|b^`{}"),
        ('/"<>\\', "/%22%3C%3E%5C", '/"<>\\'),
        ("/ü?漢", "/%C3%BC?%E6%BC%A2", "/ü?漢"),
        ("/%zz%", "/%25zz%25", "/%zz%"),
        ("/a\x01\x7fb", "/a%01%7Fb", "/a%01%7Fb"),
        ("/\udce9", "/%E9", "/\udce9"),
        ("/\ud800", "/%ED%A0%80", "/%ED%A0%80"),
        ("/a\u3000", "/a%E3%80%80", "/a\u3000"),
        ("/a#b", "/a", "/a"),
        ("?a#?b", "/?a", "/?a"),
        ("/a?#", "/a?", "/a?"),
        ("", "/", "/"),
        ("?", "/?", "/?"),
    ],
)
def test_the_switch_decides_about_the_rest(asked, encoded, raw):
    assert sent(f"http://h{asked}") == encoded
    assert sent(f"http://h{asked}", RAW) == raw


@pytest.mark.parametrize("options", [RequestOptions(), RAW])
def test_a_hash_that_a_variable_brings_is_no_fragment(options):
    context = Context(environment=Environment("E", (Variable("v", "a#b c"),)))
    document = RequestDocument(url="http://h/{{v}}?{{v}}", options=options)
    assert prepare(document, context).url == "http://h/a%23b%20c?a%23b%20c"


def test_a_path_variable_is_one_segment_either_way():
    rows = (Param("a", "1/2 ü", "path"),)
    assert sent("http://h/:a", params=rows) == sent("http://h/:a", RAW, params=rows) == "/1%2F2%20%C3%BC"


def test_raw_text_is_warned_about():
    assert prepare(RequestDocument(url="http://h/ü")).warnings == ()
    [warning] = prepare(RequestDocument(url="http://h/ü", options=RAW)).warnings
    assert "ü" in warning


@pytest.mark.parametrize(("typed", "asked"), [("*", "*"), ("{{v}}/x", "http://o:1/x"), ("a b", "a%20b")])
def test_something_else_can_stand_in_the_request_line(typed, asked):
    context = Context(environment=Environment("E", (Variable("v", "http://o:1"),)))
    options = RequestOptions(request_target=typed)
    prepared = prepare(RequestDocument(url="http://h/x", options=options), context)
    assert (prepared.url, prepared.options.request_target) == ("http://h/x", asked)


@given(st.text(max_size=20), st.booleans())
def test_the_request_line_stays_whole_whatever_is_typed(text, encodes):
    url = prepare(RequestDocument(url=f"http://h/{text}", options=RequestOptions(encode_url=encodes))).url
    encoded = url.encode("utf-8", "surrogateescape")
    assert not any(byte <= 0x20 or byte in {0x7F, ord("#")} for byte in encoded)
    assert not encodes or url.isascii()
