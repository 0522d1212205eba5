"""A question of the engine reaches the document that is being sent, and its answer comes back."""

import asyncio

import pytest

from antiphon.core.errors import UserError
from antiphon.workbench.feed import ExchangeFeed
from antiphon.workbench.questions import AskingHost
from tests.waiting import until


@pytest.mark.parametrize("answer", [True, False])
async def test_each_feed_is_asked_for_its_own_body(qtloop, answer):
    feeds = [ExchangeFeed(), ExchangeFeed()]
    told = []
    feeds[1].changed.connect(lambda: told.append(feeds[1].question))
    asked = [
        asyncio.get_running_loop().create_task(AskingHost(f.allows_decoding, None).allows_decoding(10, 99))
        for f in feeds
    ]
    await until(lambda: told and told[-1])
    assert (feeds[1].question.wire_bytes, feeds[1].question.decoded_bytes) == (10, 99)
    feeds[1].question.answer(answer)
    assert await asked[1] is answer
    assert feeds[1].question is None
    assert not asked[0].done()
    asked[0].cancel()
    await asyncio.wait(asked[:1])
    assert feeds[0].question is None
    for feed in feeds:
        feed.close()


async def test_the_first_answer_counts(qtloop):
    feed = ExchangeFeed()
    asked = asyncio.get_running_loop().create_task(feed.allows_decoding(1, 2))
    await until(lambda: feed.question)
    question = feed.question
    question.answer(True)
    question.answer(False)
    assert await asked
    feed.close()


async def test_other_questions_go_to_the_host_of_the_program():
    class Program:
        shown = None

        async def authorize(self, url, redirect_url):
            return f"{redirect_url}?from={url}"

        def show_device_code(self, code, url):
            self.shown = code, url

    program = Program()
    host = AskingHost(lambda _wire, _decoded: None, program)
    assert await host.authorize("a", "b") == "b?from=a"
    host.show_device_code("c", "u")
    assert program.shown == ("c", "u")
    with pytest.raises(UserError):
        await AskingHost(lambda _wire, _decoded: None, None).authorize("a", "b")
