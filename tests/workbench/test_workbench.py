"""What is open survives saving, moving, other programs, and the end of the process."""

import asyncio
import threading
from dataclasses import replace

import pytest

from antiphon.core.document import ClientCertificate, Header, ProxySettings, RequestDocument, RequestOptions
from antiphon.core.errors import UserError
from antiphon.core.events import Failed, Failure
from antiphon.core.places import places
from antiphon.store import collections as disk
from antiphon.workbench.document import OpenDocument, merged
from antiphon.workbench.feed import ExchangeFeed
from antiphon.workbench.sending import is_sample, sample_home
from antiphon.workbench.workbench import Workbench
from tests.waiting import until


@pytest.fixture
def faults():
    return []


@pytest.fixture
def workbench(qapp, faults):
    workbench = Workbench(lambda error, name: faults.append((error, name)))
    yield workbench
    workbench._journal_timer.stop()
    for document in list(workbench.documents):
        document.close()
    assert not faults


@pytest.fixture
def shop(tmp_path):
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    folder = disk.create_folder(root, "", "Orders")
    disk.create_request(root, folder, RequestDocument("Create", "POST", "http://h/orders"))
    disk.create_request(root, "", RequestDocument("Ping", "GET", "http://h/ping"))
    return root


def notices(workbench):
    told = []
    workbench.noticed.connect(told.append)
    return told


def test_a_collection_opens_once_and_is_remembered(workbench, shop):
    first = workbench.open_collection(shop)
    assert workbench.open_collection(shop / ".." / "shop") is first
    assert workbench.settings.recent_collections == (str(shop.resolve()),)


def test_a_folder_without_collection_is_refused(workbench, tmp_path):
    with pytest.raises(UserError):
        workbench.open_collection(tmp_path / "nowhere")
    assert workbench.collections == []


def test_editing_makes_dirty_and_saving_clean(workbench, shop):
    document = workbench.open_document(workbench.open_collection(shop), "ping.yml")
    assert not document.is_dirty
    document.edit(replace(document.draft, url="http://h/pong"))
    assert document.is_dirty
    assert workbench.save(document)
    assert not document.is_dirty
    assert "http://h/pong" in (shop / "ping.yml").read_text()


def test_a_new_request_is_clean_until_touched(workbench):
    document = workbench.new_document()
    assert not document.is_dirty
    document.edit(replace(document.draft, url="x"))
    assert document.is_dirty


def test_saving_as_gives_it_a_place(workbench, shop):
    collection = workbench.open_collection(shop)
    document = workbench.new_document(RequestDocument(url="http://h/new"))
    workbench.save_as(document, collection, "orders", "New one")
    assert document.path == "orders/new-one.yml" or document.path.startswith("orders/")
    assert not document.is_dirty
    assert collection.node(document.path).name == "New one"


def test_changes_of_another_program_are_merged_where_they_do_not_touch(workbench, shop):
    collection = workbench.open_collection(shop)
    document = workbench.open_document(collection, "ping.yml")
    other = disk.load_request(shop, "ping.yml")
    disk.save_request(shop, "ping.yml", replace(other, headers=(Header("X-Other", "1"),)))
    document.edit(replace(document.draft, url="http://h/mine"))
    assert workbench.save(document)
    saved = disk.load_request(shop, "ping.yml")
    assert (saved.url, saved.headers) == ("http://h/mine", (Header("X-Other", "1"),))


def test_a_conflict_writes_nothing_and_offers_both(workbench, shop):
    told = notices(workbench)
    document = workbench.open_document(workbench.open_collection(shop), "ping.yml")
    other = disk.load_request(shop, "ping.yml")
    disk.save_request(shop, "ping.yml", replace(other, url="http://h/theirs"))
    document.edit(replace(document.draft, url="http://h/mine"))
    assert not workbench.save(document)
    assert disk.load_request(shop, "ping.yml").url == "http://h/theirs"
    mine, theirs = told[-1].actions
    theirs.run()
    assert document.draft.url == "http://h/theirs"
    document.edit(replace(document.draft, url="http://h/mine"))
    mine.run()
    assert disk.load_request(shop, "ping.yml").url == "http://h/mine"


def test_documents_follow_their_file_when_it_is_renamed_moved_or_deleted(workbench, shop):
    collection = workbench.open_collection(shop)
    document = workbench.open_document(collection, "ping.yml")
    document.edit(replace(document.draft, url="http://h/edited"))
    path = collection.rename("ping.yml", "Pong")
    assert (document.path, document.draft.name, document.draft.url) == (path, "Pong", "http://h/edited")
    moved = collection.move(path, "orders", None)
    assert document.path == moved
    collection.delete(moved)
    assert document.path == ""
    assert document.is_dirty


