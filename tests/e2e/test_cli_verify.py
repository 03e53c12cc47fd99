"""`slipway verify`: with a server, and without one by a record."""

import json
import os

import pytest

from harness.cli import Cli, write
from harness.uploads import KIB

CHUNK = 64 * KIB


def test_what_differs_is_named(cli):
    data = bytearray(os.urandom(5 * CHUNK))
    path = write(cli.directory / "a", data)
    file = cli.put(path, "--chunk-size", CHUNK)["file_id"]
    data[CHUNK] ^= 1
    data[4 * CHUNK] ^= 1
    write(path, data)
    outcome = cli.run("verify", path, file)
    assert outcome.code == 6 and outcome.out == b"part 2 differs\npart 5 differs\n"
    answer = json.loads(cli.run("verify", "--json", path, file).out)
    assert answer["differing"] == [2, 5] and answer["same"] is False and answer["same_size"] is True
    write(path, data + b"x")
    assert cli.run("verify", path, file).code == 6
    write(path, data[:-1])
    assert b"part 5 differs" in cli.run("verify", path, file).out
    assert cli.run("verify", path, "0" * 32).code == 3
    assert cli.run("verify", "absent", file).code == 1


@pytest.fixture
def offline(tmp_path):
    """The client where there is neither a server nor a key."""
    client = Cli(tmp_path, "http://127.0.0.1:1", "")
    del client.environment["SLIPWAY_API_KEY"]
    return client


def test_a_file_is_verified_without_a_server(cli, offline):
    data = bytearray(os.urandom(3 * CHUNK + 1))
    path, record = write(cli.directory / "a", data), cli.directory / "a.record"
    done = cli.put(path, "--chunk-size", CHUNK)
    cli.ok("verify", path, done["file_id"], "--save-record", record)
    cli.ok("rm", done["file_id"])
    told = f"same: 4 parts, chain {done['chain']}\n".encode()
    assert offline.ok("verify", path, "--record", record).out == told
    data[2 * CHUNK] ^= 1
    write(path, data + b"more")
    outcome = offline.run("verify", path, "--record", record)
    assert outcome.code == 6 and outcome.out == b"part 3 differs\n", outcome
    answer = json.loads(offline.run("verify", path, "--record", record, "--json").out)
    assert answer["differing"] == [3] and not answer["same"] and not answer["same_size"]
    assert answer["file_id"] == done["file_id"] and answer["chain"] == done["chain"]


def test_a_record_that_is_none_is_refused(cli, offline):
    path, record = write(cli.directory / "a", os.urandom(2 * CHUNK)), cli.directory / "record"
    file = cli.put(path, "--chunk-size", CHUNK)["file_id"]
    cli.ok("verify", path, file, "--save-record", record)
    right = json.loads(record.read_text())
    wrong = right | {"parts": [right["parts"][0] | {"sha256": "0" * 64}, right["parts"][1]]}
    for text, code in [(json.dumps(wrong), 6), (json.dumps(right | {"chain": "0" * 64}), 6),
                       (json.dumps(right | {"parts": []}), 6), (json.dumps(right | {"size": 1}), 6),
                       (json.dumps({}), 1), ("", 1), ("[]", 1), (json.dumps(right)[:-1], 1)]:
        record.write_text(text)
        outcome = offline.run("verify", path, "--record", record)
        assert outcome.code == code and "record" in outcome.err and outcome.out == b"", (text, outcome)
    assert offline.run("verify", path, "--record", "absent").code == 1
    assert offline.run("verify", path).code == 2
    assert offline.run("verify", path, file, "--record", record).code == 2
