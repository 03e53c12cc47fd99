"""`slipway get`: downloads that go on, and what they do not overwrite."""

import os

from harness.cli import write
from harness.uploads import KIB

CHUNK = 64 * KIB


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
