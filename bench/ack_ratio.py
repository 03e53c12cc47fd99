"""What an acknowledgement of a small part takes by MariaDB and by Redis: the wait for an answer after the last byte, and parts a second.

Two slipwayd over one MariaDB, one MinIO and one Redis each, the one with metadata.ack = "mysql", the other with "redis"; the same parts to
both, in turn A-B-B-A. The store has a part before either is asked, so that its time is in both. MariaDB flushes at each commit: where
its data lie says what that takes (--directory).
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from load import BIN_DIR, KIB, Daemon, EmptyUpload, idle_share, one_sync, send_measured

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/cluster"))

from harness.mariadb import MariaDb  # noqa: E402
from harness.real_server import RealServer  # noqa: E402
from redis_server import Redis  # noqa: E402


class Side:
    """One way to acknowledge, with everything of its own."""

    def __init__(self, ack: str, folder: Path):
        self.ack, self.folder = ack, folder / ack
        self.folder.mkdir()
        self.mariadb, self.minio, self.redis = MariaDb(self.folder / "mariadb"), RealServer("minio", self.folder / "minio"), Redis(self.folder / "redis")
        self.daemon: Daemon | None = None

    def start(self) -> None:
        for server in (self.mariadb, self.minio, self.redis):
            server.start()
        config = self.folder / "store.toml"
        config.write_text(f'[[store]]\nname = "main"\nkind = "s3"\nendpoint = "{self.minio.url}"\nbucket = "bench"\n')
        keys = zip(("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"), self.minio.script("keys").stdout.split())
        arguments, environment = self.mariadb.database("bench")
        environment |= {f"SLIPWAY_STORE_MAIN_{name}": value for name, value in keys} | {"SLIPWAY_REDIS_PASSWORD": self.redis.password}
        subprocess.run([BIN_DIR / "slipway", "admin", "store", "--config", config, "bucket", "create"], env=environment, check=True,
                       stdout=subprocess.DEVNULL)
        (self.folder / "data").mkdir()
        self.daemon = Daemon(self.folder / "data", self.folder / "log", env=environment,
                             args=["--config", str(config), "--redis.address", self.redis.url, "--metadata.ack", self.ack, *arguments])
        self.daemon.start()

    def stop(self) -> None:
        if self.daemon:
            self.daemon.abandon()
        for server in (self.redis, self.minio, self.mariadb):
            server.stop()

    def send(self, arguments: argparse.Namespace) -> dict[str, float]:
        part = arguments.kib * KIB
        uploads = [EmptyUpload(self.daemon, arguments.parts // arguments.uploads * part, part) for _ in range(arguments.uploads)]
        targets = [target for row in zip(*(upload.targets for upload in uploads)) for target in row]
        sent = send_measured(self.daemon.port, targets, part, arguments.clients)
        for upload in uploads:
            assert upload.abort().status == 204
        return sent | {"parts": len(targets) / sent["seconds"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--kib", type=int, default=16, help="of each part (16)")
    parser.add_argument("--parts", type=int, default=2000, help="sent in each round (2000)")
    parser.add_argument("--uploads", type=int, default=8, help="that they belong to (8)")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--directory", help="where everything keeps its data; else where temporary files lie")
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-", dir=arguments.directory))
    sides = [Side("mysql", directory), Side("redis", directory)]
    results: dict[str, list[dict[str, float]]] = {side.ack: [] for side in sides}
    try:
        for side in sides:
            side.start()
            side.send(arguments)  # warm
        floor = statistics.median(one_sync(directory) for _ in range(50))
        for number in range(arguments.rounds):
            for side in sides if number % 2 == 0 else reversed(sides):
                sent = side.send(arguments)
                results[side.ack].append(sent)
                print(f"{side.ack}: {sent['parts']:.0f} parts a second, p50 {sent['p50_ms']:.2f} ms, p99 {sent['p99_ms']:.2f} ms "
                      f"({idle_share():.0%} idle)", flush=True)
    finally:
        for side in sides:
            side.stop()
        shutil.rmtree(directory, ignore_errors=True)
    print(f"one fdatasync there: {floor * 1e3:.2f} ms")
    for name, unit in (("parts", "a second"), ("p50_ms", "ms"), ("p99_ms", "ms")):
        mysql, redis = (statistics.median(sent[name] for sent in results[ack]) for ack in ("mysql", "redis"))
        print(f"{name}: mysql {mysql:.2f} {unit}, redis {redis:.2f} {unit}, redis / mysql {redis / mysql:.2f}")


if __name__ == "__main__":
    main()
