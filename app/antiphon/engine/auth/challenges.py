"""`WWW-Authenticate`: the challenges of an answer, taken apart (RFC 9110 section 11.6.1)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from antiphon.core.events import Head

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 - a token of a grammar
_QUOTED = r'"(?:[^"\\]|\\.)*"?'
_BLANK = re.compile(r"[\s,]*")
_PARAMETER = re.compile(rf"({_TOKEN})[ \t]*=[ \t]*({_QUOTED}|[^\s,]*)[ \t]*(?=,|$)")
_SCHEME = re.compile(rf"({_TOKEN})(?:[ \t]+([A-Za-z0-9\-._~+/]+=*)(?=[ \t]*(?:,|$)))?(?=[\s,]|$)")


@dataclass(frozen=True, slots=True)
class Challenge:
    scheme: str
    """Lower case."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name, unquoted; the first of a name counts."""
    token: str = ""
    """What stands alone after the scheme, as with Negotiate and NTLM."""


def challenges_of(head: Head, name: str = "www-authenticate") -> list[Challenge]:
    """Return every challenge of *head*, in order; what is no challenge is passed over."""
    return [challenge for value in head.get_all(name) for challenge in parse_challenges(value)]


def parse_challenges(value: str) -> Iterator[Challenge]:
    scheme, token, parameters = "", "", {}  # type: str, str, dict[str, str]
    for found_scheme, found_token, pair in _words(value):
        if pair is not None:
            parameters.setdefault(*pair)
            continue
        if scheme:
            yield Challenge(scheme, parameters, token)
        scheme, token, parameters = found_scheme, found_token, {}
    if scheme:
        yield Challenge(scheme, parameters, token)


def parse_parameters(value: str) -> dict[str, str]:
    """Return the pairs of *value*, such as that of `Authentication-Info` (RFC 7615)."""
    pairs: dict[str, str] = {}
    for _scheme, _token, pair in _words(value):
        if pair is not None:
            pairs.setdefault(*pair)
    return pairs


def quoted(text: str) -> str:
    """Return *text* as a quoted-string (RFC 9110 section 5.6.4)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _words(value: str) -> Iterator[tuple[str, str, tuple[str, str] | None]]:
    position = 0
    while (position := _BLANK.match(value, position).end()) < len(value):  # type: ignore[union-attr]
        if match := _PARAMETER.match(value, position):
            yield "", "", (match[1].lower(), _unquoted(match[2]))
        elif match := _SCHEME.match(value, position):
            yield match[1].lower(), match[2] or "", None
        else:
            position = (value.find(",", position) + 1) or len(value)
            continue
        position = match.end()


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    return re.sub(r"\\(.)", r"\1", text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:])
