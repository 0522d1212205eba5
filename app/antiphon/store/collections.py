"""Collections on the disk, in the OpenCollection layout: everything the rest of the house asks for, in one place."""

from antiphon.store.editing import (
    create_collection,
    create_folder,
    create_request,
    delete,
    duplicate,
    move,
    rename,
)
from antiphon.store.folders import load_defaults, load_run_plan, own_defaults, save_defaults, save_run_plan
from antiphon.store.requests import load_request, load_text, save_request
from antiphon.store.trash import Trashed, restore
from antiphon.store.tree import environment_names, open_collection

__all__ = [
    "Trashed",
    "create_collection",
    "create_folder",
    "create_request",
    "delete",
    "duplicate",
    "environment_names",
    "load_defaults",
    "load_request",
    "load_run_plan",
    "load_text",
    "move",
    "open_collection",
    "own_defaults",
    "rename",
    "restore",
    "save_defaults",
    "save_request",
    "save_run_plan",
]
