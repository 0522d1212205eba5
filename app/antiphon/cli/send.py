"""`antiphon send`: one request after another, each body to where it belongs while it arrives."""

import argparse
import asyncio
import json
from pathlib import Path

from antiphon.cli.outlets import FileOutput, Outlet, StandardOutput
from antiphon.cli.progress import Progress, StatusLine
from antiphon.cli.rehearsal import rehearse_all
from antiphon.cli.report import report
from antiphon.cli.speech import EXCHANGE_FAILED, SENT, say, write, write_text
from antiphon.cli.targets import prepared_targets
from antiphon.core.errors import UserError
from antiphon.core.events import Event, Head, HeadReceived
from antiphon.core.exchange import Exchange
from antiphon.core.prepared import PreparedRequest
from antiphon.engine import Engine


def send(options: argparse.Namespace) -> int:
    """Send the targets and return the exit code.

    Raises:
        UserError: something in the options or files is wrong; then nothing was sent, but for a file that could
            not be given its name in the end.
    """
    _refuse_contradictions(options)
    requests = prepared_targets(options)
    for prepared in requests:
        for name in prepared.unresolved:
            say(f"{{{{{name}}}}} in the body has no value and goes out as written.")
    return asyncio.run((rehearse_all if options.dry_run else _send_all)(requests, options))


def _refuse_contradictions(options: argparse.Namespace) -> None:
    if options.output not in (None, "-") and len(options.targets) > 1:
        raise UserError("--output takes one target.", "Send the others on their own.")
    if options.json and (options.include or options.head):
        raise UserError("--json prints facts, -i and -I print the head.", "Choose one of them.")
    if options.json and options.output == "-":
        raise UserError("--json and --output - both write to stdout.", "Name a file after --output.")
    if options.dry_run and (options.json or options.output or options.include):
        raise UserError(
            "--dry-run prints what would be sent, and there is no answer.", "Leave the others out."
        )
    if options.show_secrets and not options.dry_run:
        raise UserError("--show-secrets goes with --dry-run.", "Nothing else prints what is sent.")


async def _send_all(requests: list[PreparedRequest], options: argparse.Namespace) -> int:
    engine = Engine()
    code = SENT
    try:
        for prepared in requests:
            exchange = await _Sending(prepared, options).through(engine)
            if exchange.failure is not None:
                code = EXCHANGE_FAILED
    finally:
        await engine.aclose()
    return code


class _Sending:
    """One exchange on its way to stdout or into a file."""

    def __init__(self, prepared: PreparedRequest, options: argparse.Namespace) -> None:
        self._prepared = prepared
        self._options = options
        self._outlet = _outlet(options)
        to_file = isinstance(self._outlet, FileOutput) and not options.silent
        self._progress = Progress(Path(options.output).name, StatusLine()) if to_file else None
        self._exchange = Exchange()

    async def through(self, engine: Engine) -> Exchange:
        """Send, print, and return what happened; a cancelled exchange is printed too."""
        try:
            await engine.send(self._prepared, self._outlet, self._accept)
        finally:
            self._conclude()
        return self._exchange

    def _accept(self, event: Event) -> None:
        self._exchange = self._exchange.after(event)
        if self._progress is not None:
            self._progress.watch(event)
        if isinstance(event, HeadReceived) and (self._options.include or self._options.head):
            self._print_head(event.head)

    def _print_head(self, head: Head) -> None:
        try:
            write(head_bytes(head))
        except BrokenPipeError as error:
            self._outlet.broken = error

    def _conclude(self) -> None:
        if self._progress is not None:
            self._progress.end()
        failure = None if self._outlet.broken else self._exchange.failure
        told = self._outlet.end(is_whole=failure is None and self._exchange.is_over)
        if self._options.json:
            write_text(json.dumps(report(self._prepared, self._exchange), ensure_ascii=False) + "\n")
        if failure is not None:
            say(failure.sentence, failure.hint)
        if told:
            say(told)
        if self._outlet.broken is not None:
            raise self._outlet.broken


def head_bytes(head: Head) -> bytes:
    """Return *head* as HTTP/1.1 would write it (RFC 9112 section 4), the version's own name kept."""
    status_line = f"{head.http_version} {head.status} {head.reason}"
    lines = [status_line, *(f"{name}: {value}" for name, value in head.headers), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")


def _outlet(options: argparse.Namespace) -> Outlet:
    if options.output not in (None, "-"):
        return FileOutput(Path(options.output))
    if options.json:
        return Outlet()
    return StandardOutput(allow_binary=options.output == "-")
