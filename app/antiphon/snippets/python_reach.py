"""What Python needs beside the call: TLS contexts, an access token, auth that comes with a package of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

from antiphon.core.document import AwsAuth, NtlmAuth, OAuth1Auth
from antiphon.core.prepared import PreparedRequest
from antiphon.core.template import Piece, Pieces
from antiphon.snippets import reach, wire
from antiphon.snippets.python_text import Group, PythonSecrets, call, keyword, literal, pairs, statement
from antiphon.snippets.shell import word

_OAUTH1_FIELDS = ("token", "token_secret", "callback", "private_key")
_VERSIONS = {"1.0": "TLSv1", "1.1": "TLSv1_1", "1.2": "TLSv1_2", "1.3": "TLSv1_3"}


@dataclass(frozen=True, slots=True)
class TlsNeeds:
    """What only a TLS context can say; requests that agree share one."""

    verify: bool
    ca_file: str
    uses_certifi: bool
    min_tls: str
    key_log_file: str
    certificate: tuple[str, str, str, bool] | None
    """Certificate file, key file, passphrase, and whether it is PKCS#12."""

    def lines(self, name: str, request: PreparedRequest, secrets: PythonSecrets) -> Iterator[str]:
        """Yield the statements that make the context *name*."""
        where = "cafile=certifi.where()" if self.uses_certifi else ""
        yield f"{name} = ssl.create_default_context({where})"
        if not self.verify:
            yield f"{name}.check_hostname = False"
            yield f"{name}.verify_mode = ssl.CERT_NONE"
        elif self.ca_file:
            yield f"{name}.load_verify_locations({literal(self.ca_file)})"
        if self.min_tls in reach.OLD_TLS:
            yield f'{name}.set_ciphers("DEFAULT@SECLEVEL=0")'
        if self.min_tls:
            yield f"{name}.minimum_version = ssl.TLSVersion.{_VERSIONS[self.min_tls]}"
        if self.certificate is not None:
            yield from self._certificate(name, request, secrets)
        if self.key_log_file:
            yield f"{name}.keylog_filename = {literal(self.key_log_file)}"

    def _certificate(self, name: str, request: PreparedRequest, secrets: PythonSecrets) -> Iterator[str]:
        assert self.certificate is not None
        file, key, passphrase, is_pkcs12 = self.certificate
        if is_pkcs12:
            pem = f"{file}.pem"
            yield f"# Python reads no PKCS#12: first run openssl pkcs12 -in {word(file)} -out {word(pem)}"
            file = pem
        arguments: list[str | Group] = [literal(file)]
        if key:
            arguments.append(literal(key))
        if passphrase:
            arguments.append(f"password={secrets.text(reach.said(passphrase, request))}")
        yield statement("", call(f"{name}.load_cert_chain", *arguments))


def tls_needs(request: PreparedRequest) -> TlsNeeds | None:
    """Return what *request* asks of TLS beyond what a library does with `verify`; None where that is nothing."""
    if not wire.is_https(request):
        return None
    options, certificate = request.options, reach.certificate_of(request)
    needs = TlsNeeds(
        options.verify,
        options.ca_file if options.verify else "",
        options.verify and options.trust_store == "certifi",
        options.min_tls,
        options.key_log_file,
        None
        if certificate is None
        else (
            certificate.certificate_file,
            certificate.key_file,
            certificate.passphrase,
            certificate.kind == "pkcs12",
        ),
    )
    return needs if needs.min_tls or needs.key_log_file or needs.certificate else None


def token_lines(request: PreparedRequest, library: str, secrets: PythonSecrets) -> list[str]:
    """Return the statement that gets the OAuth 2 token of *request* with *library* (`httpx`, `requests`)."""
    asked = reach.token_request(request)
    if asked is None:
        return []
    arguments: list[str | Group] = [
        secrets.text(asked.url, "url"),
        keyword("data", pairs((literal(name), secrets.text(value)) for name, value in asked.form)),
    ]
    if asked.client is not None:
        user, password = (secrets.text(pieces) or '""' for pieces in asked.client)
        arguments.append(f"auth=({user}, {password})")
    if library == "requests":
        arguments.append("timeout=60")
    name = secrets.names.made(reach.token_piece(request))
    return [
        statement("answer = ", call(f"{library}.post", *arguments)),
        f'{name} = answer.raise_for_status().json()["access_token"]'
        if library == "httpx"
        else f'answer.raise_for_status()\n{name} = answer.json()["access_token"]',
    ]


