"""A receiver of webhooks: records what comes, checks every signature by itself, and answers as told."""

import base64
import hashlib
import hmac
import json
import os
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .daemon import patience

Answer = int | tuple[int, dict[str, str]]


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As docs/events.md says, with nothing of slipway in it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = (part.removeprefix("v1,") for part in headers["webhook-signature"].split(" "))
    return any(hmac.compare_digest(expected, signature) for signature in given)


@dataclass
class Message:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float
    status: int
    signed: bool

    @property
    def id(self) -> str:
        return self.body["id"]

    @property
    def kind(self) -> str:
        return self.body["type"].removeprefix("slipway.")

    @property
    def subject(self) -> str:
        return self.body["subject"]

    @property
    def sequence(self) -> int:
        return int(self.body["sequence"])


class Receiver:
    """`answer(message number, event)` says the status of each request; 204 where it is not set. A status of 0 closes the
    connection instead."""

    def __init__(self, answer: Callable[[int, dict[str, Any]], Answer] | None = None,
                 context: ssl.SSLContext | None = None, secret: str = "", port: int = 0):
        self.secret = secret or "whsec_" + base64.b64encode(os.urandom(32)).decode()
        self.answer, self.context, self.port = answer, context, port
        self.messages: list[Message] = []
        self.lock = threading.Lock()
        self.server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}/hook"

    def start(self) -> "Receiver":
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                receiver._take(self)

            do_GET = do_POST

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        if self.context:
            self.server.socket = self.context.wrap_socket(self.server.socket, server_side=True,
                                                          do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def stop(self) -> None:
        """Nobody listens any more; start() again keeps the port."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def __enter__(self) -> "Receiver":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        event = json.loads(body) if body else {}
        headers = {name.lower(): value for name, value in request.headers.items()}
        with self.lock:
            number = len(self.messages)
            message = Message(request.path, headers, event, time.time(), 0,
                              bool(body) and verify(self.secret, headers, body))
            self.messages.append(message)
        answer = self.answer(number, event) if self.answer else 204
        message.status, fields = answer if isinstance(answer, tuple) else (answer, {})
        if message.status == 0:
            request.close_connection = True
            return
        request.send_response(message.status)
        for name, value in fields.items():
            request.send_header(name, value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def delivered(self) -> list[Message]:
        """What was answered 2xx, without repetitions."""
        seen: dict[str, Message] = {}
        for message in list(self.messages):
            if 200 <= message.status < 300:
                seen.setdefault(message.id, message)
        return list(seen.values())

    def wait_for(self, count: int, seconds: float = 20) -> list[Message]:
        """Until so many events were delivered."""
        deadline = time.monotonic() + patience(seconds)
        while len(self.delivered()) < count:
            assert time.monotonic() < deadline, [(m.kind, m.status) for m in self.messages]
            time.sleep(0.02)
        return self.delivered()

    def wait_for_messages(self, count: int, seconds: float = 20) -> list[Message]:
        deadline = time.monotonic() + patience(seconds)
        while sum(m.status != 0 or self.answer is not None for m in self.messages) < count:
            assert time.monotonic() < deadline, self.messages
            time.sleep(0.02)
        return self.messages
