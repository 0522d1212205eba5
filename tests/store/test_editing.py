import pytest

from antiphon.core.collection import find, requests_below
from antiphon.core.document import RequestDocument, RequestOptions
from antiphon.core.errors import UserError
from antiphon.store.collections import (
    create_collection,
    create_folder,
    create_request,
    delete,
    duplicate,
    load_request,
    move,
    open_collection,
    rename,
    restore,
)
from tests.store.sample import contents, write_sample

SPECIAL = RequestDocument("Special", options=RequestOptions(verify=False))


@pytest.fixture
def root(tmp_path):
    return write_sample(tmp_path / "c")


def order(root, folder=""):
    return [node.path for node in find(open_collection(root).top, folder).children]


def changed(before, after):
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def test_a_new_collection_opens_and_is_not_made_twice(tmp_path):
    collection = create_collection(tmp_path / "new", "Mine: 1")
    assert (collection.name, collection.top.children) == ("Mine: 1", ())
    assert (
        tmp_path / "new/opencollection.yml"
    ).read_text() == 'opencollection: "1.0.0"\n\ninfo:\n  name: "Mine: 1"\n'
    with pytest.raises(UserError, match="already"):
        create_collection(tmp_path / "new", "x")


def test_a_new_request_stands_last_under_a_name_of_its_own(root):
    first = create_request(root, "orders", RequestDocument("Create order"))
    second = create_request(root, "orders", RequestDocument("create ORDER"))
    assert order(root, "orders") == ["orders/create-order.yml", first, second]
    assert (first, second) == ("orders/create-order-2.yml", "orders/create-order-3.yml")
    assert load_request(root, second).seq == 4.0


def test_names_that_no_disk_takes_stay_in_the_file(root):
    for name in ("a/b", "CON", "..", "x:y*?", "folder", "😀"):
        path = create_request(root, "", RequestDocument(name))
        assert find(open_collection(root).top, path).name == name


def test_behind_siblings_without_seq_a_new_one_has_none_either(root):
    (root / "z.yml").write_text("info: {name: Z, type: http}\n")
    assert load_request(root, create_request(root, "", RequestDocument("New"))).seq is None


def test_renaming_changes_the_name_line_and_the_file_and_takes_the_sidecar_along(root):
    path = create_request(root, "orders", SPECIAL)
    new = rename(root, path, "Ordinary")
    assert new == "orders/ordinary.yml"
    assert (load_request(root, new).name, load_request(root, new).options.verify) == ("Ordinary", False)
    assert sorted(each.name for each in (root / "orders").iterdir()) == [
        "create-order.yml",
        "folder.yml",
        "ordinary.antiphon.yaml",
        "ordinary.yml",
    ]


def test_renaming_in_case_only_keeps_the_file(root):
    assert rename(root, "orders/create-order.yml", "CREATE order") == "orders/create-order.yml"


def test_renaming_a_folder_and_the_collection(root):
    assert rename(root, "orders", "All orders") == "all-orders"
    rename(root, "", "Other API")
    collection = open_collection(root)
    assert (collection.name, collection.top.children[0].name) == ("Other API", "All orders")
    assert find(collection.top, "all-orders/create-order.yml") is not None


def test_renaming_a_folder_that_has_no_file_makes_one(root):
    (root / "bare").mkdir()
    (root / "bare/x.yml").write_text("info: {name: X, type: http}\n")
    path = rename(root, "bare", "Bare!")
    assert find(open_collection(root).top, path).name == "Bare!"


def test_a_copy_stands_behind_its_original_with_its_sidecar(root):
    path = create_request(root, "orders", SPECIAL)
    last = create_request(root, "orders", RequestDocument("Last"))
    before = contents(root)
    copy = duplicate(root, path)
    assert order(root, "orders") == ["orders/create-order.yml", path, copy, last]
    assert (load_request(root, copy).name, load_request(root, copy).options.verify) == ("Special copy", False)
    assert changed(before, contents(root)) == ["orders/special-copy.antiphon.yaml", "orders/special-copy.yml"]


def test_a_folder_is_copied_whole(root):
    copy = duplicate(root, "orders")
    collection = open_collection(root)
    assert [node.name for node in collection.top.children] == ["Orders", "Orders copy"]
    assert find(collection.top, f"{copy}/create-order.yml") is not None


