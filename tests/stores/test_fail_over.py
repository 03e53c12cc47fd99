"""slipwayd over two stores, of which the one that takes what is new is killed, and comes back or not."""

import concurrent.futures
import json
import os
import random
import signal
import time
from pathlib import Path

import pytest

from admin import Admin
from gateway import completed, wait_for
from harness.daemon import Daemon, patience
from harness.digests import sha256
from harness.uploads import KIB, MIB, Upload

UPLOADS = 32
PART = 5 * MIB


class Pair:
    """A slipwayd over a bucket of its own in each of two stores: `first` takes what is new, `second` stands by."""

    def __init__(self, first, second, folder: Path, *args: str):
        self.stores = {"first": first, "second": second}
        self.admins, sections, env = {}, [], {}
        for name, store in self.stores.items():
            (folder / name).mkdir(parents=True)
            bucket = f"b{random.SystemRandom().randrange(2**48):x}"
            self.admins[name] = Admin(folder / name, store, bucket=bucket)
            self.admins[name].ok("bucket", "create")
            described = {"name": name, "weight": int(name == "first")}
            self.admins[name].describe(store.url, bucket=bucket, **described)
            sections.append(self.admins[name].config.read_text())
            self.admins[name].describe(store.url, bucket=bucket)
            env[f"SLIPWAY_STORE_{name.upper()}_ACCESS_KEY_ID"] = store.access_key
            env[f"SLIPWAY_STORE_{name.upper()}_SECRET_ACCESS_KEY"] = store.secret_key
        config = folder / "stores.toml"
        config.write_text("\n".join(sections))
        self.daemon = Daemon(folder / "data", folder / "slipwayd.log", args=["--config", str(config), *args], env=env)
        self.daemon.data_dir.mkdir(parents=True)

    @property
    def client(self):
        return self.daemon.client

    def keys(self, name: str) -> list[str]:
        listed = self.admins[name].ok("object", "list", "--json").text.splitlines()
        return sorted(json.loads(line)["key"] for line in listed)

    def multipart(self, name: str) -> list[str]:
        return self.admins[name].ok("multipart", "list", "--json").text.splitlines()

    def kill(self, name: str) -> None:
        os.kill(int((self.stores[name].folder / "pid").read_text()), signal.SIGKILL)

    def bring_back(self, name: str) -> None:
        self.stores[name].stop()
        self.stores[name].start()
        wait_for(lambda: self.is_up(name))

    def is_up(self, name: str) -> bool:
        return self.daemon.metrics()[f'slipway_store_up{{store="{name}"}}'] == 1

    def kill_and_wait(self, name: str) -> None:
        self.kill(name)
        wait_for(lambda: not self.is_up(name))

    def count(self, name: str) -> int:
        return int(self.daemon.metrics()[f"slipway_{name}_total"])


@pytest.fixture
def start_pair(tmp_path, start_store):
    made = []

    def start(*args: str) -> Pair:
        made.append(Pair(start_store("minio"), start_store("versitygw"), tmp_path / "pair", *args))
        made[-1].daemon.start()
        return made[-1]

    try:
        yield start
        for pair in made:
            pair.daemon.close()
    finally:
        for pair in made:
            pair.daemon.abandon()


def put_with_patience(upload: Upload, number: int) -> None:
    """As a client does: a part that was refused because a store is away is sent again."""
    deadline = time.monotonic() + patience(120)
    while (reply := upload.put(number)).status != 200:
        assert reply.status == 503 or reply.error == "storage_failed", reply
        assert time.monotonic() < deadline
        time.sleep(0.2)


def missing(upload: Upload) -> list[int]:
    return sorted(set(upload.numbers) - set(upload.stored()))


