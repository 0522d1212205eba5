"""Which paths a comparison passes over, for each request: `compare.json` in the data folder, not in the collection."""

from pathlib import Path

from antiphon.core.places import places
from antiphon.store.settings import read_object, write_object

MOST_REQUESTS = 500
"""What was typed for so many requests is kept, the latest ones."""


def ignored_paths(key: str) -> str:
    """Return what was typed for the request called *key* (`OpenDocument.key`); empty where nothing was."""
    said, _problem = read_object(_file())
    text = said.get(key, "")
    return text if isinstance(text, str) else ""


def keep_ignored_paths(key: str, text: str) -> None:
    """Keep *text* for the request called *key*.

    Raises:
        UserError: the file cannot be written.
    """
    said, _problem = read_object(_file())
    if said.pop(key, "") == text == "":
        return
    if text:
        said[key] = text
    write_object(_file(), dict(list(said.items())[-MOST_REQUESTS:]))


def _file() -> Path:
    return places().data / "compare.json"
