"""Ctrl-C: a call that hangs ends within a fifth of a second."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """
import sys, time
import vobiz_partner as vobiz
client = vobiz.Client("PA_X", "t", base_url=sys.argv[1])
print("calling", flush=True)
try:
    {call}
except KeyboardInterrupt:
    print(time.time(), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
@pytest.mark.parametrize("call", ["client.dashboard()", "client.accounts()"])
def test_a_hanging_call_is_interrupted(call: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(10)
        arguments = [sys.executable, "-c", PROGRAM.format(call=call), f"http://127.0.0.1:{silent.getsockname()[1]}"]
        with subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout is not None
            assert program.stdout.readline() == "calling\n"
            connection, _ = silent.accept()
            with connection:
                assert connection.recv(4096).startswith(b"GET /")
                sent = time.time()
                program.send_signal(signal.SIGINT)
                ended = float(program.stdout.readline())
            assert program.wait(timeout=5) == 0
    assert ended - sent < 0.2
