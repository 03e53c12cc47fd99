"""Copies of files in a second store (role = "dr"): made while the server runs, made up for when that store was away, found and
repaired where they are damaged, read while the first store is dead, and taken over."""

import json
import os
import random
import signal
from pathlib import Path

import pytest

from admin import Admin
from gateway import completed, wait_for
from harness.cli import Cli
from harness.daemon import Daemon
from harness.forms import file, form, post_form
from harness.uploads import MIB, Upload


class Pair:
    """A slipwayd with its files in `main` and copies of them in `spare`."""

    def __init__(self, main, spare, folder: Path):
        self.folder, self.config = folder, folder / "both.toml"
        self.servers = {"main": main, "spare": spare}
        self.admins = {}
        for name, server in self.servers.items():
            (folder / name).mkdir(parents=True)
            self.admins[name] = Admin(folder / name, server, bucket=f"b{random.SystemRandom().randrange(2**48):x}")
            self.admins[name].ok("bucket", "create")
        self.describe({"main": "normal", "spare": "dr"})
        self.daemon = Daemon(folder / "data", folder / "slipwayd.log",
                             args=["--config", str(self.config), "--storage.copy_scan_interval", "500ms"],
                             env={f"SLIPWAY_STORE_{name.upper()}_{key}": value for name, server in self.servers.items()
                                  for key, value in (("ACCESS_KEY_ID", server.access_key),
                                                     ("SECRET_ACCESS_KEY", server.secret_key))})
        self.daemon.data_dir.mkdir()

    def describe(self, roles: dict[str, str]) -> None:
        """The stores that the server is to have, and their roles."""
        described = []
        for name, role in roles.items():
            text = self.admins[name].config.read_text().replace("'main'", f"'{name}'")
            described.append(text + f"role = '{role}'\n")
        self.config.write_text("\n".join(described))

    @property
    def client(self):
        return self.daemon.client

    def dr(self, *words: object) -> dict:
        cli = Cli(self.folder, self.daemon.url, self.daemon.key)
        return json.loads(cli.ok("admin", "dr", *words, "--json", timeout=120).out)

    def are_copied(self) -> bool:
        status = self.dr("status")
        return status["copied"] == status["files"]

    def object_in(self, name: str, id: str) -> bytes:
        return self.admins[name].ok("object", "get", f"own/files/{id}", "-o", "-").out

    def upload(self, seed: int, size: int) -> Upload:
        upload = Upload(self.client, random.Random(seed).randbytes(size), chunk_size=5 * MIB)
        upload.put_all()
        completed(upload)
        return upload


@pytest.fixture
def pair(start_store, tmp_path):
    pair = Pair(start_store("minio"), start_store("versitygw"), tmp_path / "pair")
    try:
        yield pair
        pair.daemon.close()
    finally:
        pair.daemon.abandon()


def test_files_are_copied_and_go_with_their_copies(pair):
    pair.daemon.args += ["--storage.trash_keep", "0s"]
    pair.daemon.start()
    uploads = [pair.upload(seed, size) for seed, size in ((1, 0), (2, 1000), (3, 20 * MIB + 7))]
    kept = post_form(pair.client, form(file("a.bin", b"of a form"))).json()["files"][0]["temp_file_id"]
    wait_for(pair.are_copied)
    for upload in uploads:
        assert pair.object_in("spare", upload.id) == upload.data
    assert pair.object_in("spare", kept) == b"of a form"
    status = pair.dr("status")
    assert (status["store"], status["active"], status["files"], status["pending"]) == ("spare", None, 4, 0)
    assert pair.client.delete(f"/files/{uploads[1].id}").status == 204
    gone = pair.admins["spare"].run("object", "head", f"own/files/{uploads[1].id}")
    assert gone.code == 3, gone


def test_copies_are_made_up_for_when_their_store_was_away(pair):
    pair.daemon.start()
    pair.servers["spare"].stop()
    upload = pair.upload(4, 6 * MIB)
    wait_for(lambda: pair.dr("status")["failed"] == 1)
    failed = pair.dr("status")
    assert failed["pending"] == 1 and failed["failures"][0]["file_id"] == upload.id and failed["failures"][0]["error"]
    pair.servers["spare"].start()
    wait_for(pair.are_copied, 120)
    assert pair.object_in("spare", upload.id) == upload.data


def test_copying_goes_on_through_kills_of_the_server(pair):
    pair.daemon.start()
    uploads = [pair.upload(seed, 30 * MIB) for seed in range(20, 24)]
    for _ in range(3):
        pair.daemon.kill()
        pair.daemon.start()
    wait_for(pair.are_copied)
    for upload in uploads:
        assert pair.object_in("spare", upload.id) == upload.data


