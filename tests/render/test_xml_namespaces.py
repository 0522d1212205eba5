"""Namespaces by prefix: those of the root, those declared deeper, and those without one."""

import pytest

from antiphon.render.xml_namespaces import PREFIX_LIMIT, DeclaredNamespaces, prefixes
from tests.render.test_xpath_query import FEED, root_of


def test_prefixes_are_those_of_the_root():
    assert prefixes(root_of(FEED)) == {"d": "urn:a", "x": "urn:b"}
    assert prefixes(root_of(b'<a xmlns="urn:1" xmlns:d="urn:2"/>')) == {"d": "urn:2", "d2": "urn:1"}
    assert prefixes(root_of(b'<a xmlns="urn:1" xmlns:x="urn:1"/>')) == {"x": "urn:1", "d": "urn:1"}
    assert prefixes(root_of(b'<a xmlns=""/>')) == {}


def test_prefixes_that_are_declared_deeper_are_known_too():
    deeper = [("", "urn:1"), ("x", "urn:2"), ("", "urn:3"), ("", "urn:1"), ("x", "urn:4"), ("", "")]
    assert prefixes(root_of(b'<a xmlns:y="urn:0"/>'), deeper) == {
        "y": "urn:0", "d": "urn:1", "x": "urn:2", "d2": "urn:3", "d3": "urn:4"
    }  # fmt: skip
    many = [(f"p{number}", f"urn:{number}") for number in range(200)]
    assert len(prefixes(root_of(b"<a/>"), many)) == PREFIX_LIMIT


@pytest.mark.parametrize("step", [1, 5, 1000])
def test_declarations_are_found_in_any_pieces(step):
    text = """<a xmlns='u:1'><b:c\nxmlns:b = "u:&amp;2" x="xmlns:n='no'"/> xmlns:t="text" <d xmlns=""/></a>"""
    found = DeclaredNamespaces()
    for start in range(0, len(text), step):
        found.feed(text[start : start + step])
    assert list(found.found) == [("", "u:1"), ("b", "u:&2"), ("t", "text"), ("", "")]
