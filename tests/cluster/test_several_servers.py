"""Several servers over one database: any of them may go at any moment, and no upload notices more than a retry."""

import random
import threading

import pytest

from conftest import wait_until
from harness.http import Client
from harness.uploads import MIB, Upload
from relay import Relay
from several import CHUNK, completed, ground, is_refused, seen_from, several


def data_of(name: str, parts: int = 4) -> bytes:
    return random.Random(name).randbytes(parts * CHUNK - 3 * MIB)


def test_an_upload_goes_on_elsewhere_when_its_server_is_gone_for_good(several):
    first, other = several.start(), several.start()
    upload = Upload(first.client, data_of("gone"), CHUNK)
    for number in (1, 3):
        assert upload.put(number).status == 200
    first.kill()
    there = seen_from(upload, other)
    assert there.stored() == {number: upload.digest(number) for number in (1, 3)}
    for number in (2, 4):
        assert there.put(number).status == 200
    assert there.put(1).json()["status"] != "stored", "it was acknowledged"
    completed(there)
    assert there.download().body == upload.data


def test_a_client_goes_from_server_to_server(several, tmp_path):
    nodes = [several.start() for _ in range(3)]
    upload = Upload(nodes[0].client, data_of("around"), CHUNK)
    for number in upload.numbers:
        assert seen_from(upload, nodes[number % 3]).put(number).status == 200
    completed(seen_from(upload, nodes[1]))
    assert all(seen_from(upload, node).download().body == upload.data for node in nodes)
    assert nodes[2].client.delete(f"/files/{upload.id}").status == 204
    assert nodes[0].client.get(f"/files/{upload.id}").status == 404


def test_a_url_that_one_has_signed_is_taken_by_the_other(several):
    first, other = several.start(), several.start()
    upload = Upload(first.client, data_of("signed"), CHUNK)

    def send(number):
        """As a balancer does: to the other, with the name that the client has used."""
        return other.client.put(upload.url(number), upload.part(number), headers={"Host": f"{first.host}:{first.port}"})

    assert send(1).status == 200
    old = first.client.get("/admin/signing-keys").json()["keys"][0]["key_id"]
    rotated = first.client.post("/admin/signing-keys")
    assert rotated.status == 201, rotated
    # At once, and not when the other has heard of it.
    upload.urls.pop(2)
    assert rotated.json()["key_id"] in upload.url(2)
    assert send(2).status == 200
    assert send(3).status == 200, "the key before verifies until its URLs are over"
    assert other.client.delete(f"/admin/signing-keys/{old}").status == 204
    refused = upload.url(4)
    wait_until("the revoked key is refused by the first", lambda: first.client.put(refused, upload.part(4)).status == 403)
    upload.urls.pop(4)
    assert send(4).status == 200
    completed(upload)
    assert several.sql("SELECT COUNT(*) FROM signing_keys") == "1"


def test_keys_that_are_issued_and_revoked_on_one_count_on_the_other(several):
    first, other = several.start(), several.start()
    issued = first.client.post("/admin/keys", {"principal": "guest", "scopes": ["upload"]}).json()
    guest = Client(other.host, other.port, issued["key"])
    wait_until("the key is taken", lambda: guest.get("/uploads").status == 200)
    assert first.client.delete(f"/admin/keys/{issued['key_id']}").status == 204
    wait_until("the key is refused", lambda: guest.get("/uploads").status == 401)


@pytest.mark.parametrize("secret", [None, "another-secret-of-the-tests-0123456789"])
def test_a_server_whose_urls_the_others_would_refuse_is_not_let_in(several, secret):
    several.start()
    stranger = several.make(secret=secret)
    process = stranger.spawn()
    assert process.wait(60) == 2
    assert "auth.cluster_secret_file" in stranger.log_tail()


def test_a_server_without_the_secret_is_alone(several):
    alone = several.start(secret=None)
    assert alone.client.post("/admin/signing-keys").status == 201
    alone.restart()
    stranger = several.make(secret=None)
    assert stranger.spawn().wait(60) == 2
    assert "auth.cluster_secret_file" in stranger.log_tail()


def test_tasks_of_a_worker_that_died_go_on_elsewhere(several):
    way = Relay(int(several.ground.minio.url.rsplit(":", 1)[1]))
    door = several.start("--node.roles", "api")
    worker = several.start("--node.roles", "worker", store_url=way.url)
    upload = Upload(door.client, data_of("task"), CHUNK).put_all()
    way.hold()
    assert upload.complete().status == 202
    wait_until("the task is claimed", lambda: several.sql("SELECT COUNT(*) FROM tasks WHERE kind=3 AND status=2") == "1")
    worker.kill()
    several.start("--node.roles", "worker")
    completed(upload)
    assert upload.download().body == upload.data
    wait_until("the task is done", lambda: several.sql("SELECT COUNT(*) FROM tasks WHERE kind=3 AND status<>3") == "0")


