"""Facts fold into an exchange, in whatever order the network brings them."""

from antiphon.core.document import RequestDocument
from antiphon.core.events import (
    BodyAdvanced,
    Connected,
    Connection,
    Failed,
    Failure,
    Finished,
    Head,
    HeadReceived,
    HopBegan,
    Phase,
    PhaseBegan,
    PhaseEnded,
    Redirected,
)
from antiphon.core.exchange import Exchange
from antiphon.core.prepare import prepare

REQUEST = prepare(RequestDocument(url="http://h/"))


def fold(*events):
    exchange = Exchange()
    for event in events:
        exchange = exchange.after(event)
    return exchange


def test_phases_add_up_and_hops_stay_apart():
    exchange = fold(
        HopBegan(REQUEST, 1.0),
        PhaseBegan(Phase.TCP, 1.0),
        PhaseEnded(Phase.TCP, 1.5),
        PhaseBegan(Phase.TCP, 2.0),
        PhaseEnded(Phase.TCP, 2.25),
        Connected(Connection("1.2.3.4:80", "5.6.7.8:1", reused=False), 2.25),
        HeadReceived(Head(302, "Found", "HTTP/1.1", (("Location", "/b"),)), 3.0),
        Redirected("/b", 3.0),
        HopBegan(REQUEST, 3.0),
        HeadReceived(Head(200, "OK", "HTTP/2", ()), 4.0),
        BodyAdvanced(10, 20, 4.5),
        Finished(5.0),
    )
    first, last = exchange.hops
    assert first.duration_s(Phase.TCP) == 0.75
    assert last.duration_s(Phase.TCP) is None
    assert (first.ended, last.ended, exchange.total_s()) == (3.0, 5.0, 4.0)
    assert (last.wire_bytes, last.decoded_bytes, exchange.state) == (10, 20, "finished")


def test_failure_ends_the_open_phase_and_keeps_what_came():
    failure = Failure("read_timeout", "s", "h", Phase.WAIT)
    exchange = fold(HopBegan(REQUEST, 1.0), PhaseBegan(Phase.WAIT, 1.5), Failed(failure, 4.0))
    assert exchange.state == "failed"
    assert exchange.last.duration_s(Phase.WAIT) == 2.5
    assert exchange.is_over


def test_cancelling_is_a_state_of_its_own():
    exchange = fold(HopBegan(REQUEST, 1.0), Failed(Failure("cancelled", "s", "h"), 2.0))
    assert exchange.state == "cancelled"


def test_a_failure_before_the_first_hop_is_kept_too():
    assert fold(Failed(Failure("request", "s", "h"), 2.0)).failure is not None
