"""Who may do what, and how much: API keys, quotas, Idempotency-Key, over a real server and its restarts."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.cli import Cli
from harness.faulty_proxy import FaultyProxy, LoseAnswer
from harness.http import Client
from harness.uploads import KIB, Upload

INIT = {"file_name": "a.bin", "total_parts": 2, "chunk_size": 4 * KIB}
SIZE = 2 * 4 * KIB


def issue(server, principal="alice", scopes=("upload", "read", "delete"), **members):
    reply = server.client.post("/admin/keys", {"principal": principal, "scopes": list(scopes)} | members)
    assert reply.status == 201, reply
    return reply.json()


def client_of(server, key):
    return Client(server.host, server.port, key["key"])


def init(client, key=None, **changes):
    return client.post("/upload/init", INIT | changes, headers={"Idempotency-Key": key} if key is not None else {})


def usage(client):
    reply = client.get("/usage")
    assert reply.status == 200, reply
    return reply.json()["usage"]


def test_a_key_works_until_it_is_revoked_also_over_restarts(server):
    kept, revoked = issue(server), issue(server)
    assert client_of(server, kept).get("/files").status == 200
    assert server.client.delete(f"/admin/keys/{revoked['key_id']}").status == 204
    assert client_of(server, revoked).get("/files").status == 401
    server.kill()
    server.start()
    assert client_of(server, kept).get("/files").status == 200
    assert client_of(server, revoked).get("/files").status == 401
    assert client_of(server, kept).get("/admin/keys").error == "forbidden"
    assert server.client.delete(f"/admin/keys/{revoked['key_id']}").status == 204


def test_the_key_itself_is_kept_nowhere(server):
    key = issue(server)
    Upload(client_of(server, key), b"x" * 100).put_all()
    server.restart()
    secret = key["key"][-43:].encode()
    for root, _, names in os.walk(server.data_dir):
        for name in names:
            with open(os.path.join(root, name), "rb") as file:
                assert secret not in file.read(), name
    assert secret.decode() not in server.log_path.read_text()


def test_the_last_use_is_remembered_over_a_restart(server):
    key = issue(server)
    assert client_of(server, key).get("/files").status == 200
    server.restart()
    listed = {entry["key_id"]: entry for entry in server.client.get("/admin/keys").json()["keys"]}
    assert listed[key["key_id"]]["last_used_at"] is not None
    assert "key" not in listed[key["key_id"]]


def test_one_principal_does_not_see_what_another_has(server):
    alice, bob = client_of(server, issue(server, "alice")), client_of(server, issue(server, "bob"))
    upload = Upload(alice, b"secret" * 1000).put_all()
    assert alice.post(f"/upload/{upload.id}/complete").status == 200
    for client in (bob, server.client):
        foreign, unknown = client.get(f"/files/{upload.id}"), client.get(f"/files/{'0' * 32}")
        assert foreign.status == unknown.status == 404
        without_id = [{k: v for k, v in reply.json().items() if k != "request_id"} for reply in (foreign, unknown)]
        assert without_id[0] == without_id[1]
        assert client.get("/files").json()["files"] == []


def test_the_standard_quota_comes_from_the_configuration(start_server):
    server = start_server(["--quota.open_uploads", "2", "--quota.bytes", "1MiB"])
    alice = client_of(server, issue(server))
    first = init(alice).json()["upload_id"]
    assert init(alice).status == 200
    refused = init(alice)
    assert (refused.status, refused.error) == (403, "quota_exceeded")
    assert {name: refused.json()[name] for name in ("quota", "limit", "used")} == {
        "quota": "open_uploads", "limit": 2, "used": 2}
    alice.delete(f"/upload/{first}")
    assert init(alice).status == 200
    assert init(client_of(server, issue(server, "bob"))).status == 200
    assert alice.get("/usage").json()["quota"] == {"bytes": 1 << 20, "files": None, "open_uploads": 2}


def test_64_racing_creations_keep_to_the_quota(server):
    alice = client_of(server, issue(server, quota={"bytes": 5 * SIZE + 1}))
    start = threading.Barrier(64)

    def race(_):
        start.wait()
        return init(alice)

    with ThreadPoolExecutor(64) as racers:
        replies = list(racers.map(race, range(64)))
    assert sorted(reply.status for reply in replies) == [200] * 5 + [403] * 59
    assert {reply.error for reply in replies if reply.status == 403} == {"quota_exceeded"}
    assert usage(alice) == {"bytes": 5 * SIZE, "files": 5, "open_uploads": 5}
    assert len(alice.get("/uploads").json()["uploads"]) == 5


def test_usage_follows_uploads_and_files_over_a_crash(server):
    alice = client_of(server, issue(server))
    data = b"x" * (4 * KIB + 7)
    upload = Upload(alice, data, file_size=None).put_all()
    assert usage(alice) == {"bytes": SIZE, "files": 1, "open_uploads": 1}
    server.kill()
    server.start()
    assert usage(alice) == {"bytes": SIZE, "files": 1, "open_uploads": 1}
    assert alice.post(f"/upload/{upload.id}/complete").status == 200
    assert usage(alice) == {"bytes": len(data), "files": 1, "open_uploads": 0}
    server.kill()
    server.start()
    assert alice.delete(f"/files/{upload.id}").status == 204
    assert usage(alice) == {"bytes": 0, "files": 0, "open_uploads": 0}


def test_a_repeated_init_is_the_same_upload_also_after_a_crash(server):
    alice = client_of(server, issue(server))
    first = init(alice, '"wish 1"').json()["upload_id"]
    server.kill()
    server.start()
    again = init(alice, '"wish 1"')
    assert (again.status, again.json()["upload_id"]) == (200, first)
    assert len(again.json()["part_urls"]) == 2
    other = init(alice, '"wish 1"', total_parts=3)
    assert (other.status, other.error) == (422, "idempotency_key_reused")
    assert usage(alice)["open_uploads"] == 1
    assert init(client_of(server, issue(server, "bob")), '"wish 1"').json()["upload_id"] != first


def test_the_key_of_a_complete_outlives_a_crash(server):
    alice = client_of(server, issue(server))
    upload = Upload(alice, b"x" * (4 * KIB + 7)).put_all()

    def complete(body=None):
        return alice.post(f"/upload/{upload.id}/complete", body, headers={"Idempotency-Key": "k"})

    first = complete({"total_parts": 2})
    assert first.status == 200, first
    server.kill()
    server.start()
    assert complete({"total_parts": 2}).json() == first.json()
    other = complete()
    assert (other.status, other.error) == (422, "idempotency_key_reused")


def test_the_same_key_at_the_same_time_is_one_upload(server):
    alice = client_of(server, issue(server))
    start = threading.Barrier(16)

    def race(_):
        start.wait()
        return init(alice, "one").json()["upload_id"]

    with ThreadPoolExecutor(16) as racers:
        assert len(set(racers.map(race, range(16)))) == 1
    assert usage(alice)["open_uploads"] == 1


@pytest.mark.parametrize("key", ["", '"', '"a', "a b", "é".encode().decode("latin-1"), "x" * 256])
def test_a_malformed_idempotency_key_is_refused(api, key):
    reply = init(api, key)
    assert (reply.status, reply.error, reply.json()["field"]) == (400, "invalid_request", "Idempotency-Key")


def test_the_client_never_makes_two_uploads_of_one_wish(server, tmp_path):
    key = issue(server)
    with FaultyProxy(server.host, server.port) as way:
        fault = way.add(LoseAnswer(r"POST /upload/init", times=3))
        cli = Cli(tmp_path, way.url, key["key"])
        path = cli.directory / "a.bin"
        path.write_bytes(b"content")
        cli.ok("put", path)
    assert fault.hits == 3
    assert usage(client_of(server, key)) == {"bytes": 7, "files": 1, "open_uploads": 0}


def test_parts_of_free_sizes_are_counted_as_they_come(server):
    alice = client_of(server, issue(server, quota={"bytes": 10 * KIB}))
    upload = Upload(alice, b"x" * (12 * KIB), 4 * KIB, part_sizes="free", total_parts=None, file_size=None)
    assert usage(alice) == {"bytes": 0, "files": 1, "open_uploads": 1}
    assert [upload.put(number).status for number in (1, 2)] == [200, 200]
    refused = upload.put(3)
    assert (refused.status, refused.error) == (403, "quota_exceeded")
    assert {name: refused.json()[name] for name in ("quota", "limit", "used")} == {
        "quota": "bytes", "limit": 10 * KIB, "used": 8 * KIB}
    server.kill()
    server.start()
    assert usage(alice) == {"bytes": 8 * KIB, "files": 1, "open_uploads": 1}
    assert upload.complete({"total_parts": 2}).status == 200
    assert usage(alice) == {"bytes": 8 * KIB, "files": 1, "open_uploads": 0}
