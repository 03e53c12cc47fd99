"""`slipway put` against a real server: round trips with get and verify, names, directories, standard input, what is declared.

What becomes of uploads that were interrupted is in test_cli_resume.py, what goes wrong on the way in test_cli_faults.py.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from harness.cli import write
from harness.daemon import SCALE, patience
from harness.digests import chain, sha256
from harness.uploads import KIB, MIB

CHUNK = 64 * KIB


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * MIB + 7])
def test_round_trip(cli, size):
    data = os.urandom(size)
    path = write(cli.directory / "a.bin", data)
    done = cli.put(path, "--chunk-size", "64KiB")
    parts = [sha256(data[at:at + CHUNK]) for at in range(0, size, CHUNK)]
    assert done["chain"] == chain(parts)
    assert done["size"] == size
    assert done["url"] == f"{cli.url}/files/{done['file_id']}"
    file = done["file_id"]

    assert cli.ok("verify", path, file).out == f"same: {len(parts)} parts, chain {done['chain']}\n".encode()
    got = cli.ok("get", file, "-o", "copy.bin").one("completed")
    assert (cli.directory / "copy.bin").read_bytes() == data
    assert not (cli.directory / "copy.bin.part").exists()
    assert got["chain"] == done["chain"]
    assert cli.ok("get", done["url"], "-o", "-").out == data

    status = json.loads(cli.ok("status", file, "--json").out)
    assert status["state"] == "complete" and status["file"]["file_id"] == file
    assert b"complete" in cli.ok("status", file).out
    assert file in [entry["file_id"] for entry in cli.ok("ls", "--json").events]
    assert f"{file}  ".encode() in cli.ok("ls").out
    assert cli.journal_rows("uploads") == cli.journal_rows("parts") == 0

    cli.ok("rm", file)
    assert cli.run("rm", file).code == 3
    assert cli.run("get", file).code == 3


@pytest.mark.parametrize("name", ["plain", "with space.txt", ".hidden", "quote'\"s", "ä漢😀.png", "-rf", "semi;colon",
                                  "percent%20", "back\\slash", "x" * 255, "ä" * 127])
def test_odd_names_come_back_as_they_were(cli, name):
    write(cli.directory / "source" / name, b"content of " + name.encode())
    done = cli.ok("put", cli.directory / "source" / name).one("completed")
    assert json.loads(cli.ok("status", done["file_id"], "--json").out)["file_name"] == name
    (cli.directory / "here").mkdir()
    cli.ok("get", done["file_id"], "-o", "here")
    expected = name.replace("\\", "_")
    assert [entry.name for entry in (cli.directory / "here").iterdir()] == [expected]
    assert (cli.directory / "here" / expected).read_bytes() == b"content of " + name.encode()


@pytest.mark.parametrize("name", [b"not\xffutf8", b"line\nbreak", b"escape\x1b[2J"])
def test_names_that_the_server_would_refuse(cli, name):
    directory = os.fsencode(cli.directory)
    with open(directory + b"/" + name, "wb") as file:
        file.write(b"x")
    process = cli.start("put", cli.directory / os.fsdecode(name), "--json")
    out, err = process.communicate(timeout=patience(30))
    assert process.returncode == 1 and b"--name" in err
    assert b"\x1b" not in err and err.decode() and out.decode()
    assert cli.put(cli.directory / os.fsdecode(name), "--name", "good")["size"] == 1


def test_a_directory(cli):
    files = {"a": b"1", "b/c d": b"22", "b/.e": b"", "b/f/ä": os.urandom(3 * CHUNK)}
    for name, data in files.items():
        write(cli.directory / "dir" / name, data)
    (cli.directory / "dir" / "link").symlink_to("a")
    with open(os.fsencode(cli.directory) + b"/dir/bad\xff", "wb") as file:
        file.write(b"x")
    outcome = cli.run("put", "dir", "--chunk-size", CHUNK)
    assert outcome.code == 1
    assert {event["path"]: event["size"] for event in outcome.all("completed")} == \
        {f"dir/{name}": len(data) for name, data in files.items()}
    assert [event["path"] for event in outcome.all("skipped")] == ["dir/link"]
    assert [event["path"] for event in outcome.all("failed")] == ["dir/bad\ufffd"]
    for event in outcome.all("completed"):
        name = event["path"].removeprefix("dir/")
        upload = json.loads(cli.ok("status", event["file_id"], "--json").out)
        assert upload["metadata"] == {"path": name}
        assert upload["file_name"] == name.rsplit("/")[-1]
        assert cli.ok("get", event["file_id"], "-o", "-").out == files[name]

    # The one that failed kept the directory unfinished: the others are not sent again.
    again = cli.run("put", "dir", "--chunk-size", CHUNK)
    assert len(again.all("skipped")) == 1 + len(files) and not again.all("completed")
    os.unlink(os.fsencode(cli.directory) + b"/dir/bad\xff")
    assert cli.run("put", "dir", "--chunk-size", CHUNK).code == 0
    assert len(cli.ok("put", "dir", "--chunk-size", CHUNK).all("completed")) == len(files)


def test_a_directory_that_was_interrupted_goes_on(cli):
    for number in range(40):
        write(cli.directory / "dir" / f"{number:02}", os.urandom(1000))
    process = cli.start("put", "--parallel", 1, "dir")
    seen = 0
    while seen < 10:
        seen += b'"event":"completed"' in process.stdout.readline()
    process.kill()
    process.communicate()
    again = cli.ok("put", "dir")
    # A process may die between what it has told and what it was about to tell, not before.
    assert 10 <= len(again.all("skipped")) < 40
    assert len(again.all("skipped")) + len(again.all("completed")) == 40
    assert len({event["path"] for event in again.all("skipped") + again.all("completed")}) == 40


def test_many_files_at_once_and_the_same_one_twice(cli):
    paths = [write(cli.directory / f"{number}", os.urandom(100)) for number in range(5)]
    outcome = cli.ok("put", *paths, paths[0])
    assert len(outcome.all("completed")) == 5


def test_standard_input(cli):
    data = os.urandom(200_000)
    done = cli.put("-", "--name", "from stdin", "--chunk-size", CHUNK, input=data)
    assert cli.ok("get", done["file_id"], "-o", "-").out == data
    assert json.loads(cli.ok("status", done["file_id"], "--json").out)["file_name"] == "from stdin"
    assert cli.put("-", input=b"")["size"] == 0


def test_standard_input_is_verified_as_a_file_is(cli):
    data = os.urandom(3 * 4096 + 5)
    done = cli.put("-", "--sha256", "--chunk-size", 4096, "--content-type", "text/plain", input=data)
    status = json.loads(cli.ok("status", done["file_id"], "--json").out)
    assert status["file"]["sha256"] == sha256(data) and status["content_type"] == "text/plain"
    path = write(cli.directory / "the same", data)
    assert cli.ok("verify", path, done["file_id"]).code == 0
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert cli.run("verify", path, done["file_id"]).code == 6


def test_parts_of_standard_input_are_sent_as_they_come(cli, shared_server):
    """While the writer still writes, and with two parts in memory, however much there is."""
    process = cli.start("put", "-", "--chunk-size", 1 << 20, stdin=subprocess.PIPE)
    block, count = os.urandom(1 << 20), 96
    for number in range(count):
        process.stdin.write(block)
        if number == 10:
            process.stdin.flush()
            lines = [json.loads(process.stdout.readline()) for _ in range(6)]
            assert [line["event"] for line in lines] == ["started"] + 5 * ["part"]
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())[1])
    if SCALE == 1:  # a sanitizer has its own memory, and keeps what was freed
        assert peak < 48 << 10, f"{peak} KiB for parts of 1 MiB"
    before = shared_server.metrics()["slipway_assembled_bytes_total"]
    process.stdin.close()
    events = [json.loads(line) for line in process.stdout.read().splitlines()]
    assert process.wait(patience(60)) == 0
    assert events[-1]["event"] == "completed" and events[-1]["size"] == count << 20
    assert cli.ok("get", events[-1]["file_id"], "-o", "-").out == block * count
    assert shared_server.metrics()["slipway_assembled_bytes_total"] == before, "what comes in order is not copied"


def test_standard_input_that_cannot_be_read_ends_the_upload(cli):
    unreadable = os.open(cli.directory, os.O_RDONLY)
    process = cli.start("put", "-", stdin=unreadable)
    os.close(unreadable)
    out, err = process.communicate(timeout=patience(30))
    assert process.returncode == 1
    assert b"read the input" in err and b"the upload was ended" in err, err
    begun = json.loads(out.splitlines()[0])
    assert json.loads(cli.ok("status", begun["id"], "--json").out)["state"] == "aborted"


def test_what_is_declared_comes_along(cli):
    data = os.urandom(100_000)
    path = write(cli.directory / "a", data)
    done = cli.put(path, "--sha256", "--content-type", "image/x-test", "--metadata", "a=b=c", "--metadata", "d=",
                   "--name", "other name")
    upload = json.loads(cli.ok("status", done["file_id"], "--json").out)
    assert upload["file"]["sha256"] == sha256(data)
    assert upload["content_type"] == "image/x-test"
    assert upload["metadata"] == {"a": "b=c", "d": ""}
    assert upload["file_name"] == "other name"


def test_a_direct_upload_is_refused_with_the_reason_of_the_server(cli):
    path = write(cli.directory / "a", b"content")
    refused = cli.run("put", path, "--direct")
    assert refused.code == 1 and "direct_unsupported" in refused.err + refused.out.decode(), refused
    assert cli.run("put", path, "--direct", "--sha256").code == 2
    assert cli.run("put", "-", "--direct", input=b"x").code == 2


@pytest.mark.heavy
def test_memory_does_not_grow_with_the_file(cli):
    path = cli.directory / "large"
    with open(path, "wb") as file:
        for _ in range(300):
            file.write(os.urandom(MIB))
    process = cli.start("put", path)
    peak = 0
    for line in process.stdout:
        status = open(f"/proc/{process.pid}/status").read()
        peak = max([peak, *(int(kib) for kib in re.findall(r"VmHWM:\s+(\d+) kB", status))])
    assert process.wait() == 0
    assert 0 < peak < 64 * KIB, f"{peak} KiB"
