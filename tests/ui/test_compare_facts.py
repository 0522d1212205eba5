"""Headers and times of two answers, fact by fact."""

from antiphon.body.pieces import Sign
from antiphon.core.document import RequestDocument
from antiphon.core.events import (
    BodyAdvanced,
    Finished,
    Head,
    HeadReceived,
    HopBegan,
    Phase,
    PhaseBegan,
    PhaseEnded,
)
from antiphon.core.exchange import Exchange
from antiphon.core.prepare import Context, prepare
from antiphon.ui.compare.facts import header_pairs, time_pairs

REQUEST = prepare(RequestDocument(url="http://a.test/"), Context())


def exchange(headers, wait_s=0.1, size=10, status=200):
    events = [
        HopBegan(REQUEST, 1.0),
        PhaseBegan(Phase.WAIT, 1.0),
        PhaseEnded(Phase.WAIT, 1.0 + wait_s),
        HeadReceived(Head(status, "", "HTTP/1.1", tuple(headers)), 1.2),
        BodyAdvanced(size, size, 0.0),
        Finished(2.0, (("T", "end"),)),
    ]
    made = Exchange()
    for event in events:
        made = made.after(event)
    return made


def test_headers_that_differ_stand_first_and_the_second_of_a_name_beside_the_second():
    left = exchange([("Same", "1"), ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("Gone", "x")])
    right = exchange([("set-cookie", "a"), ("set-cookie", "c"), ("same", "1"), ("New", "")])
    pairs = [(pair.sign, pair.name, pair.left, pair.right) for pair in header_pairs(left, right)]
    assert pairs == [
        (Sign.CHANGED, "Set-Cookie", "b", "c"),
        (Sign.REMOVED, "Gone", "x", ""),
        (Sign.ADDED, "New", "", ""),
        (Sign.EQUAL, "Same", "1", "1"),
        (Sign.EQUAL, "Set-Cookie", "a", "a"),
        (Sign.EQUAL, "T (trailer)", "end", "end"),
    ]


def test_times_stand_beside_each_other_with_what_the_right_took_longer():
    pairs = {pair.name: pair for pair in time_pairs(exchange([], 0.1, 1000), exchange([], 0.35, 900, 404))}
    waiting = pairs["Waiting (first byte)"]
    assert (waiting.left, waiting.right, waiting.difference) == ("100.000 ms", "350.000 ms", "+250.000 ms")
    assert pairs["Size decoded"].difference == "−100 bytes"
    assert (pairs["Status"].sign, pairs["Status"].left, pairs["Status"].right) == (
        Sign.CHANGED,
        "200 OK",
        "404 Not Found",
    )
    assert pairs["Total"].difference == "+0 µs"
    assert "TCP connect" not in pairs
