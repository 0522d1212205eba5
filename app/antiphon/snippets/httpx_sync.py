"""Python with httpx, one request after the other."""

from collections.abc import Sequence

from antiphon.core.prepared import PreparedRequest
from antiphon.snippets.httpx_calls import HttpxCalls
from antiphon.snippets.httpx_clients import Client
from antiphon.snippets.python_text import module, statement

_PRINT = "print(response.http_version, response.status_code)\nprint(response.text)"


class HttpxSync:
    key = "httpx-sync"
    title = "Python httpx"
    language = "python"

    def write(self, requests: Sequence[PreparedRequest]) -> str:
        calls = HttpxCalls(requests, is_async=False)
        blocks = [_block(calls, client, is_alone=len(requests) == 1) for client in calls.clients]
        imports = [*calls.imports(), "import httpx"]
        return module(calls.comments(), imports, calls.setup(), calls.functions(), "\n\n".join(blocks))


def _block(calls: HttpxCalls, client: Client, *, is_alone: bool) -> str:
    sends = [_send(calls, request, is_alone=is_alone) for request in client.requests]
    opening = statement("with ", calls.client(client), suffix=f" as {client.name}:")
    text = f"{opening}\n" + "\n\n".join(sends)
    return f"{text}\n\n{_PRINT}" if is_alone else text


def _send(calls: HttpxCalls, request: PreparedRequest, *, is_alone: bool) -> str:
    job = calls.job(request)
    comments = job.comments if is_alone else (*_titled(request), *job.comments)
    lines = [f"    # {comment}" for comment in comments]
    lines += [statement(prefix, node, "    ") for prefix, node in job.before]
    lines.append(statement("response = ", job.call, "    "))
    if not is_alone:
        lines.append("    print(response.http_version, response.status_code, response.url)")
    return "\n".join(lines)


def _titled(request: PreparedRequest) -> list[str]:
    return [" ".join(request.name.split())] if request.name.strip() else []
