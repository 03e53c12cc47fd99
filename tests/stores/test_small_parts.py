"""Parts that an S3 store does not take as such, kept in the store all the same: no node has anything acknowledged for itself.

What the disk of one node is lost with, another one completes, byte for byte; and nothing of it stays in the bucket.
"""

import json
import random
import shutil

import pytest

from gateway import Gateway, completed, wait_for
from harness.digests import sha256
from harness.forms import file, form, post_form
from harness.mariadb import MariaDb
from harness.uploads import GIB, KIB, MIB, Upload
from test_free_parts import FreeUpload, odd_parts

# What all nodes sign URLs with.
SECRET = "small-parts-0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory):
    server = MariaDb(tmp_path_factory.mktemp("mariadb"))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def node(store, mariadb, tmp_path, request):
    """node() is one more slipwayd over the same bucket and the same database, with an empty folder of its own."""
    arguments, environment = mariadb.database(f"small_parts_{abs(hash(request.node.name)) % 10**9}")
    nodes = []

    def start(*args: str) -> Gateway:
        folder = tmp_path / f"node{len(nodes)}"
        folder.mkdir()
        nodes.append(Gateway(store, folder, *arguments, *args))
        if len(nodes) > 1:
            nodes[-1].admin = nodes[0].admin
            nodes[-1].daemon.args[1] = str(nodes[0].admin.config)
            nodes[-1].daemon.key = nodes[0].daemon.key
        nodes[-1].daemon.env |= environment | {"SLIPWAY_AUTH_CLUSTER_SECRET": SECRET}
        nodes[-1].daemon.start()
        return nodes[-1]

    try:
        yield start
        for made in nodes:
            made.daemon.close()
    finally:
        for made in nodes:
            made.daemon.abandon()


def lose(node: Gateway) -> None:
    """The machine, with all that is on its disk."""
    node.daemon.kill()
    shutil.rmtree(node.daemon.data_dir)


def moved(upload: Upload, node: Gateway) -> Upload:
    """The same upload, from now on by this node."""
    upload.client = node.client
    upload.urls = {}
    return upload


@pytest.mark.parametrize("chunk, size", [(64 * KIB, 40 * 64 * KIB + 7), (MIB, 6 * MIB + 77), (5 * MIB, 15 * MIB + 1),
                                         (64 * KIB, 64 * KIB), (8 * MIB, 3 * MIB)])
@pytest.mark.parametrize("is_declared", [False, True])
def test_another_node_completes_it_when_the_disk_of_the_first_is_lost(node, chunk, size, is_declared):
    first = node()
    data = random.Random(size).randbytes(size)
    upload = Upload(first.client, data, chunk_size=chunk, sha256=sha256(data) if is_declared else None)
    half = list(upload.numbers)[::2]
    for number in half:
        assert upload.put(number).status == 200
    lose(first)
    second = node()
    moved(upload, second)
    assert sorted(upload.stored()) == half, "all that was acknowledged is there"
    assert upload.put(1).json()["status"] != "stored", "and is not stored again"
    for number in set(upload.numbers) - set(half):
        assert upload.put(number).status == 200
    made = completed(upload)
    assert made["size"] == size and made["chain"] == upload.chain
    assert upload.download().body == data
    wait_for(lambda: second.keys() == [f"files/{upload.id}"])
    assert second.multipart() == []


def test_the_completing_node_may_be_lost_in_the_midst_of_it(node):
    first, second = node(), node()
    data = random.Random(2).randbytes(40 * MIB + 5)
    upload = Upload(first.client, data, chunk_size=MIB).put_all()
    assert upload.complete().status in (200, 202)
    lose(first)
    moved(upload, second)
    assert completed(upload)["chain"] == upload.chain
    assert upload.download().body == data
    wait_for(lambda: second.keys() == [f"files/{upload.id}"])


