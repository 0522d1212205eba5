"""Antiphon's own trash: what is deleted goes to `places().data / "trash"`, and comes back from there."""

import shutil
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from antiphon.core.places import places
from antiphon.store.emit import whole_file
from antiphon.store.files import SUFFIX, file_at, sidecar_of, told, write_text
from antiphon.store.names import free_name


@dataclass(frozen=True, slots=True)
class Trashed:
    """Something deleted, which `restore` brings back."""

    root: Path
    path: str
    place: Path
    """The folder in the trash that holds it, its sidecar, and `origin.yaml` that says where it stood."""


def throw_away(root: Path, path: str) -> Trashed:
    """Move the file or folder at *path* below *root* to the trash, a sidecar with it.

    Raises:
        UserError: it cannot be moved.
    """
    source = file_at(root, path)
    now = datetime.now().astimezone()
    place = places().data / "trash" / f"{now:%Y-%m-%dT%H-%M-%S}-{uuid.uuid4().hex[:8]}"
    with told(f"Could not delete {source.name}."):
        write_text(place / "origin.yaml", whole_file({"root": str(root.resolve()), "path": path}))
        _move(source, place / source.name)
    return Trashed(root, path, place)


def restore(trashed: Trashed) -> str:
    """Put back what was thrown away, under a free name where its own was taken since. Returns its path.

    Raises:
        UserError: it cannot be moved back.
    """
    kept = trashed.place / PurePosixPath(trashed.path).name
    target = file_at(trashed.root, trashed.path)
    suffix = "" if kept.is_dir() else SUFFIX
    with told(f"Could not restore {kept.name}."):
        target.parent.mkdir(parents=True, exist_ok=True)
        target = target.with_name(free_name(target.parent, target.name.removesuffix(suffix), suffix))
        _move(kept, target)
        shutil.rmtree(trashed.place)
    return target.relative_to(trashed.root).as_posix()


def _move(source: Path, target: Path) -> None:
    if not source.is_dir() and sidecar_of(source).exists():
        shutil.move(sidecar_of(source), sidecar_of(target))
    shutil.move(source, target)
