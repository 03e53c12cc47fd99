"""A real slipwayd under test: started on a free port over a data directory, watched, killed, restarted.

A restart keeps the port, so that clients and signed URLs of the life before still find the server.
"""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from .http import Client

REPOSITORY = Path(__file__).resolve().parents[3]
BIN_DIR = Path(os.environ.get("SLIPWAY_BIN_DIR", REPOSITORY / "build/release/bin")).resolve()
SCALE = float(os.environ.get("SLIPWAY_TEST_SCALE", "1"))

SANITIZER_REPORT = re.compile(r"(Address|Leak|Thread|UndefinedBehavior|Memory)Sanitizer|: runtime error: ")


def scaled(amount: int, least: int = 1) -> int:
    """`amount`, less under a sanitizer."""
    return max(least, int(amount * SCALE))


def patience(seconds: float) -> float:
    """A deadline; a sanitized build may take longer."""
    return seconds if SCALE >= 1 else seconds * 4


class Daemon:
    def __init__(self, data_dir: Path, log_path: Path, key: str = "", args: list[str] | None = None,
                 env: dict[str, str] | None = None):
        self.data_dir, self.log_path = Path(data_dir), Path(log_path)
        self.key = key or "test-key-" + os.urandom(16).hex()
        self.args, self.env = list(args or []), dict(env or {})
        self.host, self.port = "127.0.0.1", 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def client(self) -> Client:
        return Client(self.host, self.port, self.key, patience(60))

    def spawn(self) -> subprocess.Popen[bytes]:
        """Starts the process and waits for nothing."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
        # Tests ask faster than people do, with one key; those of the limits set them.
        environment |= {"SLIPWAY_LIMITS_REQUESTS_PER_SECOND": "0", "SLIPWAY_LIMITS_PARTS_PER_SECOND": "0"}
        environment |= {"SLIPWAY_API_KEY": self.key} | self.env
        command = [str(BIN_DIR / "slipwayd"), "--data-dir", str(self.data_dir), *self.args]
        if "--listen" not in self.args:
            command += ["--listen", f"{self.host}:{self.port}"]
        with open(self.log_path, "ab") as log:
            return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log,
                                    stderr=subprocess.STDOUT)

    def start(self) -> "Daemon":
        assert self.process is None, "it runs already"
        address = self.data_dir / "slipwayd.addr"
        address.unlink(missing_ok=True)
        self.process = self.spawn()
        deadline = time.monotonic() + patience(30)
        while not self._ready(address):
            assert self.process.poll() is None, f"slipwayd ended ({self.process.returncode}):\n{self.log_tail()}"
            assert time.monotonic() < deadline, f"slipwayd did not become ready:\n{self.log_tail()}"
            time.sleep(0.01)
        return self

    def _ready(self, address: Path) -> bool:
        text = address.read_text().strip() if address.exists() else ""
        if not text:
            return False
        self.host, port = text.rsplit(":", 1)
        self.port = int(port)
        try:
            return self.client.get("/readyz", auth=False).status == 200
        except OSError:
            return False

    def _stop(self, number: signal.Signals, seconds: float) -> int:
        assert self.process is not None, "it does not run"
        process, self.process = self.process, None
        process.send_signal(number)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"slipwayd still ran {seconds} s after {number.name}:\n{self.log_tail()}") from None

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self._stop(signal.SIGKILL, 10)

    def terminate(self, seconds: float = 10) -> int:
        """SIGTERM, and the exit code; AssertionError when it takes longer than `seconds`."""
        return self._stop(signal.SIGTERM, patience(seconds))

    def wait_for_end(self, seconds: float) -> int:
        """The exit code of a server that ends by itself."""
        assert self.process is not None, "it does not run"
        code = self.process.wait(patience(seconds))
        self.process = None
        return code

    def restart(self) -> "Daemon":
        """Ends it in good order when it runs, and starts it again on the same port."""
        if self.process is not None:
            assert self.terminate() == 0, self.log_tail()
        return self.start()

    def close(self) -> None:
        """The end of a test: a running server must end in good order, and no life may have left a sanitizer's report."""
        if self.process is not None:
            code = self.terminate()
            assert code == 0, f"slipwayd exited with {code} after SIGTERM:\n{self.log_tail()}"
        report = next((line for line in self.log_path.read_text(errors="replace").splitlines()
                       if SANITIZER_REPORT.search(line)), None)
        assert report is None, f"a sanitizer reported: {report}\n{self.log_tail(200)}"

    def abandon(self) -> None:
        """Whatever happened, nothing of it is left running."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def metrics(self) -> dict[str, float]:
        """Every series of /metrics, as "name" or 'name{labels}'."""
        reply = self.client.get("/metrics")
        assert reply.status == 200, reply
        lines = (line for line in reply.body.decode().splitlines() if line and not line.startswith("#"))
        return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in lines)}

    def log_lines(self) -> list[dict[str, Any]]:
        """The JSON lines of all lives; anything else in the log is left out."""
        lines = self.log_path.read_text(errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def log_tail(self, lines: int = 30) -> str:
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])

    def peak_memory(self) -> int:
        """VmHWM in bytes: the most that was ever resident."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10
