"""Kafka over TLS and with SASL: events arrive, and who may not come in, or is not trusted, keeps them until it may."""

import os
from collections.abc import Iterator

import confluent_kafka
import pytest

from conftest import running, wait_until
from harness.tls import Authority
from harness.uploads import KIB, Upload
from kafka_broker import Kafka, once

DATA = os.urandom(12 * KIB)


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def broker(tmp_path_factory, authority) -> Iterator[Kafka]:
    folder = tmp_path_factory.mktemp("guarded")
    authority.equip(folder)
    server = Kafka(folder)
    user, password = server.script("keys").stdout.split()
    server.access = {"security.protocol": "sasl_ssl", "ssl.ca.location": str(authority.file), "sasl.mechanism": "PLAIN",
                     "sasl.username": user, "sasl.password": password}
    yield from running(server)


def arguments(broker: Kafka, topic: str, protocol: str, mechanism: str = "") -> list[str]:
    """How a slipwayd comes to it, but for the password."""
    ways = dict(line.split() for line in (broker.folder / "ports").read_text().splitlines())
    words = ["--kafka.brokers", ways[protocol], "--kafka.topic_events", topic, "--kafka.security_protocol", protocol]
    if protocol.endswith("SSL"):
        words += ["--kafka.ca", broker.access["ssl.ca.location"]]
    if protocol.startswith("SASL"):
        words += ["--kafka.user", broker.access["sasl.username"], "--kafka.sasl_mechanism", mechanism]
    return words


def told(broker: Kafka, topic: str, upload: str) -> None:
    """The upload's end has come to the topic."""
    events = broker.events(topic, lambda found: any(event.kind == "upload.completed" for event in found))
    assert [(event.key, event.kind) for event in once(events)] == [(upload, "upload.created"), (upload, "upload.completed")]


@pytest.mark.parametrize("protocol, mechanism", [("SSL", ""), ("SASL_SSL", "PLAIN"), ("SASL_PLAINTEXT", "PLAIN")])
def test_events_arrive(broker, make_node, tmp_path, protocol, mechanism):
    topic = f"{protocol}-{mechanism}"
    words = arguments(broker, topic, protocol, mechanism)
    if mechanism:
        (tmp_path / "password").write_text(broker.access["sasl.password"] + "\n")
        words += ["--kafka.password_file", str(tmp_path / "password")]
    node = make_node(*words).start()
    upload = Upload(node.client, DATA)
    assert upload.finished()
    told(broker, topic, upload.id)


def test_scram_is_shown_as_the_library_can(broker, make_node):
    """Which is the one of this reader as well: up to 2.6.0 it does so in a way that Kafka 4 does not take."""
    words = arguments(broker, "scram", "SASL_SSL", "SCRAM-SHA-512")
    node = make_node(*words, env={"SLIPWAY_KAFKA_PASSWORD": broker.access["sasl.password"]}).start()
    upload = Upload(node.client, DATA)
    assert upload.finished()
    if confluent_kafka.libversion()[1] >= 0x020601ff:
        told(broker, "scram", upload.id)
        return
    said = ("with SASL mechanism SCRAM-SHA-512", "SCRAM with Kafka 4 needs librdkafka 2.6.1")
    wait_until("the log says why", lambda: any(all(text in event["detail"] for text in said) for event in node.events("kafka_refused")))
    assert node.metrics()["slipway_outbox_events"] == 2


@pytest.mark.parametrize("wrong", ["authority", "password"])
def test_who_does_not_come_in_says_why_and_keeps_the_events(broker, make_node, authority, tmp_path, wrong):
    right = broker.access["sasl.password"]
    given = f"a-secret-{os.urandom(8).hex()}" if wrong == "password" else right
    words = arguments(broker, f"wrong-{wrong}", "SASL_SSL", "PLAIN")
    if wrong == "authority":
        words[words.index("--kafka.ca") + 1] = str(Authority(tmp_path, "other").file)
    node = make_node(*words, env={"SLIPWAY_KAFKA_PASSWORD": given}).start()
    upload = Upload(node.client, DATA)
    assert upload.finished()
    said = "certificate verify failed" if wrong == "authority" else "SASL authentication error"
    wait_until("the log says why", lambda: any(said in event["detail"] for event in node.events("kafka_refused")))
    assert node.metrics()["slipway_outbox_events"] == 2
    assert node.client.get("/readyz", auth=False).status == 200
    # Put right, they are told.
    node.args[node.args.index("--kafka.ca") + 1] = str(authority.file)
    node.env["SLIPWAY_KAFKA_PASSWORD"] = right
    node.restart()
    told(broker, f"wrong-{wrong}", upload.id)
    wait_until("the outbox is empty", lambda: node.metrics()["slipway_outbox_events"] == 0)
    assert given not in node.log_path.read_text() and right not in node.log_path.read_text()
