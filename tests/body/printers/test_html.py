"""HTML: what is shown stays what it was, whatever the soup."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body.printers.html import HtmlPrinter
from tests.body.printers.feeding import agrees, printed

sizes = st.lists(st.integers(1, 30), min_size=1, max_size=4)
PIECES = [
    "<div>", "</div>", "<p>", "</p>", "<li>", "<ul>", "</ul>", "<b>", "</b>", "<br>", "<script>", "</script>", "<pre>",
    "</pre>", "<td>", "<tr>", "<table>", "</table>", "<!-- c -->", "<meta>", "<hr>", "word", "x", " ", "\n  ", "<", "&lt;",
    "<a href='>'>", "</a>", "<!", "<img", ">", "</", "'", '"', "<title>", "</title>", "<TEXTAREA>", "</textarea >",
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


def test_a_large_kept_element_is_not_held():
    printer = HtmlPrinter()
    printer.feed(b"<script>")
    assert [len(printer.feed(b"x < y;" * 10_000)) for _ in range(3)][1:] == [60_000] * 2
