"""Names of request headers, and values that are common for some of them, to offer while typing."""

NAMES = (
    "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Headers",
    "Access-Control-Request-Method", "Authorization", "Cache-Control", "Connection", "Content-Disposition",
    "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-Type", "Cookie", "Date",
    "DNT", "Expect", "Forwarded", "From", "Host", "Idempotency-Key", "If-Match", "If-Modified-Since",
    "If-None-Match", "If-Range", "If-Unmodified-Since", "Keep-Alive", "Last-Event-ID", "Link", "Max-Forwards",
    "Origin", "Pragma", "Prefer", "Priority", "Proxy-Authorization", "Range", "Referer", "Sec-Fetch-Dest",
    "Sec-Fetch-Mode", "Sec-Fetch-Site", "TE", "Trailer", "Transfer-Encoding", "Traceparent", "Tracestate", "Upgrade",
    "Upgrade-Insecure-Requests", "User-Agent", "Via", "X-API-Key", "X-Correlation-ID", "X-CSRF-Token",
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-HTTP-Method-Override", "X-Request-ID",
    "X-Requested-With",
)  # fmt: skip

_MEDIA = (
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "text/html",
    "text/csv", "application/xml", "application/octet-stream", "application/pdf", "application/problem+json",
    "application/vnd.api+json", "application/x-ndjson", "application/merge-patch+json",
    "application/json-patch+json", "text/event-stream", "image/png", "image/jpeg",
)  # fmt: skip

_VALUES = {
    "accept": ("*/*", *_MEDIA),
    "content-type": _MEDIA,
    "accept-encoding": ("gzip", "deflate", "br", "zstd", "identity", "gzip, deflate, br, zstd"),
    "accept-language": ("en", "en-GB", "en-US", "de", "fr", "es", "*"),
    "authorization": ("Bearer ", "Basic ", "Digest "),
    "cache-control": ("no-cache", "no-store", "max-age=0", "only-if-cached"),
    "connection": ("keep-alive", "close"),
    "content-encoding": ("gzip", "br", "deflate", "zstd"),
    "expect": ("100-continue",),
    "prefer": ("return=minimal", "return=representation", "respond-async"),
    "range": ("bytes=0-1023", "bytes=-1024"),
    "te": ("trailers",),
    "transfer-encoding": ("chunked",),
    "x-requested-with": ("XMLHttpRequest",),
}


def values_of(name: str) -> tuple[str, ...]:
    """Return the common values of the header *name*, case ignored."""
    return _VALUES.get(name.lower(), ())
