"""A small HTTP/1.1 client: one request a connection, plus raw sockets for what a polite client never sends.

It deliberately does not retry, follow or pool: a test sees exactly what the server answered.
"""

import http.client
import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str | None:
        """The stable code of a problem document; None when this is none."""
        if self.headers.get_content_type() != "application/problem+json":
            return None
        return self.json().get("error")

    def __repr__(self) -> str:
        return f"Reply({self.status}, {self.body[:300]!r})"


def origin_form(url: str) -> str:
    """Path and query of a URL, absolute or not."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


class Client:
    """Requests to one server with one key. `key=None` sends no Authorization."""

    def __init__(self, host: str, port: int, key: str | None, timeout: float = 60):
        self.host, self.port, self.key, self.timeout = host, port, key, timeout

    def request(self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None,
                auth: bool = True) -> Reply:
        """Sends one request. A dict or list becomes JSON; bytes go as they are; an iterable goes chunked."""
        fields = dict(headers or {})
        names = {name.lower() for name in fields}
        if auth and self.key is not None and "authorization" not in names:
            fields["Authorization"] = f"Bearer {self.key}"
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            if "content-type" not in names:
                fields["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            try:
                connection.request(method, origin_form(target), body, fields)
            except (BrokenPipeError, ConnectionResetError):
                if connection.sock is None:
                    raise  # it was never connected
                # The server answered before the body was all sent: the answer is what the test wants to see.
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, target: str, **more: Any) -> Reply:
        return self.request("GET", target, **more)

    def head(self, target: str, **more: Any) -> Reply:
        return self.request("HEAD", target, **more)

    def post(self, target: str, body: Any = None, **more: Any) -> Reply:
        return self.request("POST", target, body, **more)

    def put(self, target: str, body: Any, **more: Any) -> Reply:
        """PUT without the key: part URLs carry their own right."""
        return self.request("PUT", target, body, auth=more.pop("auth", False), **more)

    def delete(self, target: str, **more: Any) -> Reply:
        return self.request("DELETE", target, **more)

    def raw(self) -> "RawConnection":
        return RawConnection(self.host, self.port, self.timeout)


class RawConnection:
    """One socket: bytes out, replies in."""

    def __init__(self, host: str, port: int, timeout: float):
        self.authority = f"{host}:{port}"
        self.socket = socket.create_connection((host, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")

    def __enter__(self) -> "RawConnection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.reader.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_head(self, method: str, target: str, **fields: Any) -> None:
        """Underscores of field names become hyphens: content_length=5 is Content-Length."""
        lines = [f"{method} {origin_form(target)} HTTP/1.1", f"Host: {self.authority}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def read_head(self) -> tuple[int, http.client.HTTPMessage]:
        """One status line with its fields, an interim answer too. EOFError when the server closed instead."""
        line = self.reader.readline()
        if not line:
            raise EOFError("the server closed the connection")
        return int(line.split()[1]), http.client.parse_headers(self.reader)

    def read_reply(self) -> Reply:
        status, headers = self.read_head()
        return Reply(status, headers, self.reader.read(int(headers.get("Content-Length", 0))))

    def at_end(self) -> bool:
        """Waits until the server closes; False when it sent something instead."""
        try:
            return self.reader.read(1) == b""
        except ConnectionResetError:
            return True
