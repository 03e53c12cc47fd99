"""The whole that `make cluster` starts, in a folder of its own, and what can be done to each of its processes."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from harness.cli import Cli
from harness.daemon import BIN_DIR, REPOSITORY, patience
from harness.http import Client
from harness.real_server import RealServer


class Member(RealServer):
    """One of its processes."""

    def __init__(self, name: str, folder: Path):
        kind = name.rstrip("0123456789")
        super().__init__({"node": "slipwayd", "sentinel": "redis-sentinel"}.get(kind, kind), folder)
        self.url = (folder.parent / f"{name}.url").read_text().strip()

    @property
    def pid(self) -> int:
        return int((self.folder / "pid").read_text())

    def is_running(self) -> bool:
        """Until it is gone, also while nobody has asked yet how it ended."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self.signal(signal.SIGKILL)
        deadline = time.monotonic() + patience(60)
        while self.is_running():
            assert time.monotonic() < deadline, f"{self.folder} survives SIGKILL"
            time.sleep(0.01)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    @property
    def port(self) -> int:
        return int((self.folder / "port").read_text())

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


class Whole:
    def __init__(self, folder: Path):
        self.folder = folder

    def script(self, *words: str, **environment: str) -> subprocess.CompletedProcess:
        variables = os.environ | {"CLUSTER_DIR": str(self.folder), "SLIPWAY_BIN_DIR": str(BIN_DIR)} | environment
        return subprocess.run([REPOSITORY / "scripts/cluster", *words], capture_output=True, text=True,
                              env=variables, timeout=3600)

    def up(self, *arguments: str, **environment: str) -> str:
        """What it says. Arguments are for every slipwayd."""
        done = self.script("up", *arguments, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def down(self) -> None:
        done = self.script("down")
        assert done.returncode == 0, done.stderr

    @property
    def names(self) -> list[str]:
        return sorted(path.parent.name for path in self.folder.glob("*/pid"))

    def member(self, name: str) -> Member:
        return Member(name, self.folder / name)

    @property
    def nodes(self) -> list[Member]:
        return [self.member(f"node{number}") for number in range(1, int((self.folder / "nodes").read_text()) + 1)]

    def redis(self, member: Member, *words: str) -> str:
        """What redis-cli says to that."""
        command = ["redis-cli", "-h", "127.0.0.1", "-p", str(member.port), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=patience(60)).stdout.strip()

    def redis_master(self) -> Member:
        """Of the two, as the Sentinels have it."""
        address = self.redis(self.member("sentinel1"), "sentinel", "get-master-addr-by-name", "slipway").split()
        [master] = [one for one in map(self.member, ("redis1", "redis2")) if str(one.port) == address[1]]
        return master

    def free_disk(self) -> None:
        """MinIO takes up to five minutes to remove what was deleted; long tests would fill the disk by then."""
        for deleted in (self.folder / "minio/data/.minio.sys/tmp/.trash").glob("*"):
            shutil.rmtree(deleted, ignore_errors=True)

    @property
    def key(self) -> str:
        return (self.folder / "secrets/key").read_text().strip()

    @property
    def url(self) -> str:
        return self.member("nginx").url

    def client(self, member: str = "nginx", timeout: float = 60) -> Client:
        return Client("127.0.0.1", self.member(member).port, self.key, patience(timeout))

    def cli(self, folder: Path, url: str = "") -> Cli:
        """By way of the balancer, unless another URL is given."""
        folder.mkdir(parents=True, exist_ok=True)
        return Cli(folder, url or self.url, self.key)
