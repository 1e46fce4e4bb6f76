"""Connections of a client that waits: between two calls nothing of it runs."""

from __future__ import annotations

import socket
import threading

import vobiz_partner as vobiz

ANSWER = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{"balance": "1"}'


class ClosesWithoutAWord:
    """A service that answers once on each connection, promises to keep it open, and closes it when the test says so."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.requests: list[str] = []
        self._may_close, self._closed = threading.Semaphore(0), threading.Semaphore(0)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            with connection, connection.makefile("rb") as read:
                self.requests.append(read.readline().decode().partition(" ")[0])
                headers = [line.partition(b":") for line in iter(read.readline, b"\r\n")]
                read.read(sum(int(value) for name, _, value in headers if name == b"content-length"))
                connection.sendall(ANSWER)
                self._may_close.acquire()
            self._closed.release()

    def close_connection(self) -> None:
        """Close the connection of the last request."""
        self._may_close.release()
        assert self._closed.acquire(timeout=5)


def test_what_is_sent_once_is_not_sent_into_a_connection_that_was_closed() -> None:
    service = ClosesWithoutAWord()
    client = vobiz.Client("PA_X", "t", base_url=service.url, read_only=False, requests_per_second=0, attempts=1)
    for _ in range(20):
        client.balance("MA_1")
        service.close_connection()
        client.resend_kyc_session("k1")
        service.close_connection()
    assert service.requests == ["GET", "POST"] * 20


def test_a_client_that_is_closed_lets_go_of_its_connections_at_once() -> None:
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(ANSWER)
                assert connection.recv(1) == b""
                ended.set()

        threading.Thread(target=serve, daemon=True).start()
        with vobiz.Client("PA_X", "t", base_url=f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
            client.balance("MA_1")
        assert ended.wait(5)
