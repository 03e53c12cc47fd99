"""The real command line client, run or started against a server, with a resume journal of its own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from .daemon import BIN_DIR, Daemon, patience


class Cli:
    def __init__(self, daemon: Daemon, directory: Path):
        self.daemon, self.directory = daemon, directory
        directory.mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
        return clean | {"SLIPWAY_URL": self.daemon.url, "SLIPWAY_API_KEY": self.daemon.key,
                        "XDG_STATE_HOME": str(self.directory / "state"), "HOME": str(self.directory)}

    def start(self, *arguments: str, output: Path) -> subprocess.Popen[bytes]:
        """Starts it; what it prints is appended to `output`."""
        with open(output, "ab") as file:
            return subprocess.Popen([str(BIN_DIR / "slipway"), *arguments], env=self.environment, cwd=self.directory,
                                    stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT)

    def run(self, *arguments: str, seconds: float = 120) -> list[dict[str, Any]]:
        """Runs it to its end, which must be good; the JSON lines that it printed."""
        done = subprocess.run([str(BIN_DIR / "slipway"), *arguments], env=self.environment, cwd=self.directory,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=patience(seconds))
        assert done.returncode == 0, f"slipway {arguments} exited with {done.returncode}: {done.stdout}{done.stderr}"
        return events(done.stdout)


def events(text: str) -> list[dict[str, Any]]:
    """The JSON lines of a text; a line that a kill cut off is left out."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{") and line.endswith("}")]
