"""OpenCollection 1.0.0, written: a document's changes put into the values of its file.

Only what differs from what the file says is touched, so that unknown keys, foreign spellings (`enabled: true`,
nested auth, variants, typed variables) and everything that Antiphon does not model stay as they are.
"""

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

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
    OtherAuth,
    Param,
    Part,
    RequestDocument,
    RequestOptions,
    TextBody,
    Variable,
)
from antiphon.store.authfields import kind_of, put_auth
from antiphon.store.emit import Quoted
from antiphon.store.reading import chosen_variant, defaults_of, document_of, environment_of, text_of
from antiphon.store.splice import pairs
from antiphon.store.yamltree import Map, Raw, Value

_KEYS = (
    "opencollection info config http request runtime settings examples items docs extensions secret name type seq tags "
    "proxy clientCertificates inherit domain protocol hostname port method url headers params body auth value data filePath contentType selected extends variables scripts "
    "assertions actions description disabled encodeUrl timeout followRedirects maxRedirects omitHeaders"
)
_ORDER = _KEYS.split()
"""Keys of all mappings in the order in which people expect them."""
_TRUE, _FALSE = Raw("true"), Raw("false")

Row = Header | Param | FormField | Part | Variable


def new_request(document: RequestDocument) -> dict[str, Value]:
    """Return the values of a new file for *document*.

    `settings` stand there only where they are not the usual ones: without them Bruno sends the URL as Antiphon
    does; with them it encodes reserved characters of the query too.
    """
    base = Map({"info": Map({"type": "http"}), "http": Map({"method": "GET", "url": ""})})
    data = changed_request(base, document)
    info = {"name": document.name, **data.pop("info")}
    return {"info": {key: info[key] for key in sorted(info, key=_ORDER.index)}, **data}


def changed_request(data: Map, document: RequestDocument) -> dict[str, Value]:
    """Return *data*, the values of a request's file, changed to say *document*; a missing `seq` stays as it is."""
    before = document_of(data)
    new: dict[str, Value] = copy.deepcopy(data)
    if document.name != before.name:
        put(new, ("info", "name"), document.name)
    if document.seq is not None and document.seq != before.seq:
        put(new, ("info", "seq"), number(document.seq))
    if document.tags != before.tags:
        put(new, ("info", "tags"), list(document.tags) or None)
    for field in ("method", "url"):
        if getattr(document, field) != getattr(before, field):
            put(new, ("http", field), getattr(document, field))
    _put_rows(new, ("http", "headers"), before.headers, document.headers)
    if document.params != before.params:
        _put_params(new, before.params, document.params)
    if document.body != before.body:
        _put_body(_section(new, "http"), before.body, document.body)
    if document.auth != before.auth:
        _put_auth(new, document.auth, before.auth)
    _put_rows(new, ("runtime", "variables"), before.variables, document.variables)
    _put_settings(new, before.options, document.options)
    if document.docs != before.docs:
        _put_prose(new, "docs", document.docs)
    return new


def changed_defaults(data: Map, defaults: Defaults) -> dict[str, Value]:
    """Return *data*, the values of a folder's or collection's file, changed to say *defaults*."""
    before = defaults_of(data, "")
    new: dict[str, Value] = copy.deepcopy(data)
    if defaults.name != before.name:
        put(new, ("info", "name"), defaults.name)
    _put_rows(new, ("request", "headers"), before.headers, defaults.headers)
    _put_rows(new, ("request", "variables"), before.variables, defaults.variables)
    if defaults.auth != before.auth:
        explicit = "none" if isinstance(defaults.auth, NoAuth) else None
        holder = _section(new, "request")
        put(holder, ("auth",), _auth_value(holder.get("auth"), defaults.auth, before.auth) or explicit)
    return new


def changed_environment(data: Map, environment: Environment) -> dict[str, Value]:
    """Return *data*, the values of an environment's file, changed to say *environment*; secrets as names only."""
    before = environment_of(data, environment.name)
    new: dict[str, Value] = copy.deepcopy(data)
    if environment.extends != before.extends:
        put(new, ("extends",), environment.extends or None)
    _put_rows(new, ("variables",), before.variables, _without_secrets(environment.variables))
    return new


def number(value: float) -> Raw:
    """Return a number as it is written: without a point where it is whole."""
    return Raw(str(int(value)) if value == int(value) else repr(value))


def put(holder: dict[str, Value], path: Sequence[str], value: Value | None) -> None:
    """Set the value at *path*, or remove it when None, along with mappings that became empty by it."""
    name, *rest = path
    if rest:
        inner = holder.get(name)
        inner = inner if isinstance(inner, dict) else {}
        put(inner, rest, value)
        value = inner or None
    if value is None:
        holder.pop(name, None)
    elif name in holder:
        holder[name] = value
    else:
        _insert(holder, name, value)


