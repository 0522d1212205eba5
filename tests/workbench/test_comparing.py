"""What a document's answer is compared with, when, and for how long what is compared stays."""

import asyncio

import pytest

from antiphon.core.document import RequestDocument
from antiphon.core.errors import UserError
from antiphon.core.events import Finished, Head, HeadReceived, HopBegan
from antiphon.core.prepare import Context, prepare
from antiphon.workbench.comparing import Comparing
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.tasks import Tasks
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("qapp")
REQUEST = prepare(RequestDocument(url="http://a.test/"), Context())


class Answers:
    """Sends that are answered at once, with the next of *bodies*; None fails before there is a head."""

    def __init__(self, *bodies):
        self.bodies = list(bodies)

    async def ready(self, _collection):
        async def send(_prepared, body, emit, *_more):
            content = self.bodies.pop(0)
            emit(HopBegan(REQUEST, 0.0))
            if content is not None:
                headers = (("Content-Type", "application/json"),)
                emit(HeadReceived(Head(200, "OK", "HTTP/1.1", headers), 0.5))
                body.append(content)
            emit(Finished(1.0))

        return send


class Bench:
    def __init__(self, *bodies):
        self.tasks = Tasks(lambda error, _name: self.faults.append(error))
        self.faults = []
        self.answers = Answers(*bodies)
        self.document = OpenDocument(RequestDocument(url="http://a.test/"))
        self.comparing = None

    async def send(self):
        before = self.document.feed
        self.document.send(self.tasks, self.answers)
        await until(lambda: self.document.feed is not before and self.document.feed.exchange.is_over)
        await until(lambda: not self.document.is_sending)
        await asyncio.sleep(0.03)

    def compare(self):
        self.comparing = Comparing(self.document)
        return self.comparing

    async def found(self):
        comparing = self.comparing
        await until(lambda: comparing.comparison is not None and comparing.progress is None)
        assert not comparing.comparison.error
        return comparing.comparison.outcome

    async def close(self):
        if self.comparing is not None:
            self.comparing.close()
            self.comparing.deleteLater()
        self.document.close()
        await self.tasks.close()
        assert self.faults == []


async def test_of_former_answers_one_stays_and_one_that_is_kept(qtloop):
    bench = Bench(b"1", b"2", b"3", b"4")
    document = bench.document
    await bench.send()
    first = document.feed
    document.keep()
    await bench.send()
    second = document.feed
    await bench.send()
    assert (document.kept, document.previous) == (first, second)
    await bench.send()
    assert second.body.is_closed
    assert not first.body.is_closed
    assert document.previous.body.read(0, 9) == b"3"
    third = document.previous
    document.keep()
    assert first.body.is_closed
    assert document.kept is document.feed
    await bench.close()
    assert third.body.is_closed
    assert document.feed.body.is_closed


async def test_a_sending_that_brought_no_answer_does_not_take_the_place_of_one(qtloop):
    bench = Bench(b"1", None, b"3")
    for _ in range(3):
        await bench.send()
    assert bench.document.previous.body.read(0, 9) == b"1"
    await bench.close()


async def test_the_comparison_follows_each_new_answer(qtloop):
    bench = Bench(b'{"a":1}', b'{"a":2}', b'{"a":2}')
    await bench.send()
    comparing = bench.compare()
    assert comparing.other is None
    assert comparing.comparison is None
    await bench.send()
    assert (await bench.found()).differences == 1
    assert [side.title.split(" · ")[:2] for side in comparing.sides] == [
        ["Answer before", "200 OK"],
        ["Answer shown", "200 OK"],
    ]
    await bench.send()
    assert (await bench.found()).manner == "equal"
    await bench.close()


async def test_what_is_kept_is_compared_first_and_what_is_chosen_before_that(qtloop, tmp_path):
    bench = Bench(b'{"a":1}', b'{"a":2}', b'{"a":3}')
    file = tmp_path / "saved.json"
    file.write_text('{"a": 3, "b": []}')
    await bench.send()
    bench.document.keep()
    comparing = bench.compare()
    assert comparing.available == []
    await bench.send()
    await bench.send()
    assert (comparing.other, comparing.available) == ("kept", ["kept", "previous"])
    comparing.choose("previous")
    assert comparing.other == "previous"
    comparing.choose_file(file)
    assert (await bench.found()).differences == 1
    assert comparing.sides[0].title == "saved.json"
    await bench.close()
    assert file.exists()


async def test_what_is_compared_stays_readable_when_the_document_lets_go_of_it(qtloop):
    bench = Bench(b'{"a":1}', b"[%s]" % (b"1," * 800_000 + b"1"), b'{"a":2}')
    await bench.send()
    await bench.send()
    comparing = bench.compare()
    left, right = comparing.sides
    bench.document.feed.body.close()
    bench.document.previous.body.close()
    assert left.body.body.read(0, 7) == b'{"a":1}'
    assert right.body.body.size() > 1_600_000
    await bench.close()
    assert right.body.body.read(0, 7) == b""


async def test_ignored_paths_are_kept_for_the_request_and_wrong_ones_change_nothing(qtloop):
    bench = Bench(b'{"a":1,"t":1}', b'{"a":2,"t":2}')
    await bench.send()
    await bench.send()
    comparing = bench.compare()
    comparing.ignore("$.t")
    assert (await bench.found()).differences == 1
    with pytest.raises(UserError):
        comparing.ignore("$.t nonsense")
    assert comparing.ignored_text == "$.t"
    comparing.ignore("$.t $.a")
    assert (await bench.found()).differences == 0
    assert Comparing(bench.document).ignored_text == "$.t $.a"
    await bench.close()


async def test_a_comparison_that_is_stopped_leaves_what_was_found_and_begins_anew_when_asked(qtloop):
    big = b"[" + b"1," * 100_000
    bench = Bench(big + b"1]", big + b"2]")
    await bench.send()
    await bench.send()
    comparing = bench.compare()
    comparing.stop()
    assert (comparing.progress, comparing.is_stopped) == (None, True)
    assert comparing.sides is not None
    assert comparing.comparison.outcome is None
    comparing.set_manner("lines")
    assert (await bench.found()).manner == "lines"
    comparing.set_manner("structure")
    comparing.stop()
    assert comparing.comparison.outcome.manner == "lines"
    comparing.set_order_matters(True)
    assert (await bench.found()).manner == "structure"
    assert not comparing.is_stopped
    await bench.close()


async def test_the_newest_comparison_wins(qtloop):
    big = b"[" + b"1," * 100_000
    bench = Bench(big + b"1]", big + b"2]")
    await bench.send()
    await bench.send()
    comparing = bench.compare()
    first = comparing.comparison
    comparing.set_manner("lines")
    assert comparing.comparison is not first
    comparing.set_order_matters(True)
    comparing.set_numbers_by_value(True)
    comparing.set_manner("structure")
    assert (await bench.found()).differences == 1
    await until(lambda: first.process_id is None)
    await bench.close()


@pytest.mark.parametrize("name", ["missing.json", "."])
async def test_a_file_that_cannot_be_read_is_said(qtloop, tmp_path, name):
    bench = Bench(b"1")
    await bench.send()
    comparing = bench.compare()
    comparing.choose_file(tmp_path / name)
    assert "cannot be read" in comparing.problem
    assert comparing.comparison is None
    await bench.close()
