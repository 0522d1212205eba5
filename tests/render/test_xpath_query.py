"""XPath over XML and HTML: what is found, how it is named, and that nothing outside is ever read."""

import socket
import threading

import pytest

from antiphon.render.element_path import ElementPaths
from antiphon.render.filter_fault import FilterFaultError
from antiphon.render.xml_namespaces import prefixes
from antiphon.render.xpath_query import (
    MarkupReader,
    XPathQuery,
    cells_of,
    check_xpath,
    columns_of,
    path_of,
    value_text,
)

FEED = b"""<feed xmlns="urn:a" xmlns:x="urn:b">
<entry x:id="1"><title>One &amp; two</title><link href="/1"/><link href="/2"/></entry>
<x:note>hi<!-- c --></x:note><other xmlns="urn:c"/><other xmlns="urn:c"/></feed>"""
BOMB = (
    b'<!DOCTYPE l [<!ENTITY a0 "lol">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]>"
)


def root_of(data: bytes, *, is_html: bool = False):
    reader = MarkupReader(is_html=is_html, declares_entities=b"<!ENTITY" in data)
    reader.feed(data)
    return reader.root()


def asked(expression: str, root) -> list:
    return XPathQuery(expression, root, prefixes(root)).results()


def found(expression: str, data: bytes = FEED, *, is_html: bool = False) -> list[str]:
    values = asked(expression, root_of(data, is_html=is_html))
    return [value_text(value, is_html=is_html) for value in values]


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("//@x:id", ["1"]),
        ("//d:title/text()", ["One & two"]),
        ("//d:link/@href", ["/1", "/2"]),
        ("count(//d:link)", ["2"]),
        ("sum(//@x:id) div 8", ["0.125"]),
        ("1 div 0", ["Infinity"]),
        ("-1 div 0", ["-Infinity"]),
        ("number('x')", ["NaN"]),
        ("count(//d:link) = 2", ["true"]),
        ("string(//x:note)", ["hi"]),
        ("//comment()", ["<!-- c -->"]),
        ("//d:title/namespace::x", ["xmlns:x=urn:b"]),
        ("//nothing", []),
        ("name(/*)", ["feed"]),
    ],
)
def test_every_kind_of_result_has_its_text(expression, values):
    assert found(expression) == values


def test_the_document_itself_is_its_root():
    assert found("/", b"<a>x</a>") == ["<a>x</a>"]


def test_texts_and_scalars_have_the_path_of_what_they_stand_in():
    root = root_of(b"<a>x<b>y</b>z</a>")
    paths = ElementPaths({})
    values = asked("//text()", root)
    assert [path_of(value, paths) for value in values] == ["/a/text()[1]", "/a/b/text()", "/a/text()[2]"]
    assert path_of(asked("1 + 1", root)[0], paths) == ""
    assert path_of(asked("string(//b)", root)[0], paths) == ""


def test_an_element_has_cells_for_attributes_children_and_text():
    (entry,) = asked("//d:entry", root_of(FEED))
    cells = cells_of(entry)
    assert cells == {"@x:id": "1", "title": "One & two", "link/@href": "/1", "link[2]/@href": "/2"}
    assert columns_of(entry) == list(cells)
    (note,) = asked("//x:note", root_of(FEED))
    assert cells_of(note) == {"text()": "hi"}
    assert cells_of(3.0) == {"value": "3"}


@pytest.mark.parametrize(
    ("markup", "cells"),
    [
        (b"<p><b>x</b> hello <b>y</b></p>", {"b": "x", "b[2]": "y", "text()": "x hello y"}),
        (b"<p><!-- c -->said<b/></p>", {"b": "", "text()": "said"}),
        (b"<p>\n  <b>x</b>\n  <c>y</c>\n</p>", {"b": "x", "c": "y"}),
        (b"<p/>", {"text()": ""}),
        (
            b"<p><a x='1' y='2'>z</a><b/><c d='3'/></p>",
            {"a": "z", "a/@x": "1", "a/@y": "2", "b": "", "c/@d": "3"},
        ),
    ],
)
def test_no_text_of_an_element_is_lost_in_its_cells(markup, cells):
    assert cells_of(root_of(markup)) == cells
    assert columns_of(root_of(markup)) == list(cells)


@pytest.mark.parametrize(
    ("expression", "place", "words"),
    [
        ("//b[", 4, "not XPath 1.0"),
        ("count(//b", 9, "not XPath 1.0"),
        ("//b]", 3, "not XPath 1.0"),
        ("", 0, "not XPath 1.0"),
        ("//d:a[. = 'q:q']/q:b", 17, "prefix is not known; the body declares: d, x"),
        ("nothing()", -1, "unregistered function"),
        ("//d:entry[$x]", -1, "undefined variable"),
        ("count('a')", -1, "invalid type"),
        ("//a\0", -1, "no control characters"),
        ("//*" + "[1]" * 10_000, -1, "nested too deeply"),
        ("(" * 5000 + "1" + ")" * 5000, -1, "nested too deeply"),
    ],
)
def test_a_fault_has_its_place(expression, place, words):
    with pytest.raises(FilterFaultError, match=words.replace(".", r"\.")) as told:
        asked(expression, root_of(FEED))
    assert told.value.place == place


def test_a_fault_of_grammar_is_found_before_a_document_is_read():
    check_xpath("//q:b")
    with pytest.raises(FilterFaultError):
        check_xpath("//b[")


@pytest.mark.parametrize("rest", [b"<l>&a11;</l>", b'<l x="&a11;"/>'], ids=["text", "attribute"])
def test_entities_that_blow_up_are_refused(rest):
    with pytest.raises(FilterFaultError, match="blow up"):
        root_of(BOMB + rest)


def test_entities_of_the_document_itself_are_read_in_values_and_stay_as_written_in_markup():
    data = b'<!DOCTYPE a [<!ENTITY x "hello">]><a y="&x;">&x;</a>'
    assert found("//@y", data) == ["hello"]
    assert found("/*", data) == ['<a y="&x;">&x;</a>']


def test_no_file_and_no_network_is_touched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/x.dtd"
    asked = threading.Event()

    def listen():
        try:
            listener.accept()[0].close()
            asked.set()
        except OSError:
            pass

    thread = threading.Thread(target=listen)
    thread.start()
    for data in (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>',
        f'<!DOCTYPE a SYSTEM "{address}"><a>&x;</a>',
        f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{address}"> %p;]><a/>',
        f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{secret.as_uri()}" parse="text"/></a>',
        f'<?xml-stylesheet href="{address}"?><a/>',
    ):
        assert "geheim" not in "".join(found("//text() | /*", data.encode()))
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)
    assert not asked.is_set()


@pytest.mark.parametrize(
    "expression", ["document('/etc/passwd')", "unparsed-text('/etc/passwd')", "re:test('a', 'a')"]
)
def test_functions_that_reach_out_are_not_there(expression):
    with pytest.raises(FilterFaultError):
        asked(expression, root_of(FEED))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<a><b></a>", "line 1, column 11"),
        (b"<a>", "line 1, column 4"),
        (b"<a>\n<b>\xff</b></a>", "line 2"),
        (b"words", "line 1, column 1"),
        (b"<a>" * 3000, "nested too deeply"),
    ],
)
def test_what_is_not_well_formed_says_where(data, words):
    with pytest.raises(FilterFaultError, match=words):
        root_of(data)
