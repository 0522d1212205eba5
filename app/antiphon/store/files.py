"""The files of a collection: what they are called, how they are read, and what is said when they cannot be."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from antiphon.core.errors import UserError
from antiphon.store.atomic import write_atomically
from antiphon.store.emit import whole_file
from antiphon.store.splice import spliced
from antiphon.store.yamltree import Map, Node, Raw, Value, YamlError, parse, value_of

ROOT_FILE = "opencollection.yml"
FOLDER_FILE = "folder.yml"
ENVIRONMENTS = "environments"
SUFFIX = ".yml"
SIDECAR_SUFFIX = ".antiphon.yaml"
_MARK = b"\xef\xbb\xbf"
_LARGEST_BYTES = 64 << 20


def file_at(root: Path, path: str) -> Path:
    """Return the file or folder at *path*, which is relative with `/` and stays below *root*."""
    parts = PurePosixPath(path).parts
    if ".." in parts or PurePosixPath(path).is_absolute():
        raise UserError(
            f"{path} is not inside the collection.", "Choose a file below the collection's folder."
        )
    return root.joinpath(*parts)


def existing(root: Path, path: str) -> Path:
    """Return the file or folder at *path* below *root*.

    Raises:
        UserError: it is not there.
    """
    if path.startswith(f"{ROOT_FILE}#"):
        raise UserError(
            f"{root.name} keeps its requests in one file.",
            "They can be edited; to arrange them, make files of them.",
        )
    file = file_at(root, path)
    if not file.exists():
        raise UserError(f"{path} is gone.", "It may have been renamed or removed; reload the collection.")
    return file


@contextlib.contextmanager
def told(title: str) -> Iterator[None]:
    """Turn what the system refuses into a UserError with *title*."""
    try:
        yield
    except OSError as error:
        place = f"{error.strerror}: {error.filename}" if error.filename else str(error)
        raise UserError(title, f"{place}. Put that right and try again.") from error


def sidecar_of(file: Path) -> Path:
    """Return where the options stand that OpenCollection has no field for: `x.yml` has `x.antiphon.yaml`."""
    return file.with_name(file.name.removesuffix(SUFFIX) + SIDECAR_SUFFIX)


def text_in(file: Path | str) -> str:
    """Return a file's text, a byte order mark left out and line ends as they are.

    Raises:
        YamlError: it is larger than 64 MiB or not UTF-8.
        OSError: it cannot be read.
    """
    with open(file, "rb", buffering=0) as stream:  # noqa: PTH123  (thousands of files: no Path is made for each)
        if os.fstat(stream.fileno()).st_size > _LARGEST_BYTES:
            raise YamlError("is larger than 64 MiB")
        data = stream.readall()
    try:
        return data.removeprefix(_MARK).decode()
    except UnicodeDecodeError as error:
        raise YamlError("is not UTF-8 text", data[: error.start].count(b"\n") + 1) from None


def tree_in(file: Path) -> tuple[str, Node]:
    """Return a file's text and its tree.

    Raises:
        UserError: it cannot be read, or is not YAML.
    """
    try:
        text = text_in(file)
        return text, parse(text)
    except YamlError as error:
        raise unreadable(file, error) from error
    except OSError as error:
        raise UserError(
            f"Could not read {file}.", f"{error.strerror}. Look whether it is still there."
        ) from error


def change_values(
    file: Path, change: Callable[[Map], dict[str, Value]], *, absent: dict[str, Value] | None = None
) -> str:
    """Make *file* say what *change* makes of its values, touching only the lines of what differs.

    Where nothing differs nothing is written. A file that is not there begins as *absent*.

    Returns:
        A sentence on what could not be kept of the file (comments, layout), usually empty.

    Raises:
        UserError: the file is broken or cannot be written.
    """
    if not file.exists():
        write_text(file, whole_file(change(value_of(parse(whole_file(absent))) if absent else Map())))
        return ""
    text, tree = tree_in(file)
    try:
        result = spliced(text, change(_map(value_of(tree))), tree)
    except YamlError as error:
        raise unreadable(file, error) from error
    if result.text != text:
        write_text(file, result.text)
    return f"{file.name} was saved, but {result.lost} could not be kept." if result.lost else ""


def save_values(file: Path, value: dict[str, Value]) -> str:
    """Make *file* say *value*, as `change_values` does."""
    return change_values(file, lambda _: value)


def write_text(file: Path, text: str) -> None:
    """Save *text* atomically, with the byte order mark that the file had.

    Raises:
        UserError: the file cannot be written.
    """
    try:
        with_mark = file.is_file() and _starts_with_mark(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, (_MARK if with_mark else b"") + text.encode())
    except OSError as error:
        raise UserError(
            f"Could not save {file}.",
            f"{error.strerror}. The file is as it was; save again when that is mended.",
        ) from error


def values_in(file: Path) -> Map:
    """Return what a file of `key: value` lines means; nothing where there is no such file.

    Raises:
        UserError: it cannot be read, or is broken.
    """
    if not file.exists():
        return Map()
    _, node = tree_in(file)
    try:
        return _map(value_of(node))
    except YamlError as error:
        raise unreadable(file, error) from error


def _map(value: Value) -> Map:
    if isinstance(value, Map):
        return value
    if isinstance(value, Raw) and value.is_null:
        return Map()
    raise YamlError("is not made of `key: value` lines", 1)


def _starts_with_mark(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(len(_MARK)) == _MARK


def unreadable(file: Path, error: YamlError) -> UserError:
    """Return what to tell the user about a broken file."""
    where = f"{file}, line {error.line}" if error.line else str(file)
    return UserError(f"{file.name} {error.reason}.", f"See {where}. Open it as text and put it right.")
