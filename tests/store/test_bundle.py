from dataclasses import replace

import pytest

from antiphon.core.collection import find, requests_below
from antiphon.core.document import Header, RequestOptions, Variable
from antiphon.core.errors import UserError
from antiphon.store.collections import (
    load_defaults,
    load_request,
    load_text,
    open_collection,
    rename,
    save_request,
)
from antiphon.store.environments import load_environment

TEXT = """\
opencollection: "1.0.0"
info: {name: Bundle}
bundled: true
request:
  headers: [{name: A, value: root}]
config:
  environments:
    - name: Local   # here
      variables: [{name: base, value: http://x}]
items:
  - info: {name: Orders, type: folder}
    request:
      headers: [{name: B, value: folder}]
    items:
      - info:
          name: Create   # the first
          type: http
          seq: 2
        http:
          method: POST
          url: "{{base}}/a"
      - info: {name: Live, type: websocket}
      - info: {name: Bad, type: http}
        http: nothing
  - info: {name: Ping, type: http}
    http: {url: "{{base}}/ping"}
"""
CREATE = "opencollection.yml#/0/0"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "opencollection.yml").write_text(TEXT)
    return tmp_path


def test_its_items_are_a_tree(root):
    collection = open_collection(root)
    assert [(node.name, node.path) for node in requests_below(collection.top) if not node.broken] == [
        ("Create", CREATE),
        ("Ping", "opencollection.yml#/1"),
    ]
    assert find(collection.top, CREATE).method == "POST"
    assert collection.environments == ("Local",)
    assert {node.path[-1]: node.broken.reason for node in requests_below(collection.top) if node.broken} == {
        "1": "is of the kind `websocket`, which Antiphon shows as text only",
        "2": "needs `key: value` lines for `http`",
    }


def test_a_request_inherits_from_the_folders_around_it(root):
    assert load_request(root, CREATE).url == "{{base}}/a"
    assert [each.headers for each in load_defaults(root, CREATE)] == [
        (Header("A", "root"),),
        (Header("B", "folder"),),
    ]
    assert load_environment(root, "Local").variables == (Variable("base", "http://x"),)


def test_an_edit_touches_its_line_only(root):
    assert save_request(root, CREATE, load_request(root, CREATE)) == ""
    assert load_text(root, CREATE) == TEXT
    save_request(root, CREATE, replace(load_request(root, CREATE), method="PUT"))
    assert load_text(root, CREATE) == TEXT.replace("POST", "PUT")


def test_what_has_no_place_there_is_said(root):
    note = save_request(
        root, CREATE, replace(load_request(root, CREATE), options=RequestOptions(verify=False))
    )
    assert "no place in a bundled file" in note


@pytest.mark.parametrize(
    "path", ["opencollection.yml#/9", "opencollection.yml#/0/x", "opencollection.yml#/0/2"]
)
def test_what_is_gone_or_broken_is_told(root, path):
    with pytest.raises(UserError):
        load_request(root, path)


def test_arranging_needs_files(root):
    with pytest.raises(UserError, match="one file"):
        rename(root, CREATE, "x")
