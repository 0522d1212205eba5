import errno
import os
import threading

import pytest

from antiphon.body.spool import SpoolFile
from antiphon.body.store import BodyStore
from antiphon.core.places import places


@pytest.fixture
def make(tmp_path):
    stores = []

    def make(limit=1000):
        stores.append(BodyStore(tmp_path / "spool", memory_limit_bytes=limit))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


def test_a_small_body_stays_in_memory_and_makes_no_folder(make, tmp_path):
    store = make()
    store.append(b"a" * 1000)
    assert store.spool is None
    assert not (tmp_path / "spool").exists()
    assert store.read(990, 100) == b"a" * 10


def test_a_body_beyond_the_limit_moves_to_a_spool_file_unchanged(make):
    store, content = make(), os.urandom(5000)
    for start in range(0, 5000, 300):
        store.append(content[start : start + 300])
    assert store.spool is not None
    assert (store.size_bytes, store.read(0, 9999), store.read(777, 500)) == (5000, content, content[777:1277])
    assert store.read(5000, 10) == b""


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot open a file without a name")
def test_the_spool_file_has_no_name_on_disk(make, tmp_path):
    store = make()
    store.append(bytes(5000))
    assert list((tmp_path / "spool").iterdir()) == []


def test_the_default_folder_is_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path))
    store = BodyStore(memory_limit_bytes=1)
    store.append(b"abc")
    assert (places().cache / "bodies").is_dir()
    store.close()


def test_a_full_disk_raises_and_what_came_stays_readable(make, monkeypatch):
    store, room = make(10), 100
    real = os.pwrite

    def pwrite(descriptor, chunk, offset):
        if offset >= room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, bytes(chunk)[: room - offset], offset)

    monkeypatch.setattr(os, "pwrite", pwrite)
    store.append(b"x" * 60)
    with pytest.raises(OSError, match="No space left"):
        store.append(b"y" * 60)
    assert store.read(0, 200) == b"x" * 60 + b"y" * 40
    assert store.size_bytes == 100


def test_a_disk_that_is_full_at_the_spill_leaves_the_memory_readable(make, monkeypatch):
    store = make(10)
    store.append(b"0123456789")
    monkeypatch.setattr(os, "pwrite", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
    with pytest.raises(OSError, match="full"):
        store.append(b"more")
    assert store.read(0, 99) == b"0123456789"


def test_nothing_is_appended_after_finish_or_close(make):
    store = make()
    store.finish()
    with pytest.raises(ValueError, match="finished"):
        store.append(b"x")


def test_a_closed_store_reads_empty_and_gives_its_descriptor_back(make):
    store = make(1)
    store.append(bytes(100))
    descriptor = store.spool.shared_descriptors[0]
    store.close()
    store.close()
    assert store.read(0, 10) == b""
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_a_reader_at_work_keeps_the_descriptor_until_it_leaves(tmp_path):
    spool = SpoolFile.create(tmp_path)
    with spool._pinned() as descriptor:
        spool.close()
        os.fstat(descriptor)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_readers_see_whole_bytes_while_the_writer_spills(make):
    store = make(50_000)
    wrong = []

    def reader():
        while not store.is_finished:
            size = store.size_bytes
            if size and store.read(size - 1, 1) != bytes([(size - 1) % 251]):
                wrong.append(size)

    threads = [threading.Thread(target=reader) for _ in range(2)]
    for thread in threads:
        thread.start()
    pattern = bytes(range(251))
    for _ in range(2000):
        store.append(pattern)
    store.finish()
    for thread in threads:
        thread.join()
    assert wrong == []
