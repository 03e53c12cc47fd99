"""What `slipway admin store check` says of a real store that is described wrongly or is not well: one name for each fault,
whichever store it is."""

import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from admin import Admin
from servers import SERVERS


@pytest.fixture
def admin(store, tmp_path):
    admin = Admin(tmp_path, store)
    admin.ok("bucket", "create")
    return admin


def fault(admin, **options) -> tuple[str, int]:
    """The name of the fault, in the sentence and in the JSON, and the exit code."""
    outcome = admin.run("check", **options)
    told = admin.run("check", "--json", **options)
    assert outcome.code == told.code != 0, (outcome, told)
    name = json.loads(told.out)["error"]
    assert outcome.err.startswith(f"slipway: store main: {name}: "), outcome
    return name, outcome.code


def test_keys(admin, store):
    admin.access_key = "somebody-else"
    # Swift does not say which of the keys it is.
    assert fault(admin) == ("wrong_secret_key" if store.lacks("access key") else "unknown_access_key", 4)
    admin.access_key, admin.secret_key = store.access_key, "very-secret-and-wrong"
    assert fault(admin) == ("wrong_secret_key", 4)
    assert "very-secret-and-wrong" not in admin.run("check").err


def test_a_session_that_the_store_does_not_know(admin, store):
    session = {"SLIPWAY_STORE_MAIN_SESSION_TOKEN": "unknown"}
    if store.lacks("session"):
        admin.ok("check", env=session)
    else:
        assert fault(admin, env=session) == ("wrong_session", 4)


def test_bucket_and_region(admin, store):
    admin.describe(store.url, bucket="no-such-bucket")
    assert fault(admin) == ("missing_bucket", 3)
    admin.describe(store.url, region="mars-1")
    if store.lacks("region"):
        admin.ok("check")
    else:
        assert fault(admin) == ("wrong_region", 4)
        assert "us-east-1" in admin.run("check").err, "the store says what it should be"


@pytest.mark.parametrize("minutes, said", [(20, "20 minutes ahead of"), (-20, "20 minutes behind")])
def test_a_clock_that_is_wrong_is_told_and_corrected(admin, store, tmp_path, minutes, said):
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        pytest.fail("install faketime: scripts/setup --test does")
    shifted = {"LD_PRELOAD": str(library), "FAKETIME": f"{minutes * 60:+d}", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    outcome = admin.ok("check", "--json", env=shifted)
    if store.lacks("clock"):
        assert outcome.err == "" and "clock_difference_seconds" not in json.loads(outcome.out)
    else:
        assert f"store main: wrong_clock: the clock of this machine is {said} the store's" in outcome.err
        assert abs(json.loads(outcome.out)["clock_difference_seconds"] + minutes * 60) < 60
    (tmp_path / "source").write_bytes(b"content")
    admin.ok("object", "put", "source", "own/late", env=shifted)
    assert admin.ok("object", "get", "own/late", "-o", "-", env=shifted).out == b"content"


def test_hosts_and_ports(admin):
    admin.describe("http://nowhere.invalid:9000")
    assert fault(admin) == ("unknown_host", 7)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        admin.describe(f"http://127.0.0.1:{unused.getsockname()[1]}")
        assert fault(admin) == ("connection_refused", 7)


def test_https_where_the_store_speaks_none(admin, store):
    admin.describe(store.url.replace("http:", "https:"))
    assert fault(admin) == ("expects_http", 1)


@pytest.mark.parametrize("name", SERVERS)
def test_a_certificate_that_nobody_knows(start_store, tmp_path, name):
    certificates = tmp_path / name / "certs"
    certificates.mkdir(parents=True)
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                           "-days", "2", "-subj", "/CN=store", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                           certificates / "private.key", "-out", certificates / "public.crt"], capture_output=True)
    assert made.returncode == 0, made.stderr
    server = start_store(name)
    admin = Admin(tmp_path, server)
    assert fault(admin) == ("untrusted_certificate", 1)
    admin.describe(server.url.replace("https:", "http:"))
    assert fault(admin)[0] == "expects_https"
    # With its certificate known, it is a store like others.
    admin.describe(server.url, ca_file=certificates / "public.crt")
    admin.ok("bucket", "create")
    admin.ok("check")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 100 MiB in memory. It takes the right to mount; without that the test says so and is left out."""
    path = tmp_path / "small"
    path.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100m", "tmpfs", str(path)], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a small file system here: {mounted.stderr.strip()}")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.mark.parametrize("name", SERVERS)
def test_a_store_without_space(start_store, small_disk, tmp_path, name):
    server = start_store(name, small_disk)
    admin = Admin(tmp_path, server)
    admin.ok("bucket", "create")
    space = os.statvfs(small_disk)
    with open(small_disk / "fill", "wb") as fill:
        os.posix_fallocate(fill.fileno(), 0, space.f_bavail * space.f_bsize)
    assert fault(admin) == ("store_full", 1)
    assert admin.ok("object", "list", "--prefix", "").text == "", "it can still be read"
    (small_disk / "fill").unlink()
    # MinIO remembers for a while how full its disk was.
    give_up = time.monotonic() + 60
    while admin.run("check").code != 0:
        assert time.monotonic() < give_up, admin.run("check")
        time.sleep(0.2)
    server.stop()
    shutil.rmtree(small_disk / "data")
