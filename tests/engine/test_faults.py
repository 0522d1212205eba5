"""The table of faults: each made by a server of its own, each told in one sentence with phase and next step.

Each leaves the engine healthy: the bad connection is closed, the same server is reached when it is good again,
and so is another one.
"""

import re
from dataclasses import replace

import pytest

from antiphon.core.events import Phase
from tests.certificates import Authority
from tests.engine import faults_connecting, faults_http1, faults_http2
from tests.engine.exchanges import LIMITS, opened, request, send
from tests.engine.faults import Fault, Ground, texts
from tests.servers import http_server
from tests.waiting import until

FAULTS: list[Fault] = [*faults_connecting.FAULTS, *faults_http1.FAULTS, *faults_http2.FAULTS]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def asked(where, fault: Fault, **more: object):
    asks = {**where.options, **fault.asks, **more}
    prepared = request(where.url, "", **asks)
    return replace(prepared, auth=fault.auth(where.url)) if fault.auth else prepared


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_fault_is_told_with_phase_and_next_step_and_leaves_the_engine_healthy(
    fault, authority, tmp_path, monkeypatch
):
    ground = Ground(tmp_path, authority, monkeypatch)
    async with fault.place(ground) as where, http_server() as (neighbour, _), opened() as engine:
        outcome = await send(engine, asked(where, fault))
        failure = outcome.exchange.failure
        assert failure is not None, "it did not fail"
        shown = f"{failure.kind} in {failure.phase}: {failure.sentence} | {failure.hint} {failure.remedies}"
        assert (failure.kind, failure.phase) == (
            fault.kind,
            Phase(fault.phase) if fault.phase else failure.phase,
        ), shown
        for words in texts(fault.says):
            assert words in failure.sentence, shown
        for words in texts(fault.hint):
            assert words in failure.hint, shown
        assert failure.remedies == fault.remedies, shown
        assert re.fullmatch(r"\S.*[.]", failure.sentence), shown
        assert "\n" not in failure.sentence + failure.hint, shown
        if fault.kept is not None:
            assert bytes(outcome.data) == fault.kept
        if not fault.keeps and where.can_be_good:
            await until(lambda: not where.open)
        assert (await send(engine, request(neighbour))).body == b"ok"
        if where.can_be_good:
            where.be_good()
            again = await send(
                engine, asked(where, replace(fault, auth=None), method="GET", content=b"", timeouts=LIMITS)
            )
            assert again.body == b"ok"
            assert again.exchange.last.connection.reused is fault.keeps


def test_each_fault_has_a_name_of_its_own():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
