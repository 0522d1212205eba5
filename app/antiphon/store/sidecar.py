"""`<request>.antiphon.yaml`: the options of a request that OpenCollection has no field for.

```yaml
httpVersion: "2"
timeoutSeconds: {connect: 2.5, read: none}
verify: false
caFile: certificates/test.pem
cookies: false
```
Only what differs from the default is written; where nothing does there is no such file.
"""

from dataclasses import replace
from typing import cast, get_args

from antiphon.core.document import HttpVersionChoice, RequestOptions, Timeouts
from antiphon.store.reading import is_false, number_of, text_of
from antiphon.store.yamltree import Map, Raw, Value, YamlError

_TIMEOUTS = {"connect": "connect_s", "read": "read_s", "write": "write_s", "pool": "pool_s"}
_KEYS = ("httpVersion", "timeoutSeconds", "verify", "caFile", "cookies")


def with_sidecar(options: RequestOptions, data: Value) -> RequestOptions:
    """Return *options* with what a sidecar's *data* says."""
    if not isinstance(data, Map):
        raise YamlError("needs `key: value` lines", 1)
    version = text_of(data.get("httpVersion"))
    return replace(
        options,
        http_version=cast("HttpVersionChoice", version) if version in get_args(HttpVersionChoice) else "auto",
        timeouts=_timeouts(options.timeouts, data.get("timeoutSeconds")),
        verify=not is_false(data.get("verify")),
        ca_file=text_of(data.get("caFile")),
        use_cookies=not is_false(data.get("cookies")),
    )


def sidecar_data(options: RequestOptions, data: Map) -> Map:
    """Return *data* saying what *options* are, keys of others kept; empty when all is default."""
    default = RequestOptions()
    said: dict[str, Value] = {}
    if options.http_version != default.http_version:
        said["httpVersion"] = options.http_version
    timeouts = {
        key: _seconds(getattr(options.timeouts, field))
        for key, field in _TIMEOUTS.items()
        if getattr(options.timeouts, field) != getattr(default.timeouts, field)
    }
    if timeouts:
        said["timeoutSeconds"] = timeouts
    if not options.verify:
        said["verify"] = Raw("false")
    if options.ca_file:
        said["caFile"] = options.ca_file
    if not options.use_cookies:
        said["cookies"] = Raw("false")
    kept = {key: said.get(key, value) for key, value in data.items() if key in said or key not in _KEYS}
    return Map({**kept, **said})


def _timeouts(timeouts: Timeouts, data: Value) -> Timeouts:
    if not isinstance(data, Map):
        return timeouts
    fields = {
        field: None if text_of(data[key]) == "none" else number_of(data[key])
        for key, field in _TIMEOUTS.items()
        if key in data and (text_of(data[key]) == "none" or number_of(data[key]) is not None)
    }
    return replace(timeouts, **fields)


def _seconds(value: float | None) -> Value:
    return "none" if value is None else Raw(f"{value:g}" if float(f"{value:g}") == value else repr(value))
