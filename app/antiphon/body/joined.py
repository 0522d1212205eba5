"""One JSON field of every event of a stream, joined: the text that a language model speaks token by token."""

import json
import re
import time
from collections.abc import Iterable
from pathlib import Path

from antiphon.body.events import EventIndex
from antiphon.body.store import BodyStore

LARGEST_BYTES = 1 << 18
"""A larger event is left out: it would hold the window while it is parsed."""
MEMORY_LIMIT_BYTES = 1 << 16
"""Small, since what is in memory goes to the disk in one go when it becomes more."""
KNOWN_PATHS = (
    "choices[0].delta.content",  # OpenAI, chat completions
    "choices[0].text",  # OpenAI, completions
    "delta.text",  # Anthropic, messages
    "message.content",  # Ollama, chat
    "response",  # Ollama, generate
    "candidates[0].content.parts[0].text",  # Google, generateContent
    "delta.message.content.text",  # Cohere, chat
    "delta",  # OpenAI, responses
)
_STEP = re.compile(r'\.?([^.\[\]"\s]+)|\.?\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]')

FieldPath = tuple[str | int, ...]


def path_of(text: str) -> FieldPath:
    """Return the names and places that lead to a field: `choices[0].delta.content`, `$.a["b.c"]`.

    Raises:
        ValueError: *text* is no path; its message is a sentence.
    """
    text = text.strip()
    place = 1 if text.startswith("$") else 0
    steps: list[str | int] = []
    while place < len(text):
        found = _STEP.match(text, place)
        if found is None or (text[place] == "." and place == 0):
            raise ValueError(f"This is no path from the character {place + 1} on.")
        name, quoted, number = found.groups()
        if number is not None:
            steps.append(int(number))
        else:
            steps.append(name if quoted is None else json.loads(f'"{quoted}"'))
        place = found.end()
    if not steps:
        raise ValueError("A path names at least one field.")
    return tuple(steps)


def text_at(value: object, path: FieldPath) -> str | None:
    """Return the text, number or truth value at *path* in JSON that `parsed` gave; None where there is no such."""
    for step in path:
        match value, step:
            case dict(), str() if step in value:
                value = value[step]
            case list(), int() if step < len(value):
                value = value[step]
            case _:
                return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def parsed(data: bytes) -> object:
    """Return *data* as JSON with every number as its text; None where it is none (`[DONE]`)."""
    if data[:1] not in {b"{", b"["}:
        data = data.lstrip()
    if data[:1] not in {b"{", b"["}:
        return None
    try:
        return json.loads(data, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def guessed_path(documents: Iterable[bytes]) -> str:
    """Return the first well-known path at which one of *documents* has a string; empty if there is none."""
    paths = [(text, path_of(text)) for text in KNOWN_PATHS]
    for data in documents:
        value = parsed(data)
        for text, path in paths:
            if isinstance(text_at(value, path), str):
                return text
    return ""


class JoinedField:
    """Reads one field of every event into `text`, which grows by `step`; `close` gives it back.

    Attributes:
        found: Events that had the field.
        too_large: Events left out for their size.
        error: Why the text could not be kept; it ends there.

    Raises:
        ValueError: *path* is none.
    """

    def __init__(self, index: EventIndex, path: str, folder: Path | None = None) -> None:
        self.path = path
        self.found = 0
        self.too_large = 0
        self.error = ""
        self.text = BodyStore(folder, MEMORY_LIMIT_BYTES)
        self._steps = path_of(path)
        self._index = index
        self._seen = index.first
        self._half = ""

    def step(self, budget_s: float) -> bool:
        """Work for about *budget_s* seconds; return whether more is waiting."""
        end = time.perf_counter() + budget_s
        self._seen = max(self._seen, self._index.first)
        words = []
        while self._seen < self._index.count and not self.error:
            word = self._word(self._seen)
            self._seen += 1
            if word is not None:
                self.found += 1
                words.append(word)
            if time.perf_counter() > end:
                break
        if words:
            self._keep("".join(words))
        return self._seen < self._index.count and not self.error

    def close(self) -> None:
        """Give back the text."""
        self.text.close()

    def _word(self, number: int) -> str | None:
        if self._index.place(number)[1] > LARGEST_BYTES:
            self.too_large += 1
            return None
        return text_at(parsed(self._index.data(number, LARGEST_BYTES)), self._steps)

    def _keep(self, text: str) -> None:
        """Keep *text*; half a surrogate pair at its end waits for the other half."""
        text = self._half + text
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        if self._half:
            text = text[:-1]
        try:
            self.text.append(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode())
        except OSError as error:
            self.error = error.strerror or str(error)
