"""What the guides say of the server and the sample is so."""

import re
from pathlib import Path

from antiphon.core.collection import requests_below
from antiphon.practice.app import ROUTES
from antiphon.practice.sample import sample_folder
from antiphon.store.collections import open_collection

GUIDE = Path(__file__).parents[2] / "docs" / "guide"


def test_the_guide_lists_every_route_in_the_words_of_the_index() -> None:
    rows = re.findall(
        r"^\| `(/.*?)` \| (.*?) \| (.*?) \|$", (GUIDE / "practice-server.md").read_text("utf-8"), re.M
    )
    expected = [
        (route.template, "any" if len(route.methods) == 5 else ", ".join(route.methods), route.summary)
        for route in ROUTES
    ]
    assert rows == expected


def test_the_tutorial_names_every_request_of_the_sample_and_no_other() -> None:
    text = re.sub(r"\*\*.*?\*\*", "", (GUIDE / "tutorial.md").read_text("utf-8"))
    top = open_collection(sample_folder()).top
    requests = {node.name for node in requests_below(top)}
    folders = {node.name for node in top.children}
    spoken = {name for group in re.findall(r"\*([^*|]+?)\*", text) for name in group.split(" › ")}
    others = {"Try Antiphon", "Sent", "Headers", "Cookies", "Folder", "Request", "3 Client"}
    assert spoken - requests - folders - others == set()
    users = {"Ada Lovelace", "Grace Hopper", "Alan Turing", "Barbara Liskov", "Nobody"}
    assert requests - spoken - users == set()
    assert [line for line in re.findall(r"^## (.*)$", text, re.M)] == sorted(folders)
