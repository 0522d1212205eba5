"""Fields of a JSON response, found by JSONPath (RFC 9535) and shown digit for digit.

A number stays a number for filters (`$[?@.age > 30]`) and carries the text it was written with.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from antiphon.body.store import BodyStore
from antiphon.core.collection import Column
from antiphon.core.errors import UserError
from antiphon.core.exact_json import json_text, parsed

if TYPE_CHECKING:
    from antiphon.render.json_query import JsonQuery

READ_LIMIT_BYTES = 32 << 20
"""A longer body is not parsed for its columns."""


def compiled(columns: Sequence[Column]) -> tuple["JsonQuery", ...]:
    """Return the columns' paths ready for use.

    Raises:
        UserError: a path is not JSONPath.
    """
    if not columns:
        return ()
    from antiphon.render.filter_fault import FilterFaultError
    from antiphon.render.json_query import JsonQuery

    queries: list[JsonQuery] = []
    for column in columns:
        try:
            queries.append(JsonQuery(column.path))
        except FilterFaultError as error:
            raise UserError(
                f"The column “{column.title}” has no valid JSONPath: {column.path}.",
                f"At fault: {error.sentence}. A path starts with $, such as $.name or $.items[0].id.",
            ) from error
    return tuple(queries)


def values(body: BodyStore, queries: Sequence["JsonQuery"]) -> tuple[str | None, ...]:
    """Return what each query finds in *body*: matches joined with `, `, or None for no match or no JSON."""
    nothing = (None,) * len(queries)
    if not queries or not 0 < body.size_bytes <= READ_LIMIT_BYTES:
        return nothing
    try:
        document = _document(body.read(0, body.size_bytes))
    except (ValueError, RecursionError):
        return nothing
    return tuple(_found(query, document) for query in queries)


def _document(data: bytes) -> Any:
    """Return the JSON in *data*, in whichever of its encodings (RFC 4627 section 3)."""
    return parsed(data.decode(json.detect_encoding(data)))


def text_of(value: Any) -> str:
    """Return *value* as people read it: text bare, everything else as compact JSON with its own digits."""
    return value if isinstance(value, str) else json_text(value)


def _found(query: "JsonQuery", document: Any) -> str | None:
    try:
        matches = [match for _way, match in query.nodes(document)]
    except RecursionError:
        return None
    return ", ".join(text_of(match) for match in matches) if matches else None
