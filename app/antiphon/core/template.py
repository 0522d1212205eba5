"""`{{name}}` in text: where it stands, what it means, and where its value comes from.

Lookup gives value *and* origin, so that sending, hovering, completing and "has no value" are one function.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from antiphon.core.document import Variable

_REFERENCE = re.compile(r"\{\{\s*([^{}\s](?:[^{}]*[^{}\s])?)\s*\}\}")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Reference:
    """One `{{name}}`; *start* and *end* are character offsets in the text, braces included."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    value: str
    origin: str
    """Where the value stands, for people: `environment Local`, `folder Orders`, `this request`."""
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and what it was made of: written out (no *variable*), or the value of a variable."""

    text: str
    variable: str = ""
    is_secret: bool = False


Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """The variables of one place; disabled ones are left out by whoever makes the layer."""

    origin: str
    values: Mapping[str, Found]


@dataclass(frozen=True, slots=True)
class Scope:
    """Layers, the nearest first: the first one that knows a name wins."""

    layers: tuple[Layer, ...] = ()

    def lookup(self, name: str) -> Found | None:
        for layer in self.layers:
            found = layer.values.get(name)
            if found is not None:
                return found
        return None

    def names(self) -> list[str]:
        """Return every name that has a value, sorted, each once."""
        return sorted({name for layer in self.layers for name in layer.values})


@dataclass(frozen=True, slots=True)
class Filled:
    """Text with its variables filled in; a name without a value stays as it was written."""

    pieces: Pieces = ()
    unresolved: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        return text_of(self.pieces)


def text_of(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def literal(text: str) -> Pieces:
    """Return *text* as pieces that name no variable."""
    return (Piece(text),) if text else ()


def layer(origin: str, variables: Sequence[Variable], secrets: Mapping[str, str] | None = None) -> Layer:
    """Return the enabled *variables* as a layer; secret ones take their value from *secrets*, or are left out."""
    values: dict[str, Found] = {}
    for variable in variables:
        if not variable.enabled or not variable.name:
            continue
        if not variable.is_secret:
            values[variable.name] = Found(variable.value, origin)
        elif secrets is not None and variable.name in secrets:
            values[variable.name] = Found(secrets[variable.name], origin, is_secret=True)
    return Layer(origin, values)


def references(text: str) -> Iterator[Reference]:
    """Yield every `{{name}}` in *text*, from left to right."""
    for match in _REFERENCE.finditer(text):
        yield Reference(match.start(), match.end(), match.group(1))


def fill(text: str, scope: Scope) -> Filled:
    """Fill the variables of *text* in, values that refer to other variables included.

    A ring of variables (`a` means `{{b}}`, `b` means `{{a}}`) ends by leaving the repeated name as written.
    """
    if "{{" not in text:
        return Filled(literal(text))
    unresolved: list[str] = []
    pieces = tuple(_filled(text, scope, unresolved, ()))
    return Filled(pieces, tuple(dict.fromkeys(unresolved)))


def unresolved_names(text: str, scope: Scope) -> tuple[str, ...]:
    """Return the names in *text* that have no value in *scope*, each once, in order."""
    return fill(text, scope).unresolved


def _filled(
    text: str, scope: Scope, unresolved: list[str], path: tuple[str, ...], *, within: Piece | None = None
) -> Iterator[Piece]:
    def written(run: str) -> Iterator[Piece]:
        if run:
            yield Piece(run) if within is None else Piece(run, within.variable, within.is_secret)

    position = 0
    for reference in references(text):
        yield from written(text[position : reference.start])
        position = reference.end
        found = scope.lookup(reference.name)
        if found is None or reference.name in path or len(path) >= _DEEPEST:
            unresolved.append(reference.name)
            yield from written(text[reference.start : reference.end])
            continue
        marker = Piece("", reference.name, found.is_secret or (within is not None and within.is_secret))
        inner = _filled(found.value, scope, unresolved, (*path, reference.name), within=marker)
        yield from _as_one(inner, marker) if marker.is_secret else inner
    yield from written(text[position:])


def _as_one(pieces: Iterator[Piece], marker: Piece) -> Iterator[Piece]:
    """Yield a secret's value as one piece, whatever variables it is made of: it is known by its own name."""
    text = text_of(tuple(pieces))
    if text:
        yield Piece(text, marker.variable, is_secret=True)
