"""One request on the disk: its file, and the sidecar with the options that OpenCollection has no field for."""

from dataclasses import replace
from pathlib import Path

from antiphon.core.document import RequestDocument, RequestOptions
from antiphon.core.errors import UserError
from antiphon.store.bundle import bundled_request, is_bundled, save_bundled
from antiphon.store.emit import whole_file
from antiphon.store.files import (
    FOLDER_FILE,
    ROOT_FILE,
    change_values,
    existing,
    file_at,
    save_values,
    sidecar_of,
    unreadable,
    values_in,
    write_text,
)
from antiphon.store.reading import document_of
from antiphon.store.sidecar import sidecar_data, with_sidecar
from antiphon.store.writing import changed_request, new_request
from antiphon.store.yamltree import YamlError


def load_request(root: Path, path: str) -> RequestDocument:
    """Return the request in the file at *path*, its sidecar's options included.

    Raises:
        UserError: the file or its sidecar cannot be read, or is broken.
    """
    if is_bundled(path):
        return bundled_request(root, path)
    file = existing(root, path)
    return _with_sidecar(_document_in(file), sidecar_of(file))


def load_text(root: Path, path: str) -> str:
    """Return the text of the file at *path*, broken or not; what is not UTF-8 is shown as U+FFFD."""
    file = root / ROOT_FILE if is_bundled(path) else file_at(root, path)
    if file.is_dir():
        file /= FOLDER_FILE if path else ROOT_FILE
    try:
        return file.read_bytes().decode(errors="replace")
    except OSError as error:
        raise UserError(f"Could not read {file}.", f"{error.strerror}.") from error


def save_request(root: Path, path: str, document: RequestDocument) -> str:
    """Save *document* in its file, touching only the lines of what changed; unedited, nothing is written.

    A file that is gone is made anew; a broken one is left as it is.

    Returns:
        A sentence on what could not be kept of the file (comments, layout), usually empty.

    Raises:
        UserError: the file is broken, or cannot be written.
    """
    if is_bundled(path):
        return save_bundled(root, path, document)
    file = file_at(root, path)
    if file.exists():
        note = change_values(file, lambda data: changed_request(data, document))
    else:
        note = ""
        write_text(file, whole_file(new_request(document)))
    return " ".join(filter(None, (note, save_sidecar(file, document.options))))


def save_sidecar(file: Path, options: RequestOptions) -> str:
    """Write what only the sidecar of *file* can say; remove it where that is nothing. Returns a note as `change_values`."""
    sidecar = sidecar_of(file)
    old = values_in(sidecar)
    new = sidecar_data(options, old)
    if new == old:
        return ""
    if new:
        return save_values(sidecar, new)
    sidecar.unlink(missing_ok=True)
    return ""


def _document_in(file: Path) -> RequestDocument:
    try:
        return document_of(values_in(file))
    except YamlError as error:
        raise unreadable(file, error) from error


def _with_sidecar(document: RequestDocument, sidecar: Path) -> RequestDocument:
    if not sidecar.is_file():
        return document
    try:
        return replace(document, options=with_sidecar(document.options, values_in(sidecar)))
    except YamlError as error:
        raise unreadable(sidecar, error) from error
