"""What folders and the collection hold besides requests: defaults for the requests below, and how to run them."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

from antiphon.core.collection import Column, RunPlan
from antiphon.core.document import Defaults
from antiphon.store.bundle import bundled_defaults, is_bundled
from antiphon.store.connecting import certificates_of, proxy_of, put_certificates, put_proxy
from antiphon.store.files import (
    FOLDER_FILE,
    ROOT_FILE,
    change_values,
    file_at,
    save_values,
    sidecar_of,
    unreadable,
    values_in,
)
from antiphon.store.reading import defaults_of, number_of, text_of
from antiphon.store.writing import changed_defaults, number, put
from antiphon.store.yamltree import Map, Raw, Value, YamlError

_IN_ROOT = ("extensions", "antiphon", "run")


def folder_file(root: Path, folder: str) -> Path:
    """Return the file that speaks for the folder at *folder*, or for the collection when that is empty."""
    return file_at(root, folder) / FOLDER_FILE if folder else root / ROOT_FILE


def load_defaults(root: Path, path: str) -> tuple[Defaults, ...]:
    """Return what the request at *path* inherits: the collection's, then each folder's on the way down.

    Raises:
        UserError: one of these files is broken.
    """
    if is_bundled(path):
        return own_defaults(root, ""), *bundled_defaults(root, path)
    folders = [str(part) for part in reversed(PurePosixPath(path).parents) if part.name]
    return tuple(own_defaults(root, folder) for folder in ("", *folders))


def own_defaults(root: Path, folder: str) -> Defaults:
    """Return what the folder at *folder* itself lends, the collection when that is empty.

    Raises:
        UserError: its file is broken.
    """
    file = folder_file(root, folder)
    name = PurePosixPath(folder).name or root.name
    try:
        data = values_in(file)
        defaults = defaults_of(data, name)
        return (
            defaults
            if folder
            else replace(defaults, proxy=proxy_of(data), certificates=certificates_of(data))
        )
    except YamlError as error:
        raise unreadable(file, error) from error


def save_defaults(root: Path, folder: str, defaults: Defaults) -> str:
    """Save what a folder lends, touching only the lines of what changed. Returns a note as `change_values`.

    Proxy and client certificates are the collection's only.
    """
    file = folder_file(root, folder)
    absent = {"info": {"name": defaults.name, "type": "folder"}}

    def change(data: Map) -> dict[str, Value]:
        changed = changed_defaults(data, defaults)
        if not folder:
            put_proxy(changed, proxy_of(data), defaults.proxy)
            put_certificates(changed, certificates_of(data), defaults.certificates)
        return changed

    return change_values(file, change, absent=absent)


def load_run_plan(root: Path, folder: str) -> RunPlan:
    """Return how the folder at *folder* is run; what its sidecar does not say has its default.

    Raises:
        UserError: the file is broken.
    """
    file, place = _plan_place(root, folder)
    plan: Value = values_in(file)
    for key in place:
        plan = plan.get(key) if isinstance(plan, Map) else None
    if not isinstance(plan, Map):
        return RunPlan()
    limit, rate = number_of(plan.get("limit")), number_of(plan.get("ratePerSecond"))
    columns = plan.get("columns")
    return RunPlan(
        limit=RunPlan().limit if limit is None or limit < 1 else int(limit),
        rate_per_s=rate if rate is not None and rate > 0 else None,
        columns=tuple(_column(row) for row in columns if isinstance(row, Map))
        if isinstance(columns, list)
        else (),
    )


def save_run_plan(root: Path, folder: str, plan: RunPlan) -> str:
    """Save how a folder is run; nothing is written for a plan that is all default. Returns a note as `change_values`."""
    file, place = _plan_place(root, folder)
    if load_run_plan(root, folder) == plan:
        return ""
    data = values_in(file)
    put(data, place, _plan_data(plan) or None)
    if data:
        return save_values(file, data)
    file.unlink(missing_ok=True)
    return ""


def _plan_place(root: Path, folder: str) -> tuple[Path, tuple[str, ...]]:
    file = folder_file(root, folder)
    return (sidecar_of(file), ("run",)) if folder else (file, _IN_ROOT)


def _plan_data(plan: RunPlan) -> dict[str, Value]:
    data: dict[str, Value] = {}
    if plan.limit != RunPlan().limit:
        data["limit"] = Raw(str(plan.limit))
    if plan.rate_per_s is not None:
        data["ratePerSecond"] = number(plan.rate_per_s)
    if plan.columns:
        data["columns"] = [{"title": column.title, "path": column.path} for column in plan.columns]
    return data


def _column(row: Map) -> Column:
    return Column(text_of(row.get("title")), text_of(row.get("path")))