def _insert(holder: dict[str, Value], name: str, value: Value) -> None:
    """Add a key after the last one that stands before it in the order people expect."""
    place = _ORDER.index(name) if name in _ORDER else len(_ORDER)
    keys = list(holder)
    earlier = [at for at, key in enumerate(keys) if key not in _ORDER or _ORDER.index(key) < place]
    at = earlier[-1] + 1 if earlier else 0
    later = {key: holder.pop(key) for key in keys[at:]}
    holder[name] = value
    holder.update(later)


def _section(holder: dict[str, Value], name: str) -> dict[str, Value]:
    if not isinstance(holder.get(name), dict):
        put(holder, (name,), {})
    section: dict[str, Value] = holder[name]
    return section


def _put_rows(
    top: dict[str, Value], path: tuple[str, ...], before: Sequence[Row], after: Sequence[Row]
) -> None:
    if tuple(before) == tuple(after):
        return
    old: Any = top
    for name in path:
        old = old.get(name) if isinstance(old, dict) else None
    put(top, path, _rows(old if isinstance(old, list) else [], before, after) or None)


def _rows(old: list[Value], before: Sequence[Row], after: Sequence[Row]) -> list[Value]:
    """Return *old*, the rows that said *before*, changed to say *after*; moved rows keep what else they hold."""
    matched = list(pairs(before, after))
    removed = {before[at]: old[at] for at, to in matched if at is not None and to is None}
    rows: list[Value] = []
    for at, to in matched:
        if to is None:
            continue
        if at is None:
            rows.append(removed.pop(after[to], None) or _row({}, None, after[to]))
        else:
            rows.append(_row(old[at], before[at], after[to]))
    return rows


def _row(old: dict[str, Value], before: Row | None, after: Row) -> dict[str, Value]:
    if before == after:
        return old
    row = dict(old)
    if before is None or before.name != after.name:
        put(row, ("name",), after.name)
    _put_row_value(row, before, after)
    if isinstance(after, Param) and (before is None or "type" in row or after.kind != "query"):
        row["type"] = after.kind
    if before is not None and before.enabled != after.enabled and "enabled" in row:
        row["enabled"] = _truth(after.enabled)
        row.pop("disabled", None)
    elif before is None or before.enabled != after.enabled:
        put(row, ("disabled",), None if after.enabled else _TRUE)
    if (before.description if before else "") != after.description:
        _put_prose(row, "description", after.description)
    return row


def _put_row_value(row: dict[str, Value], before: Row | None, after: Row) -> None:
    match after:
        case Variable(is_secret=True):
            row.pop("value", None)
            put(row, ("secret",), _TRUE)
        case Variable():
            row.pop("secret", None)
            if not isinstance(before, Variable) or before.is_secret or before.value != after.value:
                _put_variable_value(row, after.value)
        case Part():
            _put_part_value(row, before, after)
        case _:
            if before is None or before.value != after.value:
                put(row, ("value",), after.value)


def _put_variable_value(row: dict[str, Value], value: str) -> None:
    holder, key = row, "value"
    if isinstance(row.get(key), list):
        holder = chosen_variant(row[key]) or row
    if isinstance(holder.get(key), dict):
        holder, key = holder[key], "data"
    put(holder, (key,), Quoted(value))


def _put_part_value(row: dict[str, Value], before: Row | None, after: Part) -> None:
    old = before if isinstance(before, Part) else None
    if old is None or old.is_file != after.is_file:
        put(row, ("type",), "file" if after.is_file else "text")
    if old is None or (old.is_file, old.value, old.paths) != (after.is_file, after.value, after.paths):
        put(row, ("value",), list(after.paths) if after.is_file else after.value)
    if (old.content_type if old else "") != after.content_type:
        put(row, ("contentType",), after.content_type or None)


def _put_params(top: dict[str, Value], before: tuple[Param, ...], after: tuple[Param, ...]) -> None:
    old = _section(top, "http").get("params")
    if not isinstance(old, dict):
        _put_rows(top, ("http", "params"), before, after)
        return
    rows = [each for kind in ("query", "path") for each in old.get(kind) or []]
    typed = [dict(row, type=param.kind) for row, param in zip(rows, before, strict=True)]
    put(top, ("http", "params"), _rows(typed, before, after) or None)


