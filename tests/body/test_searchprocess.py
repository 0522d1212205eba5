import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from antiphon.body import searchprocess
from antiphon.body.query import Query
from antiphon.body.scan import Part, Scanner
from antiphon.body.searchprocess import Answer, Task, answer_to, query_line, search_command


def part_of(text):
    return Part(0, 0, len(text), len(text), 0)


def read_back(answer):
    stream = io.BytesIO()
    answer.write(stream)
    stream.seek(0)
    return Answer.read(stream)


@pytest.mark.parametrize("query", [Query("a"), Query("b."), Query("x"), Query(".", is_regex=True)])
def test_an_answer_is_read_as_it_was_written(query):
    answer = answer_to(Scanner(query), part_of(b"abab ab."), b"abab ab.", wants_places=True)
    assert read_back(answer) == answer


def test_an_answer_without_places_counts_the_same():
    text = b"abab ab" * 100
    for query in (Query("ab", is_case_sensitive=True), Query("ab"), Query("[ab]", is_regex=True)):
        with_places, without = (
            answer_to(Scanner(query), part_of(text), text, wants_places=wants, is_dense=True)
            for wants in (True, False)
        )
        assert not without.lengths
        assert sum(without.leaf_counts) == len(with_places.lengths) == sum(with_places.leaf_counts)


def test_more_places_than_the_limit_are_not_sent(monkeypatch):
    monkeypatch.setattr(searchprocess, "PLACES_LIMIT", 3)
    answer = answer_to(Scanner(Query("a")), part_of(b"aaaa"), b"aaaa", wants_places=True)
    assert (len(answer.lengths), sum(answer.leaf_counts)) == (0, 4)


def test_an_answer_cut_short_is_an_end():
    with pytest.raises(EOFError):
        Answer.read(io.BytesIO(b"short"))


def test_the_process_answers_tasks_and_ends_with_its_input():
    words = [query_line(Query("é"), "latin-1")]
    words += [Task(part_of(text), True, text).line() for text in (b"\xe9\xc9", b"nothing")]
    done = subprocess.run(search_command(None), input=b"".join(words), capture_output=True, timeout=30)
    stream = io.BytesIO(done.stdout)
    assert list(Answer.read(stream).starts) == [0, 1]
    assert not Answer.read(stream).lengths
    assert (done.returncode, done.stderr, stream.read()) == (0, b"", b"")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no interval timer")
def test_the_process_ends_in_the_middle_of_an_expression_when_its_parent_is_gone():
    text = b"a" * 5000
    words = (
        query_line(Query("(a+)+(?!a)$b|(a+)+(?=b)", is_regex=True), "utf-8")
        + Task(part_of(text), True, text).line()
    )
    parent = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen({search_command(None)!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        f"child.stdin.write({words!r}); child.stdin.flush()\n"
        "print(child.pid, flush=True); time.sleep(0.5)\n"
    )
    done = subprocess.run([sys.executable, "-c", parent], stdout=subprocess.PIPE, timeout=30)
    end = time.monotonic() + 10
    while is_running(int(done.stdout)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not is_running(int(done.stdout))


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not stat.exists() or stat.read_text().split()[2] != "Z"
