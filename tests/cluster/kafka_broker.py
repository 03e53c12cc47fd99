"""A real Kafka, and what stands in its topics."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition

from avro_events import SCHEMA, decode, schema_of
from harness.daemon import patience
from harness.real_server import RealServer


@dataclass(frozen=True)
class Event:
    """A message of the topic of events."""
    key: str
    headers: dict[str, str]
    record: dict

    @property
    def id(self) -> str:
        return self.record["id"]

    @property
    def kind(self) -> str:
        return self.record["type"]


class Kafka(RealServer):
    def __init__(self, folder: Path):
        super().__init__("kafka", folder)
        # What others than slipwayd need besides to come to it, as librdkafka calls it.
        self.access: dict[str, str] = {}

    def kill(self) -> None:
        """SIGKILL; start() begins where this left off, on the same port."""
        os.kill(int((self.folder / "pid").read_text()), signal.SIGKILL)
        # Which waits until it is gone.
        self.stop()

    def settings(self, topic: str) -> list[str]:
        return ["--kafka.brokers", self.url, "--kafka.topic_events", topic]

    def events(self, topic: str, enough: Callable[[list[Event]], bool]) -> list[Event]:
        return read_events(self.url, topic, enough, self.access)


def read_events(broker: str, topic: str, enough: Callable[[list[Event]], bool],
                access: dict[str, str] | None = None) -> list[Event]:
    """All events of a topic from its beginning, as soon as they are enough."""
    schema = schema_of(SCHEMA)
    consumer = Consumer({"bootstrap.servers": broker, "group.id": "reader", "enable.auto.commit": False} | (access or {}))
    found: list[Event] = []
    deadline = time.monotonic() + patience(120)
    try:
        assigned: set[int] = set()
        while not enough(found):
            assert time.monotonic() < deadline, [(event.kind, event.key) for event in found]
            # A topic may come into being while somebody waits for it.
            known = consumer.list_topics(topic, timeout=10).topics[topic].partitions
            if set(known) != assigned:
                assigned = set(known)
                consumer.assign([TopicPartition(topic, number, 0) for number in assigned])
                found.clear()
            for message in consumer.consume(1000, timeout=0.5):
                if not message.error():
                    headers = {name: value.decode() for name, value in message.headers()}
                    found.append(Event(message.key().decode(), headers, decode(message.value(), schema, schema)))
    finally:
        consumer.close()
    return found


def once(events: list[Event]) -> list[Event]:
    """Without those that came again."""
    return list({event.id: event for event in events}.values())
