"""Digest access authentication (RFC 7616; RFC 2069's form towards servers that know no qop)."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote

from antiphon.core.document import DigestAuth
from antiphon.core.prepared import Content, PreparedRequest, content_chunks
from antiphon.core.redirect import origin_of
from antiphon.engine.auth.challenges import Challenge, challenges_of, parse_parameters, quoted
from antiphon.engine.auth.failures import auth_failed
from antiphon.engine.auth.memory import Memory
from antiphon.engine.auth.requests import place_of, target_of, with_header
from antiphon.engine.auth.steps import Answer, Flow, Note, Send, Steps, Work

ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
"""Their names in a challenge and hashlib's, the weakest first."""
_BYTES_OF_CNONCE = 16


@dataclass(frozen=True, slots=True)
class DigestUse:
    """All that goes into one `Authorization: Digest`."""

    challenge: Challenge
    method: str
    target: str
    count: int
    cnonce: str
    body_hash: str = ""
    """Of the body, for `auth-int`."""


def digest_flow(
    prepared: PreparedRequest,
    auth: DigestAuth,
    memory: Memory,
    cnonce: Callable[[], str] = lambda: secrets.token_hex(_BYTES_OF_CNONCE),
) -> Flow:
    """Answer the server's challenge; the next request to the same origin answers it unasked.

    The first request brings its body along, as a browser's does: a server that wants no password for it shall not
    be asked twice, and one that does has to read it either way.
    """
    origin = origin_of(prepared.url)
    answered = ""
    use = memory.next_use(origin)
    for attempt in range(3):
        if use is None:
            sent = prepared
        else:
            answered = use[0].parameters["nonce"]
            sent = yield from _answering(prepared, auth, *use, cnonce())
        answer: Answer = yield Send(sent, "auth" if attempt else "request")
        if answer.head.status != 401:
            _keep_next_nonce(answer, use, origin, memory)
            return
        challenge = strongest(challenges_of(answer.head))
        if challenge is None:
            yield from _unanswerable(answer, prepared)
            return
        memory.remember(origin, challenge)
        is_stale = challenge.parameters.get("stale", "").lower() == "true"
        if (attempt and not is_stale) or challenge.parameters["nonce"] == answered:
            memory.forget(origin)
            return
        use = memory.next_use(origin)


def strongest(challenges: Iterable[Challenge]) -> Challenge | None:
    """Return the challenge with the strongest hash of those that can be answered, the first among equals."""
    usable = [challenge for challenge in challenges if _is_usable(challenge)]
    order = list(ALGORITHMS)
    return max(usable, key=lambda each: order.index(_algorithm(each)[0]), default=None)


def authorization(auth: DigestAuth, use: DigestUse) -> str:
    """Return the value of the header `Authorization` (RFC 7616 section 3.4)."""
    given = use.challenge.parameters
    qop = chosen_qop(use.challenge)
    fields = [
        *_user_fields(auth, use.challenge),
        ("realm", quoted(given.get("realm", ""))),
        ("nonce", quoted(given["nonce"])),
        ("uri", quoted(use.target)),
        ("response", quoted(response(auth, use))),
    ]
    if "algorithm" in given:
        fields.append(("algorithm", given["algorithm"]))
    if qop:
        fields += [("qop", qop), ("nc", f"{use.count:08x}"), ("cnonce", quoted(use.cnonce))]
    if "opaque" in given:
        fields.append(("opaque", quoted(given["opaque"])))
    if _hashes_user(use.challenge):
        fields.append(("userhash", "true"))
    return "Digest " + ", ".join(f"{name}={value}" for name, value in fields)


def response(auth: DigestAuth, use: DigestUse) -> str:
    """Return the response of RFC 7616 section 3.4.1, in hexadecimal."""
    given = use.challenge.parameters
    _, is_session = _algorithm(use.challenge)
    nonce = given["nonce"]
    secret = _hash(use.challenge, f"{auth.username}:{given.get('realm', '')}:{auth.password}")
    if is_session:
        secret = _hash(use.challenge, f"{secret}:{nonce}:{use.cnonce}")
    qop = chosen_qop(use.challenge)
    asked = f"{use.method}:{use.target}" + (f":{use.body_hash}" if qop == "auth-int" else "")
    middle = f"{use.count:08x}:{use.cnonce}:{qop}:" if qop else ""
    return _hash(use.challenge, f"{secret}:{nonce}:{middle}{_hash(use.challenge, asked)}")


