"""The options for proxy, TLS, addresses and what else may replace a request's own way to its server."""

import argparse
import re
from dataclasses import replace
from pathlib import Path
from typing import get_args
from urllib.parse import unquote, urlsplit

from antiphon.core.document import ClientCertificate, ProxySettings, RequestOptions, TlsVersion, TrustStore
from antiphon.core.errors import UserError

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_PKCS12 = (".p12", ".pfx")


def add_connecting(parser: argparse.ArgumentParser) -> None:
    """Add the options; spelled as curl's where curl has them."""
    add = parser.add_argument_group("proxy and addresses").add_argument
    add("-x", "--proxy", metavar="URL",
        help="http, https, socks5 or socks5h://[USER:PASSWORD@]HOST:PORT; '' goes without one")  # fmt: skip
    add("-U", "--proxy-user", metavar="USER:PASSWORD", help="who to be towards the proxy")
    add("--noproxy", metavar="HOSTS", help="reach these without the proxy; * is all")
    add("--resolve", metavar="HOST:PORT:ADDRESS", action="append", default=[],
        help="connect to ADDRESS instead of asking the DNS; * is any port")  # fmt: skip
    add("--unix-socket", metavar="PATH", help="connect to this Unix domain socket instead of the host")
    add = parser.add_argument_group("TLS").add_argument
    add("-E", "--cert", metavar="FILE[:PASSPHRASE]", help="the client certificate, PEM or PKCS#12")
    add("--key", metavar="FILE", help="its private key; left out, it stands in the certificate's file")
    add("--pass", metavar="PASSPHRASE", dest="passphrase", help="the passphrase of the key")
    add("--cert-type", metavar="TYPE", type=str.upper, choices=("PEM", "P12"),
        help="PEM or P12; left out, .p12 and .pfx are P12")  # fmt: skip
    add("--tls-min", choices=get_args(TlsVersion)[1:], help="the oldest version of TLS to accept")
    for version in ("1", *get_args(TlsVersion)[1:]):
        oldest = "1.0" if version == "1" else version
        add(f"--tlsv{version}", action="store_const", const=oldest, dest="tls_min", help=argparse.SUPPRESS)
    add("--server-name", metavar="NAME", help="ask for this name (SNI) and verify it instead of the URL's")
    add("--trust", choices=get_args(TrustStore), help="the system's trusted certificates, or certifi's")
    add("--keylog", metavar="FILE", help="append the secrets of TLS sessions, for Wireshark")
    add = parser.add_argument_group("how it is written").add_argument
    add("--path-as-is", action="store_true", help="always so: dot segments go out as they are typed")
    add("--request-target", metavar="TARGET", help="what to ask for instead of path and query, such as *")
    add("--keep-method", action="store_true", help="redirects by 301, 302 and 303 keep method and body")
    for status in (301, 302, 303):
        add(f"--post{status}", action="store_true", dest="keep_method", help=argparse.SUPPRESS)
    add("--omit-header", metavar="NAME", action="append", default=[], help="do not send this default header")
    add("--header-charset", choices=("utf-8", "latin-1"), help="how letters beyond ASCII go out in headers")
    add("--decoded-limit", metavar="SIZE", type=_size,
        help="how much a compressed body may unpack to, such as 500M; none: as much as there is")  # fmt: skip


def connected(base: RequestOptions, options: argparse.Namespace) -> RequestOptions:
    """Return *base* with what *options* say in place of what it says.

    Raises:
        UserError: options contradict each other, or one cannot be understood.
    """
    limit = options.decoded_limit
    return replace(
        base,
        proxy=_proxy(base.proxy, options),
        resolve=tuple(row.removeprefix("+") for row in options.resolve) or base.resolve,
        unix_socket=_absolute(options.unix_socket) or base.unix_socket,
        client_certificates=_certificates(options) or base.client_certificates,
        min_tls=options.tls_min or base.min_tls,
        server_name=options.server_name or base.server_name,
        trust_store=options.trust or base.trust_store,
        key_log_file=_absolute(options.keylog) or base.key_log_file,
        keep_method=options.keep_method or base.keep_method,
        request_target=options.request_target or base.request_target,
        omitted_headers=tuple(
            dict.fromkeys([*base.omitted_headers, *(name.lower() for name in options.omit_header)])
        ),
        header_charset=options.header_charset or base.header_charset,
        decoded_limit_bytes=base.decoded_limit_bytes if limit is None else limit[0],
    )


# -- proxy ---------------------------------------------------------------------------------------------


def _proxy(base: ProxySettings, options: argparse.Namespace) -> ProxySettings:
    proxy = base if options.proxy is None else _proxy_of(options.proxy)
    if options.noproxy == "*":
        return ProxySettings("none")
    for name, value in (("--proxy-user", options.proxy_user), ("--noproxy", options.noproxy)):
        if value and proxy.mode != "manual":
            raise UserError(f"{name} needs a proxy.", "Write --proxy URL too.")
    if options.proxy_user:
        user, _, password = options.proxy_user.partition(":")
        proxy = replace(proxy, username=user, password=password)
    return proxy if options.noproxy is None else replace(proxy, bypass=options.noproxy)


def _proxy_of(text: str) -> ProxySettings:
    """Return the proxy of curl's `-x`: HTTP where no scheme stands, port 1080 (HTTPS: 443) where none does."""
    if not text:
        return ProxySettings("none")
    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 1080)
    except ValueError as error:
        raise UserError(f"“{text}” is no proxy.", "Write --proxy http://HOST:PORT.") from error
    host = parts.netloc.rpartition("@")[2].removesuffix(f":{parts.port}")
    if not host:
        raise UserError(f"“{text}” names no host.", "Write --proxy http://HOST:PORT.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return ProxySettings("manual", f"{parts.scheme}://{host}:{port}", user, password)


# -- certificates --------------------------------------------------------------------------------------


def _certificates(options: argparse.Namespace) -> tuple[ClientCertificate, ...]:
    if not options.cert:
        if options.key or options.passphrase or options.cert_type:
            raise UserError("--key, --pass and --cert-type need a certificate.", "Write --cert FILE too.")
        return ()
    file, passphrase = _file_and_passphrase(options.cert)
    is_pkcs12 = options.cert_type == "P12" or (not options.cert_type and file.lower().endswith(_PKCS12))
    return (
        ClientCertificate(
            "*",
            "pkcs12" if is_pkcs12 else "pem",
            _absolute(file),
            _absolute(options.key),
            passphrase if options.passphrase is None else options.passphrase,
        ),
    )


def _file_and_passphrase(text: str) -> tuple[str, str]:
    r"""Return what curl's `FILE:PASSPHRASE` names; a colon of the file's is written `\:`, unless there is such a file."""
    if Path(text).exists():
        return text, ""
    match = re.fullmatch(r"((?:\\.|[^\\:])*):(.*)", text, re.DOTALL)
    file, passphrase = match.groups() if match else (text, "")
    return re.sub(r"\\([\\:])", r"\1", file), passphrase


# -- values --------------------------------------------------------------------------------------------


def _absolute(path: str | None) -> str:
    return str(Path(path).absolute()) if path else ""


def _size(text: str) -> tuple[int | None]:
    """Return the bytes of `500M` in a tuple, so that None (no limit) is not the same as an option left out."""
    if text == "none":
        return (None,)
    match = re.fullmatch(r"(\d+)([kmgt]?)(?:i?b)?", text.lower())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text} is not a size such as 500M")
    return (int(match[1]) * _UNITS[match[2]],)
