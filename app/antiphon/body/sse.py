"""Server-sent events as the WHATWG HTML standard reads them (section 9.2.6, "Interpreting an event stream")."""

from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"
DEFAULT_TYPE = "message"
LONGEST_RETRY_MS = 10**15
_PREFIX_BYTES = len(b"data: ")


@dataclass(frozen=True, slots=True)
class Block:
    """What the lines of one event say; `id` and `retry_ms` are None where no line gave one."""

    type: str
    id: str | None
    retry_ms: int | None
    data: bytes


def field_of(line: bytes) -> tuple[bytes, bytes]:
    """Return name and value of a *line* without its ending; the name of a comment is empty."""
    name, _colon, value = line.partition(b":")
    return name, value[1:] if value.startswith(b" ") else value


def id_of(value: bytes) -> str | None:
    """Return the event id that *value* gives; None where it holds a NUL, and is ignored."""
    return None if b"\0" in value else value.decode("utf-8", "replace")


def retry_of(value: bytes) -> int | None:
    """Return the time in ms that *value* gives; None where it is no number, and is ignored."""
    if not value.isdigit():
        return None
    return min(LONGEST_RETRY_MS, int(value.lstrip(b"0")[:18] or b"0"))


def block_of(text: bytes) -> Block:
    """Return what *text* says, the lines of one event; the last line may be cut."""
    kind, event_id, retry_ms = "", None, None
    data = []
    for line in text.splitlines():
        match field_of(line):
            case b"data", value:
                data.append(value)
            case b"event", value:
                kind = value.decode("utf-8", "replace")
            case b"id", value:
                event_id = event_id if (found := id_of(value)) is None else found
            case b"retry", value:
                retry_ms = retry_ms if (ms := retry_of(value)) is None else ms
            case b"", _comment if not line:
                kind = ""  # a block without data came before: its id stays, its type does not
            case _:
                pass
    return Block(kind or DEFAULT_TYPE, event_id, retry_ms, b"\n".join(data))


class DataLines:
    """Takes the lines of one event in any chunks and gives its data, for events too large to hold."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_inside = False
        self._is_data = False
        self._has_line = False

    def feed(self, chunk: bytes) -> bytes:
        """Return the data that *chunk* completes."""
        text, self._rest = self._rest + chunk, b""
        return b"".join(self._value(piece) for piece in text.splitlines(keepends=True))

    def _value(self, piece: bytes) -> bytes:
        value = piece.rstrip(b"\r\n")
        is_whole = len(value) < len(piece)
        if self._is_inside:
            self._is_inside = not is_whole
            return value if self._is_data else b""
        if not is_whole and len(piece) < _PREFIX_BYTES:
            self._rest = piece
            return b""
        self._is_inside = not is_whole
        name, value = field_of(value)
        self._is_data = name == b"data"
        if not self._is_data:
            return b""
        joint = b"\n" if self._has_line else b""
        self._has_line = True
        return joint + value
