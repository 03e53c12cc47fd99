"""Several slipwayd over one MariaDB and one bucket of MinIO, each a process of its own that may be killed, paused or cut off."""

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conftest import Node
from harness.cli import Cli
from harness.daemon import BIN_DIR, patience
from harness.http import Reply
from harness.mariadb import MariaDb
from harness.real_server import RealServer
from harness.uploads import MIB, Upload

CHUNK = 5 * MIB
SECRET = "a-secret-of-the-tests-0123456789abcdef"


class Ground:
    """What they stand on."""

    def __init__(self, folder: Path):
        self.mariadb, self.minio = MariaDb(folder / "mariadb"), RealServer("minio", folder / "minio")

    def start(self) -> "Ground":
        self.mariadb.start()
        self.minio.start()
        return self

    def stop(self) -> None:
        self.mariadb.stop()
        self.minio.stop()


class Several:
    """The servers of one test: a database, a bucket and keys of their own."""

    def __init__(self, ground: Ground, folder: Path, make_node):
        self.ground, self.folder, self.make_node = ground, folder, make_node
        self.name = f"{random.SystemRandom().randrange(2**48):x}"
        self.database = ground.mariadb.database(self.name)
        self.store_keys = dict(zip(("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"), ground.minio.script("keys").stdout.split()))
        self.key = f"key-of-all-{self.name}"
        self._bucket()

    def _environment(self) -> dict[str, str]:
        return {f"SLIPWAY_STORE_MAIN_{name}": value for name, value in self.store_keys.items()}

    def _bucket(self) -> None:
        done = subprocess.run([BIN_DIR / "slipway", "admin", "store", "--config", self.config(), "bucket", "create"],
                              env=self._environment(), capture_output=True, text=True, timeout=patience(120))
        assert done.returncode == 0, done.stderr

    def config(self, store_url: str = "") -> Path:
        url = store_url or self.ground.minio.url
        path = self.folder / f"store-{urlsplit(url).port}.toml"
        path.write_text(f'[[store]]\nname = "main"\nkind = "s3"\nendpoint = "{url}"\nbucket = "b{self.name}"\n')
        return path

    def make(self, *args: str, database_port: int = 0, store_url: str = "", secret: str | None = SECRET,
             lease: str = "2s") -> Node:
        """A server that is not started. It may come to database and store another way."""
        arguments, environment = self.database
        if database_port:
            url = urlsplit(arguments[-1])
            arguments = arguments[:-1] + [arguments[-1].replace(f":{url.port}/", f":{database_port}/")]
        environment = environment | self._environment()
        if secret is not None:
            environment |= {"SLIPWAY_AUTH_CLUSTER_SECRET": secret}
        node = self.make_node("--config", str(self.config(store_url)), "--tasks.lease", lease, *arguments, *args, env=environment)
        node.key = self.key
        return node

    def start(self, *args: str, **more) -> Node:
        return self.make(*args, **more).start()

    def sql(self, statement: str) -> str:
        return self.ground.mariadb.sql(statement, f"slipway_{self.name}").strip()

    def cli(self, node: Node) -> Cli:
        return node.cli(self.folder / "home")


@pytest.fixture(scope="module")
def ground(tmp_path_factory) -> Iterator[Ground]:
    made = Ground(tmp_path_factory.mktemp("ground"))
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture
def several(ground, tmp_path, make_node) -> Several:
    return Several(ground, tmp_path, make_node)


def seen_from(upload: Upload, node: Node) -> Upload:
    """The same upload, by another server; URLs are asked for anew."""
    other = object.__new__(Upload)
    other.__dict__ |= upload.__dict__ | {"client": node.client, "urls": {}}
    return other


def completed(upload: Upload) -> dict:
    """The file, however long the store takes to put it together."""
    deadline = time.monotonic() + patience(120)
    while (reply := upload.complete()).status in (202, 503):
        assert time.monotonic() < deadline, reply
        time.sleep(0.05)
    assert reply.status == 200, reply
    return reply.json()


def is_refused(reply: Reply) -> bool:
    return reply.status == 503 and int(reply.headers["Retry-After"]) > 0


def pause(node: Node) -> None:
    node.process.send_signal(signal.SIGSTOP)


def resume(node: Node) -> None:
    node.process.send_signal(signal.SIGCONT)
