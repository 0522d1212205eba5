"""URLs as people type them: text with `{{variables}}`, `:path` variables and a query, kept exactly as typed.

Query rows show the text that stands in the URL, not a decoded form of it: so nothing is encoded or decoded
behind the user's back while typing, and encoding happens once, when a request is prepared.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from antiphon.core.document import Param, RequestDocument

_OUTSIDE = re.compile(r"\{\{[^{}]*\}\}|[?#]")
_PATH_VARIABLE = re.compile(r"(?<=/):([\w-]+)(?=/|$)")


@dataclass(frozen=True, slots=True)
class UrlText:
    """The three parts of a URL's text; *query* and *fragment* are None where their mark does not stand."""

    path: str
    """Scheme, authority and path."""
    query: str | None = None
    fragment: str | None = None

    def __str__(self) -> str:
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return self.path + query + fragment


def split(url: str) -> UrlText:
    """Split *url* at its first `?` and `#` that stand outside `{{...}}`."""
    question = -1
    for match in _OUTSIDE.finditer(url):
        mark = match.group()
        if mark == "#":
            fragment = url[match.end() :]
            if question < 0:
                return UrlText(url[: match.start()], None, fragment)
            return UrlText(url[:question], url[question + 1 : match.start()], fragment)
        if mark == "?" and question < 0:
            question = match.start()
    return UrlText(url) if question < 0 else UrlText(url[:question], url[question + 1 :])


def query_of(url: str) -> list[tuple[str, str]]:
    """Return the name and value of every pair in *url*'s query, as they stand there."""
    query = split(url).query
    return [_pair(segment) for segment in query.split("&") if segment] if query else []


def with_query(url: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return *url* with *pairs* as its query; a pair that stood there keeps its exact text.

    Where there are as many pairs as before, what stood between them stays, too: a doubled or trailing `&`.
    """
    parts = split(url)
    before = [] if parts.query is None else parts.query.split("&")
    kept: dict[tuple[str, str], list[str]] = {}
    for text in filter(None, before):
        kept.setdefault(_pair(text), []).append(text)
    segments = [_kept(kept, name, value) or _segment(name, value) for name, value in pairs]
    if len(segments) == len(list(filter(None, before))):
        following = iter(segments)
        segments = [next(following) if text else "" for text in before]
    return str(replace(parts, query="&".join(segments) if segments else None))


def _kept(kept: dict[tuple[str, str], list[str]], name: str, value: str) -> str:
    """Return the text of the pair as it stood; of several that look alike each is taken once, the last one again."""
    texts = kept.get((name, value), [""])
    return texts.pop(0) if len(texts) > 1 else texts[0]


def path_variables(url: str) -> list[str]:
    """Return the names of the `:name` segments of *url*'s path, each once, in order."""
    return list(dict.fromkeys(match.group(1) for match in path_variable_places(url)))


def path_variable_places(url: str) -> Iterator[re.Match[str]]:
    """Yield a match for every `:name` segment; group 1 is the name."""
    return _PATH_VARIABLE.finditer(split(url).path)


def synced_with_url(document: RequestDocument, url: str) -> RequestDocument:
    """Return *document* with *url* typed in, its rows following: disabled rows and descriptions are kept."""
    rows = [param for param in document.params if param.kind == "query"]
    params = (*_path_rows(document.params, url), *_query_rows(rows, query_of(url)))
    return replace(document, url=url, params=params)


def with_params(document: RequestDocument, params: Sequence[Param]) -> RequestDocument:
    """Return *document* with *params* as its rows, the URL's query following the enabled ones."""
    pairs = [
        (row.name, row.value)
        for row in params
        if row.kind == "query" and row.enabled and (row.name or row.value)
    ]
    escaped = [(_escaped(name, "&#="), _escaped(value, "&#")) for name, value in pairs]
    return replace(document, url=with_query(document.url, escaped), params=tuple(params))


def _pair(segment: str) -> tuple[str, str]:
    name, _, value = segment.partition("=")
    return name, value


def _segment(name: str, value: str) -> str:
    return f"{_escaped(name, '&#=')}={_escaped(value, '&#')}"


def _escaped(text: str, marks: str) -> str:
    """Return *text* with the characters that would end its place in a query percent-encoded, variables untouched."""

    def encoded(match: re.Match[str]) -> str:
        found = match.group()
        return found if found.startswith("{{") else f"%{ord(found):02X}"

    return re.sub(r"\{\{[^{}]*\}\}|[" + re.escape(marks) + "]", encoded, text)


def _path_rows(params: Sequence[Param], url: str) -> list[Param]:
    known = {param.name: param for param in params if param.kind == "path"}
    return [known.get(name) or Param(name, "", "path") for name in path_variables(url)]


def _query_rows(rows: Sequence[Param], pairs: Sequence[tuple[str, str]]) -> list[Param]:
    unused = [row for row in rows if row.enabled]
    fresh: list[Param] = []
    for index, (name, value) in enumerate(pairs):
        row = _best(unused, name, value) or (unused[0] if len(unused) == len(pairs) - index else None)
        if row is None:
            fresh.append(Param(name, value))
        else:
            unused.remove(row)
            fresh.append(replace(row, name=name, value=value))
    result: list[Param] = []
    remaining = iter(fresh)
    for row in rows:
        result.extend([row] if not row.enabled else list(_next(remaining)))
    return [*result, *remaining]


def _best(unused: Sequence[Param], name: str, value: str) -> Param | None:
    same = [row for row in unused if row.name == name]
    return next((row for row in same if row.value == value), same[0] if same else None)


def _next(rows: Iterator[Param]) -> Iterator[Param]:
    row = next(rows, None)
    if row is not None:
        yield row
