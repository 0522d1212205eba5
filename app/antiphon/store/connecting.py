"""How a collection reaches servers: `config.proxy` and `config.clientCertificates` of `opencollection.yml`.

OpenCollection has a proxy of its own, an inherited one (`inherit`) and none (`disabled`). What it cannot say (the
system's proxy, `socks5h`, an address made of variables) stands under `extensions.antiphon.proxy`:

```yaml
extensions:
  antiphon:
    proxy: {mode: system, protocol: socks5h, url: "{{proxy}}"}
```
A wrong value means nothing; it never hides the file.
"""

import re
from collections.abc import Sequence
from typing import Any

from antiphon.core.document import ClientCertificate, ProxySettings
from antiphon.store.reading import is_enabled, is_false, is_true, text_of
from antiphon.store.splice import pairs
from antiphon.store.writing import put
from antiphon.store.yamltree import Raw, Value

_PROXY = ("config", "proxy")
_CERTIFICATES = ("config", "clientCertificates")
_MORE = ("extensions", "antiphon", "proxy")
_ADDRESS = re.compile(
    r"(https?|socks4a?|socks5h?)://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(0|[1-9]\d{0,4}))?"
)
"""An address that protocol, hostname and port make up again, letter for letter."""
_KNOWN_TO_ALL = {"socks5h": "socks5", "socks4a": "socks4"}
_FLAT = ("protocol", "hostname", "port", "auth", "bypassProxy")
_TRUE, _FALSE = Raw("true"), Raw("false")

Values = dict[str, Any]


def proxy_of(top: Values) -> ProxySettings:
    """Return the proxy that a collection's file says; without one it is inherited."""
    proxy, more = _at(top, _PROXY), _map(_at(top, _MORE))
    if is_false(proxy):
        return ProxySettings("none")
    proxy = _map(proxy)
    fields = _map(_at(top, _fields_place(top)))
    auth = _map(fields.get("auth"))
    has_auth = is_enabled(auth)
    return ProxySettings(
        mode=_mode(proxy, fields, more),
        url=_url(fields, more),
        username=_word(auth, "username") if has_auth else "",
        password=_word(auth, "password") if has_auth else "",
        bypass=_word(fields, "bypassProxy"),
    )


def put_proxy(top: Values, before: ProxySettings, after: ProxySettings) -> None:
    """Change *top*, the values of a collection's file that say *before*, to say *after*."""
    if before == after:
        return
    if not isinstance(_at(top, _PROXY), dict):
        _put(top, _PROXY, None)
    place = _fields_place(top)
    if before.url != after.url:
        _put_url(top, place, after.url)
    if (before.username, before.password) != (after.username, after.password):
        _put(top, (*place, "auth", "disabled"), None)
        _put(top, (*place, "auth", "enabled"), None)
        _put(top, (*place, "auth", "username"), after.username or None)
        _put(top, (*place, "auth", "password"), after.password or None)
    if before.bypass != after.bypass:
        _put(top, (*place, "bypassProxy"), after.bypass or None)
    if {before.mode, proxy_of(top).mode} != {after.mode} or after == ProxySettings():
        _put_mode(top, after)


def certificates_of(top: Values) -> tuple[ClientCertificate, ...]:
    """Return the client certificates that a collection's file says; what is none of them is left out."""
    return tuple(_certificate(row) for row in _certificate_rows(top) or ())


def put_certificates(
    top: Values, before: Sequence[ClientCertificate], after: Sequence[ClientCertificate]
) -> None:
    """Change *top*, the values of a collection's file that say *before*, to say *after*; others' keys stay."""
    if tuple(before) == tuple(after):
        return
    old = _certificate_rows(top) or []
    rows: list[Value] = []
    for at, to in pairs(before, after):
        if to is not None:
            rows.append(
                _changed_row({} if at is None else old[at], None if at is None else before[at], after[to])
            )
    _put(top, _CERTIFICATES, rows or None)


# -- the proxy -----------------------------------------------------------------------------------------


def _mode(proxy: Values, fields: Values, more: Values) -> Any:
    if is_true(proxy.get("disabled")):
        return "none"
    has_address = bool(_url(fields, more))
    if is_true(proxy.get("inherit")) or (not has_address and not is_false(proxy.get("inherit"))):
        return "system" if _word(more, "mode") == "system" else "inherit"
    return "manual"


