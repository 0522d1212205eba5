"""Where a request stands: what it inherits there, and what its variables mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from antiphon.core.document import (
    Auth,
    Defaults,
    Environment,
    InheritAuth,
    NoAuth,
    ProxySettings,
    RequestDocument,
    TrustStore,
)
from antiphon.core.errors import UserError
from antiphon.core.template import Filled, Found, Layer, Pieces, Scope, fill, layer, text_of

THIS_REQUEST = "this request"
THE_COLLECTION = "the collection"


@dataclass(frozen=True, slots=True)
class Context:
    """Where a document stands: what it inherits and what its variables mean."""

    defaults: tuple[Defaults, ...] = ()
    """The collection's first, then each folder's on the way down."""
    environment: Environment | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Values of the environment's secret variables, by name."""
    base_dir: Path | None = None
    """What relative file paths start from; None for the working directory."""
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Values that win over all others (`--var`, the practice server's address)."""
    proxy: ProxySettings = field(default_factory=lambda: ProxySettings("system"))
    """The program's, for requests whose collection says nothing else."""
    trust_store: TrustStore = "system"
    """The program's, for requests that say nothing else."""

    def places(self) -> list[tuple[str, Defaults]]:
        """Return what lends defaults with its name for people, the collection first."""
        names = [THE_COLLECTION, *(f"folder {folder.name}" for folder in self.defaults[1:])]
        return list(zip(names, self.defaults, strict=False))


def scope_of(document: RequestDocument, context: Context) -> Scope:
    """Return what the variables of *document* mean, the nearest first: request, folders, environment, collection."""
    collection, folders = context.places()[:1], context.places()[1:]
    layers = [layer(THIS_REQUEST, document.variables)]
    layers.extend(layer(place, lent.variables) for place, lent in reversed(folders))
    if context.environment is not None:
        environment = context.environment
        layers.append(layer(f"environment {environment.name}", environment.variables, context.secrets))
    layers.extend(layer(place, lent.variables) for place, lent in collection)
    if context.overrides:
        values = {name: Found(value, "this session") for name, value in context.overrides.items()}
        layers.insert(0, Layer("this session", values))
    return Scope(tuple(layers))


def inherited_auth(context: Context) -> tuple[Auth, str]:
    """Return the auth that a request with `inherit` takes, and where it stands."""
    for place, defaults in reversed(context.places()):
        if not isinstance(defaults.auth, InheritAuth):
            return defaults.auth, place
    return NoAuth(), ""


class Filler:
    """Fills variables in and remembers which had no value, and where."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._missing: dict[str, str] = {}
        self.in_body: dict[str, None] = {}

    def __call__(self, text: str, place: str) -> Pieces:
        filled = fill(text, self._scope)
        for name in filled.unresolved:
            self._missing.setdefault(name, place)
        return filled.pieces

    def body(self, text: str) -> Filled:
        filled = fill(text, self._scope)
        self.in_body.update(dict.fromkeys(filled.unresolved))
        return filled

    def at_once(self, text: str, place: str) -> str:
        """Fill *text* in where it is needed now, such as the name of a file to look at."""
        filled = text_of(self(text, place))
        self.raise_for_unresolved()
        return filled

    def raise_for_unresolved(self) -> None:
        if not self._missing:
            return
        named = ", ".join(f"{{{{{name}}}}} in {place}" for name, place in self._missing.items())
        raise UserError(
            f"No value for {named}.",
            "Choose an environment that has it, or add the variable to the environment, the collection or the request.",
        )
