"""curl's options for proxy, addresses, TLS and auth. What curl cannot say is told in a comment."""

from collections.abc import Iterator

from antiphon.core.document import AwsAuth, DigestAuth, NtlmAuth, OAuth1Auth
from antiphon.core.prepared import PreparedRequest
from antiphon.core.template import Piece, Pieces
from antiphon.snippets import reach, wire
from antiphon.snippets.shell import ShellSecrets, quoted, word

_TOKEN_OF = "python3 -c 'import json, sys; print(json.load(sys.stdin)[\"access_token\"])'"  # noqa: S105 - a program
_COLON = Piece(":")


def reach_options(request: PreparedRequest, secrets: ShellSecrets, comments: list[str]) -> Iterator[str]:
    """Yield the options; what curl has none for goes to *comments*."""
    options = request.options
    yield from _proxy(request, secrets)
    for row in reach.overrides(request):
        yield f"--resolve {quoted(row)}"
    if options.unix_socket:
        yield f"--unix-socket {word(options.unix_socket)}"
    if not wire.is_https(request):
        return
    if options.min_tls:
        yield f"--tlsv{options.min_tls}"
    if options.min_tls in reach.OLD_TLS:
        yield "--ciphers DEFAULT@SECLEVEL=0"
    yield from _certificate(request, secrets)
    if options.server_name:
        comments.append(
            f"curl asks for the URL's own name in the TLS handshake (SNI), not for {options.server_name}."
        )


def auth_options(request: PreparedRequest, secrets: ShellSecrets, comments: list[str]) -> Iterator[str]:
    """Yield the options for an auth that is more than a header; what curl cannot do goes to *comments*."""
    texts = reach.auth_texts(request)
    match request.auth:
        case DigestAuth():
            yield "--digest"
            yield _user(secrets, texts["username"], texts["password"])
        case NtlmAuth(domain=domain, username=username, is_negotiate=is_negotiate):
            user = (*texts["domain"], Piece("\\"), *texts["username"]) if domain else texts["username"]
            yield "--negotiate" if is_negotiate else "--ntlm"
            yield _user(secrets, user, texts["password"]) if username else "-u :"
        case AwsAuth():
            yield from _aws(texts, secrets, comments)
        case OAuth1Auth():
            comments.append(reach.UNSIGNED_OAUTH1)
        case _:
            return


def fetched_token(request: PreparedRequest, secrets: ShellSecrets) -> str:
    """Return the command that gets the OAuth 2 token of *request*; empty where it needs none, or a person."""
    asked = reach.token_request(request)
    if asked is None:
        return ""
    options = ["-sS"]
    if asked.client is not None:
        options.append(_user(secrets, *asked.client))
    options += [f"--data-urlencode {secrets.word((Piece(f'{name}='), *value))}" for name, value in asked.form]
    command = " \\\n  ".join([f"curl {secrets.word(asked.url, 'url')}", *options])
    return f"{secrets.names.made(reach.token_piece(request))}=$({command} |\n  {_TOKEN_OF})\n"


def _proxy(request: PreparedRequest, secrets: ShellSecrets) -> Iterator[str]:
    if reach.goes_straight(request):
        yield "--noproxy '*'"
        return
    proxy = reach.proxy_of(request)
    if proxy is None:
        return
    yield f"-x {secrets.word(reach.said(proxy.url, request), always=False)}"
    who = reach.credentials(proxy, request)
    if who is not None:
        yield f"-U {secrets.word((*who[0], _COLON, *who[1]))}"
    bypass = request.options.proxy.bypass
    yield f"--noproxy {secrets.word(reach.said(bypass, request), always=not bypass)}"


def _certificate(request: PreparedRequest, secrets: ShellSecrets) -> Iterator[str]:
    certificate = reach.certificate_of(request)
    if certificate is None:
        return
    file = certificate.certificate_file.replace("\\", "\\\\").replace(":", "\\:")
    yield f"-E {word(file)}"
    if certificate.kind == "pkcs12":
        yield "--cert-type P12"
    elif certificate.key_file:
        yield f"--key {word(certificate.key_file)}"
    if certificate.passphrase:
        yield f"--pass {secrets.word(reach.said(certificate.passphrase, request))}"


def _aws(texts: dict[str, Pieces], secrets: ShellSecrets, comments: list[str]) -> Iterator[str]:
    region, service = texts["region"], texts["service"]
    scope = (Piece("aws:amz"), *((_COLON, *region, _COLON, *service) if region and service else ()))
    yield f"--aws-sigv4 {secrets.word(scope)}"
    if texts["access_key_id"]:
        yield _user(secrets, texts["access_key_id"], texts["secret_access_key"])
    else:
        comments.append("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY first: curl does not read profiles.")
        yield '-u "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
    if texts["session_token"]:
        yield f"-H {secrets.word((Piece('X-Amz-Security-Token: '), *texts['session_token']))}"


def _user(secrets: ShellSecrets, user: Pieces, password: Pieces) -> str:
    return f"-u {secrets.word((*user, _COLON, *password))}"
