"""The command line client over https: whom it trusts, and what it says where it does not."""

import os
import subprocess

import pytest

from harness.cli import Cli
from harness.tls import Authority, tls_front

FAILED, USAGE = 1, 2


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def front(shared_server):
    return lambda context: tls_front((shared_server.host, shared_server.port), context)


@pytest.fixture
def cli(shared_server, tmp_path):
    return Cli(tmp_path, "", shared_server.key)


def test_a_file_goes_up_and_comes_back(cli, authority, front):
    path = cli.directory / "a.bin"
    path.write_bytes(os.urandom(5 << 20))
    with front(authority.context()) as port:
        options = ("--url", f"https://127.0.0.1:{port}", "--cacert", authority.file)
        completed = cli.put(path, "--chunk-size", "256KiB", *options)
        assert cli.ok("get", completed["file_id"], "-o", "-", *options).out == path.read_bytes()


def test_the_authority_is_taken_from_the_environment_and_from_a_directory(cli, authority, front, tmp_path):
    directory = tmp_path / "authorities"
    directory.mkdir()
    # As openssl-rehash names it.
    name = subprocess.check_output(["openssl", "x509", "-hash", "-noout", "-in", authority.file], text=True).strip()
    (directory / f"{name}.0").write_bytes(authority.file.read_bytes())
    with front(authority.context("DNS:localhost")) as port:
        for place in (authority.file, directory):
            cli.ok("ls", "--url", f"https://localhost:{port}", env={"SLIPWAY_CACERT": str(place)})


@pytest.mark.parametrize("case", ["unknown authority", "another name", "expired", "system"])
def test_a_server_that_is_not_trusted(cli, authority, front, tmp_path, case):
    trusted, said, context = authority.file, "not signed by a known authority", authority.context()
    if case == "unknown authority":
        trusted = Authority(tmp_path, "other").file
    elif case == "another name":
        context, said = authority.context("DNS:example.org"), "for another name"
    elif case == "expired":
        context, said = authority.context(expired=True), "has expired"
    options = () if case == "system" else ("--cacert", trusted)
    with front(context) as port:
        # Not tried again: this ends before one retry would.
        outcome = cli.run("ls", "--url", f"https://127.0.0.1:{port}", "--max-wait", "60s", *options, timeout=20)
    assert outcome.code == FAILED and said in outcome.err, outcome


def test_authorities_that_cannot_be_read(cli):
    outcome = cli.run("ls", "--url", "https://127.0.0.1:1", "--cacert", "/dev/null")
    assert outcome.code == USAGE and "/dev/null" in outcome.err, outcome
