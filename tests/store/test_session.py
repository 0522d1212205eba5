import os
import random
import stat
import subprocess
import sys
import time

import pytest
from hypothesis import given

from antiphon.core.document import BasicAuth, RequestDocument, TextBody
from antiphon.core.places import places
from antiphon.store.session import Journal, Session, SessionTab, load_session, save_session
from tests.store.documents import documents

SESSION = Session(
    ("/a", "/b"),
    (SessionTab("/a", "x.yml", "k"), SessionTab("", "", "new|1")),
    1,
    {"/a": "Local"},
    "/b",
    was_closed=True,
)
TYPIST = """
from antiphon.core.document import RequestDocument, TextBody
from antiphon.store.session import Journal
journal = Journal()
journal.keep("k", RequestDocument(url="0", body=TextBody("json", "0" * 100_000)))
print("ready", flush=True)
for count in range(10**9):
    journal.keep("k", RequestDocument(url=str(count), body=TextBody("json", str(count % 10) * 100_000)))
"""


def test_a_session_comes_back():
    assert load_session() == Session()
    save_session(SESSION)
    assert load_session() == SESSION


@pytest.mark.parametrize(
    "data",
    [b"{", b"[1]", b'{"tabs": 5}', b'{"tabs": [{}]}', b'{"active": "x"}', b'{"environments": []}', b"\xff"],
)
def test_a_broken_session_is_an_empty_one(data):
    places().data.mkdir(parents=True)
    (places().data / "session.json").write_bytes(data)
    assert load_session() == Session()


@given(documents)
def test_a_draft_comes_back_exactly(document):
    journal = Journal()
    journal.keep("k", document)
    (draft,) = journal.drafts()
    assert (draft.key, draft.document) == ("k", document)


def test_a_draft_may_hold_what_no_file_can():
    odd = RequestDocument(name="", method="", body=TextBody("text", "\ud800\x00"))
    Journal().keep("\ud800", odd)
    assert [(draft.key, draft.document) for draft in Journal().drafts()] == [("\ud800", odd)]


def test_drafts_are_replaced_dropped_and_listed_oldest_first():
    journal = Journal()
    for key in ("b", "a"):
        journal.keep(key, RequestDocument(name=key))
        time.sleep(0.01)
    journal.keep("b", RequestDocument(name="newer"))
    assert [draft.document.name for draft in journal.drafts()] == ["a", "newer"]
    journal.drop("a")
    journal.drop("never kept")
    assert [draft.key for draft in journal.drafts()] == ["b"]


@pytest.mark.parametrize("data", [b"{", b"{}", b'{"key": "k", "document": {":": "Nonsense"}}', b'{"key": 1, "document": {":": "RequestDocument"}}',
                                  b'{"key": "k", "document": {":": "BasicAuth"}}', b'{"key": "k", "document": {}}'])  # fmt: skip
def test_a_broken_draft_is_kept_aside_and_harms_no_other(data):
    journal = Journal()
    journal.keep("good", RequestDocument())
    (places().data / "drafts" / "bad.json").write_bytes(data)
    assert [draft.key for draft in journal.drafts()] == ["good"]
    assert (places().data / "drafts" / "bad.json.broken").read_bytes() == data


def test_fields_of_a_newer_version_are_left_out():
    (places().data / "drafts").mkdir(parents=True)
    (places().data / "drafts" / "n.json").write_text(
        '{"key": "k", "document": {":": "RequestDocument", "name": "n", "hologram": 1}}'
    )
    assert [draft.document for draft in Journal().drafts()] == [RequestDocument(name="n")]


@pytest.mark.skipif(os.name != "posix", reason="rights are of another kind here")
def test_a_draft_is_its_owners_alone():
    Journal().keep("k", RequestDocument(auth=BasicAuth("u", "hunter2")))
    (file,) = (places().data / "drafts").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_killed_program_leaves_its_draft_whole():
    chance = random.Random(5)
    for _ in range(10):
        child = subprocess.Popen([sys.executable, "-c", TYPIST], stdout=subprocess.PIPE)
        assert child.stdout.readline() == b"ready\n"
        time.sleep(chance.random() * 0.05)
        child.kill()
        child.wait()
        child.stdout.close()
        (draft,) = Journal().drafts()
        assert draft.document.body == TextBody("json", draft.document.url[-1] * 100_000)
    assert len(list((places().data / "drafts").iterdir())) == 1
