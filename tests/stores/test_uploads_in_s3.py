"""slipwayd with its files in an S3 store, from outside: what goes in comes out, byte for byte, through kills of either side,
and what was ended leaves nothing in the bucket."""

import base64
import os
import random
import signal
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from admin import Admin
from gateway import completed, wait_for
from harness.daemon import Daemon, patience
from harness.digests import sha256
from harness.forms import file, form, post_form
from harness.uploads import KIB, MIB, Upload
from servers import BIN_DIR, OF_THIS_TIER

LARGE = int(os.environ.get("SLIPWAY_S3_BYTES", 64 * MIB))
PART = 5 * MIB if LARGE <= 256 * MIB else 32 * MIB
PARALLEL = int(os.environ.get("SLIPWAY_S3_PARALLEL", 16))


@pytest.fixture
def gateway(store, start_gateway):
    return lambda *args: start_gateway(store, *args)


def test_parts_go_through_and_come_back(gateway):
    gateway = gateway()
    data = random.Random(1).randbytes(17 * MIB + 77)
    upload = Upload(gateway.client, data, chunk_size=5 * MIB)
    for number in reversed(upload.numbers):
        assert upload.put(number).status == 200
    assert gateway.multipart() and gateway.keys() == [], "the parts are in the store, and nobody sees a file"
    made = completed(upload)
    assert made["size"] == len(data) and made["chain"] == upload.chain
    assert upload.download().body == data
    assert gateway.keys() == [f"files/{upload.id}"] and gateway.multipart() == []
    assert completed(upload) == made, "the answer is replayed"


def test_ranges(gateway):
    gateway = gateway()
    data = random.Random(2).randbytes(11 * MIB)
    upload = Upload(gateway.client, data, chunk_size=5 * MIB)
    upload.put_all()
    completed(upload)
    for first, last in ((0, 0), (5 * MIB - 1, 5 * MIB), (7, 9 * MIB), (len(data) - 1, len(data) - 1)):
        reply = upload.download(Range=f"bytes={first}-{last}")
        assert reply.status == 206 and reply.body == data[first:last + 1], (first, last, reply.status)
    assert upload.download(Range=f"bytes=-{3 * MIB}").body == data[-3 * MIB:]
    assert upload.download(Range=f"bytes={len(data)}-").status == 416


@pytest.mark.parametrize("size", [0, 1, 4 * KIB + 1, 6 * MIB])
def test_one_part_of_any_size(gateway, size):
    gateway = gateway()
    data = random.Random(3).randbytes(size)
    upload = Upload(gateway.client, data, chunk_size=8 * MIB)
    upload.put_all()
    completed(upload)
    assert upload.download().body == data
    assert gateway.keys() == [f"files/{upload.id}"]


def test_small_parts_and_parts_of_free_sizes_go_by_way_of_the_spool(gateway):
    gateway = gateway()
    data = random.Random(4).randbytes(40 * MIB + 5)
    upload = Upload(gateway.client, data, chunk_size=1 * MIB)
    upload.put_all()
    assert gateway.multipart() == [] and gateway.keys() == []
    completed(upload)
    assert upload.download().body == data
    free = Upload(gateway.client, b"", chunk_size=1 * MIB, part_sizes="free", total_parts=None, file_size=None)
    pieces = {number: random.Random(number).randbytes(100_000 + number) for number in (2, 1, 3)}
    for number, piece in pieces.items():
        assert free.put(number, piece).status == 200
    completed(free, {"total_parts": 3})
    assert free.download().body == pieces[1] + pieces[2] + pieces[3]
    assert gateway.keys() == sorted(f"files/{each.id}" for each in (upload, free))
    spool = gateway.daemon.data_dir / "spool/main"
    assert not [path for path in spool.glob("*/*/*") if path.is_file()], "the spool is empty again"


def test_a_declared_digest_is_verified_and_one_that_comes_late_is_refused(gateway):
    gateway = gateway()
    data = random.Random(5).randbytes(12 * MIB)
    right = Upload(gateway.client, data, chunk_size=5 * MIB, sha256=sha256(data))
    right.put_all()
    assert completed(right)["sha256"] == sha256(data)
    wrong = Upload(gateway.client, data, chunk_size=5 * MIB, sha256=sha256(b"other"))
    wrong.put_all()
    while (reply := wrong.complete()).status == 202:
        time.sleep(0.1)
    assert reply.status == 422 and reply.error == "checksum_mismatch", reply
    late = Upload(gateway.client, data, chunk_size=5 * MIB)
    late.put_all()
    reply = late.complete({"sha256": sha256(data)})
    assert reply.status == 400 and reply.error == "unsupported_digest", reply
    completed(late)
    assert late.download().body == data