def _put_body(http: dict[str, Value], before: Body, after: Body) -> None:
    if isinstance(after, NoBody):
        http.pop("body", None)
        return
    holder, key = http, "body"
    if isinstance(http.get("body"), list):
        variant = chosen_variant(http["body"])
        if variant is not None:
            holder = variant
    old = holder.get(key)
    if isinstance(old, dict) and type(before) is type(after) and "type" in old:
        _change_body(old, before, after)
    elif isinstance(old, dict) and _is_same_language(before, after):
        old[text_of(old["mode"])] = after.text if isinstance(after, TextBody) else ""
    else:
        put(holder, (key,), _new_body(after))


def _is_same_language(before: Body, after: Body) -> bool:
    return isinstance(before, TextBody) and isinstance(after, TextBody) and before.language == after.language


def _change_body(body: dict[str, Value], before: Body, after: Body) -> None:
    match before, after:
        case TextBody(), TextBody():
            if before.language != after.language:
                body["type"] = after.language
            if before.text != after.text:
                put(body, ("data",), after.text)
        case (FormBody(fields=old), FormBody(fields=new)) | (
            MultipartBody(parts=old),
            MultipartBody(parts=new),
        ):
            rows = body.get("data")
            put(body, ("data",), _rows(rows if isinstance(rows, list) else [], old, new))
        case FileBody(), FileBody():
            _change_file(body, after)
        case _:
            raise AssertionError(before, after)


def _change_file(body: dict[str, Value], after: FileBody) -> None:
    rows = body.get("data")
    row = chosen_variant(rows) if isinstance(rows, list) else None
    if row is None:
        put(body, ("data",), [_file_row(after)])
    else:
        row.update({"filePath": after.path, "contentType": after.content_type})


def _new_body(body: Body) -> dict[str, Value] | None:
    match body:
        case TextBody():
            return {"type": body.language, "data": body.text}
        case FormBody():
            return {"type": "form-urlencoded", "data": _rows([], (), body.fields)}
        case MultipartBody():
            return {"type": "multipart-form", "data": _rows([], (), body.parts)}
        case FileBody():
            return {"type": "file", "data": [_file_row(body)]}
        case NoBody():
            return None


def _file_row(body: FileBody) -> dict[str, Value]:
    return {"filePath": body.path, "contentType": body.content_type, "selected": _TRUE}


def _put_auth(top: dict[str, Value], auth: Auth, before: Auth) -> None:
    """Set a request's auth where it stands: `http.auth`, or `runtime.auth` of early writers."""
    http, runtime = _section(top, "http"), top.get("runtime")
    stands_early = "auth" not in http and isinstance(runtime, dict) and "auth" in runtime
    place = ("runtime", "auth") if stands_early else ("http", "auth")
    old = runtime["auth"] if stands_early and isinstance(runtime, dict) else http.get("auth")
    put(top, place, _auth_value(old, auth, before))


def _auth_value(old: Value, auth: Auth, before: Auth) -> Value | None:
    match auth:
        case InheritAuth():
            return "inherit"
        case NoAuth():
            return None
        case OtherAuth():
            return {"type": auth.kind}
    kind = kind_of(auth)
    if type(before) is not type(auth) or not isinstance(old, dict):
        new: dict[str, Value] = {"type": kind}
        put_auth(new, auth, None)
        return new
    new = dict(old)
    if isinstance(old.get(kind), dict):
        new[kind] = dict(old[kind])
        put_auth(new[kind], auth, before)
    else:
        put_auth(new, auth, before)
    return new


def _put_settings(top: dict[str, Value], before: RequestOptions, after: RequestOptions) -> None:
    if before.encode_url != after.encode_url:
        put(top, ("settings", "encodeUrl"), _truth(after.encode_url))
    if before.timeouts.total_s != after.timeouts.total_s:
        put(top, ("settings", "timeout"), _milliseconds(after.timeouts.total_s))
    if before.follow_redirects != after.follow_redirects:
        put(top, ("settings", "followRedirects"), _truth(after.follow_redirects))
    if before.max_redirects != after.max_redirects:
        put(top, ("settings", "maxRedirects"), Raw(str(after.max_redirects)))
    if before.omitted_headers != after.omitted_headers:
        put(top, ("settings", "omitHeaders"), list(after.omitted_headers) or None)


def _put_prose(holder: dict[str, Value], key: str, text: str) -> None:
    old = holder.get(key)
    if isinstance(old, dict) and text:
        holder[key] = {**old, "content": text}
    else:
        put(holder, (key,), text or None)


def _without_secrets(variables: Sequence[Variable]) -> tuple[Variable, ...]:
    return tuple(replace(each, value="") if each.is_secret else each for each in variables)


def _milliseconds(seconds: float | None) -> Raw:
    return Raw("0") if seconds is None else number(round(seconds * 1000, 6))


def _truth(value: bool) -> Raw:
    return _TRUE if value else _FALSE
