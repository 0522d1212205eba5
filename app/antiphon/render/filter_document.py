"""A whole body, read for filtering: what JSON and markup have in common.

Its bytes come in pieces and are decoded here, in the charset that the body is shown in, whatever it says itself; what
is no text is U+FFFD. No more than the text (JSON), or a piece of it (JSON Lines, markup), is held beside the document.
"""

import codecs
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
Chunks = Callable[[], Iterable[bytes]]
"""Gives the bytes of the body from the beginning, each time it is called."""

_ENTITY = "<!ENTITY"


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


def read_document(chunks: Chunks, language: Language, charset: str, told: Told) -> FilterDocument:
    """Return the document in the bytes of *chunks*.

    Raises:
        FilterFaultError: It is none; the sentence says where.
    """

    def text() -> Iterator[str]:
        return _decoded(chunks(), charset)

    if language in MARKUP:
        return _Markup(text, told, is_html=language == "html")
    return _Json(_lines(text(), told) if language == "jsonlines" else (_whole("".join(text())), ""))


def _decoded(chunks: Iterable[bytes], charset: str) -> Iterator[str]:
    """Yield the text of *chunks* without a byte order mark."""
    decoder = codecs.getincrementaldecoder(charset)("replace")
    is_begun = False
    for chunk in chunks:
        text = decoder.decode(chunk)
        yield text if is_begun else text.removeprefix("\ufeff")
        is_begun = is_begun or bool(text)
    yield decoder.decode(b"", final=True)


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

    def __init__(self, text: Callable[[], Iterator[str]], told: Told, *, is_html: bool) -> None:
        from antiphon.render import xpath_query as markup
        from antiphon.render.element_path import ElementPaths
        from antiphon.render.xml_namespaces import DeclaredNamespaces, prefixes

        self._markup = markup
        self._is_html = is_html
        reader = markup.MarkupReader(
            is_html=is_html, declares_entities=not is_html and _holds(text(), _ENTITY)
        )
        declared, done = DeclaredNamespaces(), 0
        for piece in text():
            told(done)
            if not is_html:
                declared.feed(piece)
            content = piece.encode("utf-8", "replace")
            reader.feed(content)
            done += len(content)
        self._root = reader.root()
        self._names = prefixes(self._root, declared.found)
        self._paths = ElementPaths(self._names)

    def results(self, expression: str) -> Iterator[Result]:
        return (
            (None, value) for value in self._markup.XPathQuery(expression, self._root, self._names).results()
        )

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


def _lines(text: Iterator[str], told: Told) -> tuple[list[Any], str]:
    """Return a document for each line, and a note of the lines that are none."""
    documents: list[Any] = []
    unread: list[int] = []
    done = 0
    for number, line in enumerate(_split(text), 1):
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


def _split(text: Iterator[str]) -> Iterator[str]:
    """Yield the lines of *text*, which comes in pieces."""
    begun: list[str] = []
    for piece in text:
        first, *others = piece.split("\n")
        begun.append(first)
        for line in others:
            yield "".join(begun)
            begun = [line]
    yield "".join(begun)


def _holds(text: Iterator[str], word: str) -> bool:
    """Whether *word* stands in *text*, which comes in pieces."""
    before = ""
    for piece in text:
        if word in before + piece[: len(word)] or word in piece:
            return True
        before = (before + piece)[-len(word) :]
    return False


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
