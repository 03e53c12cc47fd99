"""Real S3 servers on loopback for the tests of this folder, each started by its script in scripts/servers.

`store` is each of the servers in turn, for the tests of one file; a test that does things to the server itself takes
`start_store`. With SLIPWAY_STORES=long the servers of the long tier are those of `store`.
"""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN_DIR = Path(os.environ.get("SLIPWAY_BIN_DIR", ROOT / "build/release/bin"))
SERVERS = ["minio", "versitygw"]
LONG = ["garage", "swift", "ceph"]


# What the servers do not have or do not look at (docs/decisions/0011); the tests say what they do instead.
LACKS = {
    "minio": {"cors", "lifecycle"},
    "versitygw": {"session", "lifecycle", "whole bodies"},
    "garage": {"session", "policy", "conditions", "clock", "part size", "broken attempts", "shown ranges"},
    "swift": {"session", "policy", "conditions", "cors", "lifecycle", "access key"},
    "ceph": {"session", "region"},
}


class Server:
    """A server in a folder of its own."""

    def __init__(self, name: str, folder: Path):
        self.name, self.folder, self.url = name, folder, ""
        self.access_key, self.secret_key = self.script("keys").stdout.split()

    def lacks(self, what: str) -> bool:
        return what in LACKS[self.name]

    def script(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([ROOT / "scripts/servers" / self.name, *words], capture_output=True, text=True, timeout=3600)

    def start(self) -> None:
        installed = self.script("install")
        if installed.returncode != 0:
            reason = installed.stderr.strip().splitlines()[-1]
            # On a developer's machine the rest of the tests is worth running without it; CI has to have it.
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        started = self.script("start", str(self.folder))
        assert started.returncode == 0, started.stderr
        self.url = started.stdout.strip()
        ready = self.script("wait", str(self.folder))
        assert ready.returncode == 0, ready.stderr

    def stop(self) -> None:
        self.script("stop", str(self.folder))


@contextlib.contextmanager
def running(name: str, folder: Path) -> Iterator[Server]:
    server = Server(name, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


class Outcome:
    def __init__(self, done: subprocess.CompletedProcess):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr.decode()

    @property
    def text(self) -> str:
        return self.out.decode()

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out[-4000:]!r}\n{self.err[-4000:]}"


class Admin:
    """`slipway admin store` for one store, described by a file in `folder`."""

    def __init__(self, folder: Path, store: Server | None = None, **keys: object):
        self.folder, self.config = folder, folder / "stores.toml"
        self.access_key, self.secret_key = (store.access_key, store.secret_key) if store else ("none", "none")
        self.describe(store.url if store else "http://127.0.0.1:1", **keys)

    def describe(self, url: str, **keys: object) -> None:
        described = {"name": "main", "kind": "s3", "endpoint": url, "bucket": "uploads", "prefix": "own/"} | keys
        lines = [f"{key} = {value if isinstance(value, int) else repr(str(value))}" for key, value in described.items()]
        self.config.write_text("\n".join(["[[store]]", *lines, ""]))

    def run(self, *words: object, env: dict[str, str] | None = None) -> Outcome:
        environment = os.environ | {"SLIPWAY_STORE_MAIN_ACCESS_KEY_ID": self.access_key,
                                    "SLIPWAY_STORE_MAIN_SECRET_ACCESS_KEY": self.secret_key} | (env or {})
        command = [BIN_DIR / "slipway", "admin", "store", "--config", self.config, *map(str, words)]
        return Outcome(subprocess.run(command, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                                      capture_output=True, timeout=120))

    def ok(self, *words: object, **options: object) -> Outcome:
        outcome = self.run(*words, **options)
        assert outcome.code == 0, outcome
        return outcome


@pytest.fixture(scope="module", params=LONG if os.environ.get("SLIPWAY_STORES") == "long" else SERVERS)
def store(request, tmp_path_factory):
    with running(request.param, tmp_path_factory.mktemp(request.param)) as server:
        yield server


@pytest.fixture
def start_store(tmp_path):
    """start_store(NAME) starts a server of the test's own."""
    with contextlib.ExitStack() as stack:
        yield lambda name, folder=None: stack.enter_context(running(name, folder or tmp_path / name))
