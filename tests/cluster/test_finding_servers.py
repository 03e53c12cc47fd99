"""The client finds servers in Consul and in DNS, shares its calls among them, and goes on over another when one is gone.

Servers do not share their uploads yet, so the servers here are one, known by several addresses.
"""

import random
import signal

import pytest

from conftest import finish, wait_for_parts
from harness.cli import Cli
from harness.daemon import patience
from harness.digests import sha256
from harness.uploads import MIB
from relay import Relay

# A server that takes a few parts a second: whatever is done to it, is done during the upload.
SLOW = {"SLIPWAY_LIMITS_PARTS_PER_SECOND": "2"}


@pytest.fixture
def two_ways(consul, make_node, request):
    """A server, the two relays that lead to it, and the service that they are in Consul."""
    service = "ways-" + sha256(request.node.name.encode())[:8]
    node = make_node(env=dict(SLOW)).start()
    relays = [Relay(node.port) for _ in range(2)]
    for relay in relays:
        consul.register(service, relay.port)
    yield node, relays, service
    for relay in relays:
        consul.deregister(service, relay.port)
        relay.cut()


def location(consul, service: str, by: str) -> tuple[str, list[str]]:
    """What --server says, and what else is said."""
    if by == "consul":
        return f"consul://{consul.url.removeprefix('http://')}/{service}", []
    return f"srv://_{service}._tcp.service.consul", ["--resolver", consul.script("dns", str(consul.folder)).stdout.strip()]


@pytest.mark.parametrize("by", ["consul", "srv"])
def test_a_put_goes_on_over_another_server_when_one_is_gone(consul, two_ways, tmp_path, by):
    node, relays, service = two_ways
    server, more = location(consul, service, by)
    cli = node.cli(tmp_path / "home", server)
    path = tmp_path / "source.bin"
    path.write_bytes(random.Random(11).randbytes(6 * MIB))
    process = cli.start("put", *more, "--parallel", 2, "--chunk-size", "256KiB", path)
    lines = wait_for_parts(process, 8)
    gone, other = sorted(relays, key=lambda relay: -relay.bytes)
    gone.cut()
    before = other.bytes
    outcome = finish(process, lines)
    assert other.bytes > before + MIB, "the rest of the parts came the other way"
    target = tmp_path / "target.bin"
    cli.ok("get", *more, outcome.one("completed")["file_id"], "-o", target)
    assert target.read_bytes() == path.read_bytes()


def test_what_one_server_began_another_invocation_ends_over_the_other(consul, two_ways, tmp_path):
    node, relays, service = two_ways
    server, _ = location(consul, service, "consul")
    cli = node.cli(tmp_path / "home", server)
    path = tmp_path / "source.bin"
    path.write_bytes(random.Random(12).randbytes(4 * MIB))
    process = cli.start("put", "--parallel", 1, "--chunk-size", "256KiB", path)
    wait_for_parts(process, 6)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=patience(60))
    max(relays, key=lambda relay: relay.bytes).cut()
    resumed = cli.ok("put", "--chunk-size", "256KiB", path)
    assert resumed.one("resumed")["done_parts"] >= 6
    target = tmp_path / "target.bin"
    cli.ok("get", resumed.one("completed")["file_id"], "-o", target)
    assert target.read_bytes() == path.read_bytes()


def test_a_stream_goes_on_over_another_server(consul, two_ways, tmp_path):
    node, relays, service = two_ways
    cli = node.cli(tmp_path / "home", location(consul, service, "consul")[0])
    data = random.Random(13).randbytes(3 * MIB)
    process = cli.start("put", "--chunk-size", "256KiB", "-", stdin=-1)
    process.stdin.write(data[:2 * MIB])
    process.stdin.flush()
    lines = wait_for_parts(process, 5)
    gone, other = sorted(relays, key=lambda relay: -relay.bytes)
    gone.cut()
    outcome = finish(process, lines, data[2 * MIB:])
    assert other.bytes > MIB
    assert cli.ok("get", outcome.one("completed")["file_id"], "-o", "-").out == data


@pytest.mark.parametrize("by", ["consul", "srv"])
def test_a_service_without_servers_is_unavailable(consul, tmp_path, by):
    cli = Cli(tmp_path, "http://127.0.0.1:1", "unused")
    server, more = location(consul, "of-nobody", by)
    outcome = cli.run("ls", *more, "--server", server, "--max-wait", "1s")
    assert outcome.code == 7 and "of-nobody" in outcome.err


def test_a_location_that_is_none_is_wrong_usage(tmp_path):
    cli = Cli(tmp_path, "http://127.0.0.1:1", "unused")
    for arguments in (["--server", "consul://127.0.0.1:1"], ["--server", "srv://"], ["--server", "ftp://127.0.0.1"],
                      ["--server", "srv://a", "--resolver", "::1"]):
        assert cli.run("ls", *arguments).code == 2, arguments
