"""The command line client against a real server: round trips, resumption, refusals, exit codes.

What goes wrong on the way to the server is in test_cli_faults.py.
"""

import json
import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from harness.cli import Cli
from harness.daemon import SCALE, patience
from harness.digests import chain, sha256

KIB, MIB = 1 << 10, 1 << 20
CHUNK = 64 * KIB


@pytest.fixture
def cli(shared_server, tmp_path):
    return Cli(tmp_path, shared_server.url, shared_server.key)


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def journal_rows(cli, table):
    with sqlite3.connect(f"file:{cli.journal}?mode=ro", uri=True) as journal:
        return journal.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


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
    assert journal_rows(cli, "uploads") == journal_rows(cli, "parts") == 0

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


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_an_upload_that_was_ended_goes_on(cli, number):
    data = os.urandom(8 * CHUNK + 5)
    path = write(cli.directory / "a.bin", data)
    ended = cli.put_until(3, number, path, "--chunk-size", CHUNK)
    assert ended.code == (-number if number == signal.SIGKILL else 130)
    if number != signal.SIGKILL:
        assert "goes on" in ended.err
    assert journal_rows(cli, "uploads") == 1
    again = cli.ok("put", path)
    resumed = again.one("resumed")
    assert resumed["id"] == ended.one("started")["id"]
    assert resumed["done_parts"] >= 3
    assert len(again.all("part")) == 9 - resumed["done_parts"]
    assert again.one("completed")["chain"] == chain([sha256(data[at:at + CHUNK]) for at in range(0, len(data), CHUNK)])
    assert cli.ok("get", again.one("completed")["file_id"], "-o", "-").out == data


def interrupted(cli, data, parts=3):
    path = write(cli.directory / "a.bin", data)
    return path, cli.put_until(parts, signal.SIGKILL, path, "--chunk-size", CHUNK).one("started")["id"]


def refused(cli, path, *arguments):
    before = json.loads(cli.ok("ls", "--uploads", "--json").out.splitlines()[-1])
    outcome = cli.run("put", path, *arguments)
    assert outcome.code == 5, outcome
    assert not outcome.all("part") and not outcome.all("completed") and "--restart" in outcome.err
    assert json.loads(cli.ok("ls", "--uploads", "--json").out.splitlines()[-1]) == before


def test_a_source_of_another_size_is_refused(cli):
    data = os.urandom(8 * CHUNK)
    path, _ = interrupted(cli, data)
    write(path, data + b"x")
    refused(cli, path)


def test_a_source_with_other_bytes_is_refused(cli):
    data = os.urandom(8 * CHUNK)
    path, upload = interrupted(cli, data)
    status = path.stat()
    changed = bytearray(data)
    changed[CHUNK + 1] ^= 1
    write(path, changed)
    # Only the time of the inode's change tells.
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    refused(cli, path)
    refused(cli, path)

    again = cli.ok("put", path, "--restart", "--chunk-size", CHUNK)
    assert cli.ok("get", again.one("completed")["file_id"], "-o", "-").out == changed
    assert json.loads(cli.ok("status", upload, "--json").out)["state"] == "aborted"


def test_a_source_that_was_only_touched_goes_on(cli):
    data = os.urandom(8 * CHUNK)
    path, upload = interrupted(cli, data)
    # Another inode with the same bytes.
    copy = write(cli.directory / "copy", data)
    copy.rename(path)
    again = cli.ok("put", path)
    assert again.one("resumed")["id"] == upload
    assert cli.ok("get", again.one("completed")["file_id"], "-o", "-").out == data


def test_a_source_that_lost_its_part_rows_goes_on(cli):
    data = os.urandom(8 * CHUNK)
    path, upload = interrupted(cli, data)
    with sqlite3.connect(cli.journal) as journal:
        journal.execute("DELETE FROM parts")
    again = cli.ok("put", path)
    assert again.one("resumed")["id"] == upload and again.one("resumed")["done_parts"] >= 3


def test_an_upload_that_is_gone_begins_anew(cli, shared_server):
    data = os.urandom(8 * CHUNK)
    path, upload = interrupted(cli, data)
    assert shared_server.client.delete(f"/upload/{upload}").status == 204
    again = cli.ok("put", path)
    assert "starting anew" in again.err
    assert not again.all("resumed") and again.one("started")["id"] != upload
    assert cli.ok("get", again.one("completed")["file_id"], "-o", "-").out == data


