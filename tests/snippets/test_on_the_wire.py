"""Every snippet, executed, sends what Antiphon sends."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from antiphon.body.store import BodyStore
from antiphon.core.prepared import PreparedRequest
from antiphon.engine import Engine
from antiphon.snippets import WRITERS
from tests.recording import Recorded, RecordingServer
from tests.snippets.cases import CASES, Case, write_files
from tests.snippets.execution import asked_for, run_python, run_shell, wire
from tests.tools import require_tool, tool


@dataclass
class Outcome:
    """What one case sent: by Antiphon, and by the snippet of each writer."""

    prepared: PreparedRequest
    sent: list[Recorded]
    texts: dict[str, str]
    recorded: dict[str, list[Recorded]]
    printed: dict[str, str]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Every case sent once by Antiphon and once by each snippet, each case to a server of its own."""
    folder = tmp_path_factory.mktemp("files")
    write_files(folder)
    with contextlib.ExitStack() as stack:
        servers = {case.name: stack.enter_context(RecordingServer()) for case in CASES}
        prepared = {case.name: case.prepared(servers[case.name].address, folder) for case in CASES}
        asyncio.run(_send_all(list(prepared.values())))
        outcomes = {
            case.name: Outcome(
                prepared[case.name],
                servers[case.name].take(),
                {writer.key: writer.write([prepared[case.name]]) for writer in WRITERS},
                {},
                {},
            )
            for case in CASES
        }
        for writer in WRITERS:
            printed = _run(writer.key, outcomes, folder)
            for name, outcome in outcomes.items():
                outcome.recorded[writer.key] = servers[name].take()
                outcome.printed[writer.key] = printed[name]
    return outcomes


async def _send_all(requests: list[PreparedRequest]) -> None:
    engine = Engine()
    try:
        for request in requests:
            await engine.send(request, BodyStore(), lambda event: None)
    finally:
        await engine.aclose()


def _run(key: str, outcomes: dict[str, Outcome], folder: Path) -> dict[str, str]:
    jobs = [(case.name, outcomes[case.name].texts[key], _environ(case)) for case in CASES]
    if key != "curl":
        return run_python(jobs, folder)
    if not tool("curl"):
        return dict.fromkeys(outcomes, "")
    with ThreadPoolExecutor(4) as pool:
        scripts = [folder / f"{index}.sh" for index in range(len(jobs))]
        return dict(pool.map(lambda job, script: (job[0], run_shell(job[1], job[2], script)), jobs, scripts))


def _environ(case: Case) -> dict[str, str]:
    names = {"a_b": "A_B_2", "path": "SECRET_PATH", "1st": "SECRET_1ST"}
    secrets = {names.get(name, name.upper().replace("-", "_")): value for name, value in case.secrets.items()}
    return {**secrets, **case.environ}


@pytest.mark.parametrize("key", [writer.key for writer in WRITERS])
@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_snippet_sends_what_antiphon_sends(outcomes: dict[str, Outcome], name: str, key: str) -> None:
    if key == "curl":
        require_tool("curl")
    outcome = outcomes[name]
    told = f"\n{outcome.texts[key]}\n{outcome.printed[key]}"
    asked = asked_for(outcome.prepared)
    assert len(outcome.sent) == 1, outcome.sent
    if key in next(case for case in CASES if case.name == name).unsayable_by:
        assert "refuses" in outcome.texts[key] or "cannot ask for" in outcome.texts[key], told
        assert len(outcome.recorded[key]) == 1, told
        return
    assert len(outcome.recorded[key]) == 1, told
    assert wire(outcome.recorded[key][0], asked) == wire(outcome.sent[0], asked), told


def test_case_names_are_distinct() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60
