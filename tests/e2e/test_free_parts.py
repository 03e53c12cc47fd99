"""Uploads whose parts may have any size: nobody says beforehand how many there are, they come in any order, and a
task brings them into the order of the file."""

import os
import threading
import time

import pytest

from harness.daemon import patience
from harness.digests import chain, sha256
from harness.uploads import KIB, MIB, Upload

FREE = {"part_sizes": "free", "total_parts": None, "file_size": None}


class FreeUpload(Upload):
    """An upload of these parts, in their order in the file."""

    def __init__(self, client, parts, chunk_size=8 * MIB, **members):
        super().__init__(client, b"".join(parts), chunk_size, **(FREE | members))
        self.parts = parts
        self.total_parts = len(parts)

    def part(self, number):
        return self.parts[number - 1]

    def complete(self, body=None):
        return super().complete({"total_parts": self.total_parts} if body is None else body)

    def send(self, order):
        for number in order:
            reply = self.put(number)
            assert reply.status == 200, reply
        return self

    def wait_for_file(self):
        """The answer of Complete, however long it takes."""
        deadline = time.monotonic() + patience(120)
        while True:
            reply = self.complete()
            if reply.status != 202:
                return reply
            assert reply.json()["state"] == "assembling" and reply.json()["status_url"] == f"/upload/{self.id}"
            assert time.monotonic() < deadline, self.status()
            time.sleep(0.1)


def odd_parts(rng, count, most=100 * KIB):
    return [rng.randbytes(rng.randrange(1, most)) for _ in range(count)]


def assembled_bytes(server):
    return server.metrics()["slipway_assembled_bytes_total"]


def blobs(server):
    """The names of what lies in the staging area."""
    return [path.name for path in server.data_dir.glob("**/staging/*/*")]


def test_parts_of_any_size_in_any_order_make_the_file(server, rng):
    upload = FreeUpload(server.client, odd_parts(rng, 40))
    assert upload.init.json()["part_sizes"] == "free" and upload.init.json()["total_parts"] is None
    assert upload.init.json()["part_urls"][0]["headers"] == {}
    order = list(upload.numbers)
    rng.shuffle(order)
    upload.send(order)
    assert upload.chunks()["received"] == [[1, 40]] and upload.chunks()["missing"] == []
    done = upload.wait_for_file()
    assert done.status == 200, done
    assert done.json()["size"] == len(upload.data) and done.json()["chain"] == upload.chain
    assert upload.download().body == upload.data
    assert upload.complete().json() == done.json(), "the answer is replayed"
    assert upload.status()["total_parts"] == 40
    listed = server.client.get(f"/files/{upload.id}/parts").json()
    assert [part["size"] for part in listed["parts"]] == [len(part) for part in upload.parts]
    assert listed["chain"] == chain([part["sha256"] for part in listed["parts"]])
    assert assembled_bytes(server) == len(upload.data)
    assert blobs(server) == [], "what was copied from is removed"


def test_parts_that_come_in_order_are_not_copied(server, rng):
    parts = [rng.randbytes(size) for size in (64 * KIB, 4 * KIB, 128 * KIB, 777)]
    upload = FreeUpload(server.client, parts).send([1, 2, 3, 4])
    done = upload.complete()
    assert done.status == 200, done
    assert upload.download().body == upload.data
    assert assembled_bytes(server) == 0


def test_the_number_of_parts_is_told_by_complete(api, rng):
    upload = FreeUpload(api, odd_parts(rng, 3)).send([2, 1, 3])
    for body in ({}, {"sha256": sha256(upload.data)}):
        refused = upload.complete(body)
        assert (refused.status, refused.error) == (400, "invalid_request"), refused
        assert "total_parts" in refused.json()["detail"]
    fewer = upload.complete({"total_parts": 2})
    assert (fewer.status, fewer.error) == (409, "parts_mismatch"), fewer
    assert [(part["part_number"], part["state"]) for part in fewer.json()["parts"]] == [(3, "unlisted")]
    more = upload.complete({"total_parts": 4})
    assert [(part["part_number"], part["state"]) for part in more.json()["parts"]] == [(4, "missing")]
    listed = [{"part_number": number, "sha256": upload.digest(number)} for number in upload.numbers]
    differs = upload.complete({"parts": listed, "total_parts": 2})
    assert (differs.status, differs.error) == (400, "invalid_request"), differs
    assert upload.complete({"parts": listed, "sha256": sha256(upload.data)}).status in (200, 202)
    assert upload.wait_for_file().json()["sha256"] == sha256(upload.data)
    assert upload.download().body == upload.data


def test_a_wrong_digest_of_the_whole_leaves_it_open(api, rng):
    upload = FreeUpload(api, odd_parts(rng, 3), sha256=sha256(b"another")).send([3, 2, 1])
    refused = upload.complete()
    assert (refused.status, refused.error) == (422, "checksum_mismatch"), refused
    assert refused.json()["actual"] == sha256(upload.data)
    assert upload.status()["state"] == "open"
    assert upload.abort().status == 204


