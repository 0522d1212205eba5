"""The phases of one hop follow each other, and times never go back."""

import pytest

from antiphon.core.events import Connected, Connection, Head, InterimReceived, Phase, PhaseBegan, PhaseEnded
from antiphon.engine.failures import ExchangeBroken
from antiphon.engine.recorder import MAX_INTERIMS, TOLD_INTERIMS, Recorder

FACTS = Connection("127.0.0.1:80", "127.0.0.1:5000", reused=False)
EARLY = Head(103, "Early Hints", "HTTP/1.1", (("Link", "</a>"),))


def recorded() -> tuple[Recorder, list]:
    events = []
    return Recorder(events.append), events


def test_one_phase_ends_where_the_next_begins():
    recorder, events = recorded()
    recorder.began(Phase.QUEUE, 1.0)
    recorder.began(Phase.SEND, 2.0)
    recorder.ended(3.0)
    recorder.ended(4.0)
    assert events == [
        PhaseBegan(Phase.QUEUE, 1.0), PhaseEnded(Phase.QUEUE, 2.0),
        PhaseBegan(Phase.SEND, 2.0), PhaseEnded(Phase.SEND, 3.0),
    ]  # fmt: skip


def test_an_arrival_from_before_what_was_told_counts_as_of_then():
    recorder, events = recorded()
    recorder.began(Phase.WAIT, 5.0)
    recorder.interim(EARLY, 6.0)
    recorder.head_began(5.5)
    recorder.head_ended(5.7)
    assert [event.at for event in events] == [5.0, 6.0, 6.0, 6.0, 6.0, 6.0]


def test_a_connection_says_how_many_requests_it_carried():
    recorder, events = recorded()
    recorder.connected(FACTS, 1)
    recorder.is_answered = True
    recorder.connected(FACTS, 7)
    told = [event.connection for event in events if isinstance(event, Connected)]
    assert [(item.reused, item.request_number) for item in told] == [(False, 1), (True, 7)]
    assert (recorder.is_reused, recorder.is_answered, recorder.phase) == (True, False, Phase.SEND)


def test_interim_answers_are_told_up_to_a_number_and_end_at_another():
    recorder, events = recorded()
    for number in range(MAX_INTERIMS):
        recorder.interim(EARLY, float(number))
    with pytest.raises(ExchangeBroken, match=r"more than 1,000 interim answers \(103 Early Hints\)"):
        recorder.interim(EARLY, 1e6)
    assert len(events) == TOLD_INTERIMS
    assert events[1] == InterimReceived(EARLY, 1.0)
    assert recorder.is_answered
