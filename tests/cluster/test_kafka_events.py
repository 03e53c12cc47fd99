"""Events as those see them who read Kafka: every one at least once and in order for each upload, whoever is killed."""

import os
import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import running, wait_until
from harness.daemon import BIN_DIR, patience
from harness.real_server import RealServer
from harness.receiver import Receiver
from harness.uploads import KIB, Upload
from kafka_broker import Event, Kafka, once

DATA = os.urandom(12 * KIB)
LIFE = ["upload.created", "upload.completed", "file.deleted"]


@pytest.fixture
def spare(tmp_path) -> Iterator[RealServer]:
    """A store for copies of files."""
    yield from running(RealServer("versitygw", tmp_path / "spare"))


def live(client, name: str = "a") -> str:
    """An upload from its beginning to the end of its file."""
    upload = Upload(client, DATA, file_name=name)
    upload.put_all()
    assert client.post(f"/upload/{upload.id}/complete").status == 200
    assert client.delete(f"/files/{upload.id}").status in (200, 204)
    return upload.id


def by_upload(events: list[Event]) -> dict[str, list[Event]]:
    """What came of each upload, in the order in which it came first."""
    lives = defaultdict(list)
    for event in once(events):
        lives[event.key].append(event)
    return lives


def whole(uploads: list[str]):
    """Whether so much has come as there is to tell of these."""
    def enough(events: list[Event]) -> bool:
        lives = by_upload(events)
        return all(len(lives[upload]) >= len(LIFE) for upload in uploads)
    return enough


def check_lives(events: list[Event], uploads: list[str]) -> None:
    lives = by_upload(events)
    for upload in uploads:
        assert [event.kind for event in lives[upload]] == LIFE
        assert [event.record["sequence"] for event in lives[upload]] == [1, 2, 3]
    assert set(lives) == set(uploads)


