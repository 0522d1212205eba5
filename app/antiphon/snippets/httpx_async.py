"""Python with httpx and asyncio; several requests go out at once."""

from collections.abc import Sequence

from antiphon.core.collection import RunPlan
from antiphon.core.prepared import PreparedRequest
from antiphon.snippets.httpx_calls import HttpxCalls
from antiphon.snippets.python_text import module, statement
from antiphon.snippets.runs import httpx_async_run

_PRINT = "    print(response.http_version, response.status_code)\n    print(response.text)"


class HttpxAsync:
    key = "httpx-async"
    title = "Python httpx, async"
    language = "python"

    def write(self, requests: Sequence[PreparedRequest]) -> str:
        return _alone(requests[0]) if len(requests) == 1 else httpx_async_run(requests, RunPlan())


def _alone(request: PreparedRequest) -> str:
    calls = HttpxCalls([request], is_async=True)
    job = calls.job(request)
    opening = statement("async with ", calls.client(calls.clients[0]), "    ", " as client:")
    lines = ["async def main():", opening]
    lines += [f"        # {comment}" for comment in job.comments]
    lines += [statement(prefix, node, " " * 8) for prefix, node in job.before]
    lines.append(statement("response = await ", job.call, " " * 8))
    imports = [*calls.imports(), "import asyncio", "import httpx"]
    functions = [*calls.functions(), "\n".join([*lines, "", _PRINT])]
    return module(calls.comments(), imports, calls.setup(), functions, "asyncio.run(main())")
