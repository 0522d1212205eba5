import copy
import difflib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from antiphon.store import emit
from antiphon.store.splice import spliced
from antiphon.store.yamltree import Raw, parse, value_of
from tests.store.documents import files

BLOCK = """\
# about the whole file
info:
  name: Create order   # the name
  type: http
  seq: 2

http:
  method: POST
  url: "{{base}}/x"
  headers:
    - name: A   # keep
      value: 1
    # about B
    - name: B
      value: '2'
  body:
    type: json
    data: |-
      {
        "a": 1
      }

  auth: inherit

docs: hi
"""
FLOW = """\
info: {name: Create order, type: http, seq: 2, tags: [smoke]}
http:
  headers: [{name: Content-Type, value: application/json}] # why
  body: {type: json, data: "{\\"sku\\": 1}"}
"""


def edited(text, change):
    """Return the lines that *change* took out and put in, and what was lost."""
    value = copy.deepcopy(value_of(parse(text)))
    change(value)
    result = spliced(text, value)
    assert value_of(parse(result.text)) == value
    lines = difflib.ndiff(text.splitlines(), result.text.splitlines())
    return [line for line in lines if line[0] in "+-"], result.lost


def setting(*path_and_value):
    *path, key, new = path_and_value

    def change(value):
        for step in path:
            value = value[step]
        value[key] = new

    return change


def removing(*path_and_key):
    *path, key = path_and_key

    def change(value):
        for step in path:
            value = value[step]
        del value[key]

    return change


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (
            setting("info", "name", "New: name"),
            ["-   name: Create order   # the name", '+   name: "New: name"   # the name'],
        ),
        (setting("info", "seq", Raw("0.5")), ["-   seq: 2", "+   seq: 0.5"]),
        (setting("http", "url", "{{b}}"), ['-   url: "{{base}}/x"', '+   url: "{{b}}"']),
        (setting("http", "headers", 1, "value", "it's"), ["-       value: '2'", "+       value: 'it''s'"]),
        (setting("http", "headers", 0, "disabled", Raw("true")), ["+       disabled: true"]),
        (setting("http", "body", "data", '{\n  "a": 2\n}'), ['-         "a": 1', '+         "a": 2']),
        (
            setting("http", "body", "data", "x"),
            ["-     data: |-", "-       {", '-         "a": 1', "-       }", "+     data: x"],
        ),
        (setting("http", "auth", {"type": "basic"}), ["-   auth: inherit", "+   auth:", "+     type: basic"]),
        (setting("runtime", {"variables": []}), ["+ ", "+ runtime:", "+   variables: []"]),
        (removing("http", "headers", 0), ["-     - name: A   # keep", "-       value: 1"]),
        (
            removing("http", "headers", 0, "name"),
            ["-     - name: A   # keep", "-       value: 1", "+     - value: 1"],
        ),
        (removing("docs"), ["- ", "- docs: hi"]),
        (
            lambda value: value["http"]["headers"].append({"name": "C", "value": "x"}),
            ["+     - name: C", "+       value: x"],
        ),
        (lambda value: value["http"]["headers"].insert(0, {"name": "C"}), ["+     - name: C"]),
    ],
)
def test_an_edit_touches_its_lines_and_no_other(change, lines):
    found, lost = edited(BLOCK, change)
    assert (sorted(found), lost) == (sorted(lines), "")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            lambda value: value["http"]["headers"].append({"name": "C", "value": "{{x}}"}),
            '+   headers: [{name: Content-Type, value: application/json}, {name: C, value: "{{x}}"}] # why',
        ),
        (setting("http", "body", "data", "a\nb"), '+   body: {type: json, data: "a\\nb"}'),
        (setting("http", "body", {"type": "text"}), "+   body: {type: text}"),
        (
            setting("info", "tags", ["a, b", "smoke"]),
            '+ info: {name: Create order, type: http, seq: 2, tags: ["a, b", smoke]}',
        ),
        (removing("info", "seq"), "+ info: {name: Create order, type: http, tags: [smoke]}"),
    ],
)
def test_flow_style_stays_on_its_line(change, line):
    found, lost = edited(FLOW, change)
    assert [each for each in found if each[0] == "+"] == [line]
    assert len(found) == 2
    assert lost == ""


def test_a_moved_row_takes_its_comment_along():
    found, _ = edited(BLOCK, lambda value: value["http"]["headers"].reverse())
    assert not [line for line in found if "# keep" in line and found.count(line) > 1]
    assert "- name: A   # keep" in spliced(BLOCK, _reversed_headers()).text


def test_crlf_files_stay_crlf():
    text = BLOCK.replace("\n", "\r\n")
    result = spliced(text, value_of(parse(text)) | {"docs": "two\nlines"})
    assert result.text == text.replace("docs: hi", "docs: |-\r\n  two\r\n  lines")


def test_no_change_is_the_same_text():
    assert spliced(BLOCK, value_of(parse(BLOCK))).text is BLOCK


def test_an_alias_is_not_edited_through():
    text = "a: &x {k: 1}\nb: *x\nc: 3 # stays\n"
    result = spliced(text, {"a": {"k": Raw("1")}, "b": {"k": Raw("2")}, "c": Raw("3")})
    assert value_of(parse(result.text)) == {"a": {"k": Raw("1")}, "b": {"k": Raw("2")}, "c": Raw("3")}
    assert "# stays" in result.text


def test_changing_what_an_alias_stands_for_is_told_where_the_layout_cannot_stay():
    text = "a: &x {k: 1} # gone\nb: *x\n"
    result = spliced(text, {"a": {"k": Raw("2")}, "b": {"k": Raw("1")}})
    assert value_of(parse(result.text)) == {"a": {"k": Raw("2")}, "b": {"k": Raw("1")}}
    assert result.lost


@given(files, files, st.sampled_from(["ours", "theirs", "flow", "crlf"]))
def test_any_value_can_be_put_into_any_file(old, new, layout):
    text = _written(old, layout)
    result = spliced(text, new)
    assert value_of(parse(result.text)) == new


@given(files, st.data())
def test_one_changed_section_leaves_the_others_as_they_are(old, data):
    text = emit.whole_file(old)
    name = data.draw(st.sampled_from(sorted(old)))
    new = data.draw(files.map(lambda value: next(iter(value.values()))))
    result = spliced(text, {**old, name: new})
    assert value_of(parse(result.text)) == {**old, name: new}
    for other in old.keys() - {name}:
        assert emit.key(other) + ":" + emit.after_colon(old[other], 0) in result.text


def _written(value, layout):
    match layout:
        case "theirs":
            return yaml.safe_dump(_plain(value), allow_unicode=True, width=1000)
        case "flow":
            return "".join(f"{emit.key(name)}: {emit.flow(each)} # {name}\n" for name, each in value.items())
        case "crlf":
            return emit.whole_file(value).replace("\n", "\r\n")
        case _:
            return emit.whole_file(value)


def _plain(value):
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.text if isinstance(value, Raw) else value


def _reversed_headers():
    value = copy.deepcopy(value_of(parse(BLOCK)))
    value["http"]["headers"].reverse()
    return value
