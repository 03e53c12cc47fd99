"""Work that nobody waits for: uploads completed by a task, digests of large files, the trash, orphans and the scrubber."""

import hashlib
import os
import shutil
import time

import pytest

from harness.cli import Cli
from harness.uploads import KIB, MIB, Upload

LARGE = 72 * MIB  # above what Complete reads itself


def eventually(look, seconds: float = 30.0):
    """The first answer of `look` that is true."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)


def blobs(server, area: str) -> list:
    return sorted((server.data_dir / "blobs" / area).glob("*/*"))


def test_the_last_part_completes_an_upload_that_asks_for_it(server):
    upload = Upload(server.client, os.urandom(10 * KIB), complete_when_full=True)
    assert upload.init.json()["complete_when_full"] is True
    upload.put(3)
    upload.put(1)
    time.sleep(0.5)
    assert upload.status()["state"] == "open"
    upload.put(2)
    eventually(lambda: upload.status()["state"] == "complete")
    assert upload.download().body == upload.data
    assert upload.complete().status == 200


def test_an_upload_that_is_full_is_completed_after_a_crash(start_server):
    server = start_server()
    uploads = [Upload(server.client, os.urandom(9 * KIB), complete_when_full=True) for _ in range(5)]
    for upload in uploads:
        upload.put_all()
    server.kill()
    server.start()
    for upload in uploads:
        eventually(lambda: upload.status()["state"] == "complete")
        assert upload.download().body == upload.data


@pytest.mark.heavy
@pytest.mark.parametrize("stated", ["at init", "at complete"])
def test_a_digest_that_takes_long_is_answered_202(start_server, stated):
    server = start_server(["--uploads.complete_wait", "0s"])
    data = os.urandom(LARGE)
    digest = hashlib.sha256(data).hexdigest()
    upload = Upload(server.client, data, 8 * MIB, sha256=digest if stated == "at init" else None).put_all()
    reply = upload.complete(None if stated == "at init" else {"sha256": digest})
    # What is declared at init is followed while it comes, and may be known already.
    assert reply.status == 202 or stated == "at init", reply
    if reply.status == 202:
        assert reply.json()["status_url"] == f"/upload/{upload.id}" == reply.headers["Location"]
        assert "Retry-After" in reply.headers
    eventually(lambda: upload.status()["state"] == "complete")
    assert upload.complete().json()["sha256"] == digest
    assert hashlib.sha256(upload.download().body).hexdigest() == digest


@pytest.mark.heavy
def test_a_digest_that_is_wrong_is_told_and_the_upload_stays_open(start_server):
    server = start_server(["--uploads.complete_wait", "0s"])
    upload = Upload(server.client, os.urandom(LARGE), 8 * MIB, sha256="ab" * 32).put_all()
    assert upload.complete().status in (202, 422)
    eventually(lambda: upload.status().get("completion", {}).get("state") == "failed" or upload.complete().status == 422)
    reply = upload.complete()
    assert (reply.status, reply.error) == (422, "checksum_mismatch"), reply
    assert upload.status()["state"] == "open"


@pytest.mark.heavy
def test_a_digest_goes_on_after_kills(start_server):
    server = start_server(["--uploads.complete_wait", "20s"])
    data = os.urandom(LARGE)
    upload = Upload(server.client, data, 8 * MIB, sha256=hashlib.sha256(data).hexdigest())
    for number in upload.numbers:
        assert upload.put(number).status == 200
        if number % 3 == 0:
            server.kill()
            server.start()
            upload.client = server.client
            upload.urls.clear()
    assert upload.complete().json()["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.heavy
def test_the_cli_waits_for_a_digest(start_server, tmp_path):
    server = start_server(["--uploads.complete_wait", "0s"])
    source = tmp_path / "large.bin"
    source.write_bytes(os.urandom(LARGE))
    done = Cli(tmp_path, f"http://{server.host}:{server.port}", server.client.key).run("put", "--sha256", str(source))
    assert done.code == 0, done


def test_a_deleted_file_goes_by_the_trash(start_server):
    server = start_server(["--storage.trash_keep", "5s", "--storage.upkeep_interval", "100ms"])
    upload = Upload(server.client, os.urandom(9 * KIB))
    upload.finished()
    assert server.client.delete(f"/files/{upload.id}").status == 204
    assert upload.download().status == 404
    assert [path.name.split(".")[0] for path in blobs(server, "trash")] == [upload.id]
    eventually(lambda: not blobs(server, "trash"))
    assert not blobs(server, "files")


def test_without_a_trash_a_deleted_file_goes_at_once(start_server):
    server = start_server(["--storage.trash_keep", "0s"])
    upload = Upload(server.client, os.urandom(9 * KIB))
    upload.finished()
    assert server.client.delete(f"/files/{upload.id}").status == 204
    assert not blobs(server, "trash") and not blobs(server, "files")


def test_orphans_are_collected_and_nothing_else(start_server):
    server = start_server(["--storage.orphan_age", "1s", "--storage.trash_keep", "1s",
                           "--storage.upkeep_interval", "200ms"])
    kept = Upload(server.client, os.urandom(9 * KIB))
    kept.finished()
    begun = Upload(server.client, os.urandom(9 * KIB))
    begun.put(1)
    for area in ("staging", "files"):
        orphan = server.data_dir / "blobs" / area / "0f" / ("0f" * 16)
        shutil.copy(next(iter(blobs(server, area))), orphan)
    eventually(lambda: not any("0f" * 16 in path.name for area in ("staging", "files", "trash")
                               for path in blobs(server, area)))
    assert kept.download().body == kept.data
    begun.finished()
    assert begun.download().body == begun.data


def flip(path, at: int) -> None:
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def test_a_damaged_file_is_found_and_not_served(start_server):
    server = start_server(["--storage.scrub_interval", "200ms", "--storage.scrub_rate", "0B"])
    uploads = [Upload(server.client, os.urandom(9 * KIB)) for _ in range(3)]
    for upload in uploads:
        upload.finished()
    whole, flipped, cut = uploads
    flip(server.data_dir / "blobs/files" / flipped.id[:2] / flipped.id, 5000)
    os.truncate(server.data_dir / "blobs/files" / cut.id[:2] / cut.id, 9000)
    for upload in (flipped, cut):
        eventually(lambda: upload.download().status == 500)
        assert upload.download().error in ("file_damaged", "storage_failed")
        eventually(lambda: upload.download().error == "file_damaged")
        assert upload.client.head(f"/files/{upload.id}").status == 500
    assert whole.download().body == whole.data
    listed = {file["file_id"]: file for file in server.client.get("/files").json()["files"]}
    assert "damaged_at" in listed[cut.id] and "damaged_at" not in listed[whole.id]
    server.kill()
    server.start()
    assert server.client.get(f"/files/{flipped.id}").error == "file_damaged"
    assert server.client.delete(f"/files/{flipped.id}").status == 204
    assert server.client.delete(f"/files/{cut.id}").status == 204