def chosen_qop(challenge: Challenge) -> str:
    """Return `auth`, `auth-int` where only that is offered, or nothing for a server of RFC 2069."""
    offered = _offered_qops(challenge)
    return next((qop for qop in ("auth", "auth-int") if qop in offered), "")


def body_hash(challenge: Challenge, content: Content) -> str:
    """Return the hash of a body, read piece by piece.

    Raises:
        UserError: a file cannot be read.
    """
    digest = hashlib.new(ALGORITHMS[_algorithm(challenge)[0]], usedforsecurity=False)
    for chunk in content_chunks(content):
        digest.update(chunk)
    return digest.hexdigest()


def _answering(
    prepared: PreparedRequest, auth: DigestAuth, challenge: Challenge, count: int, cnonce: str
) -> Steps[PreparedRequest]:
    """Return *prepared* with the answer to *challenge*."""
    hashed = ""
    if chosen_qop(challenge) == "auth-int":
        hashed = yield Work(lambda: body_hash(challenge, prepared.content))
    use = DigestUse(challenge, prepared.method, target_of(prepared), count, cnonce, hashed)
    return with_header(prepared, "Authorization", authorization(auth, use))


def _unanswerable(answer: Answer, prepared: PreparedRequest) -> Flow:
    schemes = list(dict.fromkeys(challenge.scheme for challenge in challenges_of(answer.head)))
    if schemes == ["basic"]:
        raise auth_failed(
            f"{place_of(prepared.url)} takes the password as plain text only (Basic), not as a digest.",
            "Antiphon does not send it so unasked. Choose Basic under Auth if you trust the way there.",
        )
    if "digest" in schemes:
        yield Note("The server's Digest challenge names no algorithm or protection that Antiphon knows.")
    else:
        offered = ", ".join(schemes) or "nothing"
        yield Note(f"The server wants auth, but not by Digest; it offers {offered}.")


def _keep_next_nonce(
    answer: Answer, use: tuple[Challenge, int] | None, origin: tuple[str, str, int], memory: Memory
) -> None:
    """Take the nonce that `Authentication-Info` announces (RFC 7616 section 3.5)."""
    if use is None:
        return
    for value in answer.head.get_all("authentication-info"):
        if following := parse_parameters(value).get("nextnonce"):
            given = {**use[0].parameters, "nonce": following}
            given.pop("stale", None)
            memory.remember(origin, Challenge("digest", given))


def _is_usable(challenge: Challenge) -> bool:
    given = challenge.parameters
    if challenge.scheme != "digest" or "nonce" not in given:
        return False
    name, _ = _algorithm(challenge)
    knows_hash = ALGORITHMS.get(name) in hashlib.algorithms_available
    return knows_hash and ("qop" not in given or bool(chosen_qop(challenge)))


def _algorithm(challenge: Challenge) -> tuple[str, bool]:
    """Return the algorithm's name in capitals, and whether it is the `-sess` kind of it."""
    name = challenge.parameters.get("algorithm", "MD5").upper()
    return name.removesuffix("-SESS"), name.endswith("-SESS")


def _offered_qops(challenge: Challenge) -> list[str]:
    return [qop.strip().lower() for qop in challenge.parameters.get("qop", "").split(",")]


def _hash(challenge: Challenge, text: str) -> str:
    name = ALGORITHMS[_algorithm(challenge)[0]]
    return hashlib.new(name, text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def _hashes_user(challenge: Challenge) -> bool:
    return challenge.parameters.get("userhash", "").lower() == "true"


def _user_fields(auth: DigestAuth, challenge: Challenge) -> list[tuple[str, str]]:
    """Return the user's name: hashed, or as RFC 8187 writes it where the server knows UTF-8, or as it is."""
    given = challenge.parameters
    if _hashes_user(challenge):
        return [("username", quoted(_hash(challenge, f"{auth.username}:{given.get('realm', '')}")))]
    if not auth.username.isascii() and given.get("charset", "").lower() == "utf-8":
        return [("username*", f"UTF-8''{quote(auth.username, safe='')}")]
    return [("username", quoted(auth.username))]
