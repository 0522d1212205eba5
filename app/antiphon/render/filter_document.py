"""A whole body, read for filtering: what JSON and markup have in common."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from antiphon.core.exact_json import LAID_OUT, json_text, parsed
from antiphon.render.filter_fault import FilterFaultError
from antiphon.render.filter_languages import MARKUP
from antiphon.render.media import Language

Result = tuple[Any, Any]
"""Where it stands, as only its document knows, and the value."""
Told = Callable[[int], None]
"""Is told about how many bytes have been read."""

STEP_BYTES = 1 << 20


class FilterDocument(Protocol):
    note: str
    """What the user should know of the reading, a sentence; empty for nothing."""
    is_json: bool

    def results(self, expression: str) -> Iterator[Result]:
        """Yield what *expression* finds.

        Raises:
            FilterFaultError: The expression is wrong.
        """

    def path(self, result: Result) -> str:
        """Return the path of *result*; empty where it stands nowhere."""

    def text(self, value: Any) -> str:
        """Return *value* as its language writes it, JSON laid out one level in."""

    def columns(self, value: Any) -> Iterable[str]:
        """Return the names of the columns that *value* has cells in."""

    def cells(self, value: Any) -> dict[str, str]:
        """Return *value* as cells by the names of their columns."""


def read_document(data: bytes, language: Language, charset: str, told: Told) -> FilterDocument:
    """Return the document in *data*.

    Raises:
        FilterFaultError: It is none; the sentence says where.
    """
    if language in MARKUP:
        return _Markup(data, charset, told, is_html=language == "html")
    text = data.decode(charset, "replace")
    return _Json(_lines(text, told) if language == "jsonlines" else (_whole(text), ""))


def check_expression(expression: str, language: Language) -> None:
    """Raise FilterFaultError where *expression* can be told to be wrong before a body of *language* is read."""
    if language in MARKUP:
        from antiphon.render.xpath_query import check_xpath

        check_xpath(expression)
    else:
        from antiphon.render.json_query import JsonQuery

        JsonQuery(expression)


class _Json:
    is_json = True

    def __init__(self, read: tuple[Any, str]) -> None:
        self._root, self.note = read

    def results(self, expression: str) -> Iterator[Result]:
        from antiphon.render.json_query import JsonQuery

        return JsonQuery(expression).nodes(self._root)

    def path(self, result: Result) -> str:
        from antiphon.render.json_query import path_text

        return path_text(result[0])

    def text(self, value: Any) -> str:
        return json_text(value, LAID_OUT, 1)

    def columns(self, value: Any) -> Iterable[str]:
        return value if isinstance(value, dict) else ("value",)

    def cells(self, value: Any) -> dict[str, str]:
        if isinstance(value, dict):
            return {name: _cell(member) for name, member in value.items()}
        return {"value": _cell(value)}


class _Markup:
    is_json = False
    note = ""

    def __init__(self, data: bytes, charset: str, told: Told, *, is_html: bool) -> None:
        from antiphon.render import xpath_query as markup
        from antiphon.render.element_path import ElementPaths

        self._markup = markup
        self._is_html = is_html
        charset = markup.asked_charset(data, charset, is_html=is_html)
        if is_html and charset:  # libxml2 gives up at bytes that are no text
            data, charset = data.decode(charset, "replace").encode(), "utf-8"
        reader = markup.MarkupReader(is_html=is_html, charset=charset, declares_entities=b"<!ENTITY" in data)
        for start in range(0, len(data), STEP_BYTES):
            reader.feed(data[start : start + STEP_BYTES])
            told(start)
        self._root = reader.root()
        self._paths = ElementPaths(markup.prefixes(self._root))

    def results(self, expression: str) -> Iterator[Result]:
        return ((None, value) for value in self._markup.XPathQuery(expression, self._root).results())

    def path(self, result: Result) -> str:
        return self._markup.path_of(result[1], self._paths)

    def text(self, value: Any) -> str:
        return self._markup.value_text(value, is_html=self._is_html)

    def columns(self, value: Any) -> Iterable[str]:
        return self._markup.columns_of(value)

    def cells(self, value: Any) -> dict[str, str]:
        return self._markup.cells_of(value, is_html=self._is_html)


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)


def _whole(text: str) -> Any:
    try:
        return parsed(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno:,}, column {error.colno:,}"
        raise FilterFaultError(f"the body is not valid JSON at {place}: {_lowered(error.msg)}") from error
    except ValueError as error:
        raise FilterFaultError(f"the body is not valid JSON: {error}") from error
    except RecursionError as error:
        raise FilterFaultError("the body is nested too deeply to be filtered") from error


def _lines(text: str, told: Told) -> tuple[list[Any], str]:
    """Return a document for each line, and a note of the lines that are none."""
    documents: list[Any] = []
    unread: list[int] = []
    done = 0
    for number, line in enumerate(text.split("\n"), 1):
        done += len(line) + 1
        if number % 4096 == 0:
            told(done)
        if not line.strip():
            continue
        try:
            documents.append(parsed(line))
        except (ValueError, RecursionError):
            unread.append(number)
    if unread and not documents:
        raise FilterFaultError("no line of the body is valid JSON")
    lines = "1 line is" if len(unread) == 1 else f"{len(unread):,} lines are"
    return (
        documents,
        f"{lines} not valid JSON and left out, the first is line {unread[0]:,}." if unread else "",
    )


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
