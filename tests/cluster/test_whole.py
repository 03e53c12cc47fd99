"""`make cluster` and `make cluster-down`: everything comes up out of one folder, a file goes through it, and everything ends."""

import os
import random

import pytest

from conftest import wait_until
from harness.digests import sha256
from harness.uploads import MIB
from whole import Whole

MEMBERS = ["consul", "consul-template", "kafka", "mariadb", "minio", "nginx", "node1", "node2", "node3", "redis1", "redis2",
           "sentinel1", "sentinel2", "sentinel3"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    made = Whole(tmp_path_factory.mktemp("whole"))
    try:
        made.up()
        yield made
    finally:
        made.down()


def running(whole: Whole) -> list[str]:
    return [name for name in whole.names if whole.member(name).is_running()]


def test_it_says_how_a_file_goes_through_it(whole, tmp_path):
    said = whole.up()
    assert whole.url in said and all(node.url in said for node in whole.nodes)
    assert f"SLIPWAY_API_KEY=$(cat {whole.folder}/secrets/key)" in said and "make cluster-down" in said
    source, target = tmp_path / "source.bin", tmp_path / "target.bin"
    source.write_bytes(random.Random(21).randbytes(12 * MIB))
    cli = whole.cli(tmp_path / "home", whole.nodes[0].url)
    file = cli.put(source, "--chunk-size", "5MiB")
    whole.cli(tmp_path / "home").ok("get", file["file_id"], "-o", target)
    assert sha256(target.read_bytes()) == sha256(source.read_bytes())


def test_what_runs_goes_on_and_what_is_gone_comes_back(whole):
    assert running(whole) == MEMBERS
    before = {name: whole.member(name).pid for name in MEMBERS}
    whole.member("node2").kill()
    whole.member("nginx").stop()
    whole.up()
    after = {name: whole.member(name).pid for name in MEMBERS}
    assert {name for name in MEMBERS if before[name] != after[name]} == {"node2", "nginx"}
    assert running(whole) == MEMBERS


def test_it_ends_and_comes_back_with_what_it_had(whole, tmp_path):
    source, target = tmp_path / "source.bin", tmp_path / "target.bin"
    source.write_bytes(random.Random(22).randbytes(MIB))
    cli, url = whole.cli(tmp_path / "home", whole.nodes[0].url), whole.url
    file = cli.put(source)
    pids = [whole.member(name).pid for name in MEMBERS]
    whole.down()
    assert not [pid for pid in pids if os.path.exists(f"/proc/{pid}/exe")]
    whole.down()
    whole.up()
    assert whole.url == url
    whole.cli(tmp_path / "home").ok("get", file["file_id"], "-o", target)
    assert target.read_bytes() == source.read_bytes()


def test_one_that_cannot_start_ends_all_and_says_why(tmp_path):
    other = Whole(tmp_path / "other")
    done = other.script("up", "--tasks.workers", "many", NODES="1")
    assert done.returncode == 1
    assert "tasks.workers" in done.stderr and "node1 did not start" in done.stderr
    wait_until("nothing runs", lambda: running(other) == [])
    assert other.names == ["node1"], "only what never ran is not told to end"
