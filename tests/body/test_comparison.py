"""The comparison as the window has it: a helper process that can be killed, and rows read from files."""

import os
import time
from array import array

import pytest

from antiphon.body.compare import ComparedSide, CompareOptions
from antiphon.body.comparison import ROW_BYTES, ComparedPieces, Comparison
from antiphon.body.ignored_paths import patterns_of
from antiphon.body.pieces import Pieces, Sign
from antiphon.body.spool import SpoolFile
from tests.body.comparing import spooled


@pytest.fixture
def start(tmp_path):
    made = []

    def begin(left, right, language="json", **options):
        sides = [ComparedSide(spooled(content, tmp_path), language, "utf-8") for content in (left, right)]
        made.append((Comparison(*sides, CompareOptions(**options), tmp_path), sides))
        return made[-1][0]

    yield begin
    for comparison, sides in made:
        comparison.close()
        for side in sides:
            side.body.close()


def done(comparison):
    end = time.monotonic() + 20
    while not comparison.poll():
        assert time.monotonic() < end
        time.sleep(0.005)
    return comparison


def started(comparison):
    end = time.monotonic() + 20
    while comparison.process_id is None:
        assert time.monotonic() < end
        time.sleep(0.005)
    return comparison.process_id


def is_running(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_helper_tells_rows_signs_and_paths(start):
    comparison = done(start(b'{"a":1,"b":[1]}', b'{"a":2,"b":[1,"x"]}', ignored=patterns_of("$.c")))
    assert not comparison.error
    pieces = comparison.pieces()
    assert [pieces.path(number) for number in pieces.differences] == ["$.a", "$.b[1]"]
    changed = pieces.row(pieces.differences[0], 0)
    assert changed.sign == Sign.CHANGED
    assert comparison.text(0).row(changed.left).text == b'  "a": 1,'
    assert comparison.text(1).row(changed.right)[:] == (b'  "a": 2,', 9, 2)
    assert list(pieces.starts) == [0, 1, 2, 4, 5, 7]
    assert comparison.process_id is None


def test_of_a_long_row_the_beginning_is_read_and_any_part_on_demand(start):
    text = b"x" * 9000
    comparison = done(start(b'["%b"]' % text, b'["%b!"]' % text))
    row = comparison.text(1).row(1)
    assert (len(row.text), row.size_bytes) == (ROW_BYTES, 9000 + 5)
    assert comparison.text(1).row(1, 9000).text == b'xxx!"'
    assert comparison.text(1).row(99) == (b"", 0, 0)


def test_closing_kills_the_helper_in_the_middle(start):
    body = b"[" + b"1," * 2_000_000 + b"1]"
    comparison = start(body, body[:-1] + b",2]")
    process_id = started(comparison)
    assert is_running(process_id)
    comparison.close()
    end = time.monotonic() + 5
    while is_running(process_id):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_progress_is_told_before_the_end(start):
    body = b"[" + b"1," * 300_000 + b"1]"
    comparison = start(body, body[:-1] + b",2]")
    seen = set()
    end = time.monotonic() + 30
    while not comparison.poll():
        seen.add(comparison.progress)
        assert time.monotonic() < end
        time.sleep(0.005)
    assert len(seen) > 2
    assert max(seen) <= 1


def test_a_helper_that_dies_is_an_error_and_no_silence(start):
    body = b"[" + b"1," * 2_000_000 + b"1]"
    comparison = start(body, body[:-1] + b",2]")
    os.kill(started(comparison), 9)
    assert done(comparison).error == "the helper process ended early"


def test_closing_at_once_starts_nothing_that_stays(start):
    for _ in range(5):
        comparison = start(b"[1]", b"[2]")
        comparison.close()
        comparison._thread.join(10)
        assert not comparison._thread.is_alive()


def test_the_difference_near_a_row_is_the_next_one_else_the_last():
    made = Pieces()
    made.equal(0, 4, 0, 4)
    made.different(Sign.ADDED, 4, 0, 4, 2)
    made.equal(4, 3, 6, 3)
    made.different(Sign.CHANGED, 7, 2, 9, 1)
    made.different(Sign.IGNORED, 9, 1, 10, 1)
    pieces = ComparedPieces(array("I", made.numbers), SpoolFile.create(None))
    assert [pieces.difference_near(row) for row in range(12)] == [0] * 5 + [1] * 7
    pieces._paths.close()
