"""slipwayd over a MinIO cluster of four nodes that loses one of them while files are uploaded: nobody who uploads sees it."""

import os
import random
import signal
from pathlib import Path

import pytest

from gateway import Gateway, wait_for
from harness.cli import Cli, Outcome
from harness.daemon import patience
from harness.digests import sha256
from harness.uploads import MIB
from servers import Server

FILE = int(os.environ.get("SLIPWAY_S3_BYTES", 64 * MIB))


@pytest.fixture
def cluster(start_store):
    return start_store("minio_cluster")


def kill_node(cluster: Server, node: int) -> None:
    os.kill(int((cluster.folder / str(node) / "pid").read_text()), signal.SIGKILL)


def start_node(cluster: Server, node: int) -> None:
    for word in ("start", "wait"):
        done = cluster.script(word, str(cluster.folder), str(node))
        assert done.returncode == 0, done.stderr


def make_file(path: Path, seed: int) -> str:
    source = random.Random(seed)
    with open(path, "wb") as file:
        for at in range(0, FILE, 16 * MIB):
            file.write(source.randbytes(min(16 * MIB, FILE - at)))
    return sha256(path.read_bytes())


def put(cli: Cli, path: Path):
    return cli.start("put", "--json", "--chunk-size", "5MiB", "--parallel", 4, path)


def parts_stored(gateway: Gateway) -> float:
    return gateway.daemon.metrics()["slipway_parts_stored_total"]


def ended(process) -> Outcome:
    out, err = process.communicate(timeout=patience(180))
    return Outcome(process.returncode, out, err)


def test_a_node_that_is_killed_is_noticed_by_nobody_who_uploads(start_gateway, cluster, tmp_path):
    gateway = start_gateway(cluster)
    cli = Cli(tmp_path, gateway.daemon.url, gateway.daemon.key)
    sums = {tmp_path / f"file{seed}": make_file(tmp_path / f"file{seed}", seed) for seed in range(4)}
    paths = list(sums)
    total = FILE // (5 * MIB)
    made = {}
    # Killed while parts come, and gone still when they are put together.
    running = [put(cli, path) for path in paths[:2]]
    wait_for(lambda: parts_stored(gateway) >= total // 2)
    kill_node(cluster, 3)
    outcomes = [ended(process) for process in running]
    # Back while parts come.
    running = [put(cli, path) for path in paths[2:]]
    wait_for(lambda: parts_stored(gateway) >= 2 * total + total // 2)
    start_node(cluster, 3)
    outcomes += [ended(process) for process in running]
    for path, outcome in zip(paths, outcomes):
        assert outcome.code == 0 and not outcome.all("retry"), outcome
        made[path] = outcome.one("completed")
    assert not gateway.daemon.metrics().get('slipway_http_requests_total{code="5xx"}')
    for path, file in made.items():
        got = gateway.client.get(f"/files/{file['file_id']}")
        assert got.status == 200 and sha256(got.body) == sums[path]
