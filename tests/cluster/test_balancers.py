"""The files of deploy/ at work: what a client of slipway needs passes nginx and Envoy, and uploads go on while the server behind
them goes and comes back."""

import http.client
import random

import pytest

from balancers import ConsulTemplate, Envoy, Nginx
from conftest import finish, nodes_below, wait_for_parts, wait_until
from harness.cli import Outcome
from harness.daemon import patience, scaled
from harness.digests import sha256
from harness.uploads import KIB, MIB, Upload

SIZE = scaled(12, least=8) * MIB
# The first life of a server takes a few parts a second only, so that its end falls into the upload however late it comes.
SLOW = {"SLIPWAY_LIMITS_PARTS_PER_SECOND": "2"}


both = pytest.mark.parametrize("kind", [Nginx, Envoy], ids=["nginx", "envoy"])


@pytest.fixture
def balancer(kind, tmp_path):
    """One of this test's own."""
    made = kind(tmp_path / "balancer")
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module", params=[Nginx, Envoy], ids=["nginx", "envoy"])
def standing(request, tmp_path_factory):
    """One that stands in front of a server, for all tests that leave both as they are."""
    folder = tmp_path_factory.mktemp("standing")
    nodes, made = nodes_below(folder), request.param(folder / "balancer")
    try:
        node = next(nodes)("--server.trusted_proxies", "127.0.0.1").start()
        yield made.start(node.port), node
    finally:
        made.stop()
        with pytest.raises(StopIteration):
            next(nodes)


@pytest.fixture
def front(standing):
    return standing[0]


@pytest.fixture
def node(standing):
    return standing[1]


def source(folder, seed: int = 7) -> tuple:
    path = folder / "source.bin"
    path.write_bytes(random.Random(seed).randbytes(SIZE))
    return path, sha256(path.read_bytes())


def check_file(cli, outcome: Outcome, digest: str, folder) -> None:
    target = folder / "target.bin"
    cli.ok("get", outcome.one("completed")["file_id"], "-o", target, timeout=300)
    assert sha256(target.read_bytes()) == digest


@both
@pytest.mark.parametrize("end", ["terminate", "kill"])
def test_a_put_goes_on_when_the_server_is_restarted_behind_it(balancer, make_node, tmp_path, end):
    node = make_node("--server.trusted_proxies", "127.0.0.1", env=dict(SLOW)).start()
    balancer.start(node.port)
    path, digest = source(tmp_path)
    cli = node.cli(tmp_path / "home", balancer.url)
    process = cli.start("put", "--parallel", 2, "--chunk-size", "256KiB", path)
    lines = wait_for_parts(process, 8)
    getattr(node, end)()
    node.env.clear()
    node.start()
    outcome = finish(process, lines)
    assert node.metrics()["slipway_parts_stored_total"] > 0, "the restart fell behind the upload"
    check_file(cli, outcome, digest, tmp_path)


@both
def test_servers_that_consul_names_come_and_go(balancer, consul, make_node, tmp_path, request):
    service = "behind-" + request.node.callspec.id
    node = make_node("--server.trusted_proxies", "127.0.0.1", env=dict(SLOW)).join(consul, service).start()
    wait_until("it is ready in Consul", lambda: consul.ready(service))
    templated = ConsulTemplate(balancer, consul, service)
    assert str(node.port) in templated.write_once()
    balancer.start()
    templated.start()
    try:
        path, digest = source(tmp_path)
        cli = node.cli(tmp_path / "home", balancer.url)
        process = cli.start("put", "--parallel", 2, "--chunk-size", "256KiB", path)
        lines = wait_for_parts(process, 8)
        # The same server at another address: to all others one that went and one that came.
        node.kill()
        node.port = 0
        node.env.clear()
        node.start()
        outcome = finish(process, lines)
        assert node.metrics()["slipway_parts_stored_total"] > 0
        check_file(cli, outcome, digest, tmp_path)
        destination = balancer.folder / balancer.servers_file
        wait_until("the file names it", lambda: str(node.port) in destination.read_text())
    finally:
        templated.stop()


@both
def test_no_server_is_no_mistake_of_the_file(balancer, consul):
    text = ConsulTemplate(balancer, consul, "of-nobody").write_once()
    assert "8080" not in text
    balancer.start()
    assert balancer.client(None).get("/livez").status in (502, 503)


