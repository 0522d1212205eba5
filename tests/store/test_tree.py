import os

import pytest

from antiphon.core.collection import find, requests_below
from antiphon.core.errors import UserError
from antiphon.store.collections import open_collection
from tests.store.sample import contents, write_sample


@pytest.fixture
def root(tmp_path):
    return write_sample(tmp_path / "c")


def request(root, path, name, seq=None):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"info:\n  name: {name}\n  type: http\n" + (f"  seq: {seq}\n" if seq is not None else ""))


def test_the_sample(root):
    collection = open_collection(root)
    assert collection.name == "Orders API"
    assert collection.environments == ("Base", "Local")
    (folder,) = collection.top.children
    (order,) = folder.children
    assert (folder.path, folder.name, folder.seq) == ("orders", "Orders", 1.0)
    assert (order.path, order.name, order.method, order.seq) == (
        "orders/create-order.yml",
        "Create order",
        "POST",
        2.0,
    )


def test_opening_changes_no_byte(root):
    before = contents(root)
    open_collection(root)
    assert contents(root) == before


def test_folders_stand_first_then_seq_then_name_and_no_seq_last(root):
    for path, name, seq in [
        ("z.yml", "z", 1),
        ("y.yml", "y", 0.5),
        ("b.yml", "B", None),
        ("a.yml", "a", None),
        ("q/r.yml", "r", 1),
    ]:
        request(root, path, name, seq)
    assert [node.path for node in open_collection(root).top.children] == [
        "orders",
        "q",
        "y.yml",
        "z.yml",
        "a.yml",
        "b.yml",
    ]


def test_what_is_not_a_request_stays_out(root):
    for path in (
        "orders/create-order.antiphon.yaml",
        "readme.md",
        "x.yaml",
        ".git/x.yml",
        "node_modules/x.yml",
        "pictures/a.png",
        "environments/n.yml",
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("nothing: here\n")
    assert [node.path for node in requests_below(open_collection(root).top)] == ["orders/create-order.yml"]
    assert find(open_collection(root).top, "pictures") is None


BROKEN = {
    "a.yml": (b"info: {type: http\n", "is not YAML", 2),
    "b.yml": (b"info: {type: http}\nhttp:\n  headers: x\n", "no list", 3),
    "c.yml": (
        b"<<<<<<< HEAD\ninfo: {type: http}\n=======\ninfo: {type: http}\n>>>>>>> x\n",
        "merge conflict",
        1,
    ),
    "d.yml": (b"info: \xff\n", "UTF-8", 1),
    "e.yml": (b"", "key: value", 1),
    "f.yml": (b"info:\n  type: grpc\n  name: G\n", "`grpc`", 0),
    "g.yml": (b"a: 1\n", "neither", 1),
}


def test_broken_files_are_shown_and_harm_no_sibling(root):
    for name, (data, _, _) in BROKEN.items():
        (root / "orders" / name).write_bytes(data)
    top = open_collection(root).top
    for name, (_, reason, line) in BROKEN.items():
        broken = find(top, f"orders/{name}").broken
        assert reason in broken.reason
        assert broken.line == line
    assert find(top, "orders/create-order.yml").broken is None


def test_a_broken_folder_file_keeps_the_requests_below(root):
    (root / "orders/folder.yml").write_text("info: [\n")
    folder = find(open_collection(root).top, "orders")
    assert folder.broken.line > 0
    assert [child.name for child in folder.children] == ["Create order"]


def test_a_broken_root_file_keeps_everything_below(root):
    (root / "opencollection.yml").write_text("info: {name: x\n")
    collection = open_collection(root)
    assert collection.top.broken is not None
    assert collection.name == root.name
    assert find(collection.top, "orders/create-order.yml") is not None


def test_a_folder_without_the_root_file_is_not_a_collection(tmp_path):
    with pytest.raises(UserError, match="not a collection"):
        open_collection(tmp_path)


def test_what_killed_saves_left_is_removed(root):
    stray = root / "orders" / ".create-order.yml.1-00.antiphon-tmp"
    stray.write_text("half")
    os.utime(stray, (1, 1))
    open_collection(root)
    assert not stray.exists()


def test_a_link_to_a_folder_above_makes_no_ring(root):
    try:
        (root / "orders/up").symlink_to(root, target_is_directory=True)
    except OSError:
        pytest.skip("links may not be made here")
    assert len(list(requests_below(open_collection(root).top))) == 1
