"""AWS Signature Version 4: one HMAC over a canonical form of the request."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urlsplit

from antiphon.core.document import AwsAuth
from antiphon.core.prepare import host_header
from antiphon.core.prepared import Content, PreparedRequest, content_chunks
from antiphon.engine.auth.awsprofile import profile_of
from antiphon.engine.auth.failures import auth_failed
from antiphon.engine.auth.requests import with_header
from antiphon.engine.auth.steps import Flow, Send, Work

ALGORITHM = "AWS4-HMAC-SHA256"
_SIGNED = {"host", "content-type", "content-md5", "range", "date"}
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_DEFAULT_REGION = "us-east-1"
"""Where the services without regions live (IAM, STS and CloudFront at their global addresses)."""


@dataclass(frozen=True, slots=True)
class Scope:
    region: str
    service: str


def aws_flow(prepared: PreparedRequest, auth: AwsAuth, clock: Callable[[], float]) -> Flow:
    """Send *prepared*, signed for this minute."""
    yield Send((yield Work(lambda: signed(prepared, auth, clock()))))


def signed(prepared: PreparedRequest, auth: AwsAuth, now: float) -> PreparedRequest:
    """Return *prepared* with date, hash of its body, session token and signature.

    Raises:
        UserError, ExchangeBroken: there is no key, a file cannot be read, the service is not known.
    """
    auth = _with_profile(auth)
    scope = scope_of(prepared.url, auth)
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    hashed = body_hash(prepared.content)
    prepared = with_header(prepared, "X-Amz-Date", moment)
    prepared = with_header(prepared, "X-Amz-Content-Sha256", hashed)
    if auth.session_token:
        prepared = with_header(prepared, "X-Amz-Security-Token", auth.session_token)
    rows = [(row.name, row.value) for row in prepared.headers if _is_signed(row.name)]
    if all(name.lower() != "host" for name, _ in rows):
        rows.append(("host", host_header(prepared.url)))
    value = authorization(prepared.method, prepared.url, rows, hashed, auth, scope, moment)
    return with_header(prepared, "Authorization", value)


def authorization(
    method: str,
    url: str,
    rows: Sequence[tuple[str, str]],
    hashed: str,
    auth: AwsAuth,
    scope: Scope,
    moment: str,
) -> str:
    """Return the value of `Authorization` that signs the headers *rows*.

    Args:
        hashed: Of the body, SHA-256 in hexadecimal.
        moment: As in X-Amz-Date, `20150830T123600Z`.
    """
    day = moment[:8]
    place = f"{day}/{scope.region}/{scope.service}/aws4_request"
    canonical = canonical_request(method, url, rows, hashed, keeps_path=scope.service == "s3")
    text = "\n".join([ALGORITHM, moment, place, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{auth.secret_access_key}".encode()
    for part in (day, scope.region, scope.service, "aws4_request"):
        key = _hmac(key, part)
    return (
        f"{ALGORITHM} Credential={auth.access_key_id}/{place}, SignedHeaders={_names(rows)}, "
        f"Signature={_hmac(key, text).hex()}"
    )


def canonical_request(
    method: str, url: str, rows: Sequence[tuple[str, str]], hashed: str, *, keeps_path: bool
) -> str:
    """Return the request as both sides write it before they sign; S3 takes the path as it is (*keeps_path*)."""
    parts = urlsplit(url)
    path = parts.path or "/"
    written = _segments(path) if keeps_path else quote(_normal(path), safe="/-_.~")
    return "\n".join(
        [method.upper(), written, _canonical_query(parts.query), *_lines(rows), "", _names(rows), hashed]
    )


def scope_of(url: str, auth: AwsAuth) -> Scope:
    """Return region and service: as written, else as the host tells (`service.region.amazonaws.com`)."""
    host = (urlsplit(url).hostname or "").lower()
    told = _told_by(host)
    service = auth.service or told.service
    if not service:
        raise auth_failed(
            f"The AWS service of {host} is not known.", "Write service and region under Auth, such as s3."
        )
    return Scope(auth.region or told.region or _DEFAULT_REGION, service)


def body_hash(content: Content) -> str:
    """Return the SHA-256 of a body in hexadecimal, read piece by piece."""
    digest = hashlib.sha256()
    for chunk in content_chunks(content):
        digest.update(chunk)
    return digest.hexdigest()


def _with_profile(auth: AwsAuth) -> AwsAuth:
    if auth.access_key_id and auth.secret_access_key:
        return auth
    found = profile_of(auth.profile or "default")
    if found is None:
        raise auth_failed(
            f"There is no AWS access key: none under Auth, none in the profile “{auth.profile or 'default'}”.",
            "Write an access key and its secret under Auth, or the profile in ~/.aws/credentials.",
        )
    return replace(
        auth,
        access_key_id=found.access_key_id,
        secret_access_key=found.secret_access_key,
        session_token=found.session_token,
        region=auth.region or found.region,
    )


def _told_by(host: str) -> Scope:
    labels = host.removesuffix(".cn").removesuffix(".amazonaws.com").split(".")
    if ".amazonaws.com" not in host:
        is_function = host.endswith(".on.aws") and ".lambda-url." in host
        return Scope(host.split(".")[2], "lambda") if is_function else Scope("", "")
    regions = [label for label in labels if _REGION.fullmatch(label)]
    region = regions[-1] if regions else ""
    names = [label for label in labels if label not in {region, "dualstack", "fips"}]
    service = names[-1] if names else ""
    if service.startswith("s3-"):  # the old way: s3-eu-west-1.amazonaws.com
        return Scope(service.removeprefix("s3-"), "s3")
    if host.split(".")[1:2] == [region] and service == "es":
        return Scope(region, "es")
    return Scope(region, {"email": "ses", "s3-accelerate": "s3"}.get(service, service))


def _is_signed(name: str) -> bool:
    return name.lower() in _SIGNED or name.lower().startswith("x-amz-")


def _normal(path: str) -> str:
    """Return *path* without `.`, `..` and empty segments (RFC 3986 section 6.2.2)."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in {"", "."}:
            kept.append(segment)
    tail = "/" if kept and path.endswith(("/", "/.", "/..")) else ""
    return f"/{'/'.join(kept)}{tail}"


def _segments(path: str) -> str:
    """Return *path* with each segment encoded once, however it was written."""
    return "/".join(quote(unquote(segment), safe="-_.~") for segment in path.split("/"))


def _canonical_query(query: str) -> str:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    written = sorted((_encoded(name), _encoded(value)) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in written)


def _encoded(text: str) -> str:
    return quote(
        unquote(text.replace("+", " "), errors="surrogateescape"), safe="-_.~", errors="surrogateescape"
    )


def _lines(rows: Iterable[tuple[str, str]]) -> list[str]:
    values: dict[str, list[str]] = {}
    for name, value in rows:
        values.setdefault(name.lower(), []).append(re.sub(r" +", " ", value.strip()))
    return [f"{name}:{','.join(values[name])}" for name in sorted(values)]


def _names(rows: Iterable[tuple[str, str]]) -> str:
    return ";".join(sorted({name.lower() for name, _ in rows}))


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
