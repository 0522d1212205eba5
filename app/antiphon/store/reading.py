"""OpenCollection 1.0.0, read: the values of a YAML file become documents, defaults and environments.

Besides what the schema says this reads what stands in the wild (older and foreign writers): `enabled: true`,
`params: {query: [...], path: [...]}`, `auth: {type: basic, basic: {...}}`, `body: {mode: json, json: ...}`,
`runtime.auth`, lists of variants. A scalar of the wrong kind is read leniently; a text where a list or a mapping
belongs is an error with its line.
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from antiphon.core.document import (
    Auth,
    Body,
    Defaults,
    Environment,
    FileBody,
    FormBody,
    FormField,
    Header,
    InheritAuth,
    MultipartBody,
    NoAuth,
    NoBody,
    Param,
    Part,
    RequestDocument,
    RequestOptions,
    TextBody,
    TextLanguage,
    Timeouts,
    Variable,
)
from antiphon.store.authfields import read_auth
from antiphon.store.yamltree import Map, Raw, Value, YamlError

_TEXT_BODIES = {"json", "text", "xml", "sparql"}
_BODY_KINDS = {"formUrlEncoded": "form-urlencoded", "multipartForm": "multipart-form"}


def document_of(data: Value) -> RequestDocument:
    """Return the request that a file says, with the options that OpenCollection has fields for.

    Raises:
        YamlError: a list or a mapping stands where a text belongs, or the other way round.
    """
    top = _map(data, "a request file")
    info, http, runtime = (_map_at(top, key) for key in ("info", "http", "runtime"))
    auth = http if "auth" in http else runtime
    return RequestDocument(
        name=_text(info, "name") or "Untitled",
        method=_text(http, "method") or "GET",
        url=_text(http, "url"),
        params=_params(http),
        headers=_headers(http),
        body=_body(http),
        auth=auth_of(auth, NoAuth()),
        options=_options(_map_at(top, "settings")),
        variables=variables_of(runtime),
        tags=tuple(text_of(tag) for tag in _list_at(info, "tags")),
        docs=_prose(top, "docs"),
        seq=number_of(info.get("seq")),
    )


def defaults_of(data: Value, name: str) -> Defaults:
    """Return what a collection's or folder's file lends to the requests below; *name* is for a file without one."""
    top = _map(data, "a folder's file")
    request = _map_at(top, "request")
    return Defaults(
        name=_text(_map_at(top, "info"), "name") or name,
        headers=_headers(request),
        auth=auth_of(request, InheritAuth()),
        variables=variables_of(request),
    )


def environment_of(data: Value, name: str) -> Environment:
    """Return the environment that a file says; *name* is the one it is known by, the file's."""
    top = _map(data, "an environment file")
    return Environment(name, variables_of(top), _text(top, "extends"))


def auth_of(holder: Map, absent: Auth) -> Auth:
    """Return the `auth` of *holder*; *absent* where it has none: no auth for a request, inherited for a folder."""
    value = holder.get("auth")
    if _is_absent(value):
        return absent
    if isinstance(value, str | Raw):
        return InheritAuth() if text_of(value) == "inherit" else NoAuth()
    auth = _map(value, "`auth`", holder.lines.get("auth", 0))
    kind = _text(auth, "type") or _text(auth, "mode")
    fields = _map_at(auth, kind) if isinstance(auth.get(kind), Mapping) else auth
    match kind:
        case "inherit":
            return InheritAuth()
        case "none" | "":
            return NoAuth()
        case _:
            return read_auth(kind, fields)


def variables_of(holder: Map) -> tuple[Variable, ...]:
    return tuple(
        Variable(
            name=_text(row, "name"),
            value="" if is_true(row.get("secret")) else _variable_value(row),
            enabled=is_enabled(row),
            is_secret=is_true(row.get("secret")),
            description=_prose(row, "description"),
        )
        for row in _rows(holder, "variables")
    )


def text_of(value: Value) -> str:
    """Return the words of a scalar as they are written; nothing at all is empty."""
    match value:
        case str():
            return value
        case Raw():
            return "" if value.is_null else value.text
        case None:
            return ""
        case _:
            raise YamlError("has a list or a mapping where a text belongs", getattr(value, "line", 0))


