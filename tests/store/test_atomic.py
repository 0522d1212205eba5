import os
import random
import signal
import stat
import subprocess
import sys
import time

import pytest

from antiphon.store import atomic
from antiphon.store.atomic import TEMPORARY_SUFFIX, remove_stale, write_atomically

SAVER = """
import sys
from pathlib import Path
from antiphon.store.atomic import write_atomically
target, contents = Path(sys.argv[1]), [bytes([letter]) * 300_000 + b"\\n" for letter in b"ab"]
print("ready", flush=True)
while True:
    for content in contents:
        write_atomically(target, content)
"""
WHOLE = {letter * 300_000 + b"\n" for letter in (b"a", b"b")}


def strays(folder):
    return [name for name in os.listdir(folder) if name.endswith(TEMPORARY_SUFFIX)]


def test_a_killed_save_leaves_the_old_content_or_the_new_and_nothing_beside_it_for_long(tmp_path):
    target = tmp_path / "request.yml"
    write_atomically(target, b"a" * 300_000 + b"\n")
    chance = random.Random(4)
    for _ in range(32):
        child = subprocess.Popen([sys.executable, "-c", SAVER, str(target)], stdout=subprocess.PIPE)
        assert child.stdout.readline() == b"ready\n"
        time.sleep(chance.random() * 0.02)
        child.kill()
        child.wait()
        child.stdout.close()
        assert target.read_bytes() in WHOLE
        for name in strays(tmp_path) if os.name != "posix" else ():
            os.utime(tmp_path / name, (1, 1))  # only age tells there
        assert len(strays(tmp_path)) <= 1
    remove_stale(tmp_path)
    assert os.listdir(tmp_path) == ["request.yml"]


def test_rights_are_kept_and_private_files_are_the_owners_alone(tmp_path):
    target = tmp_path / "f"
    write_atomically(target, b"1")
    target.chmod(0o640)
    write_atomically(target, b"2")
    write_atomically(tmp_path / "secret", b"3", private=True)
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o640
        assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    try:
        (tmp_path / "link").symlink_to("real")
    except OSError:
        pytest.skip("links may not be made here")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "real").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()


def test_a_file_is_never_emptied(tmp_path):
    with pytest.raises(ValueError, match="never empties"):
        write_atomically(tmp_path / "f", b"")


def test_a_full_disk_leaves_the_old_content_and_no_stray(tmp_path, monkeypatch):
    target = tmp_path / "f"
    target.write_bytes(b"old")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert strays(tmp_path) == []


def test_a_file_that_another_program_holds_for_a_moment_is_tried_again(tmp_path, monkeypatch):
    held = iter([PermissionError(13, "held"), PermissionError(13, "held"), None])
    real = atomic.Path.replace

    def replace(source, target):
        error = next(held)
        if error:
            raise error
        return real(source, target)

    monkeypatch.setattr(atomic.sys, "platform", "win32")
    monkeypatch.setattr(atomic.Path, "replace", replace)
    write_atomically(tmp_path / "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"new"


def test_the_file_of_a_save_that_still_runs_is_left_alone(tmp_path):
    mine = tmp_path / f".x.{os.getpid()}-00{TEMPORARY_SUFFIX}"
    old = tmp_path / f".x.{os.getpid()}-01{TEMPORARY_SUFFIX}"
    foreign = tmp_path / f"mine{TEMPORARY_SUFFIX}"
    for file in (mine, old, foreign):
        file.write_bytes(b"x")
    os.utime(old, (1, 1))
    os.utime(foreign, (1, 1))
    remove_stale(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted([mine.name, foreign.name])


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everything")
def test_a_read_only_file_is_refused(tmp_path):
    (tmp_path / "f").write_bytes(b"x")
    (tmp_path / "f").chmod(0o444)
    with pytest.raises(PermissionError):
        write_atomically(tmp_path / "f", b"y")


def test_a_signal_between_write_and_rename_leaves_no_stray(tmp_path, monkeypatch):
    def interrupted(source, target):
        raise KeyboardInterrupt(signal.SIGINT)

    monkeypatch.setattr(atomic, "_rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "f", b"x")
    assert os.listdir(tmp_path) == []