def test_a_broken_file_can_be_copied_and_deleted(root):
    (root / "b.yml").write_text("a: [\n")
    assert (root / duplicate(root, "b.yml")).read_text() == "a: [\n"
    delete(root, "b.yml")
    assert not (root / "b.yml").exists()


def test_what_is_deleted_comes_back_whole(root):
    path = create_request(root, "orders", SPECIAL)
    before = contents(root)
    request, folder = delete(root, path), delete(root, "orders")
    assert order(root) == []
    assert restore(folder) == "orders"
    assert restore(request) == path
    assert contents(root) == before


def test_what_is_deleted_lies_in_the_trash_and_comes_back_beside_its_successor(root, home):
    trashed = delete(root, "orders/create-order.yml")
    assert home in trashed.place.parents
    assert (trashed.place / "create-order.yml").is_file()
    create_request(root, "orders", RequestDocument("Create order"))
    assert restore(trashed) == "orders/create-order-2.yml"


def test_moving_changes_one_file(root):
    paths = [create_request(root, "", RequestDocument(name)) for name in "abcd"]
    before = contents(root)
    assert move(root, paths[3], "", paths[1]) == paths[3]
    assert order(root)[1:] == [paths[0], paths[3], paths[1], paths[2]]
    assert changed(before, contents(root)) == ["d.yml"]
    move(root, paths[2], "", paths[0])
    assert load_request(root, paths[2]).seq == 0.5
    move(root, paths[0], "", None)
    assert order(root)[1:] == [paths[2], paths[3], paths[1], paths[0]]


def test_when_precision_runs_out_the_siblings_are_numbered_anew(root):
    paths = [create_request(root, "", RequestDocument(name)) for name in "abc"]
    (root / "a.yml").write_text("info: {name: a, type: http, seq: 5e-324}\n")
    move(root, paths[2], "", paths[0])
    assert order(root)[1:] == [paths[2], paths[0], paths[1]]
    assert [load_request(root, path).seq for path in (paths[2], paths[0], paths[1])] == [1.0, 2.0, 3.0]


def test_moving_to_another_folder_takes_the_sidecar_and_avoids_collisions(root):
    path = create_request(root, "", RequestDocument("Create order", options=RequestOptions(verify=False)))
    new = move(root, path, "orders", "orders/create-order.yml")
    assert new == "orders/create-order-2.yml"
    assert order(root, "orders") == [new, "orders/create-order.yml"]
    assert not load_request(root, new).options.verify
    assert not list(root.glob("*.antiphon.yaml"))


def test_folders_get_whole_numbers(root):
    other = create_folder(root, "", "Other")
    third = create_folder(root, "", "Third")
    move(root, third, "", "orders")
    assert [(node.path, node.seq) for node in open_collection(root).top.children] == [
        ("third", 1.0),
        ("orders", 2.0),
        (other, 3.0),
    ]


def test_a_folder_cannot_move_into_itself(root):
    inner = create_folder(root, "orders", "Inner")
    for target in ("orders", inner):
        with pytest.raises(UserError, match="into itself"):
            move(root, "orders", target)


def test_requests_without_seq_can_be_ordered(root):
    for name in "xyz":
        (root / f"{name}.yml").write_text(f"info: {{name: {name}, type: http}}\n")
    move(root, "z.yml", "", "y.yml")
    assert order(root)[1:] == ["x.yml", "z.yml", "y.yml"]


@pytest.mark.parametrize("act", [lambda root: rename(root, "no.yml", "x"), lambda root: delete(root, "no.yml"), lambda root: move(root, "no.yml", ""),
                                 lambda root: duplicate(root, "../c"), lambda root: delete(root, ""), lambda root: rename(root, "orders", " "),
                                 lambda root: create_request(root, "nowhere", RequestDocument())])  # fmt: skip
def test_what_cannot_be_done_is_told_and_changes_nothing(root, act):
    before = contents(root)
    with pytest.raises(UserError):
        act(root)
    assert contents(root) == before


def test_a_tree_of_every_request_is_the_same_after_a_round_of_moves(root):
    path = create_request(root, "", RequestDocument("a"))
    there = move(root, path, "orders", None)
    assert move(root, there, "", None) == path
    assert len(list(requests_below(open_collection(root).top))) == 2
