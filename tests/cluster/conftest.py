"""slipwayd among others: Consul and balancers in front, Kafka behind, all of them real and on loopback.

`consul` is one Consul for all tests of a file, each with a service of its own name; a test that does things to Consul itself
takes `own_consul`. `start_node` makes servers.
"""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cli import Cli, Outcome
from harness.daemon import Daemon, patience
from harness.mariadb import MariaDb
from harness.real_server import RealServer
from kafka_broker import Kafka


def wait_until(what: str, condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Its first answer that is true."""
    deadline = time.monotonic() + patience(seconds)
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)
    return found


def wait_for_parts(process: subprocess.Popen, count: int) -> list[bytes]:
    """Until a `slipway put` has told of so many parts; what it has told."""
    lines: list[bytes] = []
    while sum(b'"event":"part"' in line for line in lines) < count:
        line = process.stdout.readline()
        assert line, Outcome(process.wait(), b"".join(lines), process.stderr.read())
        lines.append(line)
    return lines


def finish(process: subprocess.Popen, lines: list[bytes], data: bytes | None = None) -> Outcome:
    """What a `slipway put` comes to; it has to succeed. `data` is the rest of its input."""
    try:
        out, err = process.communicate(data, timeout=patience(300))
    finally:
        process.kill()
    outcome = Outcome(process.returncode, b"".join(lines) + out, err)
    assert outcome.code == 0, outcome
    return outcome


class Consul(RealServer):
    def __init__(self, folder: Path, token: str = ""):
        super().__init__("consul", folder)
        self.token = token
        folder.mkdir(parents=True, exist_ok=True)
        if token:
            (folder / "token").write_text(token)

    def ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        """The answer's JSON; None where there is no such thing."""
        request = urllib.request.Request(self.url + path, body, {"X-Consul-Token": self.token}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=patience(30)) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            assert error.code == 404, (error, error.read())
            return None
        return json.loads(text) if text else {}

    def instances(self, service: str) -> list[dict[str, Any]]:
        """Everything that is registered, ready or not: {Node, Service, Checks}."""
        return self.ask("GET", f"/v1/health/service/{service}")

    def ready(self, service: str) -> list[str]:
        """The ids of those whose checks pass."""
        return sorted(entry["Service"]["ID"] for entry in self.ask("GET", f"/v1/health/service/{service}?passing"))

    def register(self, service: str, port: int) -> None:
        """A server of the service, which is ready at once."""
        described = {"ID": f"{service}-{port}", "Name": service, "Address": "127.0.0.1", "Port": port}
        self.ask("PUT", "/v1/agent/service/register", json.dumps(described).encode())
        wait_until("it is ready in Consul", lambda: f"{service}-{port}" in self.ready(service))

    def deregister(self, service: str, port: int) -> None:
        self.ask("PUT", f"/v1/agent/service/deregister/{service}-{port}")

    def put_key(self, key: str, value: str) -> None:
        self.ask("PUT", f"/v1/kv/{key}", value.encode())

    def delete_key(self, key: str) -> None:
        self.ask("DELETE", f"/v1/kv/{key}")


class Node(Daemon):
    """A slipwayd that may be a member of a service."""

    @property
    def id(self) -> str:
        return f"{self.service}-{self.host}:{self.port}"

    service = ""

    def join(self, consul: Consul, service: str, *more: str) -> "Node":
        """Before it starts."""
        self.service = service
        self.args += ["--consul.address", consul.url, "--consul.service", service, *more]
        if consul.token:
            self.env["SLIPWAY_CONSUL_TOKEN"] = consul.token
        return self

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.log_lines() if line["event"] == name]

    def wait_for_event(self, name: str, count: int = 1) -> dict[str, Any]:
        wait_until(f"{count} times {name} in the log", lambda: len(self.events(name)) >= count)
        return self.events(name)[count - 1]

    def cli(self, folder: Path, url: str = "") -> Cli:
        folder.mkdir(parents=True, exist_ok=True)
        return Cli(folder, url or self.url, self.key)


def nodes_below(folder: Path) -> Iterator[Callable[..., Node]]:
    """Yields a function that makes a slipwayd without starting it; then ends what it made and judges it."""
    made: list[Node] = []

    def make(*args: str, env: dict[str, str] | None = None) -> Node:
        name = f"node{len(made)}"
        node = Node(folder / name, folder / f"{name}.log", args=list(args), env=env)
        node.data_dir.mkdir(parents=True)
        made.append(node)
        return node

    try:
        yield make
        for node in made:
            node.close()
        for node in made:
            shutil.rmtree(node.data_dir, ignore_errors=True)
    finally:
        for node in made:
            node.abandon()


@pytest.fixture
def make_node(tmp_path) -> Iterator[Callable[..., Node]]:
    """make_node(ARGUMENT…, env={…}) makes a slipwayd without starting it."""
    yield from nodes_below(tmp_path)


def running(server) -> Iterator:
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def consul(tmp_path_factory) -> Iterator[Consul]:
    yield from running(Consul(tmp_path_factory.mktemp("consul")))


@pytest.fixture
def own_consul(tmp_path) -> Iterator[Consul]:
    yield from running(Consul(tmp_path / "consul"))


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory) -> Iterator[MariaDb]:
    yield from running(MariaDb(tmp_path_factory.mktemp("mariadb")))


@pytest.fixture(scope="module")
def kafka(tmp_path_factory) -> Iterator[Kafka]:
    yield from running(Kafka(tmp_path_factory.mktemp("kafka")))


@pytest.fixture
def own_kafka(tmp_path) -> Iterator[Kafka]:
    yield from running(Kafka(tmp_path / "kafka"))


@pytest.fixture
def stalls(request):
    """stalls(WHAT, FLEET) notes how long its clients had to wait at most; all are told at the end."""
    def note(what: str, fleet) -> None:
        ledger = fleet.ledger
        answers = ", ".join(f"{count} x {answer}" for answer, count in sorted(ledger.answers.items()))
        request.node.user_properties.append(("stalls", (
            f"{what}: longest wait for one part {ledger.longest_wait:.1f} s, nothing acknowledged for at most "
            f"{ledger.longest_silence(fleet.struck_at):.1f} s; {fleet.parts} parts, {answers}")))

    return note


def pytest_terminal_summary(terminalreporter):
    told = [value for reports in terminalreporter.stats.values() for report in reports
            if getattr(report, "when", "") == "teardown"
            for name, value in getattr(report, "user_properties", []) if name == "stalls"]
    if told:
        terminalreporter.section("longest stalls")
        for line in told:
            terminalreporter.write_line(line)
