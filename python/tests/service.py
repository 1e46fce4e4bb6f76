"""A service on this machine that answers with what a test tells it to."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import vobiz_partner as vobiz

PAYLOADS = Path(__file__).parents[2] / "tests" / "payloads"
TOKEN = "planted-token-3f9c"


def payload(name: str) -> Any:
    """Return a recorded body of the service."""
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


class Asked(NamedTuple):
    """A request as it arrived."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


class Reply(NamedTuple):
    """An answer: JSON unless it is bytes already."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed


class Service:
    """A Partner API whose every answer a test decides."""

    def __init__(self, secure: ssl.SSLContext | None = None) -> None:
        self.replies: dict[str, Reply | Callable[[Asked], Reply]] = {}
        self.asked: list[Asked] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                asked = Asked(url.path.strip("/"), parse_qs(url.query), {k.lower(): v for k, v in self.headers.items()})
                service.asked.append(asked)
                reply = service.replies.get(asked.path, Reply({"error": f"nothing at {asked.path}"}, 500))
                reply = reply(asked) if callable(reply) else reply
                body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
                self.send_response(reply.status)
                for name, value in {"content-type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                self.do_GET()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """A caller that went away is no news."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._scheme = "https" if secure else "http"
        if secure:
            self._server.socket = secure.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def client(self, *, attempts: int = 1, timeout: float = 5) -> vobiz.Client:
        return vobiz.Client(auth_id="PA_TEST", auth_token=TOKEN, base_url=self.url, attempts=attempts, timeout=timeout)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
