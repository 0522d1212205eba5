import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.store.names import file_stem, free_name
from tests.tools import require_corpora

WINDOWS = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)),
}
HOSTILE = ["", ".", "..", "/", "a/b", "..\\..\\x", "con", "CON.txt", "Com1", "nul ", ".hidden", "a:b", "a*?<>|\"", "x.", "x ", "folder",
           "opencollection", "Environments", "-rf", "~", "\x00", "a\nb", "\ud800", "é" * 300, "😀", "e\u0301", "\u202e", "COM¹", "~$x", "%PATH%"]  # fmt: skip


def is_safe(stem):
    folded = stem.lower()
    return (
        stem
        and not stem.startswith((".", "-", " "))
        and not stem.endswith((".", " "))
        and not set(stem) & set('/\\:*?"<>|')
        and all(character.isprintable() for character in stem)
        and folded.split(".")[0] not in WINDOWS
        and folded not in {"folder", "opencollection", "environments"}
        and len(stem.encode()) <= 110
        and unicodedata.is_normalized("NFC", stem)
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_become_safe_ones(name):
    assert is_safe(file_stem(name, "request")), file_stem(name, "request")


@given(st.text(st.characters()))
def test_any_name_becomes_a_safe_one(name):
    assert is_safe(file_stem(name, "request"))
    assert is_safe(file_stem(name, "request", keeps_case=True))


def test_naughty_strings_become_safe_names():
    corpus = json.loads((Path(require_corpora()) / "naughty_strings.json").read_text())
    for name in corpus:
        assert is_safe(file_stem(str(name), "request")), name


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Create order", "create-order"),
        ("Übersicht № 1", "übersicht-1"),
        ("a/b", "a-b"),
        ("v1.2", "v1.2"),
        ("con", "con-"),
        ("Aux.yml", "aux-.yml"),
    ],
)
def test_ordinary_names_stay_readable(name, stem):
    assert file_stem(name, "request") == stem


@pytest.mark.parametrize("taken", ["a.yml", "A.yml", "\uff21.yml"])
def test_names_do_not_collide_on_disks_that_ignore_case(tmp_path, taken):
    (tmp_path / taken).touch()
    assert free_name(tmp_path, "a", ".yml") == "a-2.yml"
    assert free_name(tmp_path, "a", ".yml", ignoring=taken) == "a.yml"


def test_composed_and_decomposed_accents_collide(tmp_path):
    (tmp_path / "e\u0301.yml").touch()
    assert free_name(tmp_path, "é", ".yml") == "é-2.yml"


def test_numbers_go_on(tmp_path):
    for name in ("a", "a-2", "A-3"):
        (tmp_path / name).mkdir()
    assert free_name(tmp_path, "a") == "a-4"
