import subprocess
import sys

import pytest

from antiphon.body.helper_process import close_pipes, end, tell_finish, write_all

WAITS = "from antiphon.body.helper_process import finish_awaited; import time\nprint('up', flush=True)\nover = finish_awaited()\nprint(over.wait(20), flush=True)"


@pytest.fixture
def helper():
    helper = subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    yield helper
    end(helper)
    close_pipes(helper)


def test_a_helper_is_told_that_the_source_is_whole(helper):
    assert helper.stdout.readline().strip() == b"up"
    tell_finish(helper)
    assert helper.stdout.readline().strip() == b"True"


def test_a_helper_whose_parent_is_gone_ends_at_once(helper):
    assert helper.stdout.readline().strip() == b"up"
    helper.stdin.close()
    assert helper.wait(10) == 1


def test_a_helper_that_has_ended_is_told_all_the_same(helper):
    end(helper)
    tell_finish(helper)


def test_all_is_written_where_the_disk_takes_it_in_pieces():
    class Slow:
        def __init__(self):
            self.pieces = []

        def write(self, text, offset):
            self.pieces.append((offset, bytes(text[:3])))
            return min(3, len(text))

    target = Slow()
    assert write_all(target, b"abcdefgh", 100) == 8
    assert target.pieces == [(100, b"abc"), (103, b"def"), (106, b"gh")]
