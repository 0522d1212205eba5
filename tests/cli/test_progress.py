import io

import pytest

from antiphon.cli.progress import Progress, StatusLine
from antiphon.core.document import RequestDocument
from antiphon.core.events import BodyAdvanced, Head, HeadReceived, HopBegan
from antiphon.core.prepare import prepare


class Screen(io.StringIO):
    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.fixture
def terminal():
    return Screen(is_terminal=True)


@pytest.fixture
def pipe():
    return Screen(is_terminal=False)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def head(*headers: tuple[str, str]) -> HeadReceived:
    return HeadReceived(Head(200, "OK", "HTTP/1.1", headers), 0)


def test_a_terminal_line_renews_itself_ten_times_a_second_at_most(terminal):
    clock = Clock()
    progress = Progress("big.bin", StatusLine(terminal), clock)
    progress.watch(head(("Content-Length", "4000")))
    for size in range(0, 4001, 100):
        clock.now += 0.01
        progress.watch(BodyAdvanced(size, size, 0))
    progress.end()
    assert terminal.getvalue().count("\r") == 5
    assert terminal.getvalue().endswith("\rbig.bin: 4.00 KB of 4.00 KB (100 %), 9.76 KB/s\n")


def test_elsewhere_a_short_download_is_one_line(pipe):
    clock = Clock()
    progress = Progress("f", StatusLine(pipe), clock)
    progress.watch(head())
    clock.now = 1.0
    progress.watch(BodyAdvanced(500, 900, 0))
    progress.end()
    assert pipe.getvalue() == "f: 500 B, 500 B/s\n"


def test_the_next_hop_counts_anew(pipe):
    progress = Progress("f", StatusLine(pipe), Clock())
    progress.watch(head(("content-length", "10")))
    progress.watch(BodyAdvanced(10, 10, 0))
    progress.watch(HopBegan(prepare(RequestDocument(url="http://a.test")), 0))
    assert progress.text() == "f: 0 B"


@pytest.mark.parametrize("length", ["", "many", "-1", "\u0661"])
def test_a_length_that_is_no_number_is_not_expected(pipe, length):
    progress = Progress("f", StatusLine(pipe), Clock())
    progress.watch(head(("Content-Length", length)))
    assert progress.text() == "f: 0 B"


def test_a_shorter_text_leaves_nothing_of_a_longer_one(terminal):
    line = StatusLine(terminal)
    line.show("10 of 10")
    line.show("done")
    line.clear()
    assert terminal.getvalue() == "\r10 of 10\rdone    \r    \r"
