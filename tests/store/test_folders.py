from dataclasses import replace

import pytest

from antiphon.core.collection import Column, RunPlan
from antiphon.core.document import BearerAuth, Header, InheritAuth, NoAuth, Variable
from antiphon.core.errors import UserError
from antiphon.store.collections import (
    load_defaults,
    load_run_plan,
    own_defaults,
    rename,
    save_defaults,
    save_run_plan,
)
from tests.store.sample import ROOT, contents, write_sample

PLAN = RunPlan(3, 2.5, (Column("Name", "$.name"), Column("No", "$['no']")))


@pytest.fixture
def root(tmp_path):
    return write_sample(tmp_path / "c")


def test_defaults_come_from_the_collection_down(root):
    (root / "orders/deep").mkdir()
    (root / "orders/folder.yml").write_text(
        "info: {name: Orders}\nrequest:\n  variables: [{name: v, value: 1}]\n"
    )
    collection, orders, deep = load_defaults(root, "orders/deep/x.yml")
    assert (collection.name, collection.auth) == ("Orders API", BearerAuth("{{token}}"))
    assert (orders.name, orders.variables, orders.auth) == ("Orders", (Variable("v", "1"),), InheritAuth())
    assert deep.name == "deep"
    assert load_defaults(root, "x.yml") == (collection,)


def test_broken_defaults_stop_the_request_rather_than_change_it(root):
    (root / "orders/folder.yml").write_text("request: {headers: x}\n")
    with pytest.raises(UserError, match=r"folder\.yml"):
        load_defaults(root, "orders/create-order.yml")


def test_an_edit_of_defaults_touches_its_line_only(root):
    own = own_defaults(root, "")
    assert save_defaults(root, "", replace(own, headers=(Header("Accept", "*/*"),))) == ""
    assert (root / "opencollection.yml").read_text() == ROOT.replace("application/json", '"*/*"')
    save_defaults(root, "", own)
    assert own_defaults(root, "") == own


@pytest.mark.parametrize("auth", [NoAuth(), BearerAuth("x"), InheritAuth()])
def test_defaults_of_a_folder_without_a_file_make_one(root, auth):
    (root / "bare").mkdir()
    defaults = replace(own_defaults(root, "bare"), name="Bare", auth=auth, headers=(Header("a", "b"),))
    save_defaults(root, "bare", defaults)
    assert own_defaults(root, "bare") == defaults


@pytest.mark.parametrize("folder", ["", "orders"])
def test_a_run_plan_comes_back_and_leaves_no_trace_when_usual(root, folder):
    before = contents(root)
    assert load_run_plan(root, folder) == RunPlan()
    save_run_plan(root, folder, RunPlan())
    assert contents(root) == before
    save_run_plan(root, folder, PLAN)
    assert load_run_plan(root, folder) == PLAN
    save_run_plan(root, folder, RunPlan())
    assert contents(root) == before


def test_a_folders_plan_stands_in_its_sidecar_and_moves_along(root):
    save_run_plan(root, "orders", PLAN)
    assert (root / "orders/folder.antiphon.yaml").is_file()
    assert load_run_plan(root, rename(root, "orders", "All")) == PLAN


def test_the_collections_plan_stands_under_extensions(root):
    save_run_plan(root, "", RunPlan(2))
    assert (
        (root / "opencollection.yml")
        .read_text()
        .endswith("extensions:\n  antiphon:\n    run:\n      limit: 2\n")
    )


@pytest.mark.parametrize("run", ["x", "{limit: many}", "{limit: 0, ratePerSecond: -1, columns: x}", "[]"])
def test_nonsense_in_a_plan_is_the_usual_plan(root, run):
    (root / "orders/folder.antiphon.yaml").write_text(f"run: {run}\n")
    assert load_run_plan(root, "orders") == RunPlan()
