import os
import signal
import subprocess
import sys

import pytest

from antiphon.cli.practice import addresses_text
from antiphon.practice.process import PracticeServer
from tests.cli.commands import program, ran


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C goes to a whole console there")
def test_the_server_runs_until_ctrl_c_and_answers_what_its_lines_say():
    command = program("practice", "--port=0", "--tls-port=0")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        plain, secure = process.stdout.readline(), process.stdout.readline()
        ca = secure.partition("--cacert '")[2].partition("'")[0]
        assert ran("send", plain.split()[0]).code == 0
        assert ran("send", "-i", secure.split()[0], "--cacert", ca).text.startswith("HTTP/2 200")
        assert ran("send", secure.split()[0]).code == 1
    finally:
        process.send_signal(signal.SIGINT)
        _rest, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def test_a_taken_port_is_a_mistake():
    with _taken() as port:
        result = ran("practice", f"--port={port}", "--tls-port=0")
    assert result.code == 2
    assert str(port) in result.err


def test_the_addresses_name_the_certificate(tmp_path):
    text = addresses_text(PracticeServer("http://127.0.0.1:1", "https://127.0.0.1:2", tmp_path / "ca.pem"))
    assert "http://127.0.0.1:1 " in text
    assert "https://127.0.0.1:2 " in text
    assert f"--cacert '{tmp_path / 'ca.pem'}'" in text.replace("/", os.sep)


class _taken:
    def __enter__(self) -> int:
        import socket

        self._socket = socket.create_server(("127.0.0.1", 0))
        return self._socket.getsockname()[1]

    def __exit__(self, *_error: object) -> None:
        self._socket.close()