def test_what_does_not_go_together_is_refused(api):
    for members, field in (({"total_parts": 3}, "total_parts"), ({"file_size": 3}, "file_size"),
                           ({"complete_when_full": True}, "complete_when_full"),
                           ({"part_sizes": "loose"}, "part_sizes")):
        body = {"file_name": "f", "chunk_size": 4 * KIB, "part_sizes": "free"} | members
        refused = api.post("/upload/init", body)
        assert (refused.status, refused.error, refused.json()["field"]) == (400, "invalid_request", field), refused


def test_sizes_and_numbers_are_held_to_their_limits(api, rng):
    upload = FreeUpload(api, [rng.randbytes(4 * KIB)], chunk_size=4 * KIB)
    for size in (0, 4 * KIB + 1):
        refused = upload.put(1, bytes(size))
        assert (refused.status, refused.error) == (400, "invalid_chunk"), refused
    assert upload.put(1).status == 200
    assert upload.put(1).json()["status"] == "already_stored"
    other = upload.put(1, b"shorter")
    assert (other.status, other.error) == (409, "part_conflict"), other
    assert upload.put(10_000, b"x").status == 200
    beyond = api.get(f"/upload/{upload.id}/part?part_number=10001")
    assert (beyond.status, beyond.error) == (400, "invalid_request"), beyond


def test_a_kill_between_parts_takes_no_byte_back(server, rng):
    upload = FreeUpload(server.client, odd_parts(rng, 30))
    order = list(upload.numbers)
    rng.shuffle(order)
    for at, number in enumerate(order):
        if at % 10 == 5:
            server.kill()
            server.start()
        assert upload.put(number).status == 200
    assert upload.wait_for_file().status == 200
    assert upload.download().body == upload.data


@pytest.fixture
def hurried(start_server):
    """A server whose Complete does not wait for a task."""
    return start_server(["--uploads.complete_wait", "0s"])


def backwards(server, count, size=8 * MIB - 13):
    """An upload of parts of an odd number of bytes, the last of them sent first: all of it has to be copied."""
    block = os.urandom(size + count)
    upload = FreeUpload(server.client, [block[n:n + size] for n in range(count)])
    return upload.send(reversed(upload.numbers))


def killed_while_assembled(server):
    """An upload whose assembly has two checkpoints behind it, one with every 128 MiB, and was not done when the server was
    killed."""
    for _ in range(5):
        upload = backwards(server, 64)
        assert upload.complete().status == 202
        while assembled_bytes(server) < 272 * MIB:
            time.sleep(0.001)
        server.kill()
        if any(".draft-" in name for name in blobs(server)):
            return upload
        # A machine that was busy with something else let the assembly win.
        server.start()
        assert upload.wait_for_file().status == 200
        assert upload.client.delete(f"/files/{upload.id}").status == 204
        server.restart()
    raise AssertionError("it was too quick to be interrupted")


def test_an_assembly_that_is_killed_goes_on(hurried):
    server, upload = hurried, killed_while_assembled(hurried)
    server.start()
    assert upload.wait_for_file().status == 200
    assert assembled_bytes(server) <= len(upload.data) - 256 * MIB, "what is durable is not copied again"
    assert sha256(upload.download().body) == sha256(upload.data)
    deadline = time.monotonic() + patience(30)
    while blobs(server) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert blobs(server) == []


def test_complete_may_be_asked_by_many_and_abort_comes_too_late(hurried):
    upload = backwards(hurried, 12)
    answers = []
    asked = [threading.Thread(target=lambda: answers.append(upload.complete().status)) for _ in range(6)]
    for thread in asked:
        thread.start()
    for thread in asked:
        thread.join()
    assert set(answers) <= {200, 202}, answers
    late = upload.abort()
    assert (late.status, late.error) == (409, "upload_complete"), late
    refused = upload.put(13, b"late")
    assert (refused.status, refused.error) == (409, "upload_complete"), refused
    status = upload.status()
    assert status["state"] == "complete" or status["completion"]["state"] == "waiting", status
    assert upload.wait_for_file().status == 200
    assert sha256(upload.download().body) == sha256(upload.data)


def test_without_room_to_assemble_complete_says_so_and_nothing_is_lost(small_disk, start_server, rng):
    server = start_server(data_dir=small_disk / "data")
    upload = FreeUpload(server.client, [rng.randbytes(5 * MIB + number) for number in range(8)])
    upload.send([2, 1, *range(3, 9)])
    fills = {"file_name": "fills", "total_parts": 8, "chunk_size": MIB, "file_size": 8 * MIB}
    held = []
    while (reply := server.client.post("/upload/init", fills)).status == 200:
        held.append(reply.json()["upload_id"])
    assert (reply.status, reply.error) == (507, "insufficient_storage"), reply
    refused = upload.complete()
    assert (refused.status, refused.error) == (507, "insufficient_storage"), refused
    assert upload.status()["state"] == "open"
    for upload_id in held:
        assert server.client.delete(f"/upload/{upload_id}").status == 204
    assert upload.wait_for_file().status == 200
    assert upload.download().body == upload.data
