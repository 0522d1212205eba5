"""The `Server-Timing` header: what a server says of its own time (W3C Server Timing)."""

from collections.abc import Iterable
from dataclasses import dataclass

_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_BLANK = " \t"
_LONGEST_MS = 1e9


@dataclass(frozen=True, slots=True)
class ServerMetric:
    name: str
    duration_ms: float | None = None
    """None where the server gave none, or none that is a number."""
    description: str = ""


def server_metrics(values: Iterable[str]) -> tuple[ServerMetric, ...]:
    """Return the metrics in the `Server-Timing` headers *values*, in their order.

    Read as section 4 of the specification says: what is malformed is passed over up to the next comma, of a
    parameter that comes twice the first one counts, unknown parameters are ignored.
    """
    return tuple(metric for value in values for metric in _Reader(value).metrics())


class _Reader:
    """Walks through one header's value."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def metrics(self) -> list[ServerMetric]:
        found = []
        while self._at < len(self._text):
            name = self._token()
            if name:
                found.append(_metric(name, self._parameters()))
            self._pass(",")
        return found

    def _parameters(self) -> dict[str, str]:
        parameters: dict[str, str] = {}
        while self._pass(";", before=","):
            name = self._token().lower()
            value = self._value() if self._next_is("=") else ""
            if name:
                parameters.setdefault(name, value)
        return parameters

    def _value(self) -> str:
        self._at += 1
        self._skip_blanks()
        return self._quoted() if self._text[self._at : self._at + 1] == '"' else self._token()

    def _token(self) -> str:
        self._skip_blanks()
        start = self._at
        while self._at < len(self._text) and self._text[self._at] in _TOKEN:
            self._at += 1
        return self._text[start : self._at]

    def _quoted(self) -> str:
        """Return a quoted-string without its quotes and backslashes (RFC 9110 section 5.6.4); "" if it never ends."""
        characters: list[str] = []
        self._at += 1
        while self._at < len(self._text):
            character = self._text[self._at]
            self._at += 1
            if character == '"':
                return "".join(characters)
            if character == "\\" and self._at < len(self._text):
                character = self._text[self._at]
                self._at += 1
            characters.append(character)
        return ""

    def _next_is(self, sign: str) -> bool:
        self._skip_blanks()
        return self._text[self._at : self._at + 1] == sign

    def _pass(self, sign: str, *, before: str = "") -> bool:
        """Go behind the next *sign*, quoted ones aside; stop at *before*, and at the end, where there is none."""
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == before:
                return False
            if character == '"':
                self._quoted()
                continue
            self._at += 1
            if character == sign:
                return True
        return False

    def _skip_blanks(self) -> None:
        while self._at < len(self._text) and self._text[self._at] in _BLANK:
            self._at += 1


def _metric(name: str, parameters: dict[str, str]) -> ServerMetric:
    return ServerMetric(name, _milliseconds(parameters.get("dur", "")), parameters.get("desc", ""))


def _milliseconds(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < _LONGEST_MS else None
