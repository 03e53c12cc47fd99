"""The long way: a large upload with the real client, both sides killed on the way, and many small files.

SLIPWAY_E2E_BYTES sets the size of the large file (512 MiB), SLIPWAY_E2E_FILES the number of small ones (500).
"""

import collections
import hashlib
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from harness.cli import Cli
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


def events(text: str) -> list[dict[str, Any]]:
    """The JSON lines of a text; a line that a kill cut off is left out."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{") and line.endswith("}")]


def client_of(server, directory: Path) -> Cli:
    directory.mkdir()
    return Cli(directory, server.url, server.key)


def start(cli: Cli, arguments: list[object], output: Path) -> "subprocess.Popen[bytes]":
    """Starts the client; what it prints is appended to `output`."""
    with open(output, "ab") as file:
        return cli.start(*arguments, stdout=file, stderr=subprocess.STDOUT)


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


class Journey:
    """`slipway put` to its end, while server and client are killed when random numbers of parts have been stored."""

    def __init__(self, cli: Cli, server, put: list[object], output: Path):
        self.cli, self.server, self.put, self.output = cli, server, put, output
        self.records = PartRecords(server)
        # Parts that the server stored, but whose answer a kill of the server may have cut off: to the client they are
        # not acknowledged, and it may send them again.
        self.unanswered: set[int] = set()
        # Parts that a client, when it resumed, was told of as stored.
        self.listed: set[int] = set()
        self.deadline = time.monotonic() + patience(60 + SIZE / (5 * MIB))

    def told(self) -> collections.Counter:
        """The parts whose acknowledgement reached the client, as it says itself."""
        return collections.Counter(line["part_number"] for line in events(self.output.read_text())
                                   if line["event"] == "part")

    def stored(self) -> set[int]:
        """The parts that the server lists; also one whose record was committed just before a kill, and no more."""
        api = self.server.client
        [upload] = api.get("/uploads").json()["uploads"]
        chunks = api.get(f"/upload/chunks?upload_id={upload['upload_id']}").json()
        return {part["part_number"] for part in chunks["parts"]}

    def wait_until(self, reached) -> None:
        while not reached():
            assert self.client.poll() is None, f"the client ended early: {self.output.read_text()[-2000:]}"
            assert time.monotonic() < self.deadline, "no progress"
            time.sleep(0.002)
        # Still under way, or the kill that follows would show nothing.
        assert self.client.poll() is None

    def kill_server(self, pause: float) -> None:
        self.server.kill()
        time.sleep(pause)
        known = set(self.told()) | self.listed
        self.server.start()
        self.unanswered |= self.stored() - known

    def kill_client(self) -> None:
        self.client.kill()
        self.client.wait()
        # What the client had sent may still be on its way to the disk. The next client asks what is stored; from then
        # on nothing may be added but by itself.
        while self.server.metrics()["slipway_parts_in_flight"] != 0:
            assert time.monotonic() < self.deadline, "parts stay in flight"
            time.sleep(0.01)
        self.listed |= self.stored()
        self.client = start(self.cli, self.put, self.output)

    def run(self, plan: list[tuple[int, str]], rng) -> None:
        self.client = start(self.cli, self.put, self.output)
        try:
            for threshold, victim in plan:
                self.wait_until(lambda least=threshold: self.records.read().stored.total() >= least)
                if victim == "server":
                    self.kill_server(rng.random())
                else:
                    self.kill_client()
            code = self.client.wait(max(1.0, self.deadline - time.monotonic()))
            assert code == 0, self.output.read_text()[-2000:]
        finally:
            if self.client.poll() is None:
                self.client.kill()
                self.client.wait()
        self.records.read()


def test_a_large_upload_survives_the_kills_of_server_and_client(server, tmp_path, rng):
    source, target = tmp_path / "large.bin", tmp_path / "back.bin"
    digest, parts = write_random(source, SIZE), -(-SIZE // PART)
    cli = client_of(server, tmp_path / "client")
    put = ["put", source, "--parallel", CONNECTIONS, "--chunk-size", PART]
    journey = Journey(cli, server, put, tmp_path / "put.log")
    moments = sorted(rng.sample(range(2, parts - 2 * CONNECTIONS), len(KILLS)))
    plan = list(zip(moments, rng.sample(KILLS, len(KILLS))))
    print(f"{parts} parts; kills at {plan}")
    try:
        started = time.monotonic()
        journey.run(plan, rng)
        print(f"uploaded {SIZE / MIB:.0f} MiB in {time.monotonic() - started:.1f} s; stored without the client's "
              f"knowledge when a kill came: {sorted(journey.unanswered)}")

        # No acknowledged part was sent again, by the server's own records of all its lives …
        sent_again = journey.records.counts["part_already_stored"]
        assert set(sent_again) <= journey.unanswered, "a part was sent again after its acknowledgement"
        assert [number for number, count in journey.records.stored.items() if count != 1] == []
        # … which lack a part only where a kill fell between its commit and its line …
        assert parts - KILLS.count("server") * CONNECTIONS <= len(journey.records.stored) <= parts
        # … and by the client's.
        told = journey.told()
        assert told and set(told.values()) == {1}, "a part was acknowledged to the client twice"
        assert set(told) <= set(range(1, parts + 1))

        said = events(journey.output.read_text())
        file_id = next(line["file_id"] for line in said if line["event"] == "completed")
        cli.ok("get", file_id, "-o", target, timeout=60 + SIZE / (10 * MIB))
        assert target.stat().st_size == SIZE and file_sha256(target) == digest
    finally:
        for path in (source, target):
            path.unlink(missing_ok=True)


def test_many_small_files(server, tmp_path):
    cli = client_of(server, tmp_path / "client")
    directory = tmp_path / "many"
    expected = {}
    for index in range(FILES):
        path = directory / f"{index % 10}" / f"{index}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = os.urandom(64 * KIB)
        path.write_bytes(data)
        expected[path.name] = sha256(data)
    started = time.monotonic()
    completed = cli.ok("put", directory, timeout=30 + FILES / 5).all("completed")
    print(f"{FILES} files in {time.monotonic() - started:.1f} s")
    assert len(completed) == FILES
    actual = {Path(line["path"]).name: sha256(server.client.get(f"/files/{line['file_id']}").body)
              for line in completed}
    assert actual == expected
    assert server.metrics()["slipway_parts_already_stored_total"] == 0


@pytest.mark.heavy
def test_a_put_that_was_killed_and_never_resumed_can_be_ended(server, tmp_path):
    """What a client leaves behind is listed and can be removed."""
    cli = client_of(server, tmp_path / "client")
    source = tmp_path / "left.bin"
    write_random(source, 64 * MIB)
    # Small parts, one after another: killed long before the last.
    client = start(cli, ["put", source, "--chunk-size", "16KiB", "--parallel", "1"], tmp_path / "put.log")
    records = PartRecords(server)
    while records.read().stored.total() == 0 and client.poll() is None:
        time.sleep(0.002)
    client.kill()
    client.wait()
    [upload] = cli.ok("ls", "--uploads", "--json").events
    cli.ok("rm", upload["upload_id"])
    assert cli.ok("ls", "--uploads", "--json").events == []
    source.unlink()