def test_two_nodes_take_the_parts_of_one_upload(node):
    nodes = [node(), node()]
    data = random.Random(3).randbytes(3 * MIB + 5)
    upload = Upload(nodes[0].client, data, chunk_size=256 * KIB, sha256=sha256(data))
    for number in upload.numbers:
        moved(upload, nodes[number % 2])
        assert upload.put(number).status == 200
    # The same part by both: one of them counts, and it is known to either.
    assert upload.put(1, bytes(256 * KIB)).status == 409
    assert completed(upload)["chain"] == upload.chain
    assert moved(upload, nodes[0]).download().body == data


def test_parts_of_free_sizes_go_on_elsewhere_too(node, rng=random.Random(4)):
    first = node()
    upload = FreeUpload(first.client, [*odd_parts(rng, 30), rng.randbytes(6 * MIB), b"x"])
    order = list(upload.numbers)
    rng.shuffle(order)
    upload.send(order[:20])
    lose(first)
    second = node()
    moved(upload, second)
    upload.send(order[20:])
    made = completed(upload, {"total_parts": upload.total_parts, "sha256": sha256(upload.data)})
    assert made["chain"] == upload.chain
    assert upload.download().body == upload.data
    wait_for(lambda: second.keys() == [f"files/{upload.id}"])


# One node alone may want it, too: where its disk is not to be trusted.

@pytest.fixture
def gateway(store, start_gateway):
    return start_gateway(store, "--storage.small_parts", "store")


def test_what_is_ended_leaves_nothing(gateway):
    data = random.Random(5).randbytes(300 * KIB)
    upload = Upload(gateway.client, data, chunk_size=64 * KIB).put_all()
    assert [key.split("-")[0] for key in gateway.keys()] == [f"parts/{upload.id}"] * 5
    assert upload.abort().status in (200, 204)
    wait_for(lambda: gateway.keys() == [])


def test_a_wrong_digest_keeps_it_open(gateway):
    data = random.Random(6).randbytes(300 * KIB)
    upload = Upload(gateway.client, data, chunk_size=64 * KIB, sha256=sha256(b"other")).put_all()
    reply = upload.complete()
    assert reply.status == 422 and reply.json()["error"] == "checksum_mismatch", reply
    assert upload.status()["state"] == "open" and len(gateway.keys()) == 5
    # A digest that is stated at Complete alone can be checked as well: what is staged can be read.
    other = Upload(gateway.client, data, chunk_size=64 * KIB).put_all()
    assert completed(other, {"sha256": sha256(data)})["sha256"] == sha256(data)


def test_a_part_of_a_free_size_over_4_gib_is_refused_before_its_body(gateway):
    upload = FreeUpload(gateway.client, [b"first", b"x"], chunk_size=5 * GIB)
    assert upload.put(1).status == 200

    def head_of(size: int) -> int:
        with gateway.client.raw() as connection:
            connection.send_head("PUT", upload.url(2), Content_Length=size, Expect="100-continue")
            status, headers = connection.read_head()
            if status != 100:
                body = json.loads(connection.reader.read(int(headers["Content-Length"])))
                assert (status, body["error"]) == (413, "body_too_large"), body
            return status
    assert head_of(4 * GIB) == 100
    assert head_of(4 * GIB + 1) == 413
    assert upload.put(2).status == 200, "a smaller one is taken in its place"
    assert completed(upload)["size"] == 6


def test_forms_are_as_ever(gateway):
    data = random.Random(7).randbytes(200 * KIB)
    reply = post_form(gateway.client, form(file("a.bin", data)))
    assert reply.status == 200, reply
    made = reply.json()
    assert gateway.client.get(f"/files/{made['temp_file_id']}").body == data
    assert [key.split("/")[0] for key in gateway.keys()] == ["files"]


def test_nodes_over_one_mariadb_are_not_let_keep_parts_for_themselves(store, mariadb, tmp_path):
    arguments, environment = mariadb.database("small_parts_refused")
    gateway = Gateway(store, tmp_path, *arguments, "--storage.small_parts", "disk")
    gateway.daemon.env |= environment
    process = gateway.daemon.spawn()
    try:
        assert process.wait(60) != 0
    finally:
        process.kill()
    assert "storage.small_parts" in gateway.daemon.log_tail()
