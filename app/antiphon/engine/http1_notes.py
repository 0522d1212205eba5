"""Where an HTTP/1.x reply breaks a rule and is read all the same: one sentence each, for the person who looks at it.

Sources: RFC 9112 sections 2.2, 4, 5 and 6; RFC 9110 sections 5.5, 8.6 and 15.
"""

import re
from collections.abc import Iterable, Iterator

from antiphon.core.events import Head

CLOSE_ENDS = "The body ends where the connection does: whether all of it came cannot be known."
EXCESS = "More bytes came than the answer has; they are not shown, and the connection is not used again."
CHUNK_LINE = "A chunk's size line ends in a bare LF instead of CRLF."
CHUNK_BLANK = "A chunk's size has blanks around it."
CHUNK_TEXT = "Text follows a chunk's size without the semicolon that begins an extension."
CHUNK_EXTENSION = "Chunks carry extensions, which mean nothing here and are passed over."
CHUNK_END = "The end of a chunk is marked by a bare LF instead of CRLF."

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_CLEAN = re.compile(rb"HTTP/1\.[01] [1-5][0-9][0-9] [\t -~]*\r(?:\n" + _TOKEN + rb":[\t -~]*\r)*")
_NAME = re.compile(_TOKEN)
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_FORMAL = re.compile(rb"HTTP/1\.[0-9] [0-9]{3} ")


def line_notes(block: bytes) -> list[str]:
    """Return what is odd about the lines of the head *block*, which lacks its blank line."""
    if _CLEAN.fullmatch(block):
        return []
    first, *lines = block.split(b"\n")
    whole = [first, *lines]
    notes = list(_status_line_notes(first.removesuffix(b"\r")))
    if not all(line.endswith(b"\r") for line in whole):
        notes.append("Lines of the head end in a bare LF instead of CRLF.")
    return [*notes, *field_notes(lines)]


def field_notes(lines: Iterable[bytes]) -> Iterator[str]:
    """Yield what is odd about the header *lines*, each kind once, with the names where it occurs."""
    found: dict[str, list[bytes]] = {}
    for line in lines:
        for kind, where in _oddities(line.removesuffix(b"\r")):
            found.setdefault(kind, []).append(where)
    for kind, places in found.items():
        yield kind.format(_listed(places))


def framing_notes(head: Head, codings: list[str], lengths: list[str], *, has_body: bool) -> Iterator[str]:
    """Yield what is odd about how the body is delimited.

    Args:
        codings: The transfer codings, in order.
        lengths: Every item of Content-Length.
        has_body: Whether there can be a body at all: not after HEAD, nor with 204, 304 and 1xx.
    """
    if not has_body:
        if head.status == 204 and (codings or lengths):
            yield "A 204 has no body, yet its head announces one; it is taken to have none."
        return
    if len(lengths) > 1:
        yield f"Content-Length is said {_times(len(lengths))}, each time {lengths[0]}."
    if lengths and any(coding != "identity" for coding in codings):
        yield "Content-Length stands beside Transfer-Encoding, which wins: a sign of request smuggling."
    if codings and head.http_version == "HTTP/1.0":
        yield "HTTP/1.0 knows no Transfer-Encoding; it is undone all the same."
    yield from _coding_notes(codings)


def _coding_notes(codings: list[str]) -> Iterator[str]:
    if "identity" in codings:
        yield "The transfer coding “identity” was abolished in 2014 (RFC 7230); it means nothing."
    if codings.count("chunked") > 1:
        yield "The transfer coding “chunked” is said more than once; it is undone once."
    if "chunked" in codings and codings[-1] != "chunked":
        yield "The transfer coding “chunked” is not the last one; it is undone first all the same."
    others = [coding for coding in dict.fromkeys(codings) if coding not in {"chunked", "identity"}]
    if others:
        yield f"The transfer coding {', '.join(others)} was not asked for; it is undone."


def persistence_notes(options: list[str], *, ends_itself: bool) -> Iterator[str]:
    """Yield what is odd about whether the connection stays; *options* are those of `Connection`."""
    if "close" in options and "keep-alive" in options:
        yield "Connection says both “close” and “keep-alive”; it is closed."
    elif "keep-alive" in options and not ends_itself:
        yield "The connection is to be kept alive, yet only its end can end the body."


def _status_line_notes(line: bytes) -> Iterator[str]:
    match = re.match(rb"(?P<name>HTTP/1\.(?P<minor>[0-9])) +(?P<status>[0-9]{3})", line, re.IGNORECASE)
    if match is None:
        return
    if not match["name"].startswith(b"HTTP"):
        yield f"The protocol's name is written {match['name'].decode()!r}."
    if match["minor"] not in b"01":
        yield f"The server claims {match['name'].decode()}, a version that does not exist."
    if not 100 <= int(match["status"]) <= 599:
        yield f"{match['status'].decode()} is no status code: they go from 100 to 599."
    if len(line) == match.end():
        yield "The status line ends with the code; a blank is due even where no reason follows."
    elif not _FORMAL.match(line.upper()) or line[match.end() : match.end() + 2] == b"  ":
        yield "The parts of the status line are not set apart by one blank each."
    if _CONTROL.search(line):
        yield "The status line holds a control character, such as a lone CR."
    if re.search(rb"[\x80-\xff]", line):
        yield "The reason in the status line holds bytes beyond ASCII; they are shown as latin-1."


def _oddities(line: bytes) -> Iterator[tuple[str, bytes]]:
    name, colon, value = line.partition(b":")
    if line[:1] in {b" ", b"\t"}:
        yield "A header is folded over several lines ({}), which is obsolete.", line.strip(b" \t")
        value = line
    elif not colon:
        yield "The head has a line without a colon: {}.", line
    elif not name:
        yield "The head has a header without a name, its value is {}.", value.strip(b" \t")
    elif name != name.rstrip(b" \t"):
        yield "There is a blank between the header name {} and its colon.", name.rstrip(b" \t")
    elif not _NAME.fullmatch(name):
        yield "The header name {} has characters that no name may have.", name
    if _CONTROL.search(value):
        yield "The value of {} holds a control character, such as NUL or a lone CR.", name
    if re.search(rb"[\x80-\xff]", value):
        yield "The value of {} holds bytes beyond ASCII; they are shown as latin-1.", name


def _listed(places: list[bytes]) -> str:
    shown = [repr(place.decode("latin-1")[:40]) for place in dict.fromkeys(places)]
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return ", ".join(shown[:3]) + more


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"
