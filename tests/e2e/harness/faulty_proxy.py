"""A way to a server that goes wrong as told: answers get lost, other answers come instead, bytes are garbled.

It understands whole requests, so that a fault hits the call that is meant, and counts how often it did: a test asserts
that its faults happened.
"""

import re
import socket
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Fault:
    """Hits requests whose "METHOD /path" matches, after the first `skip` of them, `times` times."""

    def __init__(self, pattern: str, times: int = 1, skip: int = 0):
        self.pattern, self.left, self.skip, self.hits = re.compile(pattern), times, skip, 0

    def takes(self, line: str) -> bool:
        if not self.pattern.match(line):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.left == 0:
            return False
        self.left -= 1
        self.hits += 1
        return True


class LoseAnswer(Fault):
    """The server gets the request and its answer goes nowhere."""


class Refuse(Fault):
    """Another answer than the server's, which never hears of the request."""

    def __init__(self, pattern: str, status: int, error: str = "", headers: dict[str, str] | None = None, **counts: int):
        super().__init__(pattern, **counts)
        self.status, self.headers = status, headers or {}
        self.body = f'{{"title":"Injected","status":{status},"error":"{error}"}}'.encode()


class Garble(Fault):
    """The bytes of the request, or of the answer, are changed on their way."""

    def __init__(self, pattern: str, request: Callable[[bytes], bytes] | None = None,
                 answer: Callable[[bytes], bytes] | None = None, **counts: int):
        super().__init__(pattern, **counts)
        self.request, self.answer = request, answer


class Hold(Fault):
    """The request waits until `release` is set."""

    def __init__(self, pattern: str, **counts: int):
        super().__init__(pattern, **counts)
        self.reached, self.release = threading.Event(), threading.Event()


class FaultyProxy:
    def __init__(self, host: str, port: int):
        self.upstream = (host, port)
        self.faults: list[Fault] = []
        self.lock = threading.Lock()
        self.requests: list[str] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None:
                pass

            def handle_any(self) -> None:
                proxy._serve(self)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> "FaultyProxy":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for fault in self.faults:
            if isinstance(fault, Hold):
                fault.release.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def add(self, fault: Fault) -> Fault:
        self.faults.append(fault)
        return fault

    def _fault_of(self, line: str) -> Fault | None:
        with self.lock:
            self.requests.append(line)
            return next((fault for fault in self.faults if fault.takes(line)), None)

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        fault = self._fault_of(f"{handler.command} {handler.path}")
        if isinstance(fault, Hold):
            fault.reached.set()
            fault.release.wait(30)
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        if isinstance(fault, Garble) and fault.request:
            body = fault.request(body)
        if isinstance(fault, Refuse):
            self._answer(handler, fault.status, list(fault.headers.items()), fault.body)
            return
        connection = HTTPConnection(*self.upstream, timeout=60)
        try:
            connection.request(handler.command, handler.path, body, dict(handler.headers))
            response = connection.getresponse()
            data = response.read()
        except OSError:
            data, response = b"", None
        finally:
            connection.close()
        if response is None or isinstance(fault, LoseAnswer):
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        if isinstance(fault, Garble) and fault.answer:
            data = fault.answer(data)
        self._answer(handler, response.status, response.getheaders(), data)

    @staticmethod
    def _answer(handler: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        handler.send_response_only(status)
        stated = {name.lower() for name, _ in headers}
        for name, value in headers:
            if name.lower() not in ("connection", "keep-alive"):
                handler.send_header(name, value)
        if "content-length" not in stated and status != 204:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)