def test_signed_urls_are_of_the_balancer_and_hold_there(front, node):
    upload = Upload(front.client(node.key), b"x" * 10_000)
    assert all(url.startswith(front.url + "/") for url in upload.urls.values())
    file = upload.finished()
    assert front.client(node.key).get(f"/files/{file['file_id']}").body == b"x" * 10_000


def test_bytes_reach_the_server_while_they_are_sent(front, node):
    data = random.Random(3).randbytes(4 * MIB)
    upload = Upload(front.client(node.key), data, chunk_size=4 * MIB)
    with front.client(None).raw() as connection:
        connection.send_head("PUT", upload.url(1), content_length=len(data))
        connection.send(data[:2 * MIB])
        wait_until("half of it is there", lambda: node.metrics()["slipway_http_bytes_received_total"] >= 2 * MIB)
        connection.send(data[2 * MIB:])
        assert connection.read_reply().status == 200


def test_a_client_that_asks_first_is_answered(front, node):
    upload = Upload(front.client(node.key), b"y" * 5000, chunk_size=5000)
    with front.client(None).raw() as connection:
        connection.send_head("PUT", upload.url(1), content_length=5000, expect="100-continue")
        assert connection.read_head()[0] == 100
        connection.send(b"y" * 5000)
        assert connection.read_reply().status == 200
    with front.client(None).raw() as connection:
        connection.send_head("PUT", upload.url(1) + "x", content_length=5000, expect="100-continue")
        status, _ = connection.read_head()
        # nginx asks for a body itself before it knows better.
        if status == 100:
            connection.send(b"y" * 5000)
            status, _ = connection.read_head()
        assert status == 403


def test_refusals_come_through(front, node):
    reply = front.client(node.key).post("/upload/init", b"x" * MIB, headers={"Content-Type": "application/json"})
    assert (reply.status, reply.error) == (413, "body_too_large")
    upload = Upload(front.client(node.key), b"z" * 5000, chunk_size=5000)
    assert upload.put(1, b"other").status == 400
    assert upload.put(1, b"z" * 4999 + b"!", Content_Digest="sha-256=:" + "A" * 43 + "=:").status == 422
    assert upload.put(1).status == 200


def test_bodies_of_unknown_length_pass(front, node):
    body = b'{"file_name": "chunked.bin", "total_parts": 1, "chunk_size": 4096}'
    reply = front.client(node.key).post("/upload/init", iter([body[:20], body[20:]]),
                                        headers={"Content-Type": "application/json"})
    assert reply.status == 200, reply


def test_parts_of_files_can_be_read(front, node):
    data = random.Random(5).randbytes(3 * MIB)
    client = front.client(node.key)
    file = Upload(client, data, chunk_size=MIB).finished()
    target = f"/files/{file['file_id']}"
    whole = client.get(target)
    assert whole.body == data
    part = client.get(target, headers={"Range": f"bytes=1000000-{2 * MIB}", "If-Range": whole.headers["ETag"]})
    assert part.status == 206 and part.body == data[1_000_000:2 * MIB + 1]
    assert part.headers["Content-Range"] == f"bytes 1000000-{2 * MIB}/{3 * MIB}"
    assert client.get(target, headers={"Range": f"bytes={3 * MIB}-"}).status == 416
    assert client.get(target, headers={"If-None-Match": whole.headers["ETag"]}).status == 304
    head = client.head(target)
    assert head.status == 200 and head.headers["Content-Length"] == str(3 * MIB)


def test_what_is_for_inside_stays_there(front, node):
    for path in ("/metrics", "/admin/keys"):
        assert front.client(node.key).get(path).status == 404, path
        assert node.client.get(path).status == 200, path


def test_the_server_is_told_who_the_client_is(front, node):
    """As limits count them; and whatever the client itself says of that."""
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=patience(60), source_address=("127.0.0.2", 0))
    try:
        connection.request("GET", "/uploads", headers={"Authorization": "Bearer wrong", "X-Forwarded-For": "192.0.2.7"})
        answer = connection.getresponse()
        assert answer.status == 401
    finally:
        connection.close()
    request = answer.headers["X-Request-Id"]
    line = wait_until("it is in the log", lambda: [line for line in node.log_lines() if line.get("request_id") == request])
    assert line[0]["peer"] == "127.0.0.2"
