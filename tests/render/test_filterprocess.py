"""The helper process by itself: its words, its limit of memory, and that it goes with its parent."""

import json
import subprocess
import sys

import pytest

from antiphon.body.spool import SpoolFile
from antiphon.core.launch import module_command
from antiphon.render.filterprocess import memory_limit_bytes


@pytest.fixture
def spools(tmp_path):
    made = [SpoolFile.create(tmp_path) for _ in range(4)]
    yield made
    for spool in made:
        spool.close()


def started(spools, content: bytes, command=None, language="json"):
    source, *targets = spools
    source.write(content, 0)
    places = [
        source.shared_argument,
        str(len(content)),
        language,
        "utf-8",
        *(one.shared_argument for one in targets),
    ]
    command = [*(command or module_command("antiphon.render.filterprocess")), *places]
    numbers = tuple(number for spool in spools for number in spool.shared_descriptors)
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=numbers)


def told(process, *questions) -> list[dict]:
    """Ask all at once and return what is said until the process ends by itself or the last one is answered."""
    lines = b"".join(json.dumps(question).encode() + b"\n" for question in questions)
    process.stdin.write(lines)
    process.stdin.flush()
    answers = []
    for line in process.stdout:
        answers.append(json.loads(line))
        if (
            answers[-1].keys() & {"done", "error", "fault", "written"}
            and answers[-1].get("id") == questions[-1]["id"]
        ):
            break
    return answers


def ended(process) -> int:
    process.stdin.close()
    code = process.wait(10)
    process.stdout.close()
    return code


def test_it_answers_and_ends_when_its_parent_is_gone(spools):
    process = started(spools, b'{"a": 1.0}')
    *_, last = told(process, {"id": 7, "expression": "$.a", "form": "values", "target": 1})
    assert last == {"id": 7, "done": True, "count": 1, "size": 9, "is_json": True, "note": ""}
    assert spools[2].read(0, 99) == b"[\n  1.0\n]"
    assert ended(process) == 0


def test_of_questions_that_wait_only_the_last_is_answered(spools):
    process = started(spools, b"[" + b"1," * 500_000 + b"1]")
    questions = [{"id": n, "expression": f"$[{n}]", "form": "values", "target": 0} for n in range(1, 6)]
    answers = told(process, *questions)
    assert [answer["id"] for answer in answers if "done" in answer][-1] == 5
    assert len([answer for answer in answers if "done" in answer]) <= 2
    ended(process)


def test_bytes_that_came_after_the_question_are_not_read(spools):
    process = started(spools, b"[1]")
    spools[0].write(b"garbage", 3)
    *_, last = told(process, {"id": 1, "expression": "$[0]", "form": "values", "target": 0})
    assert last["count"] == 1
    ended(process)


@pytest.mark.parametrize(
    ("free_gib", "hard_gib", "limit_gib"),
    [(None, None, 6), (20, None, 6), (20, 3, 3), (4, None, 3.6), (4, 2, 2), (0.1, None, 1)],
)
def test_memory_is_limited_to_what_is_free(free_gib, hard_gib, limit_gib):
    free, hard = (None if size is None else int(size * 2**30) for size in (free_gib, hard_gib))
    assert memory_limit_bytes(free, hard) == int(limit_gib * 2**30)


@pytest.mark.skipif(sys.platform != "linux", reason="others do not limit memory")
def test_memory_has_a_limit_that_is_told(spools):
    low = (
        "import antiphon.render.filterprocess as process; process.MEMORY_LIMIT_BYTES = 200 << 20;"
        "raise SystemExit(process.main())"
    )
    process = started(spools, b"[" + b'{"a":{}},' * 1_500_000 + b"1]", [sys.executable, "-c", low])
    answers = told(process, {"id": 1, "expression": "$[0]", "form": "values", "target": 0})
    assert "needs more than" in answers[-1]["error"]
    assert ended(process) == 0
