"""Records in MariaDB instead of in the data directory: the same service; what was acknowledged outlives a kill -9 of either."""

import os
import subprocess
import time

import pytest

from harness.daemon import BIN_DIR, patience
from harness.http import Client
from harness.mariadb import MariaDb
from harness.uploads import KIB, Upload
from test_durability import Sender


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory):
    server = MariaDb(tmp_path_factory.mktemp("mariadb"))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def start_over(mariadb, start_server, request):
    """start_over(args) starts a slipwayd over a database of the test's own."""
    def start(args=(), database=request.node.name[:40]):
        arguments, environment = mariadb.database(database)
        return start_server(args=arguments + list(args), env=environment)
    return start


def until(condition, seconds: float = 60):
    deadline = time.monotonic() + patience(seconds)
    while not (value := condition()):
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)
    return value


def test_an_upload_lives_there(start_over, mariadb):
    server = start_over()
    upload = Upload(server.client, os.urandom(40 * KIB)).put_all()
    assert upload.put(1).json()["status"] != "stored"
    assert upload.complete().status == 200
    assert upload.download().body == upload.data
    assert [file["file_id"] for file in server.client.get("/files").json()["files"]] == [upload.id]
    assert not (server.data_dir / "catalog").exists()
    database = server.args[-1].rsplit("/", 1)[1]
    assert mariadb.sql("SELECT COUNT(*) FROM parts", database).strip() == "10"
    server.restart()
    assert upload.download().body == upload.data
    assert server.client.delete(f"/files/{upload.id}").status == 204
    assert upload.download().status == 404
    assert mariadb.sql("SELECT COUNT(*) FROM parts", database).strip() == "0"


def test_keys_and_quotas_are_kept_there(start_over):
    server = start_over()
    made = server.client.post("/admin/keys", {"principal": "guest", "scopes": ["upload"]})
    assert made.status == 201, made
    limited = server.client.request("PUT", "/admin/quotas/guest", {"open_uploads": 1})
    assert limited.status == 200, limited
    server.restart()
    guest = Client(server.host, server.port, made.json()["key"])
    Upload(guest, b"x" * 4 * KIB)
    assert guest.post("/upload/init", {"file_name": "a", "total_parts": 1, "chunk_size": 4 * KIB}).error == "quota_exceeded"


def test_slipwayd_may_be_killed(start_over):
    server = start_over()
    upload = Upload(server.client, os.urandom(100 * 4 * KIB))
    sender = Sender(upload, upload.numbers).start()
    sender.wait_for(20)
    server.kill()
    acknowledged = sender.join().acknowledged
    server.start()
    stored = upload.stored()
    assert {number: stored.get(number) for number in acknowledged} == acknowledged
    for number in upload.numbers:
        assert upload.put(number).status == 200
    assert upload.complete().status == 200
    assert upload.download().body == upload.data


def test_mariadb_may_be_killed(start_over, mariadb):
    server = start_over()
    upload = Upload(server.client, os.urandom(200 * 4 * KIB))
    sender = Sender(upload, upload.numbers).start()
    sender.wait_for(20)
    mariadb.kill()
    try:
        acknowledged = sender.join().acknowledged

        # Nothing is acknowledged, and nobody is told that the upload is unknown.
        until(lambda: server.client.get("/readyz", auth=False).status == 503)
        missing = next(number for number in upload.numbers if number not in acknowledged)
        refused = upload.put(missing)
        assert (refused.status, refused.error) == (503, "busy"), refused
        assert int(refused.headers["retry-after"]) > 0
        assert server.client.get(f"/upload/{upload.id}").status == 503
    finally:
        mariadb.start()
    until(lambda: server.client.get("/readyz", auth=False).status == 200)
    stored = upload.stored()
    assert {number: stored.get(number) for number in acknowledged} == acknowledged
    for number in upload.numbers:
        if number not in stored:
            assert upload.put(number).status == 200
    assert upload.complete().status == 200
    assert upload.download().body == upload.data


def run(*words: str, password: str = "") -> subprocess.CompletedProcess:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
    return subprocess.run([BIN_DIR / "slipwayd", *words], capture_output=True, text=True, timeout=patience(60),
                          env=environment | ({"SLIPWAY_METADATA_PASSWORD": password} if password else {}))


def test_the_schema_is_made_by_hand_or_by_the_start(mariadb):
    arguments, _ = mariadb.database("migrate")
    first = run("migrate", *arguments, password=mariadb.password)
    assert (first.returncode, first.stdout) == (0, "the schema is of version 4; it was of version 0\n"), first
    again = run("migrate", *arguments, password=mariadb.password)
    assert (again.returncode, again.stdout) == (0, "the schema is of version 4, as it was\n"), again


def test_what_is_wrong_is_told(mariadb, tmp_path):
    arguments, _ = mariadb.database("wrong")
    cases = [
        (run("migrate"), 2, "metadata.kind"),
        (run("migrate", *arguments), 2, "metadata.password_file"),
        (run("migrate", *arguments, password="wrong"), 1, "Access denied"),
        (run("migrate", "--metadata.kind", "mariadb"), 2, "metadata.url"),
        (run("--metadata.kind", "mysql"), 2, "metadata.kind"),
    ]
    mariadb.sql("SET GLOBAL innodb_flush_log_at_trx_commit=0")
    try:
        cases.append((run("--data-dir", str(tmp_path), "--listen", "127.0.0.1:0", *arguments, password=mariadb.password), 2,
                      "innodb_flush_log_at_trx_commit"))
    finally:
        mariadb.sql("SET GLOBAL innodb_flush_log_at_trx_commit=1")
    for done, code, said in cases:
        assert done.returncode == code and said in done.stderr, done
        assert mariadb.password not in done.stdout + done.stderr
