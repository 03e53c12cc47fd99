"""How many events a second slipwayd delivers to Kafka, as a ratio to a bare producer of as many bytes.

The floor: librdkafka as Python has it, idempotent and with acks=all as slipwayd, which hands in all messages at once. slipwayd
delivers a backlog: the broker is away until all events are there. Each is of another upload; with --one-upload they are all of
one, parts whose events go one after the other. Measured is from the message that is handed in as the 201st to the last, by
the times that messages carry, so that no connecting is in it.
"""

import argparse
import concurrent.futures
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from load import KIB, idle_share
from harness.daemon import REPOSITORY, Daemon
from harness.uploads import Upload

sys.path.insert(0, str(REPOSITORY / "tests/cluster"))
from confluent_kafka import Consumer, Producer, TopicPartition  # noqa: E402
from kafka_broker import Kafka  # noqa: E402

CLIENTS = 8
SKIPPED = 200


def bare_producer(kafka: Kafka, count: int) -> float:
    """Messages a second."""
    producer = Producer({"bootstrap.servers": kafka.url, "enable.idempotence": True, "acks": "all", "linger.ms": 2,
                         "compression.type": "lz4", "queue.buffering.max.messages": count + 10})
    producer.produce("floor", b"x" * 400, key="0")
    producer.flush()
    started = time.perf_counter()
    for number in range(count):
        producer.produce("floor", b"x" * 400, key=str(number))
    assert producer.flush(60) == 0
    return count / (time.perf_counter() - started)


def times_of(kafka: Kafka, topic: str, count: int) -> list[float]:
    """When each message was handed in, in seconds."""
    consumer = Consumer({"bootstrap.servers": kafka.url, "group.id": "bench", "enable.auto.commit": False})
    partitions = consumer.list_topics(topic).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
    found: list[float] = []
    while len(found) < count:
        found += [message.timestamp()[1] / 1e3 for message in consumer.consume(1000, timeout=1) if not message.error()]
    consumer.close()
    return sorted(found)


def begin_upload(daemon: Daemon) -> None:
    reply = daemon.client.post("/upload/init", {"file_name": "event.bin", "total_parts": 1, "chunk_size": KIB})
    assert reply.status == 200, reply


def make_events(daemon: Daemon, count: int, one_upload: bool) -> None:
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        if one_upload:
            upload = Upload(daemon.client, b"x" * 4 * KIB * (count - 1))
            list(pool.map(upload.put, upload.numbers))
        else:
            list(pool.map(lambda _: begin_upload(daemon), range(count)))
    assert daemon.metrics()["slipway_outbox_events"] == count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=5000, help="of each round (5000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one-upload", action="store_true")
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
    kafka = Kafka(directory / "kafka")
    rates = []
    kafka.start()
    try:
        for number in range(arguments.rounds):
            floor, idle = bare_producer(kafka, arguments.events), idle_share()
            kafka.stop()
            topic, data = f"events-{number}", directory / f"data{number}"
            data.mkdir()
            daemon = Daemon(data, directory / "slipwayd.log", args=[
                "--kafka.brokers", kafka.url, "--kafka.topic_events", topic, "--log.level", "warn",
                "--events.part_stored_sample", "1"]).start()
            try:
                make_events(daemon, arguments.events, arguments.one_upload)
                kafka.start()
                while daemon.metrics()["slipway_outbox_events"] > 0:
                    time.sleep(0.1)
                times = times_of(kafka, topic, arguments.events)
                assert daemon.terminate() == 0
            finally:
                daemon.abandon()
            rates.append((arguments.events - SKIPPED) / (times[-1] - times[SKIPPED]))
            print(f"{rates[-1]:.0f} events/s; bare producer {floor:.0f} messages/s; ratio {rates[-1] / floor:.2f}; "
                  f"idle before: {idle:.0%}", flush=True)
    finally:
        kafka.stop()
        shutil.rmtree(directory, ignore_errors=True)
    print(f"events a second: median {statistics.median(rates):.0f}, spread {min(rates):.0f} to {max(rates):.0f}")


if __name__ == "__main__":
    main()