def test_no_resume_neither_reads_nor_writes_the_journal(cli):
    data = os.urandom(8 * CHUNK)
    path, upload = interrupted(cli, data)
    again = cli.ok("put", path, "--no-resume")
    assert again.one("started")["id"] != upload and journal_rows(cli, "uploads") == 1
    fresh = Cli(cli.directory / "fresh", cli.url, cli.environment["SLIPWAY_API_KEY"])
    fresh.directory.mkdir()
    fresh.ok("put", path, "--no-resume")
    assert not fresh.journal.exists()


def test_removing_an_open_upload_forgets_it(cli):
    path, upload = interrupted(cli, os.urandom(8 * CHUNK))
    assert upload in [entry["upload_id"] for entry in cli.ok("ls", "--uploads", "--json").events]
    cli.ok("rm", upload)
    assert journal_rows(cli, "uploads") == 0
    assert upload not in [entry["upload_id"] for entry in cli.ok("ls", "--uploads", "--json").events]


def test_a_file_that_changes_while_it_is_uploaded(cli):
    path = write(cli.directory / "a.bin", os.urandom(40 * CHUNK))
    process = cli.start("put", "--parallel", 1, "--chunk-size", CHUNK, path)
    while b'"event":"part"' not in process.stdout.readline():
        pass
    with open(path, "r+b") as file:
        file.seek(39 * CHUNK)
        file.write(b"changed")
    _, err = process.communicate(timeout=patience(30))
    assert process.returncode == 5 and b"changed" in err


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


def test_a_download_goes_on_from_what_is_there(cli):
    data = os.urandom(8 * CHUNK + 100)
    file = cli.put(write(cli.directory / "a", data), "--chunk-size", CHUNK)["file_id"]
    part = cli.directory / "copy.part"
    for length in [0, 1, CHUNK, 3 * CHUNK + 17, len(data)]:
        write(part, data[:length])
        outcome = cli.ok("get", file, "-o", "copy", "--force")
        assert [event["done_bytes"] for event in outcome.all("resumed")] == ([length] if length else [])
        assert (cli.directory / "copy").read_bytes() == data
    # What is wrong is found before it is built upon, and more than the file has is cut off.
    write(part, data[:2 * CHUNK] + os.urandom(2 * CHUNK))
    assert cli.ok("get", file, "-o", "copy", "--force").one("resumed")["done_bytes"] == 2 * CHUNK
    assert (cli.directory / "copy").read_bytes() == data
    write(part, data + b"more")
    cli.ok("get", file, "-o", "copy", "--force")
    assert (cli.directory / "copy").read_bytes() == data
    # The begun part is checked only at its end, and fetched again when it is wrong.
    write(part, data[:2 * CHUNK] + os.urandom(17))
    outcome = cli.ok("get", file, "-o", "copy", "--force")
    assert "again" in outcome.err
    assert (cli.directory / "copy").read_bytes() == data


def test_a_download_overwrites_nothing(cli):
    file = cli.put(write(cli.directory / "a", b"new"))["file_id"]
    write(cli.directory / "copy", b"old")
    outcome = cli.run("get", file, "-o", "copy")
    assert outcome.code == 8 and "--force" in outcome.err
    assert (cli.directory / "copy").read_bytes() == b"old"
    assert cli.run("get", file).code == 8
    cli.ok("get", file, "-o", "copy", "--force")
    assert (cli.directory / "copy").read_bytes() == b"new"
    (cli.directory / "link.part").symlink_to("copy")
    assert cli.run("get", file, "-o", "link").code != 0
    assert cli.run("get", file, "-o", "no/such/directory").code == 1


def test_the_key_is_for_its_own_server_only(cli):
    file = "0" * 32
    outcome = cli.run("get", f"http://127.0.0.1:1/files/{file}")
    assert outcome.code == 2 and "--url" in outcome.err


def test_keys(cli):
    path = write(cli.directory / "a", b"x")
    key = cli.environment["SLIPWAY_API_KEY"]
    wrong = {"SLIPWAY_API_KEY": "wrong"}
    for command in [("put", path), ("get", "0" * 32), ("ls",), ("rm", "0" * 32), ("status", "0" * 32)]:
        outcome = cli.run(*command, env=wrong)
        assert outcome.code == 4, (command, outcome)
    assert "SLIPWAY_API_KEY" in cli.run("ls", env=wrong).err
    none = cli.run("ls", env={"SLIPWAY_API_KEY": ""})
    assert none.code == 4 and "SLIPWAY_API_KEY" in none.err
    key_file = write(cli.directory / "key", key.encode() + b"\n")
    cli.ok("ls", env={"SLIPWAY_API_KEY": "", "SLIPWAY_API_KEY_FILE": str(key_file)})
    cli.ok("ls", "--api-key-file", key_file, env=wrong)
    assert cli.run("ls", "--api-key-file", "absent").code == 4