def test_a_start_leaves_the_tasks_of_others_alone(several):
    way = Relay(int(several.ground.minio.url.rsplit(":", 1)[1]))
    door = several.start("--node.roles", "api")
    # Its lease outlives the test.
    several.start("--node.roles", "worker", lease="1h", store_url=way.url)
    upload = Upload(door.client, data_of("alone"), CHUNK).put_all()
    way.hold()
    assert upload.complete().status == 202
    claimed = "SELECT COUNT(*) FROM tasks WHERE kind=3 AND status=2 AND due_at>(UNIX_TIMESTAMP()+1800)*1000"
    wait_until("the task is claimed", lambda: several.sql(claimed) == "1")
    several.start("--node.roles", "worker")
    assert several.sql(claimed) == "1"
    way.let_go()
    completed(upload)


def test_what_a_server_does_is_its_roles(several):
    door, worker = several.start("--node.roles", "api"), several.start("--node.roles", "worker")
    assert worker.client.post("/upload/init", {"file_name": "a", "total_parts": 1, "chunk_size": CHUNK}).status == 404
    assert worker.client.get("/admin/keys").status == 200
    assert "slipway_tasks" in worker.client.get("/metrics").body.decode()
    upload = Upload(door.client, data_of("roles"), CHUNK).put_all()
    completed(upload)
    assert seen_from(upload, worker).download().status == 404


def test_a_server_that_is_cut_off_from_the_database_acknowledges_nothing(several):
    way = Relay(int(several.database[0][-1].rsplit(":", 1)[1].split("/")[0]))
    cut, other = several.start(database_port=way.port), several.start()
    upload = Upload(cut.client, data_of("cut"), CHUNK)
    assert upload.put(1).status == 200
    urls = [upload.url(number) for number in upload.numbers]
    way.cut()
    wait_until("it is not ready", lambda: cut.client.get("/readyz", auth=False).status == 503)
    assert is_refused(cut.client.put(urls[1], upload.part(2)))
    assert is_refused(cut.client.get(f"/upload/{upload.id}"))
    assert is_refused(upload.complete())
    there = seen_from(upload, other)
    assert there.stored() == {1: upload.digest(1)}
    assert there.put(2).status == 200
    way.mend()
    wait_until("it is ready", lambda: cut.client.get("/readyz", auth=False).status == 200)
    assert upload.stored() == {number: upload.digest(number) for number in (1, 2)}
    for number in (3, 4):
        assert upload.put(number).status == 200
    completed(upload)
    assert there.download().body == upload.data


def at_once(*calls):
    """What each of them answers."""
    gate, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def work(index):
        gate.wait()
        answers[index] = calls[index]()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_clients_that_race_through_different_servers_end_in_one_result(several):
    nodes = [several.start() for _ in range(2)]
    for round_number in range(6):
        upload = Upload(nodes[0].client, data_of(f"race {round_number}", 2), CHUNK)
        mine, theirs = (seen_from(upload, node) for node in nodes)
        for number in upload.numbers:
            replies = at_once(lambda: mine.put(number), lambda: theirs.put(number))
            assert all(reply.status == 200 for reply in replies), replies
        ending = (lambda: theirs.complete()) if round_number % 2 else (lambda: theirs.abort())
        replies = at_once(lambda: mine.complete(), ending)
        assert all(reply.status in (200, 202, 204, 409, 410, 503) for reply in replies), replies
        wait_until("it has ended", lambda: mine.status()["state"] in ("complete", "aborted"))
        states = {view.status()["state"] for view in (mine, theirs)}
        assert len(states) == 1, states
        if states == {"complete"}:
            assert all(view.download().body == upload.data for view in (mine, theirs))
        else:
            assert round_number % 2 == 0 and mine.download().status == 404


def test_different_bytes_for_one_part_through_different_servers(several):
    """Whichever is acknowledged is what is there in the end, however close the other came."""
    nodes = [several.start() for _ in range(2)]
    ours = data_of("ours", 4)
    upload = Upload(nodes[0].client, ours, CHUNK)
    views = [seen_from(upload, node) for node in nodes]
    for view in views:
        for number in view.numbers:
            view.url(number)
    kept = {}
    for number in upload.numbers:
        offers = [upload.part(number), upload.part(number)[::-1]]
        replies = at_once(*(lambda view=view, offer=offer: view.put(number, offer) for view, offer in zip(views, offers)))
        assert sorted(reply.status for reply in replies) == [200, 409], replies
        winner = next(index for index, reply in enumerate(replies) if reply.status == 200)
        kept[number] = offers[winner]
        again = views[1 - winner].put(number, offers[1 - winner])
        assert (again.status, again.error) == (409, "part_conflict"), again
    completed(views[1])
    assert views[0].download().body == b"".join(kept[number] for number in upload.numbers)
