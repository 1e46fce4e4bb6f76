"""The process around the calls: forks, signals, and an end at any moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import vobiz_partner as vobiz

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def in_child(work: Callable[[], object]) -> str:
    """Do something in a child of `fork`, and return what it came to, within seconds."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        try:
            result = repr(work())
        except BaseException as error:
            result = f"{type(error).__name__}: {error}"
        os.write(write, result.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        result = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return result


@pytest.fixture
def sandbox() -> Any:
    with vobiz.Sandbox(customers=5) as sandbox:
        yield sandbox


@forks
def test_a_child_reads_with_the_parents_client_and_with_its_own(sandbox: vobiz.Sandbox) -> None:
    client = sandbox.client()
    accounts = client.accounts()
    address: Any = {"auth_id": sandbox.auth_id, "auth_token": sandbox.auth_token, "base_url": sandbox.base_url}

    async def awaited() -> int:
        async with vobiz.AsyncClient(**address) as own:
            return len(await own.accounts())

    def run() -> int:
        import asyncio

        return asyncio.run(awaited())

    assert in_child(lambda: client.accounts() == accounts) == "True"
    assert in_child(lambda: len(vobiz.Client(**address).accounts())) == "5"
    assert in_child(run) == "5"
    assert in_child(lambda: sum(len(batch) for batch in client.stream_accounts())) == "5"
    assert client.accounts() == accounts


@forks
def test_a_child_starts_a_sandbox_of_its_own_and_does_not_end_the_parents(sandbox: vobiz.Sandbox) -> None:
    def own() -> int:
        with vobiz.Sandbox(customers=3) as other:
            return len(other.client().accounts())

    assert in_child(own) == "3"
    assert "belongs to the process that forked this one; start another one" in in_child(lambda: sandbox.now)
    assert in_child(sandbox.close) == "None"
    assert len(sandbox.client().accounts()) == 5


@forks
def test_a_list_that_the_parent_began_is_refused_in_the_child(sandbox: vobiz.Sandbox) -> None:
    stream = sandbox.client().stream_accounts(rows=2)
    batches = stream.batches()
    assert len(next(batches)) == 2
    assert "VobizError: list accounts: this list is read by another process" in in_child(lambda: next(batches))
    assert [len(batch) for batch in batches] == [2, 1]


COUNTS: Any = None


def count(_: int) -> int:
    return len(COUNTS.accounts())


@forks
def test_a_pool_of_forked_workers_reads(sandbox: vobiz.Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sandbox.client()
    assert len(client.accounts()) == 5
    monkeypatch.setattr(sys.modules[__name__], "COUNTS", client)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(count, range(4)) == [5] * 4
    assert len(client.accounts()) == 5


@forks
def test_a_fork_in_a_signal_handler_during_a_call_hangs_neither(sandbox: vobiz.Sandbox, unused_port: int) -> None:
    del sandbox
    program = f"""
import os, signal, socket, vobiz_partner as vobiz
server = socket.create_server(("127.0.0.1", {unused_port}))
client = vobiz.Client("PA_X", "t", base_url="http://127.0.0.1:{unused_port}", timeout=1, attempts=1)
children, parent = [], os.getpid()
signal.signal(signal.SIGALRM, lambda *_: children.append(os.fork()))
signal.setitimer(signal.ITIMER_REAL, 0.2)
try:
    client.dashboard()
except vobiz.VobizError as error:
    if os.getpid() != parent:
        os._exit(0 if "forked while the call was waited for" in str(error) else 1)
    print(type(error).__name__, os.waitpid(children[0], 0)[1])
"""
    assert run(program) == (0, "VobizTimeoutError 0\n")


QUIET = ["-W", "ignore:This process:DeprecationWarning"]
"""Python 3.12 and later warn at every fork of a process that has threads."""


def run(program: str) -> tuple[int, str]:
    """Run a program to its end; return its exit code and everything it printed."""
    done = subprocess.run(
        [sys.executable, *QUIET, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(sys.executable).parent,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_signal_handler_may_call_while_a_call_waits(sandbox: vobiz.Sandbox, unused_port: int) -> None:
    program = f"""
import signal, socket, vobiz_partner as vobiz
server = socket.create_server(("127.0.0.1", {unused_port}))
waits = vobiz.Client("PA_X", "t", base_url="http://127.0.0.1:{unused_port}", timeout=1, attempts=1)
other = vobiz.Client({sandbox.auth_id!r}, {sandbox.auth_token!r}, base_url={sandbox.base_url!r})
signal.signal(signal.SIGALRM, lambda *_: print(len(other.accounts())))
signal.setitimer(signal.ITIMER_REAL, 0.2)
try:
    waits.dashboard()
except vobiz.VobizTimeoutError:
    print("timeout")
"""
    assert run(program) == (0, "5\ntimeout\n")


ENDS = {
    "after awaited calls": """
async def work():
    async with vobiz.AsyncClient(**served) as client:
        await asyncio.gather(*(client.dashboard() for _ in range(4)))
asyncio.run(work())
""",
    "an awaited call under way": """
async def work():
    task = asyncio.ensure_future(vobiz.AsyncClient(**silent).dashboard())
    await asyncio.sleep(0.01)
asyncio.run(work())
""",
    "an awaited call under way in a thread that is left alone": """
def work():
    async def calls():
        client = vobiz.AsyncClient(**served)
        while True:
            await client.dashboard()
    asyncio.run(calls())
threading.Thread(target=work, daemon=True).start()
time.sleep(0.05)
""",
    "waited calls under way in threads that are left alone": """
def work():
    client = vobiz.Client(**served)
    while True:
        client.dashboard()
for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.05)
""",
    "a loop that is thrown away with its task": """
loop = asyncio.new_event_loop()
task = loop.create_task(vobiz.AsyncClient(**silent).accounts())
loop.run_until_complete(asyncio.sleep(0.01))
task._log_destroy_pending = False
del loop
""",
    "a sandbox and a client that nobody closed": """
sandbox = vobiz.Sandbox(customers=2)
sandbox.client().dashboard()
""",
    "an exit out of a task": """
async def work():
    asyncio.ensure_future(vobiz.AsyncClient(**served).accounts())
    await asyncio.sleep(0.002)
    sys.exit(0)
asyncio.run(work())
""",
}


@pytest.mark.parametrize("program", ENDS.values(), ids=ENDS.keys())
def test_a_program_ends_in_silence(sandbox: vobiz.Sandbox, unused_port: int, program: str) -> None:
    head = f"""
import asyncio, socket, sys, threading, time, warnings
warnings.simplefilter("ignore")
import vobiz_partner as vobiz
served = dict(auth_id={sandbox.auth_id!r}, auth_token={sandbox.auth_token!r}, base_url={sandbox.base_url!r})
served["requests_per_second"] = 0
server = socket.create_server(("127.0.0.1", {unused_port}))
silent = dict(auth_id="PA_X", auth_token="t", base_url="http://127.0.0.1:{unused_port}")
"""
    for _ in range(3):
        assert run(head + program) == (0, "")
