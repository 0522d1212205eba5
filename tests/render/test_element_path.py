"""Paths of elements: each leads to its element alone, and to many siblings soon."""

import pytest

from antiphon.render.element_path import ElementPaths
from antiphon.render.xpath_query import XPathQuery, path_of, prefixes
from tests.render.test_xpath_query import FEED, root_of


@pytest.mark.parametrize("expression", ["//*", "//@*", "//comment()"])
def test_a_path_leads_to_its_result_alone(expression):
    root = root_of(FEED)
    paths = ElementPaths(prefixes(root))
    results = XPathQuery(expression, root).results()
    assert results
    for value in results:
        path = path_of(value, paths)
        if "local-name" not in path:
            assert XPathQuery(path, root).results() == [value], path


def test_a_path_over_many_siblings_is_quick_and_right():
    root = root_of(b"<r>" + b"<a/><b/>" * 20_000 + b"</r>")
    paths = ElementPaths({})
    assert [path_of(child, paths) for child in root][-2:] == ["/r/a[20000]", "/r/b[20000]"]
