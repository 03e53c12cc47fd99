"""While something behind the servers is away, nobody is told wrong: an upload is told as it is or not at all (503), a part is
acknowledged and durable or refused, and nothing seems to be new, unknown or gone."""

import random

import pytest

from conftest import wait_until
from harness.http import Client, Reply
from harness.uploads import MIB, Upload
from whole import Whole

CHUNK, PARTS = 5 * MIB, 4
NODES = ("node1", "node2", "node3")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    made = Whole(tmp_path_factory.mktemp("away"))
    try:
        made.up("--limits.requests_per_second", "0", "--limits.parts_per_second", "0")
        yield made
    finally:
        made.down()


class Known:
    """An upload with some parts and a file, and what is told of them when all is well."""

    def __init__(self, client: Client, name: str):
        data = random.Random(name).randbytes(CHUNK * PARTS)
        self.key = {"Idempotency-Key": name}
        self.file = Upload(client, data, CHUNK)
        self.file.put_all()
        wait_until("the file is there", lambda: self.file.complete().status == 200)
        self.body = {"file_name": name, "total_parts": PARTS, "chunk_size": CHUNK, "file_size": len(data)}
        self.id = client.post("/upload/init", self.body, headers=self.key).json()["upload_id"]
        self.numbers = [1, 3]
        for number in self.numbers:
            assert client.put(self.url(client, number), self.part(number)).status == 200

    def part(self, number: int) -> bytes:
        return self.file.part(number)

    def url(self, client: Client, number: int) -> str:
        return client.get(f"/upload/{self.id}/part?part_number={number}").json()["url"]

    def is_told_right(self, client: Client, may_be_refused: bool) -> int:
        """By everything that tells of it; how often it was refused."""
        replies = {
            "upload": client.get(f"/upload/{self.id}"),
            "chunks": client.get(f"/upload/chunks?upload_id={self.id}"),
            "uploads": client.get("/uploads?limit=1000"),
            "files": client.get("/files?limit=1000"),
            "file": client.get(f"/files/{self.file.id}"),
            "again": client.post("/upload/init", self.body, headers=self.key),
        }
        told = {what: reply for what, reply in replies.items() if not (may_be_refused and is_refused(reply))}
        wrong = {what: reply for what, reply in told.items() if reply.status != 200}
        assert not wrong, wrong
        expected = {
            "upload": lambda reply: (reply.json()["state"], reply.json()["received_parts"]) == ("open", len(self.numbers)),
            "chunks": lambda reply: [part["part_number"] for part in reply.json()["parts"]] == self.numbers,
            "uploads": lambda reply: self.id in [upload["upload_id"] for upload in reply.json()["uploads"]],
            "files": lambda reply: self.file.id in [file["file_id"] for file in reply.json()["files"]],
            "file": lambda reply: reply.body == self.file.data,
            "again": lambda reply: reply.json()["upload_id"] == self.id,
        }
        assert all(expected[what](reply) for what, reply in told.items()), told
        return len(replies) - len(told)


def is_refused(reply: Reply) -> bool:
    return reply.status == 503 and reply.error == "busy" and int(reply.headers["Retry-After"]) > 0


@pytest.fixture
def known(whole, request):
    made = Known(whole.client("node1"), request.node.name)
    for node in NODES:
        assert made.is_told_right(whole.client(node), may_be_refused=False) == 0
    return made


def test_without_mariadb_nothing_is_acknowledged_and_nothing_is_told_wrong(whole, known):
    mariadb = whole.member("mariadb")
    clients = [whole.client(node) for node in NODES]
    urls = [known.url(client, 2) for client in clients]
    mariadb.kill()
    try:
        for client, url in zip(clients, urls):
            for _ in range(3):
                assert known.is_told_right(client, may_be_refused=True) > 0
                assert is_refused(client.put(url, known.part(2)))
                assert is_refused(client.post(f"/upload/{known.id}/complete"))
                assert is_refused(client.delete(f"/upload/{known.id}"))
                assert is_refused(client.post("/upload/init", known.body | {"file_name": "fresh"}))
            wait_until("it takes no new ones", lambda client=client: client.get("/readyz", auth=False).status == 503)
            assert client.get("/livez", auth=False).status == 200
    finally:
        mariadb.start()
    for client in clients:
        wait_until("it takes them again", lambda client=client: client.get("/readyz", auth=False).status == 200)
        assert known.is_told_right(client, may_be_refused=False) == 0
    names = [upload["file_name"] for upload in clients[0].get("/uploads?limit=1000").json()["uploads"]]
    assert "fresh" not in names, "what was refused was not done"
    finish(known, clients)


@pytest.mark.parametrize("away", [["consul"], ["kafka"], ["redis1", "redis2"]], ids=lambda names: names[0].rstrip("1"))
def test_without_others_all_goes_on(whole, known, away):
    members = [whole.member(name) for name in away]
    for member in members:
        member.kill()
    try:
        clients = [whole.client(node) for node in NODES]
        for client in clients:
            assert known.is_told_right(client, may_be_refused=False) == 0
            assert client.get("/readyz", auth=False).status == 200
        finish(known, clients)
    finally:
        for member in members:
            member.start()


def finish(known: Known, clients: list[Client]) -> None:
    """The rest of the parts, each by another server, and the file."""
    rest = [number for number in range(1, PARTS + 1) if number not in known.numbers]
    for number, client in zip(rest, clients):
        reply = client.put(known.url(client, number), known.part(number))
        assert (reply.status, reply.json()["status"]) == (200, "stored"), reply
    wait_until("it is complete", lambda: clients[-1].post(f"/upload/{known.id}/complete").status == 200)
    assert clients[0].get(f"/files/{known.id}").body == known.file.data
