"""What a person writes down: a request as it is edited and saved, with `{{variables}}` still in place.

All values are immutable and compare by content, so that "is it edited?" is `draft != saved`.
"""

from dataclasses import dataclass, field
from typing import Literal

HttpVersionChoice = Literal["auto", "1.1", "2", "2-prior-knowledge"]
ParamKind = Literal["query", "path"]
TextLanguage = Literal["json", "text", "xml", "sparql"]
ApiKeyPlacement = Literal["header", "query"]


@dataclass(frozen=True, slots=True)
class Header:
    name: str
    value: str
    enabled: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class Param:
    """A query parameter, as it stands in the URL, or the value of a path variable (`:name` in the URL), unencoded."""

    name: str
    value: str
    kind: ParamKind = "query"
    enabled: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class FormField:
    name: str
    value: str
    enabled: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body: text in *value*, or files named by *paths* (relative to the collection)."""

    name: str
    value: str = ""
    paths: tuple[str, ...] = ()
    is_file: bool = False
    content_type: str = ""
    enabled: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class NoBody:
    """No body and no Content-Length: what GET usually sends."""


@dataclass(frozen=True, slots=True)
class TextBody:
    """Text sent as UTF-8 exactly as written; *language* gives the Content-Type where no header sets one."""

    language: TextLanguage = "json"
    text: str = ""


@dataclass(frozen=True, slots=True)
class FormBody:
    """`application/x-www-form-urlencoded`."""

    fields: tuple[FormField, ...] = ()


@dataclass(frozen=True, slots=True)
class MultipartBody:
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class FileBody:
    """The bytes of one file, streamed from disk; *path* may be relative to the collection."""

    path: str = ""
    content_type: str = ""


Body = NoBody | TextBody | FormBody | MultipartBody | FileBody


@dataclass(frozen=True, slots=True)
class InheritAuth:
    """What the nearest folder or the collection says."""


@dataclass(frozen=True, slots=True)
class NoAuth:
    pass


@dataclass(frozen=True, slots=True)
class BasicAuth:
    username: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class BearerAuth:
    token: str = ""


@dataclass(frozen=True, slots=True)
class ApiKeyAuth:
    name: str = ""
    value: str = ""
    placement: ApiKeyPlacement = "header"


@dataclass(frozen=True, slots=True)
class OtherAuth:
    """A kind that Antiphon keeps in the file untouched but cannot send yet (`digest`, `oauth2`, ...)."""

    kind: str


Auth = InheritAuth | NoAuth | BasicAuth | BearerAuth | ApiKeyAuth | OtherAuth


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds; None waits for ever. *total* bounds the whole exchange, redirects included.

    The first four mean what httpx means by them: *read* and *write* are per chunk, *pool* is the wait for a
    free connection.
    """

    connect_s: float | None = 10.0
    read_s: float | None = 60.0
    write_s: float | None = 60.0
    pool_s: float | None = 10.0
    total_s: float | None = None


@dataclass(frozen=True, slots=True)
class RequestOptions:
    http_version: HttpVersionChoice = "auto"
    timeouts: Timeouts = field(default_factory=Timeouts)
    follow_redirects: bool = True
    max_redirects: int = 10
    verify: bool = True
    ca_file: str = ""
    """A PEM file trusted besides the system's certificates; empty for none."""
    encode_url: bool = True
    """Percent-encode in the URL what may not stand there; off sends it as typed."""
    use_cookies: bool = True
    """Take cookies from the jar and store what the server sets."""


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    value: str = ""
    enabled: bool = True
    is_secret: bool = False
    """A secret's value is never in a collection's file: it comes from the secret store."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class RequestDocument:
    name: str = "Untitled"
    method: str = "GET"
    url: str = ""
    """As typed. Its query is what goes out; `params` mirrors it and adds disabled rows (see `core.url`)."""
    params: tuple[Param, ...] = ()
    headers: tuple[Header, ...] = ()
    body: Body = field(default_factory=NoBody)
    auth: Auth = field(default_factory=InheritAuth)
    options: RequestOptions = field(default_factory=RequestOptions)
    variables: tuple[Variable, ...] = ()
    tags: tuple[str, ...] = ()
    docs: str = ""
    seq: float | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a collection or a folder lends to every request below it."""

    name: str = ""
    headers: tuple[Header, ...] = ()
    auth: Auth = field(default_factory=InheritAuth)
    variables: tuple[Variable, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    name: str
    variables: tuple[Variable, ...] = ()
    extends: str = ""
