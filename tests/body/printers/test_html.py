"""HTML: what is shown stays what it was, whatever the soup."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body.printers.html import LONGEST_TAG_BYTES, HtmlPrinter
from tests.body.printers.feeding import agrees, printed

sizes = st.lists(st.integers(1, 30), min_size=1, max_size=4)
PIECES = [
    "<div>", "</div>", "<p>", "</p>", "<li>", "<ul>", "</ul>", "<b>", "</b>", "<br>", "<script>", "</script>", "<pre>",
    "</pre>", "<td>", "<tr>", "<table>", "</table>", "<!-- c -->", "<meta>", "<hr>", "word", "x", " ", "\n  ", "<", "&lt;",
    "<a href='>'>", "</a>", "<!", "<img", ">", "</", "'", '"', "\x0b", "\x0c", "=", "<!-->", "<template>", "</template>", "<title>", "</title>", "<TEXTAREA>", "</textarea >",
]  # fmt: skip
BLOCK = re.compile(r"</?(?:div|p|li|ul|pre|td|tr|table|hr)\b[^>]*>")


@given(st.lists(st.sampled_from(PIECES), max_size=16), sizes)
@settings(deadline=None, max_examples=400)
def test_any_soup_is_given_whole_however_it_is_cut(pieces, cuts):
    agrees(HtmlPrinter, "".join(pieces).encode(), cuts)


WHOLE = [
    "<div>", "</div>", "<p>", "</p>", "<li>", "<ul>", "</ul>", "<td>", "<tr>", "<table>", "</table>", "<hr>", "<b>", "</b>",
    "<br>", "word", "x", " ", "\n  ", "<!-- c -->", "<meta>", "<a href='>'>", "<pre> a\n  b </pre>",
    "<script>if (a < b)\n  c()</script>",
]  # fmt: skip
UNSEEN = re.compile(r"<script>.*?</script>|<meta>|<!--.*?-->", re.DOTALL)
PRE = re.compile(r"<pre>.*?</pre>", re.DOTALL)


@given(st.lists(st.sampled_from(WHOLE), max_size=16))
@settings(deadline=None, max_examples=400)
def test_words_are_parted_where_they_were_parted_and_nowhere_else(pieces):
    text = "".join(pieces)
    shown = printed(HtmlPrinter(), text.encode())[0].decode()
    assert runs(shown) == runs(text)
    for kept in (UNSEEN, PRE):
        assert kept.findall(shown) == kept.findall(text)


def runs(text):
    """What is shown between the edges of blocks, with white space as a reader sees it."""
    text = UNSEEN.sub("", PRE.sub("<hr>", text))
    return [" ".join(run.split()) for run in BLOCK.split(text) if run.strip()]


def test_a_page_is_laid_out():
    page = (
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>A  b</title><script>var a = '<p>';\n b()</script></head>"
        "<body><h1>Hello <b>big</b> world</h1><p>One<p>Two, <a href=x>text</a><br>more<ul><li>a<li>b</ul>"
        "<div>text<div>inner</div>tail</div><pre>  a\n b</pre></body></html>"
    )
    assert agrees(HtmlPrinter, page.encode(), [7, 30]).decode() == (
        "<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset=utf-8>\n    <title>A  b</title>\n"
        "    <script>var a = '<p>';\n b()</script>\n  </head>\n  <body>\n    <h1>Hello <b>big</b> world</h1>\n    <p>One\n"
        "    <p>Two, <a href=x>text</a><br>more\n    <ul>\n      <li>a\n      <li>b\n    </ul>\n    <div>text\n"
        "      <div>inner</div>\n      tail\n    </div>\n    <pre>  a\n b</pre>\n  </body>\n</html>"
    )


@pytest.mark.parametrize("name", ["pre", "textarea", "script", "style"])
def test_what_is_kept_is_not_touched_however_it_is_cut(name):
    text = f"<div><{name}>\n  a <b>  </b> </{name[:-1]}> \n </{name.upper()} ></div>".encode()
    for size in range(1, 12):
        assert text[5:-6] in printed(HtmlPrinter(), text, [size])[0]


def test_inline_elements_stay_in_their_line():
    text = b"<p>a<b>b</b><i>c</i><img src=x><img src=y> d</p>"
    assert printed(HtmlPrinter(), text)[0] == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<p>a \x0b b", "<p>a \x0b b"),
        (
            "<img alt='a>b' title=it's><pre>\n a  'b  \n c</pre>",
            "<img alt='a>b' title=it's>\n<pre>\n a  'b  \n c</pre>",
        ),
        ("<i a = ' > ' b=\">\"c='>' ><p d=><p>", "<i a = ' > ' b=\">\"c='>' >\n<p d=>\n<p>"),
        ("<!--><p>a<!---><p>b<!-- --!><p>c", "<!-->\n<p>a<!--->\n<p>b<!-- --!>\n<p>c"),
        ("<script>a</script </b><p>c", "<script>a</script </b>\n<p>c"),
        ("<p>one</form>word</pre>", "<p>one</form>word</pre>"),
        ("<b>a<template><p>b</p></template>c</b>", "<b>a<template>\n<p>b</p></template>c</b>"),
        ('<p>a <a href="no end\n  <pre>\n  x  ', '<p>a <a href="no end\n  <pre>\n  x  '),
    ],
)
def test_what_browsers_do_with_it_is_not_changed(text, shown):
    assert (
        agrees(HtmlPrinter, text.encode(), [1])
        == agrees(HtmlPrinter, text.encode(), [1, 5])
        == shown.encode()
    )


def test_a_tag_with_a_whole_picture_in_it_is_a_tag():
    tag = b'<div style="background: url(data:image/png;base64,' + b"A" * 300_000 + b') ;\n  color: red">'
    assert agrees(HtmlPrinter, b"<p>" + tag + b"<p>x", [70_000]) == b"<p>\n" + tag + b"\n  <p>x"


def test_a_tag_without_end_is_not_held_for_ever():
    printer, chunk = HtmlPrinter(), b"<i a='>" * 150_000
    given = sum(len(printer.feed(b"<a x" * (turn == 0) + b'="' * (turn == 0) + chunk)) for turn in range(12))
    assert given > LONGEST_TAG_BYTES


def test_a_large_kept_element_is_not_held():
    printer = HtmlPrinter()
    printer.feed(b"<script>")
    assert [len(printer.feed(b"x < y;" * 10_000)) for _ in range(3)][1:] == [60_000] * 2