def carry_through(upload: Upload) -> set[int]:
    """Sends what is missing until the file is there; answers what was sent."""
    sent = set()
    deadline = time.monotonic() + patience(180)
    while (reply := upload.complete()).status != 200:
        assert time.monotonic() < deadline, reply
        assert reply.status in (202, 409, 503) or reply.error == "storage_failed", reply
        if reply.status == 409:
            for number in missing(upload):
                put_with_patience(upload, number)
                sent.add(number)
        else:
            time.sleep(0.2)
    return sent


def upload_and_kill(pair: Pair, uploads: list[Upload]) -> list[set[int]]:
    """The first part of each upload; the second of all at once, and the kill among them; the third once it is known; what
    each had to send again."""
    with concurrent.futures.ThreadPoolExecutor(UPLOADS) as pool:
        list(pool.map(lambda upload: put_with_patience(upload, 1), uploads))
        under_way = [pool.submit(put_with_patience, upload, 2) for upload in uploads]
        wait_for(lambda: pair.count("parts_stored") > UPLOADS)
        pair.kill("first")
        for each in under_way:
            each.result()
        wait_for(lambda: not pair.is_up("first"))
        list(pool.map(lambda upload: put_with_patience(upload, 3), uploads))
        return list(pool.map(carry_through, uploads))


def make_uploads(pair: Pair) -> list[Upload]:
    return [Upload(pair.client, random.Random(n).randbytes(2 * PART + n), chunk_size=PART) for n in range(1, UPLOADS + 1)]


def test_every_upload_outlives_the_store_and_only_what_lay_there_alone_is_sent_again(start_pair):
    pair = start_pair()
    uploads = make_uploads(pair)
    again = upload_and_kill(pair, uploads)
    assert all(1 in sent for sent in again), "the first parts lay in the store that was killed"
    for upload in uploads:
        assert upload.download().body == upload.data
    assert pair.count("parts_sent_again") == sum(len(sent) for sent in again)
    assert not any(3 in sent for sent in again), "the last ones lay in the other store"
    assert sorted(pair.keys("second")) == sorted(f"own/files/{upload.id}" for upload in uploads)


def test_with_two_replicas_nothing_is_sent_again(start_pair):
    pair = start_pair("--stores.replicas", "2")
    uploads = make_uploads(pair)
    again = upload_and_kill(pair, uploads)
    assert not any(again) and pair.count("parts_sent_again") == 0
    for upload in uploads:
        assert upload.download().body == upload.data


def test_a_file_with_a_replica_is_served_while_its_store_is_away(start_pair):
    pair = start_pair("--stores.replicas", "2", "--storage.trash_keep", "0s")
    upload = Upload(pair.client, random.Random(1).randbytes(2 * PART + 1), chunk_size=PART).put_all()
    completed(upload)
    assert pair.keys("first") == pair.keys("second") == [f"own/files/{upload.id}"]
    pair.kill("first")
    assert upload.download().body == upload.data
    assert upload.download(Range="bytes=7-9").body == upload.data[7:10]
    pair.bring_back("first")
    assert pair.client.delete(f"/files/{upload.id}").status == 204
    assert pair.keys("first") == pair.keys("second") == []


@pytest.mark.parametrize(("before", "after"), [((1, 2), (3,)), ((2,), (1, 3))])
def test_a_store_that_returns_has_its_parts_and_they_are_brought_together(start_pair, before, after):
    pair = start_pair("--storage.trash_keep", "0s")
    upload = Upload(pair.client, random.Random(2).randbytes(2 * PART + 99), chunk_size=PART)
    for number in before:
        put_with_patience(upload, number)
    pair.kill_and_wait("first")
    assert missing(upload) == [1, 2, 3]
    for number in after:
        put_with_patience(upload, number)
    pair.bring_back("first")
    assert missing(upload) == []
    completed(upload)
    assert upload.download().body == upload.data
    assert pair.count("parts_sent_again") == 0 and pair.count("parts_gathered") == 1
    home, other = ("first", "second") if len(before) > len(after) else ("second", "first")
    assert pair.keys(home) == [f"own/files/{upload.id}"]
    wait_for(lambda: pair.keys(other) == [] and pair.multipart(other) == [])


