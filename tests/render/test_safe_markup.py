"""What a preview may draw: nothing that loads, runs or grows without end."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.render.safe_markup import DEPTH_LIMIT, MarkupError, safe_html, safe_svg

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9">%s</svg>'


@pytest.mark.parametrize(
    "inside",
    [
        '<image xlink:href="file:///etc/passwd"/>',
        "<image href='/etc/passwd'/>",
        '<image xlink:href="&#x66;ile:///etc/passwd"/>',
        '<image xlink:href=" /etc/passwd"/>',
        '<image xlink:href="data:image/svg+xml,/etc/passwd"/>',
        '<image x:href="http://passwd.example/" xmlns:x="http://www.w3.org/1999/xlink"/>',
        "<script>passwd</script>",
        "<foreignObject><p>passwd</p></foreignObject>",
        '<rect onclick="passwd"/>',
        '<rect fill="url(http://passwd.example/#a)"/>',
        "<style>@import 'http://passwd.example/'; rect { fill: url( /etc/passwd ) }</style>",
    ],
)
def test_nothing_of_an_svg_leads_outside(inside):
    assert b"passwd" not in safe_svg(SVG % inside)


@pytest.mark.parametrize(
    "inside",
    [
        '<rect fill="url(#a)"/>',
        '<use xlink:href="#a"/>',
        '<image href="data:image/png;base64,AAAA"/>',
        '<text x="1">a &amp; b &lt; c</text>',
        "<style>rect { fill: red }</style>",
    ],
)
def test_what_is_inside_an_svg_stays(inside):
    assert inside.replace("/>", "").encode() in safe_svg(SVG % inside)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "aa">]><svg>&a;</svg>', "entities"),
        ('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>', "entities"),
        ("<svg><g></svg>", "Line 1, column"),
        ("", "Line 1"),
        ("<g>" * (DEPTH_LIMIT + 1), "within each other"),
    ],
)
def test_an_svg_that_cannot_be_drawn_says_why(text, words):
    with pytest.raises(MarkupError, match=words):
        safe_svg(text)


@given(some.text())
def test_any_text_is_svg_or_a_fault(text):
    try:
        safe_svg(f"<svg>{text}</svg>")
    except MarkupError as fault:
        assert str(fault)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ('<img src="/etc/passwd" alt="a > b">', "[a &gt; b]"),
        ("<IMG SRC=/etc/passwd>", "[picture]"),
        ("<img src='/etc/passwd'", "[picture]"),
        ('<p style="background-image: url(/etc/passwd)">x', '<p style="background-image: none">x'),
        ('<body background="/etc/passwd">x', '<body data-ground="/etc/passwd">x'),
        ("<script>alert('passwd')</script >x", "x"),
        ("<script>never ends", ""),
        ('<link rel=stylesheet href="passwd">x', "x"),
        ("<!-- passwd -->x", "x"),
        ("<style>@import 'passwd'; p {color: red}</style>", "<style>none p {color: red}</style>"),
        ("<p>plain &amp; simple</p>", "<p>plain &amp; simple</p>"),
    ],
)
def test_html_loads_nothing(text, safe):
    assert safe_html(text) == safe
