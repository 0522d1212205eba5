"""The practice server as its user sees it: started, known by its addresses, stopped.

Plain threads and pipes, because a child process of asyncio is not reliable on the window's event loop.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from antiphon.core.errors import UserError
from antiphon.core.launch import module_command
from antiphon.core.prepared import PreparedRequest

START_LIMIT_S = 15.0
_STOP_LIMIT_S = 3.0
_SAID_CHARACTERS = 2000
_LOOPBACK = {"127.0.0.1", "localhost"}
_CREATE_NO_WINDOW = 0x08000000
"""subprocess.CREATE_NO_WINDOW, which exists on Windows only."""


@dataclass(frozen=True, slots=True)
class PracticeServer:
    """Where a running practice server is."""

    http: str
    """`http://127.0.0.1:PORT`: HTTP/1.1, and HTTP/2 by prior knowledge."""
    https: str
    """`https://127.0.0.1:PORT`: HTTP/2 and HTTP/1.1."""
    ca: Path
    """The authority to trust for `https`, and for nothing else."""

    def variables(self) -> dict[str, str]:
        """Return the sample's variables with this server's real addresses (`Context.overrides`)."""
        return {"baseUrl": self.http, "secureUrl": self.https}

    def trusted(self, prepared: PreparedRequest) -> PreparedRequest:
        """Return *prepared* with this server's authority trusted, where it goes to this server's TLS port."""
        own = urlsplit(self.https)
        asked = urlsplit(prepared.url)
        is_ours = asked.scheme == "https" and asked.port == own.port and asked.hostname in _LOOPBACK
        if not is_ours or prepared.options.ca_file:
            return prepared
        return replace(prepared, options=replace(prepared.options, ca_file=str(self.ca)))


class PracticeProcess:
    """One practice server of ours. It ends with `stop`, and with this process however that ends."""

    def __init__(self, arguments: Sequence[str] = (), *, start_limit_s: float = START_LIMIT_S) -> None:
        self._command = module_command("antiphon.practice", *arguments)
        self._start_limit_s = start_limit_s
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> PracticeServer:
        """Start the server anew and return when it can be asked; blocks, for 15 seconds at most.

        Raises:
            UserError: it did not start; the detail has the end of what it said.
        """
        self.stop()
        with tempfile.TemporaryFile() as errors:
            self._process = process = self._spawned(errors)
            line = _first_line(process, self._start_limit_s)
            if not line.startswith(b"{"):
                _end(process)
                raise _not_started(self._said(errors))
        addresses = json.loads(line)
        return PracticeServer(addresses["http"], addresses["https"], Path(addresses["ca"]))

    def stop(self) -> None:
        """End the server, if it runs; blocks for a few milliseconds."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _spawned(self, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={
                    **os.environ,
                    "PYTHONSAFEPATH": "1",
                },  # or `-m` would import what lies in the current folder
                creationflags=_CREATE_NO_WINDOW if sys.platform == "win32" else 0,
            )
        except OSError as error:
            raise _not_started(f"{self._command[0]}: {error.strerror}.") from error

    def _said(self, errors: IO[bytes]) -> str:
        errors.seek(0)
        said = errors.read().decode("utf-8", "replace").strip()[-_SAID_CHARACTERS:]
        return said or f"It gave no sign within {self._start_limit_s:g} seconds. Try again."


async def start_practice(process: PracticeProcess) -> PracticeServer:
    """Start *process* without blocking the event loop; a cancelled start stops it again.

    Raises:
        UserError: as `PracticeProcess.start`.
    """

    def abandoned(start: asyncio.Future[PracticeServer]) -> None:
        if not start.cancelled():
            start.exception()  # looked at, so that nobody reports it
        process.stop()

    starting = asyncio.get_running_loop().run_in_executor(None, process.start)
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        process.stop()
        starting.add_done_callback(abandoned)
        raise


def _first_line(process: subprocess.Popen[bytes], limit_s: float) -> bytes:
    """Return the first line that *process* prints; after *limit_s* it is killed, which ends the line."""
    assert process.stdout is not None
    alarm = threading.Timer(limit_s, process.kill)
    alarm.start()
    try:
        return process.stdout.readline()
    except ValueError:  # it was stopped, and its output closed, while we waited
        return b""
    finally:
        alarm.cancel()
        alarm.join()


def _not_started(detail: str) -> UserError:
    return UserError("The practice server did not start.", detail)


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.close()
    except OSError:
        pass  # it ended before us
    try:
        process.wait(_STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
