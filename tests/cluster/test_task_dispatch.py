"""A task that becomes due on one server is begun by an idle worker of another at once, told by Kafka: nobody looks for ten minutes."""

import random

import pytest

from conftest import wait_until
from harness.uploads import Upload
from several import CHUNK, Ground, Several

# Longer than anybody waits here: what is done sooner was heard of.
LATE = ["--tasks.poll", "10m", "--uploads.sweep_interval", "1h", "--storage.upkeep_interval", "1h"]


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    made = Ground(tmp_path_factory.mktemp("ground"))
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture
def several(ground, tmp_path, make_node):
    return Several(ground, tmp_path, make_node)


def topics(kafka, several) -> list[str]:
    return ["--kafka.brokers", kafka.url, "--kafka.topic_events", f"events-{several.name}", "--kafka.topic_tasks",
            f"tasks-{several.name}"]


def ends_by_itself(client) -> Upload:
    """An upload that a task completes as soon as it is full."""
    upload = Upload(client, random.Random("task").randbytes(2 * CHUNK), CHUNK, complete_when_full=True)
    return upload.put_all()


def heard(node) -> float:
    return node.metrics()['slipway_kafka_tasks_total{direction="heard"}']


def is_file(client, upload: Upload) -> bool:
    return client.get(f"/files/{upload.id}").status == 200


def test_an_idle_worker_elsewhere_begins_at_once(several, kafka):
    door = several.start("--node.roles", "api", *topics(kafka, several))
    workers = [several.start("--node.roles", "worker", *LATE, *topics(kafka, several)) for _ in range(2)]
    # The first announcement makes the topic, which may take longer than it is kept for.
    wait_until("one is heard", lambda: ends_by_itself(door.client) and sum(map(heard, workers)))
    before = sum(map(heard, workers))
    for _ in range(3):
        upload = ends_by_itself(door.client)
        wait_until("a worker has completed it", lambda: is_file(door.client, upload))
    assert sum(map(heard, workers)) >= before + 3
    assert heard(door) == 0


def test_what_was_not_heard_is_found_by_looking(own_kafka, several):
    """The rows are the truth: without Kafka it only takes until somebody looks."""
    door = several.start("--node.roles", "api", *topics(own_kafka, several))
    several.start("--node.roles", "worker", *topics(own_kafka, several))
    own_kafka.stop()
    upload = ends_by_itself(door.client)
    wait_until("a worker has completed it", lambda: is_file(door.client, upload))
