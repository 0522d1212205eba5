"""Environments: one file each below `environments/`; secret variables are names only."""

import contextlib
from dataclasses import replace
from pathlib import Path

from antiphon.core.document import Environment, Variable
from antiphon.core.errors import UserError
from antiphon.store.bundle import bundled_environments
from antiphon.store.emit import whole_file
from antiphon.store.files import (
    ENVIRONMENTS,
    SUFFIX,
    change_values,
    save_values,
    sidecar_of,
    unreadable,
    values_in,
    write_text,
)
from antiphon.store.names import file_stem, free_name
from antiphon.store.reading import environment_of
from antiphon.store.trash import throw_away
from antiphon.store.tree import environment_names
from antiphon.store.writing import changed_environment
from antiphon.store.yamltree import YamlError


def load_environment(root: Path, name: str, *, follow: bool = True) -> Environment:
    """Return the environment *name* with what it extends filled in: its own variables win over inherited ones.

    Args:
        follow: False for the environment as its own file says it, for editing.

    Raises:
        UserError: it, or one that it extends, is missing or broken, or they extend each other in a ring.
    """
    chain = [_own(root, name)]
    if not follow:
        return chain[0]
    while parent := chain[-1].extends:
        if parent in {environment.name for environment in chain}:
            raise UserError(
                f"Environment {name} extends itself.", f"Take `extends: {parent}` out of {chain[-1].name}."
            )
        chain.append(_own(root, parent))
    variables: dict[str, Variable] = {}
    for environment in reversed(chain):
        variables.update({variable.name: variable for variable in environment.variables if variable.enabled})
    own = [variable for variable in chain[0].variables if not variable.enabled]
    return replace(chain[0], variables=(*variables.values(), *own))


def save_environment(root: Path, environment: Environment) -> str:
    """Save *environment*, touching only the lines of what changed; of secrets only the names.

    Returns:
        A sentence on what could not be kept of the file (comments, layout), usually empty.

    Raises:
        UserError: the file is broken, or cannot be written.
    """
    file = _file(root, environment.name)
    return change_values(
        file, lambda data: changed_environment(data, environment), absent={"name": environment.name}
    )


def create_environment(root: Path, name: str) -> str:
    """Make an empty environment; return its name, which differs from *name* where no file could be called so."""
    name = _free(root, name)
    write_text(_file(root, name), whole_file({"name": name}))
    return name


def rename_environment(root: Path, old: str, new: str) -> str:
    """Call the environment *old* *new*, for those that extend it too; return the name that it got.

    Its secrets are another matter: the caller moves them.

    Raises:
        UserError: it is gone, or a file cannot be written.
    """
    source = _existing(root, old)
    new = _free(root, new, ignoring=source.name)
    if new == old:
        return new
    target = _file(root, new)
    try:
        if sidecar_of(source).exists():
            sidecar_of(source).rename(sidecar_of(target))
        source.rename(target)
    except OSError as error:
        raise UserError(f"Could not rename {source}.", f"{error.strerror}.") from error
    save_values(target, {**values_in(target), "name": new})
    for other in environment_names(root):
        _extend(root, other, old, new)
    return new


def delete_environment(root: Path, name: str) -> None:
    """Move the environment *name* to Antiphon's trash.

    Raises:
        UserError: it is gone, or cannot be moved.
    """
    source = _existing(root, name)
    throw_away(root, source.relative_to(root).as_posix())


def _extend(root: Path, name: str, old: str, new: str) -> None:
    """Let the environment *name* extend *new* where it extended *old*; broken files are left alone."""
    with contextlib.suppress(UserError):
        environment = _own(root, name)
        if environment.extends == old:
            save_environment(root, replace(environment, extends=new))


def _own(root: Path, name: str) -> Environment:
    if not _file(root, name).is_file():
        inside = {each.name: each for each in bundled_environments(root)}
        if name in inside:
            return inside[name]
    file = _existing(root, name)
    try:
        return environment_of(values_in(file), name)
    except YamlError as error:
        raise unreadable(file, error) from error


def _file(root: Path, name: str) -> Path:
    if not name or "/" in name or "\\" in name:
        raise _unknown(name)
    return root / ENVIRONMENTS / f"{name}{SUFFIX}"


def _existing(root: Path, name: str) -> Path:
    file = _file(root, name)
    if not file.is_file():
        raise _unknown(name)
    return file


def _free(root: Path, name: str, ignoring: str = "") -> str:
    stem = file_stem(name, "environment", keeps_case=True)
    return free_name(root / ENVIRONMENTS, stem, SUFFIX, ignoring=ignoring).removesuffix(SUFFIX)


def _unknown(name: str) -> UserError:
    return UserError(f"There is no environment “{name}”.", "Choose one of the collection's, or make it.")
