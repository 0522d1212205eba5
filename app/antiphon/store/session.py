"""What was open when the program ended, and the journal of edits that were not saved."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

from antiphon.core import document as documents
from antiphon.core.document import RequestDocument
from antiphon.core.places import places
from antiphon.store.atomic import remove_stale
from antiphon.store.settings import read_object, write_object

_KINDS: dict[str, Any] = {
    name: kind for name, kind in vars(documents).items() if isinstance(kind, type) and is_dataclass(kind)
}


@dataclass(frozen=True, slots=True)
class SessionTab:
    root: str
    """The collection's folder; empty for a request that belongs to none."""
    path: str
    """Of the request in it; empty for one that has no file yet."""
    key: str
    """The draft's key in the journal."""


@dataclass(frozen=True, slots=True)
class Session:
    collections: tuple[str, ...] = ()
    tabs: tuple[SessionTab, ...] = ()
    """In their order."""
    active: int = -1
    """Index of the tab in front, -1 for none."""
    environments: Mapping[str, str] = field(default_factory=dict)
    """The chosen environment's name by collection."""
    current: str = ""
    """The collection in front."""
    was_closed: bool = False
    """The program ended as it should; otherwise it was killed or crashed."""


@dataclass(frozen=True, slots=True)
class Draft:
    key: str
    document: RequestDocument


def load_session() -> Session:
    """Return the last session; an empty one where there is none, or its file is broken (kept aside as `.broken`)."""
    said, _ = read_object(_file())
    try:
        return Session(
            collections=tuple(map(str, said.get("collections", ()))),
            tabs=tuple(SessionTab(tab["root"], tab["path"], tab["key"]) for tab in said.get("tabs", ())),
            active=int(said.get("active", -1)),
            environments={str(root): str(name) for root, name in said.get("environments", {}).items()},
            current=str(said.get("current", "")),
            was_closed=said.get("was_closed") is True,
        )
    except (TypeError, KeyError, AttributeError, ValueError):
        return Session()


def save_session(session: Session) -> None:
    """Save *session*, atomically.

    Raises:
        UserError: the file cannot be written.
    """
    write_object(_file(), asdict(session))


class Journal:
    """Unsaved edits, one owner-only file each in `places().data / "drafts"`, so that a crash loses none."""

    def keep(self, key: str, document: RequestDocument) -> None:
        """Write *document* down as the unsaved draft called *key*.

        Raises:
            UserError: the file cannot be written.
        """
        write_object(_draft_file(key), {"key": key, "document": _plain(document)}, private=True)

    def drop(self, key: str) -> None:
        """Forget the draft called *key*: it was saved, or given up."""
        _draft_file(key).unlink(missing_ok=True)

    def drafts(self) -> list[Draft]:
        """Return every draft, the oldest first; a file that cannot be read is kept aside as `.broken`."""
        folder = _drafts()
        remove_stale(folder)
        files = sorted(folder.glob("*.json"), key=lambda file: (file.stat().st_mtime_ns, file.name))
        return [draft for file in files for draft in _draft_in(file)]


def _draft_in(file: Path) -> Iterator[Draft]:
    said, problem = read_object(file)
    if problem:
        return
    try:
        document = _value(said["document"])
        if not isinstance(document, RequestDocument) or not isinstance(said["key"], str):
            raise TypeError
    except (TypeError, KeyError, AttributeError):
        file.replace(file.with_name(file.name + ".broken"))
        return
    yield Draft(said["key"], document)


def _plain(value: Any) -> Any:
    """Return *value* for JSON: a dataclass as an object that says its kind, a tuple as a list."""
    if is_dataclass(value) and not isinstance(value, type):
        said = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        return {":": type(value).__name__, **said}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _value(said: Any) -> Any:
    """Return what `_plain` made *said* of; fields that this version does not know are left out."""
    if isinstance(said, dict):
        kind = _KINDS[said[":"]]
        known = {each.name for each in fields(kind)}
        return kind(**{name: _value(value) for name, value in said.items() if name in known})
    return tuple(_value(each) for each in said) if isinstance(said, list) else said


def _drafts() -> Path:
    return places().data / "drafts"


def _draft_file(key: str) -> Path:
    return _drafts() / f"{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:32]}.json"


def _file() -> Path:
    return places().data / "session.json"