def number_of(value: Value) -> float | None:
    """Return a finite number, or None for anything else."""
    if not isinstance(value, Raw):
        return None
    try:
        number = float(value.text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def words_of(value: Value, spelled: Callable[[str], str] = str) -> tuple[str, ...]:
    """Return the texts of a list, each *spelled* so; what is none, and whatever is no list, is left out."""
    rows = value if isinstance(value, list) else []
    words = (spelled(text_of(row)) for row in rows if not isinstance(row, list | dict))
    return tuple(word for word in words if word)


def is_true(value: Value) -> bool:
    return isinstance(value, Raw) and value.text in {"true", "True", "TRUE"}


def is_false(value: Value) -> bool:
    return isinstance(value, Raw) and value.text in {"false", "False", "FALSE"}


def is_enabled(row: dict[str, Any]) -> bool:
    return not is_true(row.get("disabled")) and not is_false(row.get("enabled"))


def chosen_variant(values: list[Value]) -> Value:
    """Return the selected one of a list of variants, else the first, else None."""
    rows = [value for value in values if isinstance(value, Map)]
    return next((row for row in rows if is_true(row.get("selected"))), rows[0] if rows else None)


def seconds_of(value: Value) -> float | None:
    """Return a timeout in seconds; `0`, `inherit` and nothing mean none. The file counts milliseconds."""
    number = number_of(value)
    return number / 1000 if number is not None and number > 0 else None


def _options(settings: Map) -> RequestOptions:
    redirects = number_of(settings.get("maxRedirects"))
    default = RequestOptions()
    return RequestOptions(
        timeouts=Timeouts(total_s=seconds_of(settings.get("timeout"))),
        follow_redirects=not is_false(settings.get("followRedirects")),
        max_redirects=default.max_redirects if redirects is None or redirects < 0 else int(redirects),
        encode_url=not is_false(settings.get("encodeUrl")),
        omitted_headers=words_of(settings.get("omitHeaders"), str.lower),
    )


def _headers(holder: Map) -> tuple[Header, ...]:
    return tuple(
        Header(_text(row, "name"), _text(row, "value"), is_enabled(row), _prose(row, "description"))
        for row in _rows(holder, "headers")
    )


def _params(http: Map) -> tuple[Param, ...]:
    value = http.get("params")
    if isinstance(value, Map):
        return tuple(_param(row, kind) for kind in ("query", "path") for row in _rows(value, kind))
    return tuple(_param(row, _text(row, "type")) for row in _rows(http, "params"))


def _param(row: Map, kind: str) -> Param:
    return Param(
        _text(row, "name"),
        _text(row, "value"),
        "path" if kind == "path" else "query",
        is_enabled(row),
        _prose(row, "description"),
    )


def _body(http: Map) -> Body:
    value = http.get("body")
    if isinstance(value, list):
        variant = chosen_variant(value)
        value = variant.get("body") if variant is not None else None
    if _is_absent(value):
        return NoBody()
    body = _map(value, "`body`", http.lines.get("body", 0))
    kind = _text(body, "type") or _text(body, "mode")
    field = "data" if "type" in body else kind
    kind = _BODY_KINDS.get(kind, kind)
    if kind in _TEXT_BODIES:
        return TextBody(cast("TextLanguage", kind), _text(body, field))
    match kind:
        case "form-urlencoded":
            return FormBody(tuple(_form_field(row) for row in _rows(body, field)))
        case "multipart-form":
            return MultipartBody(tuple(_part(row) for row in _rows(body, field)))
        case "file":
            row = chosen_variant(_list_at(body, field))
            return (
                FileBody(_text(row, "filePath"), _text(row, "contentType")) if row is not None else FileBody()
            )
        case _:
            return NoBody()


def _form_field(row: Map) -> FormField:
    return FormField(_text(row, "name"), _text(row, "value"), is_enabled(row), _prose(row, "description"))


def _part(row: Map) -> Part:
    value = row.get("value")
    values = value if isinstance(value, list) else [value]
    texts = tuple(text_of(each) for each in values)
    is_file = _text(row, "type") == "file"
    return Part(
        name=_text(row, "name"),
        value="" if is_file else "".join(texts),
        paths=tuple(text for text in texts if text) if is_file else (),
        is_file=is_file,
        content_type=_text(row, "contentType"),
        enabled=is_enabled(row),
        description=_prose(row, "description"),
    )


def _variable_value(row: Map) -> str:
    value = row.get("value")
    if isinstance(value, list):
        variant = chosen_variant(value)
        value = variant.get("value") if variant is not None else None
    return _text(value, "data") if isinstance(value, Map) else text_of(value)


def _prose(holder: Map, key: str) -> str:
    """Return a description or docs: a text, or a mapping with its `content`."""
    value = holder.get(key)
    return _text(value, "content") if isinstance(value, Map) else text_of(value)


def _text(holder: Map, key: str) -> str:
    value = holder.get(key)
    if isinstance(value, list | dict):
        raise YamlError(f"has a list or a mapping in `{key}`, where a text belongs", holder.lines.get(key, 0))
    return text_of(value)


def _rows(holder: Map, key: str) -> list[Map]:
    return [_map(row, f"each entry of `{key}`", holder.lines.get(key, 0)) for row in _list_at(holder, key)]


def _list_at(holder: Map, key: str) -> list[Value]:
    value = holder.get(key)
    if _is_absent(value):
        return []
    if not isinstance(value, list):
        raise YamlError(f"has no list in `{key}`", holder.lines.get(key, 0))
    return value


def _map_at(holder: Map, key: str) -> Map:
    value = holder.get(key)
    return Map() if _is_absent(value) else _map(value, f"`{key}`", holder.lines.get(key, 0))


def _map(value: Value, what: str, line: int = 1) -> Map:
    if not isinstance(value, Map):
        raise YamlError(f"needs `key: value` lines for {what}", line)
    return value


def _is_absent(value: Any) -> bool:
    return value is None or (isinstance(value, Raw) and value.is_null)
