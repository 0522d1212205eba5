"""SVG and HTML without anything that would load, run or grow: what a preview may draw."""

import re
from html import escape
from xml.parsers import expat

ELEMENT_LIMIT = 200_000
DEPTH_LIMIT = 200
_EMBEDDED = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp)[;,]", re.IGNORECASE)
_DROPPED = {"script", "foreignobject", "iframe", "audio", "video", "handler", "listener"}
_SILENT = re.compile(
    r"<(script|iframe|object|embed|noscript|template|audio|video|svg|math|canvas)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_LOADING = re.compile(r"<(?:link|meta|base|input|source|track)\b[^>]*>", re.IGNORECASE)
_PICTURE = re.compile(r"""<img\b((?:[^>"']|"[^"]*"|'[^']*')*)>?""", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_BACKGROUND = re.compile(r"\bbackground\s*=", re.IGNORECASE)
_URL = re.compile(r"url\s*\([^)]*\)?|@import[^;]*;?", re.IGNORECASE)


_URL_OUTSIDE = re.compile(r"url\s*\(\s*['\"]?(?!\s*#)[^)]*\)?|@import[^;]*;?", re.IGNORECASE)


class MarkupError(ValueError):
    """A sentence says why this cannot be drawn."""


def safe_svg(text: str) -> bytes:
    """Return an SVG in UTF-8 that refers to nothing outside of itself, without scripts, entities and embedded SVG.

    Raises:
        MarkupError: It is not well-formed, declares entities, or is too large.
    """
    writer = _SvgWriter()
    parser = expat.ParserCreate()
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.text
    parser.EntityDeclHandler = writer.refuse_entity
    try:
        # The text is decoded already, whatever its declaration says.
        parser.Parse(
            re.sub(r"^\s*<\?xml.*?\?>", "", text.removeprefix("\ufeff"), flags=re.DOTALL).encode(), True
        )
    except expat.ExpatError as error:
        words = expat.errors.messages.get(error.code, "")
        raise MarkupError(f"Line {error.lineno}, column {error.offset + 1}: {words or error}") from None
    return "".join(writer.pieces).encode()


class _SvgWriter:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._count = 0
        self._depth = 0
        self._dropped_from = 0
        """Depth of the element that is left out; 0 for none."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._count > ELEMENT_LIMIT or self._depth > DEPTH_LIMIT:
            raise MarkupError(f"More than {ELEMENT_LIMIT:,} elements, or {DEPTH_LIMIT} within each other.")
        if not self._dropped_from and _local(name) in _DROPPED:
            self._dropped_from = self._depth
        if self._dropped_from:
            return
        kept = {key: value for key, value in attributes.items() if _is_harmless(key, value)}
        words = "".join(f" {key}={_quoted(_URL_OUTSIDE.sub('none', value))}" for key, value in kept.items())
        self.pieces.append(f"<{name}{words}>")

    def end(self, name: str) -> None:
        if not self._dropped_from:
            self.pieces.append(f"</{name}>")
        elif self._dropped_from == self._depth:
            self._dropped_from = 0
        self._depth -= 1

    def text(self, text: str) -> None:
        if not self._dropped_from:
            self.pieces.append(escape(_URL_OUTSIDE.sub("none", text), quote=False))

    def refuse_entity(self, *_declaration: object) -> None:
        raise MarkupError("It declares entities, which could make it grow without end.")


def _quoted(value: str) -> str:
    """Return an attribute's value as XML writes it, line breaks too."""
    return '"' + escape(value).translate({9: "&#9;", 10: "&#10;", 13: "&#13;"}) + '"'


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _is_harmless(name: str, value: str) -> bool:
    """Whether an attribute refers to nothing outside, and runs nothing."""
    if _local(name) in {"href", "src"}:
        return value.startswith("#") or bool(_EMBEDDED.match(value))
    return not name.lower().startswith("on")


def safe_html(text: str) -> str:
    """Return HTML without what Qt's rich text would load from elsewhere; pictures become their words."""
    text = _SILENT.sub("", text)
    text = _LOADING.sub("", text)
    text = _PICTURE.sub(_words_of_picture, text)
    return _BACKGROUND.sub("data-ground=", _URL.sub("none", text))


def _words_of_picture(found: re.Match[str]) -> str:
    alt = _ALT.search(found[1])
    words = next((group for group in alt.groups() if group), "") if alt else ""
    return f"[{escape(words, quote=False) or 'picture'}]"
