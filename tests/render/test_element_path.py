"""Paths of elements: each leads to its element alone, and to many siblings soon."""

import pytest

from antiphon.render.element_path import ElementPaths
from antiphon.render.xml_namespaces import DeclaredNamespaces, prefixes
from antiphon.render.xpath_query import XPathQuery, path_of
from tests.render.test_xpath_query import FEED, root_of

MIXED = b"""<r xmlns:x="urn:x"><x:a/><x:a y:k="1" xmlns:y="urn:y"/><y:a xmlns:y="urn:y"/><a xmlns="urn:q'"/><a/><z:a
xmlns:z="urn:z"/>said<!-- c -->more<?p i?></r>"""


@pytest.mark.parametrize("document", [FEED, MIXED])
@pytest.mark.parametrize(
    "expression", ["//*", "//@*", "//text()", "//comment()", "//processing-instruction()"]
)
@pytest.mark.parametrize("knows_all", [True, False])
def test_a_path_leads_to_its_result_alone(document, expression, knows_all):
    root = root_of(document)
    names = prefixes(root, declared(document.decode()) if knows_all else ())
    paths = ElementPaths(names)
    for value in XPathQuery(expression, root, names).results():
        path = path_of(value, paths)
        assert XPathQuery(path, root, names).results() == [value], path
        assert not (knows_all and "local-name" in path)


def declared(text: str) -> list:
    found = DeclaredNamespaces()
    for piece in text:
        found.feed(piece)
    return list(found.found)


def test_a_path_over_many_siblings_is_quick_and_right():
    root = root_of(b"<r>" + b"<a/><b/>" * 20_000 + b"</r>")
    paths = ElementPaths({})
    assert [path_of(child, paths) for child in root][-2:] == ["/r/a[20000]", "/r/b[20000]"]
