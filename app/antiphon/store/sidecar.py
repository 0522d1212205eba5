"""`<request>.antiphon.yaml`: the options of a request that OpenCollection has no field for.

```yaml
httpVersion: "2"
timeoutSeconds: {connect: 2.5, read: none}
verify: false
caFile: certificates/test.pem
cookies: false
headerCharset: latin-1
keepMethod: true
proxy: {mode: manual, url: "socks5h://127.0.0.1:1080", username: ada, password: "{{password}}", bypass: localhost}
trustStore: certifi
minTls: "1.2"
serverName: api.example.org
resolve: ["api.example.org:443:127.0.0.1"]
unixSocket: /run/api.sock
keyLogFile: keys.log
requestTarget: "*"
decodedLimitBytes: none
```
Only what differs from the default is written; where nothing does there is no such file.
"""

from dataclasses import replace
from typing import Any, cast, get_args

from antiphon.core.document import (
    HttpVersionChoice,
    ProxyMode,
    ProxySettings,
    RequestOptions,
    Timeouts,
    TlsVersion,
    TrustStore,
)
from antiphon.store.reading import is_false, is_true, number_of, text_of, words_of
from antiphon.store.yamltree import Map, Raw, Value, YamlError

_TIMEOUTS = {"connect": "connect_s", "read": "read_s", "write": "write_s", "pool": "pool_s"}
_CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "httpVersion": ("http_version", get_args(HttpVersionChoice)),
    "headerCharset": ("header_charset", ("utf-8", "latin-1")),
    "trustStore": ("trust_store", get_args(TrustStore)),
    "minTls": ("min_tls", get_args(TlsVersion)),
}
_SWITCHES = {"verify": "verify", "cookies": "use_cookies", "keepMethod": "keep_method"}
_TEXTS = {
    "caFile": "ca_file",
    "serverName": "server_name",
    "unixSocket": "unix_socket",
    "keyLogFile": "key_log_file",
    "requestTarget": "request_target",
}
_PROXY_TEXTS = ("url", "username", "password", "bypass")
_KEYS = {*_CHOICES, *_SWITCHES, *_TEXTS, "timeoutSeconds", "proxy", "resolve", "decodedLimitBytes"}
_DEFAULT = RequestOptions()


def with_sidecar(options: RequestOptions, data: Value) -> RequestOptions:
    """Return *options* with what a sidecar's *data* says; a wrong value means the usual one."""
    if not isinstance(data, Map):
        raise YamlError("needs `key: value` lines", 1)
    said: dict[str, Any] = {}
    for key, (field, choices) in _CHOICES.items():
        said[field] = _choice(data.get(key), choices, getattr(_DEFAULT, field))
    for key, field in _SWITCHES.items():
        said[field] = _switch(data.get(key), getattr(_DEFAULT, field))
    for key, field in _TEXTS.items():
        said[field] = _word(data.get(key))
    return replace(
        options,
        **said,
        timeouts=_timeouts(options.timeouts, data.get("timeoutSeconds")),
        proxy=_proxy(data.get("proxy")),
        resolve=words_of(data.get("resolve")),
        decoded_limit_bytes=_limit(data.get("decodedLimitBytes")),
    )


def sidecar_data(options: RequestOptions, data: Map) -> Map:
    """Return *data* saying what *options* are, keys of others kept; empty when all is default."""
    said: dict[str, Value] = {}
    for key, (field, _choices) in _CHOICES.items():
        if getattr(options, field) != getattr(_DEFAULT, field):
            said[key] = getattr(options, field)
    timeouts = {
        key: _seconds(getattr(options.timeouts, field))
        for key, field in _TIMEOUTS.items()
        if getattr(options.timeouts, field) != getattr(_DEFAULT.timeouts, field)
    }
    if timeouts:
        said["timeoutSeconds"] = timeouts
    for key, field in _SWITCHES.items():
        if getattr(options, field) != getattr(_DEFAULT, field):
            said[key] = Raw("true" if getattr(options, field) else "false")
    for key, field in _TEXTS.items():
        if getattr(options, field):
            said[key] = getattr(options, field)
    if options.proxy != _DEFAULT.proxy:
        said["proxy"] = _proxy_data(options.proxy, data.get("proxy"))
    if options.resolve:
        said["resolve"] = list(options.resolve)
    limit = options.decoded_limit_bytes
    if limit != _DEFAULT.decoded_limit_bytes:
        said["decodedLimitBytes"] = "none" if limit is None else Raw(str(limit))
    kept = {key: said.get(key, value) for key, value in data.items() if key in said or key not in _KEYS}
    return Map({**kept, **said})


def _choice(value: Value, choices: tuple[str, ...], usual: str) -> str:
    word = _word(value)
    return word if word in choices else usual


def _switch(value: Value, usual: bool) -> bool:
    return not is_false(value) if usual else is_true(value)


def _word(value: Value) -> str:
    return "" if isinstance(value, list | dict) else text_of(value)


def _limit(value: Value) -> int | None:
    if _word(value) == "none":
        return None
    number = number_of(value)
    return _DEFAULT.decoded_limit_bytes if number is None or number < 0 else int(number)


def _proxy(value: Value) -> ProxySettings:
    if not isinstance(value, Map):
        return _DEFAULT.proxy
    texts = {name: _word(value.get(name)) for name in _PROXY_TEXTS}
    mode = _choice(value.get("mode"), get_args(ProxyMode), _DEFAULT.proxy.mode)
    return ProxySettings(cast("ProxyMode", mode), **texts)


def _proxy_data(proxy: ProxySettings, old: Value) -> dict[str, Value]:
    """Return what stands under `proxy`; keys of others in *old* stay."""
    said = {name: getattr(proxy, name) for name in _PROXY_TEXTS if getattr(proxy, name)}
    if proxy.mode != _DEFAULT.proxy.mode:
        said = {"mode": proxy.mode, **said}
    known = {"mode", *_PROXY_TEXTS}
    before = old if isinstance(old, Map) else {}
    kept = {key: said.get(key, value) for key, value in before.items() if key in said or key not in known}
    return {**kept, **said}


def _timeouts(timeouts: Timeouts, data: Value) -> Timeouts:
    if not isinstance(data, Map):
        return timeouts
    fields = {
        field: None if _word(data[key]) == "none" else number_of(data[key])
        for key, field in _TIMEOUTS.items()
        if key in data and (_word(data[key]) == "none" or number_of(data[key]) is not None)
    }
    return replace(timeouts, **fields)


def _seconds(value: float | None) -> Value:
    return "none" if value is None else Raw(f"{value:g}" if float(f"{value:g}") == value else repr(value))