def test_usage(cli):
    path = write(cli.directory / "a", b"x")
    for wrong in [(), ("fly",), ("put",), ("put", path, "--chunk-size", "5000"), ("put", path, "--chunk-size", "x"),
                  ("put", path, "--restart", "--no-resume"), ("put", path, "--metadata", "novalue"),
                  ("put", path, path / "..", "--name", "n"), ("get", "xyz"), ("status", "xyz"), ("rm", "xyz"),
                  ("ls", "--url", "nonsense"), ("ls", "--url", "ftp://localhost"), ("ls", "--max-wait", "x"),
                  ("put", path, "--parallel", "0"), ("completion", "csh")]:
        outcome = cli.run(*wrong)
        assert outcome.code == 2, (wrong, outcome)
        assert outcome.err, wrong
    helped = cli.ok("--help")
    for code in range(9):
        assert f"{code} " in helped.out.decode()
    assert "130" in helped.out.decode() and cli.ok("put", "--help").out
    assert re.match(rb"\d+\.\d+", cli.ok("--version").out)
    assert cli.run("put", "absent").code == 1


def test_a_server_that_is_not_there(cli):
    path = write(cli.directory / "a", b"x")
    nowhere = ("--url", "http://127.0.0.1:1")
    for command in [("put", path), ("get", "0" * 32), ("ls",)]:
        outcome = cli.run(*command, *nowhere, "--max-wait", "300ms")
        assert outcome.code == 7 and "127.0.0.1:1" in outcome.err, outcome
    begin = time.monotonic()
    assert cli.run("put", path, *nowhere, "--retries", "0").code == 7
    assert time.monotonic() - begin < patience(30)


def test_a_server_that_dies_and_comes_back(server, tmp_path):
    cli = Cli(tmp_path, server.url, server.key)
    data = os.urandom(30 * CHUNK)
    path = write(tmp_path / "a", data)
    process = cli.start("put", "--parallel", 2, "--chunk-size", CHUNK, path)
    lines = []
    while sum(b'"event":"part"' in line for line in lines) < 5:
        lines.append(process.stdout.readline())
    server.kill()
    while b'"event":"retry"' not in lines[-1]:
        lines.append(process.stdout.readline())
        assert lines[-1], lines
    server.start()
    out, err = process.communicate(timeout=patience(60))
    assert process.returncode == 0, (out, err)
    done = json.loads((b"".join(lines) + out).splitlines()[-1])
    assert cli.ok("get", done["file_id"], "-o", "-").out == data


def test_on_a_terminal(cli):
    name = "video\x1b[31m.mp4"
    data = os.urandom(50 * CHUNK)
    (cli.directory / name).write_bytes(data)
    for environment, coloured in [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False)]:
        main, side = pty.openpty()
        process = cli.start("put", cli.directory / name, "--name", "video.mp4", "--chunk-size", CHUNK, stdout=side,
                            env=environment)
        os.close(side)
        shown = b""
        while select.select([main], [], [], patience(20))[0]:
            try:
                shown += os.read(main, 65536)
            except OSError:
                break
        os.close(main)
        assert process.wait(patience(20)) == 0
        text = shown.decode()
        assert "50.0" not in text or "%" in text
        assert re.search(r"\d+%  [\d.]+ \w+/3\.1 MiB  .*/s  ETA ", text), text
        assert ("\x1b[32m" in text) == coloured
        assert "\x1b[31m" not in text and "video?[31m.mp4" in text
        assert re.search(r"[0-9a-f]{32}(\x1b\[0m)?  http://", text)
        # The last word is whole: no half-drawn progress stays.
        assert text.endswith("\n") or text.endswith("\x1b[K")


def test_completion_for_bash(cli):
    script = cli.ok("completion", "bash").out
    done = subprocess.run(["bash", "--norc", "-c", script.decode() + "complete -p slipway"], capture_output=True)
    assert done.returncode == 0 and b"_slipway slipway" in done.stdout
    assert subprocess.run(["bash", "-n"], input=script).returncode == 0
    assert b"compdef" in cli.ok("completion", "zsh").out
    assert b"complete -c slipway" in cli.ok("completion", "fish").out


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
