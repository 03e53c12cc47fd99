"""`slipway put` again, where it was interrupted: what the journal keeps, what goes on, and which sources are refused.
"""

import json
import os
import signal
import sqlite3

import pytest

from harness.cli import Cli, write
from harness.daemon import patience
from harness.digests import chain, sha256
from harness.uploads import KIB

CHUNK = 64 * KIB


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_an_upload_that_was_ended_goes_on(cli, number):
    data = os.urandom(8 * CHUNK + 5)
    path = write(cli.directory / "a.bin", data)
    ended = cli.put_until(3, number, path, "--chunk-size", CHUNK)
    assert ended.code == (-number if number == signal.SIGKILL else 130)
    if number != signal.SIGKILL:
        assert "goes on" in ended.err
    assert cli.journal_rows("uploads") == 1
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
    assert again.one("started")["id"] != upload and cli.journal_rows("uploads") == 1
    fresh = Cli(cli.directory / "fresh", cli.url, cli.environment["SLIPWAY_API_KEY"])
    fresh.directory.mkdir()
    fresh.ok("put", path, "--no-resume")
    assert not fresh.journal.exists()


def test_removing_an_open_upload_forgets_it(cli):
    path, upload = interrupted(cli, os.urandom(8 * CHUNK))
    assert upload in [entry["upload_id"] for entry in cli.ok("ls", "--uploads", "--json").events]
    cli.ok("rm", upload)
    assert cli.journal_rows("uploads") == 0
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
