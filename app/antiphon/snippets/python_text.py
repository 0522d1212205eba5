"""Python source text: string literals, f-strings with the secrets' names, and calls laid out as a person would."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

from antiphon.core.template import Piece, Pieces, text_of
from antiphon.snippets.names import Form, SecretNames, coalesced, described, has_secret, safe_for_quote

WIDTH = 88
_FOREIGN = {
    *("authlib", "certifi", "httpx", "httpx_auth", "httpx_gssapi", "httpx_ntlm", "jsonpath", "requests"),
    *("requests_aws4auth", "requests_gssapi", "requests_ntlm", "requests_oauthlib", "urllib3"),
}
_STEP = "    "
_NAMED_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}


@dataclass(frozen=True, slots=True)
class Group:
    """Something in brackets: `opening`, items set apart by commas, `closing`."""

    opening: str
    items: "tuple[str | Group, ...]"
    closing: str


@dataclass(frozen=True, slots=True)
class Job:
    """One request: *before* are assignments to make first, *call* gives the response (async: can be awaited)."""

    call: Group
    before: tuple[tuple[str, str | Group], ...] = ()
    comments: tuple[str, ...] = ()


def call(function: str, *arguments: "str | Group") -> Group:
    return Group(f"{function}(", arguments, ")")


def keyword(name: str, value: "str | Group") -> "str | Group":
    if isinstance(value, Group):
        return Group(f"{name}={value.opening}", value.items, value.closing)
    return f"{name}={value}"


def listed(items: Iterable["str | Group"]) -> Group:
    return Group("[", tuple(items), "]")


def pairs(items: Iterable[tuple[str, str]]) -> Group:
    """Return a dict display of source texts."""
    return Group("{", tuple(f"{key}: {value}" for key, value in items), "}")


def rendered(node: "str | Group", indent: str = "", before: int = 0, after: int = 0) -> str:
    """Return *node* on one line where that fits, else one item to a line.

    Args:
        before: Columns taken on the first line ahead of *node*, without the indent.
        after: Columns taken behind it on its last line.
    """
    flat = _flat(node)
    if isinstance(node, str) or not node.items:
        return flat
    if "\n" not in flat and len(indent) + before + len(flat) + after <= WIDTH:
        return flat
    inner = indent + _STEP
    lines = [f"{inner}{rendered(item, inner, after=1)},\n" for item in node.items]
    return f"{node.opening}\n{''.join(lines)}{indent}{node.closing}"


def statement(prefix: str, node: "str | Group", indent: str = "", suffix: str = "") -> str:
    return indent + prefix + rendered(node, indent, len(prefix), len(suffix)) + suffix


def literal(text: str) -> str:
    """Return a string literal of exactly *text*; text of several lines as a block where that is exact."""
    return _literal(text, ((text, False),))


def bytes_literal(data: bytes) -> str:
    text = repr(data)
    return f'b"{text[2:-1]}"' if text[1] == "'" and b'"' not in data else text


def number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(value)


def module(
    comments: Iterable[str], imports: Sequence[str], setup: Sequence[str], functions: Sequence[str], main: str
) -> str:
    """Return a file: what to know, imports (standard library first), constants, functions, the rest."""
    lines = _merged(imports)
    standard = "\n".join(line for line in lines if not _is_foreign(line))
    foreign = "\n".join(line for line in lines if _is_foreign(line))
    head = "\n\n".join(block for block in (standard, foreign, "\n".join(setup)) if block)
    above = "".join(f"# {comment}\n" for comment in comments)
    blocks = "\n\n\n".join([head, *functions, main]) if functions else f"{head}\n\n{main}"
    return f"{above}{blocks}\n"


def _merged(imports: Iterable[str]) -> list[str]:
    """Return the import lines in isort's order, the names from one module on one line."""
    plain = sorted({line for line in imports if line.startswith("import")})
    named: dict[str, set[str]] = {}
    for line in imports:
        if line.startswith("from"):
            source, _, names = line.removeprefix("from ").partition(" import ")
            named.setdefault(source, set()).update(names.split(", "))
    return plain + [f"from {source} import {', '.join(sorted(named[source]))}" for source in sorted(named)]