def test_a_part_with_a_wrong_digest_never_reaches_the_store(gateway):
    gateway = gateway()
    data = random.Random(6).randbytes(10 * MIB)
    upload = Upload(gateway.client, data, chunk_size=5 * MIB)
    wrong = base64.b64encode(bytes.fromhex(sha256(b"other"))).decode()
    reply = upload.put(1, Content_Digest=f"sha-256=:{wrong}:")
    assert reply.status == 422, reply
    assert upload.stored() == {}
    upload.put_all()
    completed(upload)
    assert upload.download().body == data


def test_a_form(gateway):
    gateway = gateway()
    data = random.Random(7).randbytes(3 * MIB + 1)
    reply = post_form(gateway.client, form(file("a.bin", data)))
    assert reply.status == 200, reply
    kept = reply.json()["files"][0]
    assert gateway.client.get(kept["url"]).body == data
    assert gateway.keys() == [f"files/{kept['temp_file_id']}"]


def test_what_was_aborted_or_deleted_is_gone_from_the_bucket(gateway):
    gateway = gateway("--storage.trash_keep", "0s")
    data = random.Random(8).randbytes(10 * MIB)
    aborted = Upload(gateway.client, data, chunk_size=5 * MIB)
    assert aborted.put(1).status == 200
    assert aborted.abort().status == 204
    small = Upload(gateway.client, data[:100 * KIB], chunk_size=64 * KIB)
    small.put_all()
    assert small.abort().status == 204
    deleted = Upload(gateway.client, data, chunk_size=5 * MIB)
    deleted.put_all()
    completed(deleted)
    assert gateway.client.delete(f"/files/{deleted.id}").status == 204
    assert gateway.keys() == [] and gateway.multipart() == []
    assert deleted.download().status == 404


def large(seed: int) -> bytes:
    """At most 256 MiB can be had at once."""
    source = random.Random(seed)
    return b"".join(source.randbytes(min(16 * MIB, LARGE - at)) for at in range(0, LARGE, 16 * MIB))


def send_with_patience(upload: Upload, number: int) -> None:
    """As a client that does not give up: until the part is acknowledged."""
    deadline = time.monotonic() + patience(120)
    while True:
        try:
            reply = upload.put(number)
            if reply.status == 200:
                return
            assert reply.status in (500, 503), reply
        except OSError:
            pass
        assert time.monotonic() < deadline, "the part was not taken"
        time.sleep(0.1)


def send_all_beside(upload: Upload) -> list[threading.Thread]:
    """The parts, by four senders at once."""
    waiting = list(upload.numbers)

    def sender() -> None:
        while waiting:
            try:
                number = waiting.pop(0)
            except IndexError:
                return
            send_with_patience(upload, number)

    threads = [threading.Thread(target=sender) for _ in range(4)]
    for thread in threads:
        thread.start()
    return threads


def wait_until_stored(upload: Upload, parts: int) -> None:
    deadline = time.monotonic() + patience(120)
    while len(upload.stored()) < parts:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def finish(upload: Upload, threads: list[threading.Thread], data: bytes) -> None:
    for thread in threads:
        thread.join(patience(180))
        assert not thread.is_alive()
    completed(upload)
    assert sha256(upload.download().body) == sha256(data)


