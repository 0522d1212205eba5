"""Which bodies can be filtered, and by what."""

from antiphon.render.media import Language

MARKUP: frozenset[Language] = frozenset({"xml", "svg", "html"})
"""Filtered by XPath."""
FILTERED: frozenset[Language] = MARKUP | {"json", "jsonlines"}
"""All that can be filtered; what is no markup by JSONPath."""
