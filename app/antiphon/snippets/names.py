"""The environment variables that stand in a snippet where a secret's value stood."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from antiphon.core.template import Piece, Pieces

Form = Literal["raw", "url", "form"]
"""How a value stands in the snippet: as it is, percent-encoded for a URL, or as in a urlencoded form."""

_TAKEN = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|IFS|ENV|LANG|PWD|OLDPWD|TERM|DISPLAY|TMPDIR|TEMP|TMP|CDPATH|MAIL\w*|PS\d"
    r"|E?UID|PPID|RANDOM|SECONDS|LINENO|HOSTNAME|OPT\w*|\w*_PROXY|NETRC|LIMIT|RATE_PER_S|TARGETS|WRITTEN"
    r"|(?:BASH|LC|LD|DYLD|PYTHON|CURL|SSL|REQUESTS|HTTPX|SSLKEYLOG)(?:_?\w*)?"
)
"""Names that a shell, curl, Python or the snippets themselves give a meaning."""

_SEGMENT_SAFE = "!$&'()*+,;=:@"
_URL_SAFE = _SEGMENT_SAFE + "/?[]"


@dataclass(frozen=True, slots=True)
class Needed:
    """One variable that must be set before the snippet runs."""

    name: str
    variable: str
    """The name of the secret in Antiphon."""
    form: Form


class SecretNames:
    """Hands out one environment variable per secret value, and remembers which were handed out.

    A variable that stands for two texts (a secret made of secrets) gets two names.
    """

    def __init__(self) -> None:
        self._needed: dict[tuple[str, str, Form], Needed] = {}
        self._made: set[str] = set()

    @property
    def needed(self) -> tuple[Needed, ...]:
        """What must be set before the snippet runs."""
        return tuple(one for one in self._needed.values() if one.name not in self._made)

    def made(self, piece: Piece) -> str:
        """Return the name for *piece*, whose value the snippet itself gets."""
        name = self.name(piece)
        self._made.add(name)
        return name

    def name(self, piece: Piece, form: Form = "raw") -> str:
        key = (piece.variable, piece.text, form)
        if key not in self._needed:
            taken = {needed.name for needed in self._needed.values()}
            self._needed[key] = Needed(_unique(_base(piece.variable, form), taken), piece.variable, form)
        return self._needed[key].name


def described(needed: Sequence[Needed]) -> list[str]:
    """Return what must be set before the snippet runs, a sentence a line."""
    plain = [one.name for one in needed if one.form == "raw"]
    encoded = [
        f"Set in the environment first: {one.name}, the value of {' '.join(one.variable.split())} percent-encoded"
        for one in needed
        if one.form != "raw"
    ]
    return [*([f"Set in the environment first: {', '.join(plain)}"] if plain else []), *encoded]


def safe_for_quote(encoded: str) -> str | None:
    """Return *safe* such that `quote(value, safe)` gives the URL text *encoded* again; None where none does.

    The value behind *encoded* is what was typed, which may have been percent-encoded already: a `%` is left
    alone unless *encoded* has one that was encoded.
    """
    keep = "" if "%25" in encoded else "%"
    for safe in ("", _SEGMENT_SAFE, _URL_SAFE):
        if quote(unquote(encoded), safe=safe + keep) == encoded:
            return safe + keep
    return None


def has_secret(pieces: Iterable[Piece]) -> bool:
    return any(piece.is_secret for piece in pieces)


def coalesced(pieces: Iterable[Piece]) -> Pieces:
    """Return *pieces* without empty ones, neighbours that name no secret joined."""
    joined: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if joined and not piece.is_secret and not joined[-1].is_secret:
            joined[-1] = Piece(joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return tuple(joined)


def masked(text: str, secrets: Iterable[Piece]) -> Pieces:
    """Return *text* cut so that each occurrence of one of *secrets* is a piece of its own."""
    known = {piece.text: piece for piece in secrets if piece.is_secret and piece.text}
    if not known:
        return (Piece(text),) if text else ()
    longest_first = sorted(known, key=len, reverse=True)
    return tuple(_cut(text, re.compile("|".join(map(re.escape, longest_first))), known))


def _cut(text: str, pattern: re.Pattern[str], known: dict[str, Piece]) -> Iterator[Piece]:
    position = 0
    for match in pattern.finditer(text):
        if match.start() > position:
            yield Piece(text[position : match.start()])
        yield known[match.group()]
        position = match.end()
    if position < len(text):
        yield Piece(text[position:])


def _base(variable: str, form: Form) -> str:
    word = re.sub(r"[^0-9A-Za-z]+", "_", variable).strip("_").upper() or "SECRET"
    if word[0].isdigit() or _TAKEN.fullmatch(word):
        word = f"SECRET_{word}"
    return word if form == "raw" else f"{word}_ENCODED"


def _unique(base: str, taken: set[str]) -> str:
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name
