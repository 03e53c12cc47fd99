"""Parts that are too small for the store, and such that are not, at the nodes of a whole cluster: what was begun at one is continued and
raced for at others (test_several_servers.py has what else several servers share)."""

import random
import shutil
import threading

import pytest

from conftest import wait_until
from harness.digests import sha256
from harness.http import Client, Reply
from harness.uploads import KIB, MIB, Upload
from whole import Whole

SIZE = 12 * MIB
# To the store as they come; gathered first, because the store takes none so small.
chunks = pytest.mark.parametrize("chunk", [5 * MIB, 256 * KIB], ids=["large", "small"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    made = Whole(tmp_path_factory.mktemp("many"))
    try:
        made.up("--limits.requests_per_second", "0", "--limits.parts_per_second", "0")
        yield made
    finally:
        made.down()


def completed(client: Client, upload: Upload) -> dict:
    """The file, by way of this client's server, however long it takes to be put together."""
    reply = wait_until("it is complete", lambda: (seen := client.post(f"/upload/{upload.id}/complete")).status not in (202, 503) and seen)
    assert reply.status == 200, reply
    return reply.json()


def url_by(client: Client, upload: Upload, number: int) -> str:
    reply = client.get(f"/upload/{upload.id}/part?part_number={number}")
    assert reply.status == 200, reply
    return reply.json()["url"]


def sent(client: Client, url: str, part: bytes) -> Reply:
    """What a part is answered in the end: who is overtaken, or asked for patience, sends it again."""
    return wait_until("the part is answered", lambda: (seen := client.put(url, part)).error not in ("superseded", "busy") and seen)


@chunks
def test_an_upload_goes_on_at_another_node_when_the_first_is_gone_for_good(whole, chunk):
    """Its disk too: nothing of what it acknowledged lies there alone."""
    data = random.Random(f"gone {chunk}").randbytes(SIZE)
    first, second = whole.client("node3"), whole.client("node1")
    upload = Upload(first, data, chunk)
    half = upload.total_parts // 2
    told = {number: upload.put(number).json() for number in range(1, half + 1)}
    whole.member("node3").kill()
    try:
        shutil.rmtree(whole.folder / "node3/data")
        seen = second.get(f"/upload/chunks?upload_id={upload.id}").json()
        assert {part["part_number"]: part["sha256"] for part in seen["parts"]} == \
            {number: answer["sha256"] for number, answer in told.items()}
        for number in range(half + 1, upload.total_parts + 1):
            reply = second.put(url_by(second, upload, number), upload.part(number))
            assert (reply.status, reply.json()["status"]) == (200, "stored"), reply
        assert completed(second, upload)["size"] == SIZE
        assert sha256(second.get(f"/files/{upload.id}").body) == sha256(data)
    finally:
        whole.member("node3").start()


@chunks
def test_two_clients_that_race_end_in_one_file(whole, chunk):
    """Both send the same bytes to different nodes, and both complete: what both are told is one and the same."""
    data = random.Random(f"race {chunk}").randbytes(SIZE)
    clients = [whole.client("node1"), whole.client("node2")]
    upload = Upload(clients[0], data, chunk)
    files: list[dict] = [{}, {}]

    def race(mine: int) -> None:
        client = clients[mine]
        for number in upload.numbers:
            asked = client.get(f"/upload/{upload.id}/part?part_number={number}")
            reply = sent(client, asked.json()["url"], upload.part(number)) if asked.status == 200 else asked
            # Who is slow finds that the other one has completed it.
            assert reply.status == 200 or reply.error == "upload_complete", reply
        files[mine] = completed(client, upload)

    run_both(race)
    assert files[0] == files[1] and files[0]["chain"] == upload.chain
    for client in clients:
        assert sha256(client.get(f"/files/{upload.id}").body) == sha256(data)


def test_of_two_clients_with_other_bytes_each_part_is_one_ones(whole):
    """The loser of a part is told so; the file is made of what was acknowledged, and of nothing else."""
    chunk, parts = 64 * KIB, 12
    rng = random.Random(33)
    data = [rng.randbytes(chunk * parts), rng.randbytes(chunk * parts)]
    clients = [whole.client("node1"), whole.client("node3")]
    upload = Upload(clients[0], data[0], chunk)
    won: list[set[int]] = [set(), set()]

    def race(mine: int) -> None:
        client = clients[mine]
        for number in upload.numbers:
            part = data[mine][(number - 1) * chunk:number * chunk]
            url = url_by(client, upload, number)
            reply = sent(client, url, part)
            assert reply.status == 200 or reply.error == "part_conflict", reply
            if reply.status == 200:
                won[mine].add(number)

    run_both(race)
    assert won[0] | won[1] == set(upload.numbers) and not won[0] & won[1], won
    completed(clients[1], upload)
    expected = b"".join(data[number not in won[0]][(number - 1) * chunk:number * chunk] for number in upload.numbers)
    assert whole.client("node2").get(f"/files/{upload.id}").body == expected


def run_both(race) -> None:
    """In two threads; what goes wrong in one of them goes wrong here."""
    wrong: list[BaseException] = []

    def guarded(mine: int) -> None:
        try:
            race(mine)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=guarded, args=(mine,)) for mine in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
