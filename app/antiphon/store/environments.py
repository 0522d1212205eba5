"""Environments: one file each below `environments/`; secret variables are names only."""

from dataclasses import replace
from pathlib import Path

from antiphon.core.document import Environment, Variable
from antiphon.core.errors import UserError
from antiphon.store.files import ENVIRONMENTS, SUFFIX, tree_in, unreadable
from antiphon.store.reading import environment_of
from antiphon.store.yamltree import YamlError, value_of


def environment_file(root: Path, name: str) -> Path:
    """Return the file of the environment *name*."""
    if not name or "/" in name or "\\" in name:
        raise UserError(f"There is no environment “{name}”.", "Choose one of the collection's environments.")
    return root / ENVIRONMENTS / f"{name}{SUFFIX}"


def load_environment(root: Path, name: str) -> Environment:
    """Return the environment *name* with what it extends filled in: its own variables win over inherited ones.

    Raises:
        UserError: it, or one that it extends, is missing or broken, or they extend each other in a ring.
    """
    chain = [own_environment(root, name)]
    while parent := chain[-1].extends:
        if parent in {environment.name for environment in chain}:
            raise UserError(
                f"Environment {name} extends itself.", f"Take `extends: {parent}` out of {chain[-1].name}."
            )
        chain.append(own_environment(root, parent))
    variables: dict[str, Variable] = {}
    for environment in reversed(chain):
        variables.update({variable.name: variable for variable in environment.variables if variable.enabled})
    own = [variable for variable in chain[0].variables if not variable.enabled]
    return replace(chain[0], variables=(*variables.values(), *own))


def own_environment(root: Path, name: str) -> Environment:
    """Return the environment *name* as its own file says it, for editing.

    Raises:
        UserError: it is missing or broken.
    """
    file = environment_file(root, name)
    if not file.is_file():
        raise UserError(f"There is no environment “{name}”.", f"Choose another one, or make the file {file}.")
    _, node = tree_in(file)
    try:
        return environment_of(value_of(node), name)
    except YamlError as error:
        raise unreadable(file, error) from error