def test_the_server_is_killed_three_times(gateway):
    gateway = gateway()
    data = large(9)
    upload = Upload(gateway.client, data, chunk_size=PART)
    for number in upload.numbers:
        upload.url(number)
    threads = send_all_beside(upload)
    for quarter in (1, 2, 3):
        wait_until_stored(upload, upload.total_parts * quarter // 4)
        acknowledged = upload.stored()
        gateway.daemon.kill()
        gateway.daemon.start()
        assert acknowledged.items() <= upload.stored().items()
    finish(upload, threads, data)
    assert gateway.keys() == [f"files/{upload.id}"]


def test_the_server_is_killed_while_it_publishes(gateway):
    gateway = gateway("--uploads.complete_wait", "0s")
    data = random.Random(10).randbytes(48 * MIB)
    upload = Upload(gateway.client, data, chunk_size=1 * MIB)
    upload.put_all()
    assert upload.complete().status == 202
    for _ in range(3):
        time.sleep(0.05)
        gateway.daemon.kill()
        gateway.daemon.start()
    completed(upload)
    assert upload.download().body == data
    assert gateway.keys() == [f"files/{upload.id}"] and gateway.multipart() == []


@pytest.mark.parametrize("name", OF_THIS_TIER)
def test_the_store_is_killed_on_the_way(start_gateway, start_store, name):
    store = start_store(name)
    gateway = start_gateway(store)
    data = large(11)
    upload = Upload(gateway.client, data, chunk_size=PART)
    threads = send_all_beside(upload)
    wait_until_stored(upload, upload.total_parts // 3)
    os.kill(int((store.folder / "pid").read_text()), signal.SIGKILL)
    time.sleep(0.5)
    store.stop()
    store.start()
    finish(upload, threads, data)
    assert gateway.keys() == [f"files/{upload.id}"]


def test_a_store_that_is_away_is_told_and_complete_waits_for_its_return(start_gateway, start_store):
    store = start_store("minio")
    gateway = start_gateway(store, "--uploads.complete_wait", "0s")
    data = random.Random(12).randbytes(10 * MIB)
    upload = Upload(gateway.client, data, chunk_size=5 * MIB)
    upload.put_all()
    store.stop()
    assert upload.complete().status == 202
    deadline = time.monotonic() + patience(60)
    while (ready := gateway.client.get("/readyz", auth=False)).status == 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert ready.json()["reasons"] == ["store"], ready
    assert gateway.daemon.metrics()['slipway_store_up{store="main"}'] == 0
    assert upload.status()["state"] == "completing"
    store.start()
    completed(upload)
    assert upload.download().body == data


def test_a_store_that_hangs_keeps_nobody_from_stopping_the_server(start_gateway, start_store):
    store = start_store("minio")
    gateway = start_gateway(store, "--uploads.complete_wait", "0s", "--server.drain_timeout", "1s")
    data = random.Random(18).randbytes(10 * MIB)
    upload = Upload(gateway.client, data, chunk_size=5 * MIB)
    upload.put_all()
    pid = int((store.folder / "pid").read_text())
    os.kill(pid, signal.SIGSTOP)
    try:
        assert upload.complete().status == 202
        wait_for(lambda: gateway.daemon.metrics()['slipway_tasks{status="running"}'] >= 1)
        assert gateway.daemon.terminate(20) == 0, "a call to the store has more patience"
        assert "stopped_with_work_left" in gateway.daemon.log_tail()
    finally:
        os.kill(pid, signal.SIGCONT)
    gateway.daemon.start()
    completed(upload)
    assert upload.download().body == data
    assert gateway.keys() == [f"files/{upload.id}"]


def test_a_bucket_that_is_not_there_stops_the_start_with_its_name(store, tmp_path):
    admin = Admin(tmp_path, store, bucket="no-such-bucket")
    daemon = Daemon(tmp_path / "data", tmp_path / "log", args=["--config", str(admin.config)],
                    env={"SLIPWAY_STORE_MAIN_ACCESS_KEY_ID": store.access_key,
                         "SLIPWAY_STORE_MAIN_SECRET_ACCESS_KEY": store.secret_key})
    daemon.data_dir.mkdir()
    assert daemon.spawn().wait(patience(60)) == 1
    assert "slipwayd: store main: missing_bucket: " in daemon.log_path.read_text()


def test_without_digests_only_a_store_is_used_that_sees_when_a_body_is_not_whole(store, tmp_path):
    admin = Admin(tmp_path, store, bucket=f"b{random.SystemRandom().randrange(2**48):x}", checksum="none")
    admin.ok("bucket", "create")
    daemon = Daemon(tmp_path / "data", tmp_path / "slipwayd.log", args=["--config", str(admin.config)],
                    env={"SLIPWAY_STORE_MAIN_ACCESS_KEY_ID": store.access_key,
                         "SLIPWAY_STORE_MAIN_SECRET_ACCESS_KEY": store.secret_key})
    daemon.data_dir.mkdir()
    if store.lacks("whole bodies"):
        assert daemon.spawn().wait(patience(60)) == 1
        assert "slipwayd: store main: checksum: the store takes half a body" in daemon.log_path.read_text()
        return
    try:
        data = random.Random(17).randbytes(6 * MIB)
        upload = Upload(daemon.start().client, data, chunk_size=5 * MIB).put_all()
        completed(upload)
        assert upload.download().body == data
        daemon.close()
    finally:
        daemon.abandon()


def test_a_data_directory_stays_with_its_store(gateway, tmp_path):
    gateway = gateway()
    upload = Upload(gateway.client, b"x", chunk_size=1 * MIB)
    gateway.daemon.terminate()
    local = Daemon(gateway.daemon.data_dir, tmp_path / "local.log")
    assert local.spawn().wait(patience(60)) == 2
    assert 'the catalog has files of the store "main"' in local.log_path.read_text()
    gateway.daemon.start()
    upload.put_all()
    completed(upload)


def test_what_no_record_names_is_collected_and_what_one_names_is_kept(gateway):
    gateway = gateway("--storage.upkeep_interval", "200ms", "--storage.orphan_age", "1s", "--storage.trash_keep", "1s")
    data = random.Random(13).randbytes(6 * MIB)
    kept = Upload(gateway.client, data, chunk_size=5 * MIB)
    kept.put_all()
    completed(kept)
    open_still = Upload(gateway.client, data, chunk_size=5 * MIB)
    assert open_still.put(1).status == 200
    orphan = gateway.admin.folder / "orphan"
    orphan.write_bytes(b"nobody's")
    gateway.admin.ok("object", "put", "orphan", f"own/files/{'5a' * 16}")
    wait_for(lambda: gateway.keys() == [f"files/{kept.id}"])
    assert kept.download().body == data
    assert open_still.put(2).status == 200
    completed(open_still)
    assert open_still.download().body == data


def test_an_object_that_was_changed_is_found_and_not_served(gateway):
    gateway = gateway("--storage.scrub_interval", "200ms", "--storage.scrub_rate", "1GiB")
    data = random.Random(14).randbytes(6 * MIB)
    good, bad = (Upload(gateway.client, data, chunk_size=5 * MIB) for _ in range(2))
    for upload in (good, bad):
        upload.put_all()
        completed(upload)
    wait_for(lambda: gateway.daemon.metrics()["slipway_scrub_passes_total"] >= 2)
    assert gateway.daemon.metrics()["slipway_files_damaged_total"] == 0
    (gateway.admin.folder / "other").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    gateway.admin.ok("object", "put", "other", f"own/files/{bad.id}")
    wait_for(lambda: gateway.daemon.metrics()["slipway_files_damaged_total"] == 1)
    assert bad.download().error == "file_damaged"
    assert good.download().body == data


def test_parts_in_flight_take_no_more_memory_than_the_budget_allows(gateway):
    gateway = gateway("--limits.buffer_budget", "64MiB", "--uploads.complete_wait", "0s")
    part = random.Random(15).randbytes(64 * MIB)
    small = Upload(gateway.client, part[:5 * MIB], chunk_size=5 * MIB)
    small.put_all()
    completed(small)
    before = gateway.daemon.peak_memory()
    uploads = [Upload(gateway.client, part, chunk_size=64 * MIB) for _ in range(PARALLEL)]
    threads = [threading.Thread(target=send_with_patience, args=(upload, 1)) for upload in uploads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience(300))
        assert not thread.is_alive()
    grown = gateway.daemon.peak_memory() - before
    print(f"{PARALLEL} parts of 64 MiB at once: {grown / MIB:.1f} MiB more than before")
    assert grown < 128 * MIB, "the buffer budget and 64 MiB"
    for upload in uploads:
        completed(upload)
    assert uploads[-1].download().body == part


def test_downloads_are_redirected_where_the_store_is_described_so(store, start_gateway):
    gateway = start_gateway(store, downloads="redirect")
    data = random.Random(16).randbytes(6 * MIB)
    upload = Upload(gateway.client, data, chunk_size=5 * MIB, file_name="a b ü.bin", content_type="image/x-raw")
    upload.put_all()
    etag = completed(upload)["etag"]
    reply = upload.download()
    assert reply.status == 307 and reply.headers["Cache-Control"] == "private, no-store", reply
    url = urllib.parse.urlsplit(reply.headers["Location"])
    assert f"{url.scheme}://{url.netloc}" == store.url and gateway.daemon.key not in reply.headers["Location"]
    for fields, content in (({}, data), ({"Range": "bytes=5-104"}, data[5:105])):
        with urllib.request.urlopen(urllib.request.Request(reply.headers["Location"], headers=fields)) as got:
            assert got.read() == content
            shown = (got.headers["Content-Type"], (got.headers["Content-Disposition"] or "").partition(";")[0])
            as_it_is = bool(fields) and store.lacks("shown ranges")
            assert shown == (("application/octet-stream", "") if as_it_is else ("image/x-raw", "attachment")), fields
    assert upload.download(Range="bytes=1-2").status == 307
    assert upload.download(If_Match=etag).body == data, "the store does not know our entity tags"
    assert upload.download(Range="bytes=0-0,9-9").status == 206
    assert gateway.client.head(f"/files/{upload.id}").status == 200
    assert upload.download(Range=f"bytes={len(data)}-").status == 416
    curl = ["curl", "-sSfL", "-H", f"Authorization: Bearer {gateway.daemon.key}", f"{gateway.daemon.url}/files/{upload.id}"]
    assert subprocess.run(curl, check=True, capture_output=True).stdout == data
    environment = os.environ | {"SLIPWAY_URL": gateway.daemon.url, "SLIPWAY_API_KEY": gateway.daemon.key}
    fetched = gateway.admin.folder / "fetched"
    subprocess.run([BIN_DIR / "slipway", "get", upload.id, "-o", fetched], env=environment, check=True, capture_output=True)
    assert fetched.read_bytes() == data