def _put_mode(top: Values, after: ProxySettings) -> None:
    _put(top, (*_PROXY, "disabled"), _TRUE if after.mode == "none" else None)
    inherited = {"manual": _FALSE, "none": None}.get(after.mode, _TRUE)
    if after.mode == "inherit" and not _at(top, _fields_place(top)) and not _at(top, (*_MORE, "url")):
        inherited = None
    _put(top, (*_PROXY, "inherit"), inherited)
    _put(top, (*_MORE, "mode"), "system" if after.mode == "system" else None)


def _url(fields: Values, more: Values) -> str:
    protocol, host, port = (_word(fields, key) for key in ("protocol", "hostname", "port"))
    if not host:
        return _word(more, "url")
    better = _word(more, "protocol")
    if _KNOWN_TO_ALL.get(better) == protocol:
        protocol = better
    return f"{protocol or 'http'}://{host}{f':{port}' if port else ''}"


def _put_url(top: Values, place: tuple[str, ...], url: str) -> None:
    match = _ADDRESS.fullmatch(url)
    protocol, host, port = match.groups() if match else (None, None, None)
    _put(top, (*_MORE, "url"), url if url and not match else None)
    _put(top, (*_MORE, "protocol"), protocol if protocol in _KNOWN_TO_ALL else None)
    _put(top, (*place, "protocol"), _KNOWN_TO_ALL.get(protocol or "", protocol))
    _put(top, (*place, "hostname"), host)
    _put(top, (*place, "port"), Raw(port) if port else None)


def _fields_place(top: Any) -> tuple[str, ...]:
    """Return where protocol, host and port stand: under `config`, in early files beside `inherit`."""
    proxy = _at(top, _PROXY)
    is_flat = isinstance(proxy, dict) and "config" not in proxy and any(key in proxy for key in _FLAT)
    return _PROXY if is_flat else (*_PROXY, "config")


# -- certificates --------------------------------------------------------------------------------------


def _certificate_rows(top: Any) -> list[Values] | None:
    value = _at(top, _CERTIFICATES)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else None


def _certificate(row: Values) -> ClientCertificate:
    is_pkcs12 = _word(row, "type") == "pkcs12" or ("type" not in row and "pkcs12FilePath" in row)
    return ClientCertificate(
        host=_word(row, "domain"),
        kind="pkcs12" if is_pkcs12 else "pem",
        certificate_file=_word(row, "pkcs12FilePath" if is_pkcs12 else "certificateFilePath"),
        key_file="" if is_pkcs12 else _word(row, "privateKeyFilePath"),
        passphrase=_word(row, "passphrase"),
        enabled=is_enabled(row),
    )


def _changed_row(old: Values, before: ClientCertificate | None, after: ClientCertificate) -> Values:
    if before == after:
        return old
    is_fresh = before is None or before.kind != after.kind
    row = dict(old)
    if before is None or before.host != after.host:
        row["domain"] = after.host
    if is_fresh:
        row["type"] = after.kind
        for key in ("certificateFilePath", "privateKeyFilePath", "pkcs12FilePath"):
            row.pop(key, None)
    if is_fresh or (before and before.certificate_file != after.certificate_file):
        row["pkcs12FilePath" if after.kind == "pkcs12" else "certificateFilePath"] = after.certificate_file
    if after.kind == "pem" and (is_fresh or (before and before.key_file != after.key_file)):
        row["privateKeyFilePath"] = after.key_file
    if (before.passphrase if before else "") != after.passphrase:
        put(row, ("passphrase",), after.passphrase or None)
    if (before is None or before.enabled) != after.enabled:
        put(row, ("disabled",), None if after.enabled else _TRUE)
        row.pop("enabled", None)
    return row


# -- looking -------------------------------------------------------------------------------------------


def _at(top: Any, place: Sequence[str]) -> Any:
    for name in place:
        top = top.get(name) if isinstance(top, dict) else None
    return top


def _map(value: Any) -> Values:
    return value if isinstance(value, dict) else {}


def _word(holder: Values, key: str) -> str:
    value = holder.get(key)
    return "" if isinstance(value, list | dict) else text_of(value)


def _put(top: Values, place: Sequence[str], value: Value | None) -> None:
    if value is not None or _at(top, place) is not None:
        put(top, place, value)
