"""What is to be sent: each target prepared before the first one goes out."""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from antiphon.cli.document import as_asked, changed, of_url, without_left_out
from antiphon.cli.outside import outside
from antiphon.core.document import RequestDocument
from antiphon.core.errors import UserError
from antiphon.core.prepare import Context, prepare
from antiphon.core.prepared import PreparedRequest

_SAVED = (".yml", ".yaml")


def prepared_targets(options: argparse.Namespace) -> list[PreparedRequest]:
    """Return the requests that *options* ask for, in order.

    Raises:
        UserError: one of them cannot be read or prepared.
    """
    overrides = variables(options.var)
    if options.env and not any(is_saved(target) for target in options.targets):
        raise UserError("--env needs a saved request.", "A URL has no collection; use --var NAME=VALUE.")
    return [_prepared(target, options, overrides) for target in options.targets]


def is_saved(target: str) -> bool:
    """Return whether *target* means a file of a collection rather than a URL."""
    return "://" not in target and target.lower().endswith(_SAVED)


def variables(assignments: Iterable[str]) -> dict[str, str]:
    """Return the values of `--var NAME=VALUE`; the last one of a name wins."""
    values = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            raise UserError(f"“{assignment}” is not a variable.", "Write --var NAME=VALUE.")
        values[name] = value
    return values


def _prepared(target: str, options: argparse.Namespace, overrides: Mapping[str, str]) -> PreparedRequest:
    document, context = _found(target, options, overrides)
    prepared = as_asked(prepare(changed(document, options), context), options)
    return without_left_out(prepared, options.header)


def _found(
    target: str, options: argparse.Namespace, overrides: Mapping[str, str]
) -> tuple[RequestDocument, Context]:
    if is_saved(target):
        from antiphon.cli.saved import SavedRequests, place_of
        from antiphon.store.files import FOLDER_FILE, ROOT_FILE

        root, path = place_of(Path(target))
        if Path(path).name in (ROOT_FILE, FOLDER_FILE):
            raise UserError(
                f"{target} is no request.", f"Run its folder with: antiphon run {Path(target).parent}"
            )
        return SavedRequests(root, options.env, overrides).load(path)
    if "://" not in target and Path(target).is_dir():
        raise UserError(f"{target} is a folder.", f"Run its requests with: antiphon run {target}")
    return of_url(target), replace(outside(), overrides=overrides)
