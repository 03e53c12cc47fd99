"""The long way: a large upload with the real client, both sides killed on the way, and many small files.

SLIPWAY_E2E_BYTES sets the size of the large file (512 MiB), SLIPWAY_E2E_FILES the number of small ones (500).
"""

import collections
import hashlib
import os
import time
from pathlib import Path

import pytest

from harness.cli import Cli, events
from harness.daemon import patience, scaled
from harness.digests import sha256
from harness.uploads import KIB, MIB

PART = 8 * MIB
CONNECTIONS = 8
SIZE = int(os.environ.get("SLIPWAY_E2E_BYTES", scaled(512 * MIB, 192 * MIB)))
FILES = int(os.environ.get("SLIPWAY_E2E_FILES", scaled(500, 50)))
KILLS = ["server"] * 3 + ["client"] * 2


def write_random(path: Path, size: int) -> str:
    """A file of random bytes; its SHA-256."""
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        for start in range(0, size, PART):
            block = os.urandom(min(PART, size - start))
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def file_sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class PartRecords:
    """The server's own records of parts, in its log: one line before each acknowledgement, over all its lives."""

    def __init__(self, server):
        self.server, self.read_to = server, 0
        self.counts = {"part_stored": collections.Counter(), "part_already_stored": collections.Counter()}

    def read(self) -> "PartRecords":
        with open(self.server.log_path, "rb") as log:
            log.seek(self.read_to)
            text = log.read()
        whole = text[:text.rfind(b"\n") + 1]
        self.read_to += len(whole)
        for line in events(whole.decode(errors="replace")):
            if line.get("event") in self.counts:
                self.counts[line["event"]][line["part_number"]] += 1
        return self

    @property
    def stored(self) -> collections.Counter:
        return self.counts["part_stored"]


def run_with_kills(cli: Cli, server, rng, put: list[str], output: Path, parts: int) -> PartRecords:
    """`slipway put` to its end, while server and client are killed when random numbers of parts have been stored."""
    plan = rng.sample(range(2, parts - 2 * CONNECTIONS), len(KILLS))
    plan = list(zip(sorted(plan), rng.sample(KILLS, len(KILLS))))
    print(f"{parts} parts; kills at {plan}")
    records = PartRecords(server)
    client = cli.start(*put, output=output)
    deadline = time.monotonic() + patience(60 + SIZE / (5 * MIB))
    try:
        for threshold, victim in plan:
            while records.read().stored.total() < threshold:
                assert client.poll() is None, f"the client ended early: {output.read_text()[-2000:]}"
                assert time.monotonic() < deadline, "no progress"
                time.sleep(0.002)
            # The upload is under way, or nothing would be shown.
            assert client.poll() is None
            if victim == "server":
                server.kill()
                time.sleep(rng.random())
                server.start()
            else:
                client.kill()
                client.wait()
                client = cli.start(*put, output=output)
        assert client.wait(max(1.0, deadline - time.monotonic())) == 0, output.read_text()[-2000:]
    finally:
        if client.poll() is None:
            client.kill()
            client.wait()
    return records.read()


def test_a_large_upload_survives_the_kills_of_server_and_client(server, tmp_path, rng):
    cli = Cli(server, tmp_path / "client")
    source, target, output = tmp_path / "large.bin", tmp_path / "back.bin", tmp_path / "put.log"
    digest, parts = write_random(source, SIZE), -(-SIZE // PART)
    put = ["put", str(source), "--parallel", str(CONNECTIONS), "--chunk-size", str(PART)]
    try:
        started = time.monotonic()
        records = run_with_kills(cli, server, rng, put, output, parts)
        print(f"uploaded {SIZE / MIB:.0f} MiB in {time.monotonic() - started:.1f} s")

        # No acknowledged part was sent again, by the server's own records of all its lives …
        assert records.counts["part_already_stored"] == {}
        assert server.metrics()["slipway_parts_already_stored_total"] == 0
        assert [number for number, count in records.stored.items() if count != 1] == []
        # … which may lack a part only where a kill fell between its commit and its line.
        assert parts - KILLS.count("server") * CONNECTIONS <= len(records.stored) <= parts
        said = events(output.read_text())
        told = collections.Counter(line["part_number"] for line in said if line["event"] == "part")
        assert told and set(told.values()) == {1}, "a part was acknowledged to the client twice"
        assert set(told) <= set(range(1, parts + 1))

        file_id = next(line["file_id"] for line in said if line["event"] == "completed")
        cli.run("get", file_id, "-o", str(target), seconds=60 + SIZE / (10 * MIB))
        assert target.stat().st_size == SIZE and file_sha256(target) == digest
    finally:
        for path in (source, target):
            path.unlink(missing_ok=True)


def test_many_small_files(server, tmp_path):
    cli = Cli(server, tmp_path / "client")
    directory = tmp_path / "many"
    expected = {}
    for index in range(FILES):
        path = directory / f"{index % 10}" / f"{index}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = os.urandom(64 * KIB)
        path.write_bytes(data)
        expected[path.name] = sha256(data)
    started = time.monotonic()
    completed = [line for line in cli.run("put", str(directory), seconds=30 + FILES / 5)
                 if line["event"] == "completed"]
    print(f"{FILES} files in {time.monotonic() - started:.1f} s")
    assert len(completed) == FILES
    actual = {Path(line["path"]).name: sha256(server.client.get(f"/files/{line['file_id']}").body)
              for line in completed}
    assert actual == expected
    assert server.metrics()["slipway_parts_already_stored_total"] == 0


@pytest.mark.heavy
def test_a_put_that_was_killed_and_never_resumed_can_be_ended(server, tmp_path):
    """What a client leaves behind is listed and can be removed."""
    cli = Cli(server, tmp_path / "client")
    source = tmp_path / "left.bin"
    write_random(source, 64 * MIB)
    client = cli.start("put", str(source), output=tmp_path / "put.log")
    records = PartRecords(server)
    while records.read().stored.total() == 0 and client.poll() is None:
        time.sleep(0.002)
    client.kill()
    client.wait()
    [upload] = cli.run("ls", "--uploads", "--json")
    cli.run("rm", upload["upload_id"])
    assert cli.run("ls", "--uploads", "--json") == []
    source.unlink()