def test_a_store_for_copies_that_hangs_holds_up_no_upload(pair):
    # Two are for the looks at trash and orphans, which hang as well.
    pair.daemon.args += ["--tasks.workers", "3", "--server.drain_timeout", "1s"]
    pair.daemon.start()
    pid = int((pair.servers["spare"].folder / "pid").read_text())
    os.kill(pid, signal.SIGSTOP)
    try:
        uploads = [pair.upload(seed, 6 * MIB) for seed in (30, 31, 32)]
        for upload in uploads:
            assert upload.download().body == upload.data
    finally:
        os.kill(pid, signal.SIGCONT)
    wait_for(pair.are_copied, 120)


def test_files_of_the_local_disk_have_copies_too(pair):
    pair.describe({"spare": "dr"})
    pair.daemon.start()
    uploads = [pair.upload(seed, size) for seed, size in ((40, 100_000), (41, 20 * MIB))]
    wait_for(pair.are_copied)
    for upload in uploads:
        assert pair.object_in("spare", upload.id) == upload.data
        blob, = (path for path in (pair.daemon.data_dir / "blobs/files").rglob("*") if path.name == upload.id)
        blob.unlink()
        assert upload.download().body == upload.data
        assert upload.download(Range="bytes=10-99").body == upload.data[10:100]


def test_a_copy_that_is_damaged_is_found_and_repaired(pair):
    pair.daemon.start()
    good, bad, lost = (pair.upload(seed, 6 * MIB) for seed in (5, 6, 7))
    wait_for(pair.are_copied)
    (pair.folder / "spare/other").write_bytes(bad.data[:-1] + bytes([bad.data[-1] ^ 1]))
    pair.admins["spare"].ok("object", "put", "other", f"own/files/{bad.id}")
    pair.admins["spare"].ok("object", "delete", f"own/files/{lost.id}")
    verified = pair.dr("verify", "--wait")["verify"]
    assert (verified["status"], verified["seen"], verified["changed"]) == ("done", 3, 2)
    wait_for(pair.are_copied)
    for upload in (good, bad, lost):
        assert pair.object_in("spare", upload.id) == upload.data


def test_the_other_store_takes_over_for_good(pair):
    pair.daemon.start()
    uploads = [pair.upload(seed, size) for seed, size in ((8, 1000), (9, 12 * MIB))]
    wait_for(pair.are_copied)
    os.kill(int((pair.servers["main"].folder / "pid").read_text()), signal.SIGKILL)
    for upload in uploads:
        assert upload.download().body == upload.data, "read in its copy"
    assert pair.daemon.metrics()["slipway_reads_from_copies_total"] >= 2
    done = pair.dr("fail-over", "--wait")
    assert done["active"] == "spare"
    assert (done["fail_over"]["status"], done["fail_over"]["changed"], done["fail_over"]["left"]) == ("done", 2, 0)
    uploads.append(pair.upload(10, 6 * MIB))
    pair.daemon.terminate(60)
    # The dead one is taken out of the configuration.
    pair.describe({"spare": "normal"})
    pair.daemon.start()
    uploads.append(pair.upload(11, 6 * MIB))
    for upload in uploads:
        assert upload.download().body == upload.data
    assert pair.dr("status")["store"] is None


def test_a_fail_over_is_gone_back_on(pair):
    pair.daemon.start()
    before = pair.upload(12, 6 * MIB)
    wait_for(pair.are_copied)
    pair.dr("fail-over", "--wait")
    after = pair.upload(13, 6 * MIB)
    assert pair.object_in("spare", after.id) == after.data
    pair.daemon.restart()
    assert pair.dr("status")["active"] == "spare"
    wait_for(pair.are_copied)
    assert pair.object_in("main", after.id) == after.data
    back = pair.dr("fail-over", "--to", "main", "--wait")
    assert back["active"] is None and back["fail_over"]["changed"] == 2
    for upload in (before, after):
        assert upload.download().body == upload.data


def test_only_a_server_with_such_a_store_has_copies(start_gateway, start_store):
    gateway = start_gateway(start_store("minio"))
    assert gateway.client.get("/admin/dr").json()["store"] is None
    for path in ("verify", "fail-over"):
        assert gateway.client.post(f"/admin/dr/{path}", {}).error == "no_dr_store"
    assert gateway.client.post("/admin/dr/fail-over", {"to": "a" * 32}).error == "no_dr_store"
    for name in ("", "a" * 33, "\u00e4" * 17, "Main", "-a", "a\n"):
        refused = gateway.client.post("/admin/dr/fail-over", {"to": name})
        assert (refused.status, refused.error, refused.json()["field"]) == (400, "invalid_request", "to"), name
