"""What a person writes down: a request as it is edited and saved, with `{{variables}}` still in place.

All values are immutable and compare by content, so that "is it edited?" is `draft != saved`.
"""

from dataclasses import dataclass, field
from typing import Literal

HttpVersionChoice = Literal["auto", "1.1", "2", "2-prior-knowledge"]
ParamKind = Literal["query", "path"]
TextLanguage = Literal["json", "text", "xml", "sparql"]
ApiKeyPlacement = Literal["header", "query"]
ProxyMode = Literal["inherit", "none", "system", "manual"]
TrustStore = Literal["system", "certifi"]
TlsVersion = Literal["", "1.0", "1.1", "1.2", "1.3"]
OAuth1Signature = Literal[
    "HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT"
]
OAuth2Flow = Literal["authorization_code", "client_credentials", "password", "device_code"]


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
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class BearerAuth:
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ApiKeyAuth:
    name: str = ""
    value: str = field(default="", repr=False)
    placement: ApiKeyPlacement = "header"


@dataclass(frozen=True, slots=True)
class DigestAuth:
    """RFC 7616, and the older Digest of RFC 2069; never Basic, which sends the password itself."""

    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OAuth1Auth:
    """RFC 5849: the request is signed; empty *timestamp* and *nonce* are made for each sending."""

    consumer_key: str = ""
    consumer_secret: str = field(default="", repr=False)
    token: str = ""
    token_secret: str = field(default="", repr=False)
    signature_method: OAuth1Signature = "HMAC-SHA1"
    private_key: str = field(default="", repr=False)
    """PEM text, or the path of a PEM file, for the RSA methods."""
    realm: str = ""
    timestamp: str = ""
    nonce: str = ""
    version: str = "1.0"
    callback: str = ""
    verifier: str = ""
    placement: Literal["header", "query", "body"] = "header"
    includes_body_hash: bool = False


@dataclass(frozen=True, slots=True)
class OAuth2Auth:
    """RFC 6749, 7636 (PKCE), 8628 (device): a token is fetched where none is at hand, and refreshed when it is old."""

    flow: OAuth2Flow = "authorization_code"
    authorization_url: str = ""
    token_url: str = ""
    refresh_url: str = ""
    """Empty: the token URL."""
    device_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    scope: str = ""
    redirect_url: str = ""
    """Empty: a free port of this computer, `http://127.0.0.1:PORT/callback`."""
    state: str = ""
    uses_pkce: bool = True
    credentials_in: Literal["header", "body"] = "header"
    token_in: Literal["header", "query"] = "header"  # noqa: S105 - a place
    token_name: str = ""
    """The word before the token in the header, or the name of the query parameter; empty: `Bearer`, `access_token`."""
    extra: tuple[tuple[str, str], ...] = ()
    """More parameters for the authorization and token requests, such as `audience` or `resource`."""


@dataclass(frozen=True, slots=True)
class AwsAuth:
    """AWS Signature Version 4; empty *service* and *region* are read from the host where it tells."""

    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    service: str = ""
    region: str = ""
    profile: str = ""
    """A profile of `~/.aws/credentials`, used where no access key stands here."""


@dataclass(frozen=True, slots=True)
class NtlmAuth:
    """NTLM, or Kerberos (*is_negotiate*), by the optional package pyspnego; no user name: who is logged in."""

    username: str = ""
    password: str = field(default="", repr=False)
    domain: str = ""
    is_negotiate: bool = False


@dataclass(frozen=True, slots=True)
class OtherAuth:
    """A kind that Antiphon keeps in the file untouched but cannot send (`wsse`, ...)."""

    kind: str


Auth = (
    InheritAuth
    | NoAuth
    | BasicAuth
    | BearerAuth
    | ApiKeyAuth
    | DigestAuth
    | OAuth1Auth
    | OAuth2Auth
    | AwsAuth
    | NtlmAuth
    | OtherAuth
)


@dataclass(frozen=True, slots=True)
class ProxySettings:
    """How to reach servers: *inherit* takes what the collection says, and that the settings of the program."""

    mode: ProxyMode = "inherit"
    url: str = ""
    """`http://`, `https://`, `socks5://` (names are looked up here) or `socks5h://` (by the proxy), host and port."""
    username: str = ""
    password: str = field(default="", repr=False)
    bypass: str = ""
    """Hosts to reach without it, comma-separated: names, `.suffix`, `*`, addresses, CIDR blocks, each with `:port` or not."""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What to identify with towards the servers that *host* names."""

    host: str = ""
    """`api.example.org`, `*.example.org`, each with `:port` or not."""
    kind: Literal["pem", "pkcs12"] = "pem"
    certificate_file: str = ""
    key_file: str = ""
    """PEM only; empty: the key stands in the certificate's file."""
    passphrase: str = field(default="", repr=False)
    enabled: bool = True


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
    """Percent-encode in the URL what may not stand there; off sends it as typed, blanks and controls apart."""
    request_target: str = ""
    """What stands in the request line instead of the URL's path and query, such as `*`; empty: those."""
    use_cookies: bool = True
    """Take cookies from the jar and store what the server sets."""
    omitted_headers: tuple[str, ...] = ()
    """Names of automatic headers that are not to be sent (`User-Agent`, `Host`), lower case."""
    header_charset: Literal["utf-8", "latin-1"] = "utf-8"
    """How header values beyond ASCII go out."""
    keep_method: bool = False
    """A redirect by 301, 302 or 303 keeps method and body, too."""
    proxy: ProxySettings = field(default_factory=ProxySettings)
    trust_store: TrustStore = "system"
    min_tls: TlsVersion = ""
    """The oldest version of TLS that is accepted; empty: what OpenSSL takes by default."""
    server_name: str = ""
    """The name to ask for in the TLS handshake (SNI) and to verify; empty: the host of the URL."""
    resolve: tuple[str, ...] = ()
    """`host:port:address` each, as curl's `--resolve`; `*` for any port; several addresses with commas between."""
    unix_socket: str = ""
    """The path of a Unix domain socket to connect to instead of the host."""
    key_log_file: str = ""
    """Where to append the secrets of TLS sessions (NSS key log format), for Wireshark; empty: nowhere."""
    decoded_limit_bytes: int | None = 1 << 30
    """A body that unpacks to more than this, and to more than a hundred times what came, waits for a yes; None: never."""
    client_certificates: tuple[ClientCertificate, ...] = ()
    """The collection's, put in by `prepare`; the engine chooses for each hop (`core.certificate.certificate_for`)."""


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
    proxy: ProxySettings = field(default_factory=ProxySettings)
    """The collection's only."""
    certificates: tuple[ClientCertificate, ...] = ()
    """The collection's only; the first that fits a host is used."""


@dataclass(frozen=True, slots=True)
class Environment:
    name: str
    variables: tuple[Variable, ...] = ()
    extends: str = ""