@dataclass(frozen=True, slots=True)
class PackagedAuth:
    """An `auth` that a package of its own gives: its value, import line, and what to install."""

    value: Group
    imported: str
    package: str


def windows_user(request: PreparedRequest) -> Pieces:
    """Return the user name with its domain in front, as Windows writes it."""
    texts = reach.auth_texts(request)
    return (*texts["domain"], Piece("\\"), *texts["username"]) if texts["domain"] else texts["username"]


def packaged_auth(request: PreparedRequest, library: str, secrets: PythonSecrets) -> PackagedAuth | None:
    """Return the auth of NTLM, Kerberos, OAuth 1 and AWS for *library*; None where no package does it."""
    texts = reach.auth_texts(request)
    said = {name: secrets.text(pieces) for name, pieces in texts.items() if pieces}
    for_httpx = library == "httpx"
    match request.auth:
        case NtlmAuth(is_negotiate=True):
            source, name = (
                ("httpx_gssapi", "HTTPSPNEGOAuth") if for_httpx else ("requests_gssapi", "HTTPSPNEGOAuth")
            )
            return PackagedAuth(call(name), f"from {source} import {name}", source.replace("_", "-"))
        case NtlmAuth():
            source = "httpx_ntlm" if for_httpx else "requests_ntlm"
            value = call("HttpNtlmAuth", secrets.text(windows_user(request)), said.get("password", '""'))
            return PackagedAuth(value, f"from {source} import HttpNtlmAuth", source.replace("_", "-"))
        case OAuth1Auth() as auth:
            return _oauth1(auth, said, for_httpx=for_httpx)
        case AwsAuth() if {"access_key_id", "secret_access_key", "region", "service"} <= said.keys():
            source = "httpx_auth" if for_httpx else "requests_aws4auth"
            token = "security_token" if for_httpx else "session_token"
            arguments = [said[name] for name in ("access_key_id", "secret_access_key", "region", "service")]
            if "session_token" in said:
                arguments.append(f"{token}={said['session_token']}")
            return PackagedAuth(
                call("AWS4Auth", *arguments), f"from {source} import AWS4Auth", source.replace("_", "-")
            )
        case _:
            return None


def _oauth1(auth: OAuth1Auth, said: dict[str, str], *, for_httpx: bool) -> PackagedAuth | None:
    """Return OAuth 1 by Authlib or requests-oauthlib; None for what they do not do."""
    is_known = auth.signature_method in {"HMAC-SHA1", "RSA-SHA1", "PLAINTEXT"} or not for_httpx
    if not is_known or auth.placement != "header" or auth.timestamp or auth.nonce:
        return None
    spelled = (
        ("token", "token_secret", "redirect_uri", "rsa_key")
        if for_httpx
        else ("resource_owner_key", "resource_owner_secret", "callback_uri", "rsa_key")
    )
    names = {**dict(zip(_OAUTH1_FIELDS, spelled, strict=True)), "realm": "realm", "verifier": "verifier"}
    if auth.private_key and "BEGIN" not in auth.private_key:
        said = {**said, "private_key": f"open({said['private_key']}).read()"}
    arguments = [said.get("consumer_key", '""'), said.get("consumer_secret", '""')]
    arguments += [f"{name}={said[field]}" for field, name in names.items() if field in said]
    if auth.signature_method != "HMAC-SHA1":
        arguments.append(f"signature_method={literal(auth.signature_method)}")
    if for_httpx:
        value = call("OAuth1Auth", *arguments)
        return PackagedAuth(value, "from authlib.integrations.httpx_client import OAuth1Auth", "authlib")
    return PackagedAuth(
        call("OAuth1", *arguments), "from requests_oauthlib import OAuth1", "requests-oauthlib"
    )


def unsigned(request: PreparedRequest) -> str:
    """Return what to say where no package signs *request*; empty where it needs none."""
    match request.auth:
        case OAuth1Auth():
            return reach.UNSIGNED_OAUTH1
        case AwsAuth():
            return reach.UNSIGNED_AWS
        case _:
            return ""