def test_parts_in_the_spool_of_a_store_that_is_away_are_not_lost(start_pair):
    pair = start_pair()
    upload = Upload(pair.client, random.Random(3).randbytes(200 * KIB), chunk_size=64 * KIB)
    put_with_patience(upload, 1)
    pair.kill_and_wait("first")
    assert missing(upload) == [2, 3, 4]
    for number in (2, 3, 4):
        put_with_patience(upload, number)
    completed(upload)
    assert upload.download().body == upload.data
    assert pair.count("parts_sent_again") == 0
    assert pair.keys("second") == [f"own/files/{upload.id}"]


def test_a_server_starts_while_a_store_is_away_and_takes_it_back(start_pair):
    pair = start_pair()
    upload = Upload(pair.client, random.Random(4).randbytes(2 * PART), chunk_size=PART)
    put_with_patience(upload, 1)
    pair.kill("first")
    pair.daemon.kill()
    pair.daemon.start()
    upload.client = pair.client
    assert not pair.is_up("first") and pair.client.get("/readyz", auth=False).status == 200
    other = Upload(pair.client, random.Random(5).randbytes(PART + 1), chunk_size=PART).put_all()
    completed(other)
    assert missing(upload) == [1, 2]
    pair.bring_back("first")
    assert missing(upload) == [2]
    put_with_patience(upload, 2)
    completed(upload)
    for each in (upload, other):
        assert each.download().body == each.data
    assert pair.keys("first") == [f"own/files/{upload.id}"]


def test_parts_that_are_waited_for_make_complete_wait(start_pair):
    pair = start_pair("--stores.lost_parts", "wait", "--uploads.complete_wait", "0s")
    upload = Upload(pair.client, random.Random(6).randbytes(2 * PART), chunk_size=PART)
    put_with_patience(upload, 1)
    pair.kill_and_wait("first")
    put_with_patience(upload, 2)
    assert missing(upload) == []
    assert upload.complete().status == 202
    pair.bring_back("first")
    completed(upload)
    assert upload.download().body == upload.data and pair.count("parts_sent_again") == 0


def test_the_daemon_is_killed_while_parts_are_brought_together(start_pair):
    pair = start_pair("--uploads.complete_wait", "0s")
    upload = Upload(pair.client, random.Random(7).randbytes(6 * PART), chunk_size=PART)
    for number in (1, 2, 3, 4):
        put_with_patience(upload, number)
    pair.kill_and_wait("first")
    for number in (5, 6):
        put_with_patience(upload, number)
    pair.bring_back("first")
    for _ in range(3):
        assert upload.complete().status in (200, 202)
        pair.daemon.kill()
        pair.daemon.start()
        upload.client = pair.client
    completed(upload)
    assert upload.download().body == upload.data


def test_small_parts_in_two_stores_are_read_where_they_are_and_make_one_file(start_pair):
    pair = start_pair("--storage.small_parts", "store")
    data = random.Random(11).randbytes(6 * MIB + 3)
    upload = Upload(pair.client, data, chunk_size=256 * KIB, sha256=sha256(data))
    for number in upload.numbers[:10]:
        assert upload.put(number).status == 200
    pair.kill_and_wait("first")
    assert missing(upload) == list(upload.numbers), "they lay in the store that was killed"
    for number in upload.numbers[10:]:
        put_with_patience(upload, number)
    pair.bring_back("first")
    assert missing(upload) == [], "they are there again"
    made = completed(upload)
    assert made["sha256"] == sha256(data) and made["chain"] == upload.chain
    assert upload.download().body == data
    # What it was gathered from goes after the file is on record.
    wait_for(lambda: pair.keys("first") + pair.keys("second") == [f"own/files/{upload.id}"])