def test_a_draft_survives_the_process(workbench, shop, qapp):
    document = workbench.open_document(workbench.open_collection(shop), "ping.yml")
    document.edit(replace(document.draft, url="http://h/unsaved"))
    scratch = workbench.new_document()
    scratch.edit(replace(scratch.draft, url="http://h/scratch"))
    workbench.keep_session(1)
    again = Workbench(lambda error, name: None)
    told = notices(again)
    assert again.restore() is again.documents[1]
    assert [(one.draft.url, one.is_dirty) for one in again.documents] == [
        ("http://h/unsaved", True),
        ("http://h/scratch", True),
    ]
    assert "2 unsaved requests" in told[-1].title
    again._journal_timer.stop()
    for one in again.documents:
        one.close()


def test_a_saved_draft_does_not_come_back(workbench, shop):
    document = workbench.open_document(workbench.open_collection(shop), "ping.yml")
    document.edit(replace(document.draft, url="http://h/x"))
    workbench._write_journal()
    assert len(workbench.journal.drafts()) == 1
    workbench.save(document)
    assert workbench.journal.drafts() == []


def test_the_session_brings_back_environment_and_order(workbench, shop):
    collection = workbench.open_collection(shop)
    collection.create_environment("Local")
    collection.choose_environment("Local")
    for path in ("orders/create.yml", "ping.yml"):
        workbench.open_document(collection, path)
    workbench.keep_session(0, closed=True)
    again = Workbench(lambda error, name: None)
    assert again.restore() is again.documents[0]
    assert [one.path for one in again.documents] == ["orders/create.yml", "ping.yml"]
    assert again.current.environment_name == "Local"
    for one in again.documents:
        one.close()


def test_the_sample_is_a_copy_that_may_be_edited(workbench):
    collection = workbench.open_sample()
    assert is_sample(collection)
    assert collection.root == sample_home().resolve()
    first = collection.first_request()
    document = workbench.open_document(collection, first.path)
    document.edit(replace(document.draft, docs="mine"))
    assert workbench.save(document)
    assert workbench.open_sample() is collection


async def test_what_changed_on_disk_is_taken_over_but_edits_are_not_lost(workbench, shop):
    collection = workbench.open_collection(shop)
    clean = workbench.open_document(collection, "ping.yml")
    edited = workbench.open_document(collection, "orders/create.yml")
    edited.edit(replace(edited.draft, url="http://h/mine"))
    for path in ("ping.yml", "orders/create.yml"):
        disk.save_request(shop, path, replace(disk.load_request(shop, path), url="http://h/theirs"))
    disk.create_request(shop, "", RequestDocument("Fresh"))
    await workbench.look_at_disk()
    assert clean.draft.url == "http://h/theirs"
    assert edited.draft.url == "http://h/mine"
    assert "Fresh" in [node.name for node in collection.tree.top.children]


async def test_a_look_at_the_disk_that_was_overtaken_by_a_change_is_dropped(workbench, shop, monkeypatch):
    collection = workbench.open_collection(shop)
    has_read, may_answer = threading.Event(), threading.Event()
    read = disk.open_collection

    def slow_reading(root):
        tree = read(root)
        if threading.current_thread() is not threading.main_thread():
            has_read.set()
            may_answer.wait(10)
        return tree

    monkeypatch.setattr(disk, "open_collection", slow_reading)
    look = asyncio.get_running_loop().create_task(workbench.look_at_disk())
    await until(has_read.is_set)
    moved = collection.move("ping.yml", "orders", None)
    may_answer.set()
    await look
    assert collection.node(moved) is not None
    assert collection.node("ping.yml") is None


def test_merging_takes_both_sides_or_says_no():
    base = RequestDocument("n", url="u")
    assert merged(base, replace(base, url="mine"), replace(base, name="theirs")) == RequestDocument(
        "theirs", url="mine"
    )
    assert merged(base, replace(base, url="same"), replace(base, url="same")).url == "same"
    assert merged(base, replace(base, url="mine"), replace(base, url="theirs")) is None


def test_saving_what_nobody_changed_leaves_the_file_alone(workbench, shop):
    document = workbench.open_document(workbench.open_collection(shop), "ping.yml")
    file = shop / "ping.yml"
    file.write_text(file.read_text() + "# a comment\n")
    before = file.stat()
    assert workbench.save(document)
    assert file.stat().st_mtime_ns == before.st_mtime_ns


def test_a_file_that_is_gone_is_made_anew_by_saving_its_edits(workbench, shop):
    document = workbench.open_document(workbench.open_collection(shop), "ping.yml")
    document.edit(replace(document.draft, url="http://h/kept"))
    (shop / "ping.yml").unlink()
    assert workbench.save(document)
    assert disk.load_request(shop, "ping.yml").url == "http://h/kept"


def test_a_broken_file_is_not_written_over(workbench, shop):
    document = workbench.open_document(workbench.open_collection(shop), "ping.yml")
    document.edit(replace(document.draft, url="http://h/kept"))
    (shop / "ping.yml").write_text("info: [")
    with pytest.raises(UserError):
        workbench.save(document)
    assert (shop / "ping.yml").read_text() == "info: ["
    assert document.is_dirty


