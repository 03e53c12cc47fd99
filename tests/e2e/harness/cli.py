"""The command line client under test: run to its end, or started and watched line by line."""

import json
import os
import signal
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from .daemon import BIN_DIR, patience


class Outcome:
    def __init__(self, code: int, out: bytes, err: bytes):
        self.code, self.out, self.err = code, out, err.decode(errors="replace")

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    def all(self, event: str) -> list[dict[str, Any]]:
        return [entry for entry in self.events if entry.get("event") == event]

    def one(self, event: str) -> dict[str, Any]:
        entries = self.all(event)
        assert len(entries) == 1, (event, self)
        return entries[0]

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out.decode(errors='replace')[-4000:]}\n{self.err[-4000:]}"


class Cli:
    """A user with a home directory, a server and a key."""

    def __init__(self, directory: Path, url: str, key: str):
        self.directory, self.url = directory, url
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
        self.environment |= {"SLIPWAY_URL": url, "SLIPWAY_API_KEY": key, "HOME": str(directory),
                             "XDG_STATE_HOME": str(directory / "state")}

    @property
    def journal(self) -> Path:
        return self.directory / "state/slipway/journal.db"

    def journal_rows(self, table: str) -> int:
        with sqlite3.connect(f"file:{self.journal}?mode=ro", uri=True) as journal:
            return journal.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

    def start(self, *arguments: object, **options: Any) -> "subprocess.Popen[bytes]":
        command = [str(BIN_DIR / "slipway"), *(os.fsencode(a) if isinstance(a, Path) else str(a) for a in arguments)]
        settings = {"cwd": self.directory, "env": self.environment | options.pop("env", {}), "stdin": subprocess.DEVNULL,
                    "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.Popen(command, **settings)

    def run(self, *arguments: object, input: bytes | None = None, env: dict[str, str] | None = None,
            timeout: float = 60) -> Outcome:
        stdin = subprocess.DEVNULL if input is None else subprocess.PIPE
        process = self.start(*arguments, stdin=stdin, env=env or {})
        try:
            out, err = process.communicate(input, patience(timeout))
        finally:
            process.kill()
        return Outcome(process.returncode, out, err)

    def ok(self, *arguments: object, **options: Any) -> Outcome:
        outcome = self.run(*arguments, **options)
        assert outcome.code == 0, outcome
        return outcome

    def put(self, *arguments: object, **options: Any) -> dict[str, Any]:
        """Uploads one file; the event of its completion."""
        return self.ok("put", *arguments, **options).one("completed")

    def put_until(self, parts: int, number: signal.Signals, *arguments: object) -> Outcome:
        """Uploads one part at a time and gets the signal when so many were acknowledged."""
        process = self.start("put", "--parallel", 1, *arguments)
        assert process.stdout is not None
        lines = []
        while sum(b'"event":"part"' in line for line in lines) < parts:
            line = process.stdout.readline()
            assert line, Outcome(process.wait(), b"".join(lines), process.stderr.read() if process.stderr else b"")
            lines.append(line)
        process.send_signal(number)
        out, err = process.communicate(timeout=patience(20))
        return Outcome(process.returncode, b"".join(lines) + out, err)


def write(path: Path, data: bytes) -> Path:
    """A file of these bytes, in a folder that need not be there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
