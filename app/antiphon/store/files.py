"""The files of a collection: what they are called, how they are read, and what is said when they cannot be."""

import os
from pathlib import Path, PurePosixPath

from antiphon.core.errors import UserError
from antiphon.store.yamltree import Node, YamlError, parse

ROOT_FILE = "opencollection.yml"
FOLDER_FILE = "folder.yml"
ENVIRONMENTS = "environments"
SUFFIX = ".yml"
SIDECAR_SUFFIX = ".antiphon.yaml"
_LARGEST_BYTES = 64 << 20


def file_at(root: Path, path: str) -> Path:
    """Return the file or folder at *path*, which is relative with `/` and stays below *root*."""
    parts = PurePosixPath(path).parts
    if ".." in parts or PurePosixPath(path).is_absolute():
        raise UserError(
            f"{path} is not inside the collection.", "Choose a file below the collection's folder."
        )
    return root.joinpath(*parts)


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
        return data.removeprefix(b"\xef\xbb\xbf").decode()
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


def unreadable(file: Path, error: YamlError) -> UserError:
    """Return what to tell the user about a broken file."""
    where = f"{file}, line {error.line}" if error.line else str(file)
    return UserError(f"{file.name} {error.reason}.", f"See {where}. Open it as text and put it right.")