def _is_foreign(line: str) -> bool:
    return line.split()[1].partition(".")[0] in _FOREIGN


class PythonSecrets:
    """Writes texts made of pieces; keeps the constants that they need at the top of the file."""

    def __init__(self) -> None:
        self.names = SecretNames()
        self.encoded: dict[str, str] = {}
        """Name and expression of the constants that hold a secret's encoded value."""

    def text(self, pieces: Pieces, form: Form = "raw") -> str:
        """Return an expression for the text of *pieces*; a secret is a constant's name in an f-string."""
        pieces = coalesced(pieces)
        if not has_secret(pieces):
            return literal(text_of(pieces))
        if len(pieces) == 1:
            return self._constant(pieces[0], form)
        runs = tuple(
            (self._constant(piece, form), True) if piece.is_secret else (piece.text, False)
            for piece in pieces
        )
        return _literal("".join(text for text, is_name in runs if not is_name), runs, formatted=True)

    def constants(self) -> list[str]:
        """Return the assignments that the texts written so far refer to."""
        taken = [f'{needed.name} = os.environ["{needed.name}"]' for needed in self.names.needed]
        return taken + [f"{name} = {expression}" for name, expression in self.encoded.items()]

    def imports(self) -> list[str]:
        """Return the import lines that `constants` needs."""
        functions = sorted({text.partition("(")[0] for text in self.encoded.values()})
        from_urllib = [f"from urllib.parse import {', '.join(functions)}"] if functions else []
        return (["import os"] if self.names.needed else []) + from_urllib

    def comments(self) -> list[str]:
        """Return what must be set in the environment, a sentence a line."""
        return described(self.names.needed)

    def _constant(self, piece: Piece, form: Form) -> str:
        match form:
            case "raw":
                return self.names.name(piece)
            case "form":
                raw = Piece(unquote_plus(piece.text), piece.variable, is_secret=True)
                expression = f"quote_plus({self.names.name(raw)})"
            case "url":
                safe = safe_for_quote(piece.text)
                if "%" not in piece.text:
                    return self.names.name(piece)
                if safe is None:
                    return self.names.name(piece, "url")
                raw = Piece(unquote(piece.text), piece.variable, is_secret=True)
                expression = f"quote({self.names.name(raw)}, safe={literal(safe)})"
        name = f"{self.names.name(raw)}_ENCODED"
        while self.encoded.get(name, expression) != expression:
            name += "_2"
        self.encoded[name] = expression
        return name


def _flat(node: str | Group) -> str:
    if isinstance(node, str):
        return node
    return f"{node.opening}{', '.join(_flat(item) for item in node.items)}{node.closing}"


def _literal(plain: str, runs: Sequence[tuple[str, bool]], *, formatted: bool = False) -> str:
    """Return a literal of *runs*, each a text or (True) the name of a constant; *plain* is the texts alone."""
    prefix = "f" if formatted else ""
    if _is_block(plain):
        prefix = f"r{prefix}" if "\\" in plain else prefix
        body = "".join(
            f"{{{run}}}" if is_name else (_doubled(run) if formatted else run) for run, is_name in runs
        )
        return f'{prefix}"""{body}"""'
    mark = "'" if plain.count('"') > plain.count("'") else '"'
    body = "".join(
        f"{{{run}}}" if is_name else _escaped(_doubled(run) if formatted else run, mark)
        for run, is_name in runs
    )
    return f"{prefix}{mark}{body}{mark}"


def _is_block(plain: str) -> bool:
    """Tell whether a triple-quoted literal holds the text as it stands, and reads better."""
    if "\n" not in plain.strip("\n") or '"""' in plain or plain != plain.rstrip('"\\'):
        return False
    return all(char == "\n" or char.isprintable() for char in plain)


def _escaped(text: str, mark: str) -> str:
    return "".join(_escaped_character(character, mark) for character in text)


def _escaped_character(character: str, mark: str) -> str:
    if character == mark:
        return f"\\{mark}"
    if character in _NAMED_ESCAPES:
        return _NAMED_ESCAPES[character]
    return character if character.isprintable() else repr(character)[1:-1]


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