async def test_a_file_removed_by_another_program_leaves_an_unsaved_tab(workbench, shop):
    told = notices(workbench)
    document = workbench.open_document(workbench.open_collection(shop), "ping.yml")
    (shop / "ping.yml").unlink()
    await workbench.look_at_disk()
    assert (document.path, document.is_dirty, document.draft.url) == ("", True, "http://h/ping")
    assert "ping.yml is gone" in told[-1].title


async def test_a_collection_that_is_gone_is_said_once(workbench, shop):
    told = notices(workbench)
    document = workbench.open_document(workbench.open_collection(shop), "ping.yml")
    shop.rename(shop.with_name("elsewhere"))
    await workbench.look_at_disk()
    await workbench.look_at_disk()
    assert [notice.level for notice in told] == ["error"]
    assert document.path == "ping.yml"


def test_deleting_closes_a_clean_tab_and_keeps_a_dirty_one(workbench, shop):
    collection = workbench.open_collection(shop)
    clean = workbench.open_document(collection, "orders/create.yml")
    dirty = workbench.open_document(collection, "ping.yml")
    dirty.edit(replace(dirty.draft, url="http://h/mine"))
    trashed = collection.delete("orders")
    collection.delete("ping.yml")
    assert clean not in workbench.documents
    assert (dirty.path, dirty.is_dirty, dirty.draft.url) == ("", True, "http://h/mine")
    assert collection.restore(trashed) == "orders"
    assert collection.node("orders/create.yml") is not None


def test_edits_of_a_deleted_request_come_back_after_a_crash_once(workbench, shop):
    collection = workbench.open_collection(shop)
    document = workbench.open_document(collection, "ping.yml")
    document.edit(replace(document.draft, url="http://h/mine"))
    collection.delete("ping.yml")
    workbench.keep_session(0)
    again = Workbench(lambda error, name: None)
    again.restore()
    assert [(one.path, one.draft.url) for one in again.documents] == [("", "http://h/mine")]
    assert len(again.journal.drafts()) == 1
    again._journal_timer.stop()


def test_the_tab_in_front_is_found_behind_new_ones_that_are_not_kept(workbench, shop):
    collection = workbench.open_collection(shop)
    workbench.new_document()
    workbench.open_document(collection, "orders/create.yml")
    workbench.open_document(collection, "ping.yml")
    workbench.keep_session(2, closed=True)
    again = Workbench(lambda error, name: None)
    assert again.restore().path == "ping.yml"


def test_broken_settings_are_said_at_the_start(home, qapp):
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.json").write_text("{")
    workbench = Workbench(lambda error, name: None)
    told = notices(workbench)
    workbench.restore()
    assert "settings" in told[-1].title


def test_a_plain_folder_becomes_a_collection_and_keeps_its_files(workbench, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert workbench.is_plain_folder(tmp_path)
    workbench.create_collection_in(tmp_path, "Mine")
    assert not workbench.is_plain_folder(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


async def test_who_waits_sees_time_pass(qtloop):
    feed = ExchangeFeed()
    seen = []
    feed.changed.connect(lambda: seen.append(True))
    await until(lambda: len(seen) >= 2)
    feed.accept(Failed(Failure("cancelled", "Cancelled.", ""), 1.0))
    seen.clear()
    await until(lambda: seen)
    await asyncio.sleep(0.5)
    assert len(seen) == 1
    feed.close()
    feed.deleteLater()


def test_the_programs_proxy_reaches_every_request_and_its_password_is_kept_apart(workbench, shop):
    free = workbench.new_document(RequestDocument(url="http://h/"))
    in_collection = workbench.open_document(workbench.open_collection(shop), "ping.yml")
    workbench.change_settings(proxy=ProxySettings("manual", "http://p:1", "ada", "pa55word"))
    assert in_collection.prepared().options.proxy.password == "pa55word"
    assert free.prepared().options.proxy.url == "http://p:1"
    assert "pa55word" not in (places().config / "settings.json").read_text()
    workbench.change_settings(proxy=ProxySettings("none"))
    assert free.prepared().options.proxy == ProxySettings("none")


def test_a_collections_proxy_is_saved_and_used_at_once(workbench, shop):
    collection = workbench.open_collection(shop)
    document = workbench.open_document(collection, "ping.yml")
    assert document.prepared().options.proxy.mode == "system"
    own = collection.own_defaults("")
    certificate = ClientCertificate("*", "pem", "c.pem")
    collection.save_defaults("", replace(own, proxy=ProxySettings("none"), certificates=(certificate,)))
    assert collection.own_defaults("").proxy == ProxySettings("none")
    assert document.prepared().options.proxy.mode == "none"
    assert [one.certificate_file for one in document.prepared().options.client_certificates] == [
        str(collection.root / "c.pem")
    ]


def test_a_header_that_is_left_out_is_offered_in_its_place_with_the_value_it_would_have():
    options = RequestOptions(omitted_headers=("host",))
    document = OpenDocument(RequestDocument(url="http://one/", options=options))
    document.edit(replace(document.draft, url="http://two/"))
    assert document.offered_headers()[0].value == "two"
    assert "host" not in [header.name.lower() for header in document.prepared().headers]
