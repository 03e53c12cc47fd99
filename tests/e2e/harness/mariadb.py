"""A MariaDB on loopback (scripts/servers/mariadb) for a slipwayd that keeps its records there."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from .daemon import REPOSITORY


class MariaDb:
    """In a folder of its own; started by start()."""

    def __init__(self, folder: Path):
        self.folder, self.url = folder, ""
        self.user, self.password = self._script("keys").split()

    def _script(self, *words: str) -> str:
        done = subprocess.run([REPOSITORY / "scripts/servers/mariadb", *words], capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> "MariaDb":
        installed = subprocess.run([REPOSITORY / "scripts/servers/mariadb", "install"], capture_output=True, text=True)
        if installed.returncode != 0:
            reason = installed.stderr.strip()
            # On a developer's machine the rest of the tests is worth running without it; CI has to have it.
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        self.url = self._script("start", str(self.folder)).strip()
        self._script("wait", str(self.folder))
        return self

    def stop(self) -> None:
        self._script("stop", str(self.folder))

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        process = int((self.folder / "pid").read_text())
        os.kill(process, signal.SIGKILL)
        self.stop()

    def sql(self, statement: str, database: str = "") -> str:
        """By its administrator, who is asked for nothing on its socket."""
        done = subprocess.run(["mariadb", "--no-defaults", "--user=root", f"--socket={self.folder}/socket",
                               "--skip-column-names", f"--execute={statement}", *([database] if database else [])],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def database(self, name: str) -> tuple[list[str], dict[str, str]]:
        """Arguments and environment of a slipwayd over an empty database of that name."""
        self.sql(f"DROP DATABASE IF EXISTS slipway_{name}; CREATE DATABASE slipway_{name}")
        url = self.url.rsplit("/", 1)[0] + f"/slipway_{name}"
        return (["--metadata.kind", "mariadb", "--metadata.url", url], {"SLIPWAY_METADATA_PASSWORD": self.password})
