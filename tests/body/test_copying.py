import os
import threading
import time

import pytest

from antiphon.body.copying import copy_part, follow, part_of
from antiphon.body.store import BodyStore


@pytest.fixture
def store(tmp_path):
    store = BodyStore(tmp_path / "spool", memory_limit_bytes=1000)
    yield store
    store.close()


def names(folder):
    return [path.name for path in folder.iterdir() if path.is_file()]


def test_every_byte_is_copied_and_progress_told(store, tmp_path):
    content, told = os.urandom(2_500_000), []
    store.append(content)
    copy_part(store, tmp_path / "out.bin", 0, store.size_bytes, told.append)
    assert (tmp_path / "out.bin").read_bytes() == content
    assert told == [1 << 20, 2 << 20, 2_500_000]


def test_a_part_is_copied(store, tmp_path):
    store.append(b"0123456789")
    copy_part(store, tmp_path / "out.bin", 3, 7)
    assert (tmp_path / "out.bin").read_bytes() == b"3456"


def test_a_copy_given_up_leaves_nothing_behind(store, tmp_path):
    store.append(bytes(100))

    def give_up(_done):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        copy_part(store, tmp_path / "out.bin", 0, 100, give_up)
    assert names(tmp_path) == []


def test_a_body_is_copied_while_it_arrives(store, tmp_path):
    content = os.urandom(3_000_000)

    def arrive():
        for start in range(0, len(content), 100_000):
            store.append(content[start : start + 100_000])
            time.sleep(0.001)
        store.finish()

    thread = threading.Thread(target=arrive)
    thread.start()
    copied = follow(store, tmp_path / "out.bin", lambda: time.sleep(0.001))
    thread.join()
    assert copied == len(content)
    assert part_of(tmp_path / "out.bin").read_bytes() == content


def test_what_arrived_before_it_was_given_up_stays_in_the_part_file(store, tmp_path):
    store.append(b"so far")

    def give_up():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        follow(store, tmp_path / "out.bin", give_up)
    assert names(tmp_path) == ["out.bin.part"]
    assert part_of(tmp_path / "out.bin").read_bytes() == b"so far"


def test_a_body_closed_too_early_is_told(store, tmp_path):
    class Closing:
        is_finished = False
        size_bytes = 10

        def read(self, offset, count):
            self.is_finished = True
            return b""

    with pytest.raises(OSError, match="let go"):
        follow(Closing(), tmp_path / "out.bin", lambda: None)