def test_the_life_of_a_file(kafka: Kafka, make_node):
    node = make_node(*kafka.settings("life")).start()
    trace = "0af7651916cd43dd8448eb211c80319c"
    body = {"file_name": "übung", "total_parts": 1, "chunk_size": 4096, "metadata": {"album": "2026"}}
    reply = node.client.request("POST", "/upload/init", body, {"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert reply.status == 200
    first = reply.json()["upload_id"]
    assert node.client.delete(f"/upload/{first}").status in (200, 204)
    upload = live(node.client)
    events = once(kafka.events("life", lambda found: len(once(found)) >= 5))
    assert len(events) == 5

    created, failed = by_upload(events)[first]
    assert (created.kind, failed.kind) == ("upload.created", "upload.failed")
    assert created.record["file_name"] == "übung" and created.record["metadata"] == {"album": "2026"}
    assert created.headers["content-type"] == "application/avro" and created.headers["id"] == created.id
    assert created.headers["type"] == "slipway.upload.created"
    assert created.headers["traceparent"].split("-")[1] == created.record["traceparent"].split("-")[1] == trace
    assert failed.record["reason"] == "aborted" and failed.record["traceparent"] != created.record["traceparent"]

    check_lives([event for event in events if event.key == upload], [upload])
    completed = by_upload(events)[upload][1].record
    assert completed["size"] == len(DATA) and completed["chain"] and completed["source"] == "/slipway"
    wait_until("the outbox is empty", lambda: node.metrics()["slipway_outbox_events"] == 0)
    assert node.metrics()['slipway_kafka_events_total{outcome="delivered"}'] >= 5


def copied_to(store: RealServer, folder: Path) -> tuple[list[str], dict[str, str]]:
    """Arguments and environment of a slipwayd that keeps copies of its files in a bucket there."""
    config, keys = folder / "store.toml", store.script("keys").stdout.split()
    described = {"name": "spare", "kind": "s3", "endpoint": store.url, "bucket": "copies", "role": "dr"}
    config.write_text("[[store]]\n" + "".join(f'{key} = "{value}"\n' for key, value in described.items()))
    environment = dict(zip(("SLIPWAY_STORE_SPARE_ACCESS_KEY_ID", "SLIPWAY_STORE_SPARE_SECRET_ACCESS_KEY"), keys))
    done = subprocess.run([BIN_DIR / "slipway", "admin", "store", "--config", config, "bucket", "create"],
                          env=os.environ | environment, capture_output=True, text=True, timeout=patience(120))
    assert done.returncode == 0, done.stderr
    return ["--config", str(config)], environment


def test_a_copy_of_a_file_is_told_once_and_whence_it_came(kafka: Kafka, make_node, spare: RealServer, tmp_path):
    arguments, environment = copied_to(spare, tmp_path)
    node = make_node(*arguments, *kafka.settings("copies"), env=environment).start()
    upload = Upload(node.client, DATA).put_all()
    trace = "1bf7651916cd43dd8448eb211c80319d"
    reply = node.client.request("POST", f"/upload/{upload.id}/complete", None, {"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert reply.status == 200
    wait_until("the copy is recorded", lambda: node.metrics()["slipway_files_copied_total"] == 1)
    assert node.client.delete(f"/files/{upload.id}").status == 204
    # In the order of their commits: nothing can tell of the copy any more behind the end of its file.
    events = kafka.events("copies", lambda found: any(event.kind == "file.deleted" for event in found))
    assert [event.kind for event in once(events)] == ["upload.created", "upload.completed", "file.replicated", "file.deleted"]
    completed, told = once(events)[1:3]
    assert told.key == told.record["upload_id"] == upload.id and told.headers["type"] == "slipway.file.replicated"
    assert (told.record["storage_node"], told.record["sequence"], told.record["size"]) == ("spare", None, len(DATA))
    assert told.record["chain"] == completed.record["chain"] and told.record["crc64nvme"] == reply.json()["crc64nvme"]
    assert told.headers["traceparent"] == told.record["traceparent"]
    assert told.record["traceparent"].split("-")[1] == completed.record["traceparent"].split("-")[1] == trace


def test_parts_are_told_where_they_are_asked_for(kafka: Kafka, make_node):
    node = make_node(*kafka.settings("parts"), "--events.part_stored_sample", "1").start()
    upload = Upload(node.client, DATA)
    upload.put_all()
    upload.put_all()
    events = once(kafka.events("parts", lambda found: len(once(found)) >= 4))
    parts = [event.record for event in events if event.kind == "part.stored"]
    assert sorted(part["part_number"] for part in parts) == [1, 2, 3]
    assert all(part["size"] == 4 * KIB and part["sequence"] is None and part["sha256"] for part in parts)


def test_while_kafka_is_away_events_wait_and_nothing_else_does(own_kafka: Kafka, make_node):
    own_kafka.stop()
    with Receiver() as receiver:
        node = make_node(*own_kafka.settings("away"), "--webhooks.endpoints", f"test {receiver.url}", "--webhooks.allow_http",
                         "true", "--webhooks.allow_private", "true", env={"SLIPWAY_WEBHOOKS_SECRETS": receiver.secret}).start()
        uploads = [live(node.client) for _ in range(3)]
        # The webhooks are told all of it, though Kafka has heard nothing.
        receiver.wait_for(9)
        delivered = 'slipway_webhook_deliveries_total{outcome="delivered"}'
        wait_until("it is written down that they are", lambda: node.metrics()[delivered] == 9)
        assert node.metrics()["slipway_outbox_events"] == 9
        assert node.client.get("/readyz", auth=False).status == 200
        # A restart meanwhile tells the webhooks nothing again.
        node.restart()
        own_kafka.start()
        check_lives(own_kafka.events("away", whole(uploads)), uploads)
        wait_until("the outbox is empty", lambda: node.metrics()["slipway_outbox_events"] == 0)
        assert len(receiver.messages) == 9


def lives_beside(client, uploads: list[str], count: int) -> threading.Thread:
    """A client that goes through so many lives, and appends the uploads as it has done with them."""
    def run() -> None:
        for number in range(count):
            uploads.append(live(client, str(number)))
    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_broker_that_is_killed_in_the_midst_loses_nothing(own_kafka: Kafka, make_node):
    node = make_node(*own_kafka.settings("killed")).start()
    uploads: list[str] = []
    threads = [lives_beside(node.client, uploads, 40) for _ in range(2)]
    for lived in (10, 40):
        wait_until(f"{lived} lives", lambda: len(uploads) >= lived)
        own_kafka.kill()
        own_kafka.start()
    for thread in threads:
        thread.join()
    assert len(uploads) == 80
    # What happens while it is away is nowhere but in the outbox, also for a server that is killed then.
    own_kafka.kill()
    uploads += [live(node.client) for _ in range(5)]
    node.kill()
    node.start()
    own_kafka.start()
    check_lives(own_kafka.events("killed", whole(uploads)), uploads)


def test_a_server_that_is_killed_in_the_midst_loses_nothing(kafka: Kafka, make_node):
    node = make_node(*kafka.settings("restarted")).start()
    uploads: list[str] = []
    for _ in range(4):
        uploads += [live(node.client) for _ in range(10)]
        node.kill()
        node.start()
    check_lives(kafka.events("restarted", whole(uploads)), uploads)
