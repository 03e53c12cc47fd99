"""A real browser: headless Chromium with a profile of its own, driven over its DevTools pipe with nothing but the
standard library; and a server of the pages that it is shown.

It deliberately knows only what tests of forms need: open a page, choose files, click, read what is shown.
"""

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from .daemon import patience

PROGRAM = "chromium-headless-shell"


@contextlib.contextmanager
def page_server(html: str) -> Iterator[str]:
    """The URL of a page, on an origin of its own."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            body = html.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def _pipe() -> tuple[int, int]:
    """Ends with numbers above those that the browser wants its own under."""
    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return high


class Refused(Exception):
    """The browser did not do what it was told, and says why."""


class Browser:
    """One page of one browser; a context manager. `directory` takes the profile and the log."""

    def __init__(self, directory: Path):
        assert shutil.which(PROGRAM), f"{PROGRAM} is not installed: scripts/setup --test does that"
        self.log = directory / "chromium.log"
        self.seconds = patience(60)
        commands, self.commands = _pipe()
        self.answers, answers = _pipe()
        profile = directory / "profile"
        profile.mkdir(parents=True)
        # Root has no sandbox, and a container's /dev/shm is small. It reads commands from 3 and answers on 4.
        command = [PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   "--disable-background-networking", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["bash", "-c", f'exec "$@" 3<&{commands}- 4>&{answers}-', "bash", *command], pass_fds=(commands, answers),
                env=os.environ | {"HOME": str(directory)}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True)
        os.close(commands)
        os.close(answers)
        self.number, self.read, self.session = 0, b"", None

    def __enter__(self) -> "Browser":
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.commands)
        os.close(self.answers)

    def open(self, url: str) -> None:
        self._call("Page.navigate", url=url)
        self._wait(f"document.readyState === 'complete' && location.href === {json.dumps(url)}")

    def choose(self, selector: str, paths: list[Path]) -> None:
        """As a person does in the dialogue of a file input."""
        root = self._call("DOM.getDocument")["root"]["nodeId"]
        node = self._call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self._call("DOM.setFileInputFiles", nodeId=node, files=[str(path) for path in paths])

    def type(self, selector: str, text: str) -> None:
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")
        self._call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def answer_of(self, url: str) -> Any:
        """Waits until the browser has gone to `url`; the JSON that it shows there."""
        self._wait(f"document.readyState === 'complete' && location.href === {json.dumps(url)}")
        return json.loads(self.evaluate("document.querySelector('pre').textContent"))

    def evaluate(self, script: str) -> Any:
        result = self._call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def _wait(self, condition: str) -> None:
        deadline = time.monotonic() + self.seconds
        while not self._holds(condition):
            assert time.monotonic() < deadline, f"never: {condition}; it shows {self.evaluate('location.href')}"
            time.sleep(0.02)

    def _holds(self, condition: str) -> bool:
        """Between two pages there is nobody to ask."""
        try:
            return self.evaluate(condition)
        except Refused:
            return False

    def _call(self, method: str, **parameters: Any) -> Any:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self.number:
            pass  # an event
        if "error" in answer:
            raise Refused(method, answer["error"])
        return answer["result"]

    def _next(self) -> Any:
        deadline = time.monotonic() + self.seconds
        while b"\0" not in self.read:
            ready, _, _ = select.select([self.answers], [], [], max(0.0, deadline - time.monotonic()))
            data = os.read(self.answers, 1 << 16) if ready else b""
            assert data, f"the browser does not answer:\n{self.log.read_text(errors='replace')[-2000:]}"
            self.read += data
        message, _, self.read = self.read.partition(b"\0")
        return json.loads(message)
