"""A folder's run as a program: many requests at once, and a table that tells what became of each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from antiphon.core.collection import RunPlan
from antiphon.core.prepared import PreparedRequest
from antiphon.snippets import columns
from antiphon.snippets.httpx_calls import HttpxCalls
from antiphon.snippets.python_text import (
    Group,
    Job,
    call,
    listed,
    literal,
    module,
    number,
    rendered,
    statement,
)
from antiphon.snippets.requests import RequestsCalls

RunLanguage = Literal["httpx-async", "httpx-sync", "requests"]

_TABLE = """def print_table(rows):
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows)]
    for row in rows:
        line = "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths))
        print(line.rstrip())"""
_PACE_ASYNC = '''async def paced(lock=asyncio.Lock()):
    """Let RATE_PER_S requests start in a second."""
    async with lock:
        await asyncio.sleep(1 / RATE_PER_S)'''
_PACE = '''def paced(lock=threading.Lock()):
    """Let RATE_PER_S requests start in a second."""
    with lock:
        time.sleep(1 / RATE_PER_S)'''


def httpx_async_run(requests: Sequence[PreparedRequest], plan: RunPlan) -> str:
    """Return a program with httpx and asyncio that runs *requests* as *plan* says."""
    calls = HttpxCalls(requests, is_async=True)
    jobs = [calls.job(request) for request in requests]
    is_bounded = any(request.options.timeouts.total_s is not None for request in requests)
    main = [
        "async def main():",
        "    gate = asyncio.Semaphore(LIMIT)",
        _opened(calls, "async with ", "    "),
        *_local_functions(jobs, " " * 8, is_async=True),
        statement("rows = await ", _gathered(requests, jobs), " " * 8),
        statement("print_table(", _titled(plan), "    ", ")"),
    ]
    functions = [
        *calls.functions(),
        *_column_functions(plan),
        *([_PACE_ASYNC] if plan.rate_per_s else []),
        _fetch(_HTTPX, plan, is_async=True, is_bounded=is_bounded),
        _TABLE,
        "\n".join(main),
    ]
    imports = [*calls.imports(), *_imports(plan, is_async=True), "import asyncio", "import httpx"]
    comments = [*calls.comments(), *_comments(jobs, plan)]
    return module(comments, imports, [*_constants(plan), *calls.setup()], functions, "asyncio.run(main())")


def httpx_sync_run(requests: Sequence[PreparedRequest], plan: RunPlan) -> str:
    """Return a program with httpx and threads that runs *requests* as *plan* says."""
    calls = HttpxCalls(requests, is_async=False)
    jobs = [calls.job(request) for request in requests]
    main = [
        _opened(calls, "with ", "", ("ThreadPoolExecutor(LIMIT) as pool",)),
        *_local_functions(jobs, "    ", is_async=False),
        *_submitted(requests, jobs),
        statement("print_table(", _titled(plan), "", ")"),
    ]
    functions = [*calls.functions(), *_threaded(_HTTPX, plan)]
    imports = [*calls.imports(), *_imports(plan, is_async=False), "import httpx", _POOL]
    comments = [*calls.comments(), *_comments(jobs, plan)]
    return module(comments, imports, [*_constants(plan), *calls.setup()], functions, "\n".join(main))


def requests_run(requests: Sequence[PreparedRequest], plan: RunPlan) -> str:
    """Return a program with requests and threads that runs *requests* as *plan* says."""
    calls = RequestsCalls(requests, with_session=True)
    jobs = [calls.job(request) for request in requests]
    main = [
        "\n\n".join(calls.sessions()),
        "",
        "with ThreadPoolExecutor(LIMIT) as pool:",
        *_local_functions(jobs, "    ", is_async=False),
        *_submitted(requests, jobs),
        statement("print_table(", _titled(plan), "", ")"),
    ]
    functions = [*calls.functions(), *_threaded(_REQUESTS, plan)]
    imports = [*calls.imports(), *_imports(plan, is_async=False), "import requests", _POOL]
    comments = [*calls.comments(), *_comments(jobs, plan)]
    return module(comments, imports, [*_constants(plan), *calls.setup()], functions, "\n".join(main))


RUNS: dict[RunLanguage, Callable[[Sequence[PreparedRequest], RunPlan], str]] = {
    "httpx-async": httpx_async_run,
    "httpx-sync": httpx_sync_run,
    "requests": requests_run,
}


def write_run(
    requests: Sequence[PreparedRequest], plan: RunPlan, language: RunLanguage = "httpx-async"
) -> str:
    """Return a program that runs *requests* as *plan* says and prints the table of a run."""
    return RUNS[language](requests, plan)


# -- what became of a request ------------------------------------------------------------------------------

_POOL = "from concurrent.futures import ThreadPoolExecutor"


@dataclass(frozen=True, slots=True)
class _Library:
    """How a library tells failures apart: kinds of error with the sentence for each, first match first."""

    failures: tuple[tuple[str, str], ...]
    is_error: str
    reason: str
    result: str


_HTTPX = _Library(
    (
        ("httpx.TimeoutException", "timeout"),
        ("httpx.TransportError", "connection failed"),
        ("httpx.RequestError", "failed"),
    ),
    "response.is_error",
    "response.reason_phrase",
    'f"{response.status_code} {response.http_version}"',
)
_REQUESTS = _Library(
    (
        ("requests.Timeout", "timeout"),
        ("requests.ConnectionError", "connection failed"),
        ("requests.RequestException", "failed"),
    ),
    "not response.ok",
    "response.reason",
    "response.status_code",
)


def _fetch(library: _Library, plan: RunPlan, *, is_async: bool, is_bounded: bool = False) -> str:
    """Return the function that sends one request and tells its row of the table."""
    wait, indent = ("await ", " " * 8) if is_async else ("", "    ")
    body = [f"{wait}paced()"] if plan.rate_per_s else []
    body += ["try:", f"    response = {wait}{'request' if is_async else 'send()'}"]
    if is_bounded:
        body += ["except TimeoutError:", '    return failed("timeout of the whole exchange")']
    for kind, what in library.failures:
        told = f'failed(f"{what}: {{type(error).__name__}} {{error}}")'
        body += [f"except {kind} as error:", f"    return {told}"]
    status = f'f"status {{response.status_code}} {{{library.reason}}}"'
    body += [f"if {library.is_error}:", f"    return failed({status})"]
    cells = columns.cells(plan.columns)
    if cells:
        body += ["try:", "    data = response.json()", "except ValueError:", '    return failed("not JSON")']
    row = listed(["name", library.result, *cells])
    body.append(statement("return ", row, indent).removeprefix(indent))
    failed = rendered(listed(["name", "why", *('""' for _cell in cells)]))
    signature = "async def fetch(gate, name, request):" if is_async else "def fetch(name, send):"
    gate = ["    async with gate:"] if is_async else []
    head = [signature, "    def failed(why):", f"        return {failed}", "", *gate]
    return "\n".join([*head, *(f"{indent}{line}" for line in body)])


def _threaded(library: _Library, plan: RunPlan) -> list[str]:
    pace = [_PACE] if plan.rate_per_s else []
    return [*_column_functions(plan), *pace, _fetch(library, plan, is_async=False), _TABLE]


def _column_functions(plan: RunPlan) -> list[str]:
    pick = [columns.PICK] if columns.needs_pick(plan.columns) else []
    return pick + ([columns.FIND] if columns.needs_find(plan.columns) else [])


def _comments(jobs: Sequence[Job], plan: RunPlan) -> list[str]:
    told = dict.fromkeys(comment for job in jobs for comment in job.comments)
    return list(told) + (
        ["JSONPath needs: pip install python-jsonpath"] if columns.needs_find(plan.columns) else []
    )


def _constants(plan: RunPlan) -> list[str]:
    lines = [f"LIMIT = {plan.limit}"]
    if plan.rate_per_s:
        lines.append(f"RATE_PER_S = {number(plan.rate_per_s)}")
    return lines


def _imports(plan: RunPlan, *, is_async: bool) -> list[str]:
    pace = ["import threading", "import time"] if plan.rate_per_s and not is_async else []
    return pace + (["import jsonpath"] if columns.needs_find(plan.columns) else [])


# -- the calls ---------------------------------------------------------------------------------------------


def _opened(calls: HttpxCalls, keyword: str, indent: str, more: tuple[str, ...] = ()) -> str:
    """Return the `with` line that opens every client, and *more*."""
    clients = calls.clients
    if len(clients) == 1 and not more:
        return statement(keyword, calls.client(clients[0]), indent, f" as {clients[0].name}:")
    inner = f"{indent}    "
    opened = [rendered(calls.client(one), inner, 0, len(one.name) + 5) + f" as {one.name}" for one in clients]
    lines = [f"{inner}{line},\n" for line in (*opened, *more)]
    return f"{indent}{keyword}(\n{''.join(lines)}{indent}):"


def _local_functions(jobs: Sequence[Job], indent: str, *, is_async: bool) -> Iterable[str]:
    """Yield a function for each request that takes more than one statement."""
    wait, define = ("await ", "async def") if is_async else ("", "def")
    inner = f"{indent}    "
    if any(job.before for job in jobs):
        yield ""
    for index, job in enumerate(jobs, 1):
        if not job.before:
            continue
        yield f"{indent}{define} send_{index}():"
        for prefix, node in job.before:
            yield statement(prefix, node, inner)
        yield statement(f"return {wait}", job.call, inner) + "\n"


def _gathered(requests: Sequence[PreparedRequest], jobs: Sequence[Job]) -> Group:
    rows = []
    for index, (request, job) in enumerate(zip(requests, jobs, strict=True), 1):
        sending: str | Group = f"send_{index}()" if job.before else job.call
        rows.append(call("fetch", "gate", literal(_name(request)), sending))
    return call("asyncio.gather", *rows)


def _submitted(requests: Sequence[PreparedRequest], jobs: Sequence[Job]) -> list[str]:
    rows = []
    for index, (request, job) in enumerate(zip(requests, jobs, strict=True), 1):
        sending: str | Group = f"send_{index}"
        if not job.before:
            sending = Group(f"lambda: {job.call.opening}", job.call.items, job.call.closing)
        rows.append(call("pool.submit", "fetch", literal(_name(request)), sending))
    return [
        statement("waiting = ", listed(rows), "    "),
        "    rows = [future.result() for future in waiting]",
    ]


def _titled(plan: RunPlan) -> str | Group:
    titles = ["Request", "Result", *(column.title for column in plan.columns)]
    return f"[{rendered(listed(literal(title) for title in titles))}, *rows]"


def _name(request: PreparedRequest) -> str:
    return " ".join(request.name.split()) or f"{request.method} {request.url}"
