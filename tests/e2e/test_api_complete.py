"""Complete and abort: the list of parts, declared digests, repetition, races."""

import concurrent.futures

import pytest

from harness import digests
from harness.uploads import KIB, Upload

DATA = bytes(range(256)) * 48 + b"tail"  # three parts of 4 KiB and one of 4 bytes
ZERO64 = "00" * 32


def listing(upload, kind="sha256"):
    return [{"part_number": number, kind: upload.digest(number)} for number in upload.numbers]


@pytest.fixture
def upload(api):
    upload = Upload(api, DATA, content_type="text/x-test", metadata={"colour": "blue"})
    yield upload
    upload.abort()
    upload.client.delete(f"/files/{upload.id}")


def test_complete_answers_with_the_file(upload):
    answer = upload.finished()
    assert answer["file_id"] == upload.id and answer["url"] == f"/files/{upload.id}"
    assert (answer["name"], answer["size"]) == ("sample.bin", len(DATA))
    assert answer["chain"] == upload.chain
    assert answer["crc64nvme"] == digests.crc64nvme(DATA)
    assert answer["etag"].startswith('"') and answer["etag"].endswith('"')
    assert answer["completed_at"].endswith("Z")
    assert "sha256" not in answer and "md5" not in answer


@pytest.mark.parametrize("kind", ["sha256", "etag"])
def test_complete_with_a_list(upload, kind):
    upload.put_all()
    assert upload.complete({"parts": listing(upload, kind)}).status == 200


def test_complete_with_a_list_in_another_order(upload):
    upload.put_all()
    assert upload.complete({"parts": listing(upload)[::-1]}).status == 200


def test_complete_with_an_empty_body_object(upload):
    upload.put_all()
    assert upload.complete({}).status == 200


def test_md5_in_the_list_is_compared_when_it_is_known(api):
    upload = Upload(api, DATA, checksum="md5").put_all()
    parts = [{"part_number": number, "md5": digests.md5(upload.part(number))} for number in upload.numbers]
    wrong = [parts[0] | {"md5": "00" * 16}, *parts[1:]]
    reply = upload.complete({"parts": wrong})
    assert (reply.status, reply.error) == (409, "parts_mismatch"), reply
    assert upload.complete({"parts": parts}).status == 200


def test_md5_in_the_list_is_refused_when_it_is_not_known(upload):
    upload.put_all()
    parts = [{"part_number": number, "md5": digests.md5(upload.part(number))} for number in upload.numbers]
    reply = upload.complete({"parts": parts})
    assert (reply.status, reply.error) == (400, "unsupported_digest"), reply
    assert upload.status()["state"] == "open"


def test_complete_twice_is_answered_alike(upload):
    first = upload.finished()
    assert [upload.complete().json() for _ in range(3)] == [first] * 3
    assert upload.complete({"parts": listing(upload)}).json() == first
    status = upload.status()
    assert status["state"] == "complete" and status["file"] == first


def test_a_key_belongs_to_what_was_asked_for_with_it(upload):
    def complete(key, body=None):
        return upload.client.post(f"/upload/{upload.id}/complete", body, headers={"Idempotency-Key": key})

    upload.put_all()
    first = complete('"a wish"', {"parts": listing(upload)})
    assert first.status == 200, first
    assert complete("other").json() == complete('"a wish"', {"parts": listing(upload)[::-1]}).json() == first.json()
    for body in (None, {"sha256": digests.sha256(DATA)}, {"parts": listing(upload)[:-1]}):
        reply = complete('"a wish"', body)
        assert (reply.status, reply.error) == (422, "idempotency_key_reused"), reply
    assert upload.complete().json() == first.json()
    malformed = complete('"')
    assert (malformed.status, malformed.error, malformed.json()["field"]) == (400, "invalid_request", "Idempotency-Key")


def test_completes_at_once_agree(upload):
    upload.put_all()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: upload.complete(), range(8)))
    assert [reply.status for reply in replies] == [200] * 8
    assert all(reply.json() == replies[0].json() for reply in replies)


# What is missing or wrong


def test_gaps_are_told(upload):
    upload.put(2)
    for body in (None, {"parts": listing(upload)}):
        reply = upload.complete(body)
        assert (reply.status, reply.error) == (409, "parts_mismatch"), reply
        problem = reply.json()
        assert [(part["part_number"], part["state"], part["actual"]) for part in problem["parts"]] == \
            [(1, "missing", None), (3, "missing", None), (4, "missing", None)]
        assert problem["mismatches"] == 3
    assert upload.status()["state"] == "open"
    assert upload.finished()["size"] == len(DATA)


def test_wrong_digests_are_told(upload):
    upload.put_all()
    parts = listing(upload)
    parts[1]["sha256"] = ZERO64
    reply = upload.complete({"parts": parts})
    assert (reply.status, reply.error) == (409, "parts_mismatch"), reply
    assert reply.json()["parts"] == [{"part_number": 2, "expected": ZERO64, "actual": upload.digest(2),
                                      "state": "mismatch"}]
    assert upload.complete({"parts": listing(upload)}).status == 200


def test_a_long_table_is_cut_but_counted(api):
    upload = Upload(api, b"", total_parts=1500, file_size=1500 * 4 * KIB)
    problem = upload.complete().json()
    assert len(problem["parts"]) == 1000 and problem["mismatches"] == 1500
    upload.abort()


@pytest.mark.parametrize("kept", [3, 0])
def test_a_list_that_leaves_parts_out_is_refused(upload, kept):
    upload.put_all()
    reply = upload.complete({"parts": listing(upload)[:kept]})
    assert (reply.status, reply.error) == (409, "parts_mismatch"), reply
    assert [(part["part_number"], part["expected"], part["actual"]) for part in reply.json()["parts"]] == \
        [(number, None, upload.digest(number)) for number in list(upload.numbers)[kept:]]
    assert upload.status()["state"] == "open"


@pytest.mark.parametrize("change", [
    pytest.param(lambda parts: parts + parts[:1], id="one twice"),
    pytest.param(lambda parts: parts[:-1] + [{"part_number": 9, "sha256": ZERO64}], id="one that cannot be"),
    pytest.param(lambda parts: parts[:-1] + [{"part_number": 4}], id="no digest"),
    pytest.param(lambda parts: parts[:-1] + [{"sha256": ZERO64}], id="no number"),
    pytest.param(lambda parts: parts[:-1] + [{"part_number": 4, "sha256": "abc"}], id="no SHA-256"),
    pytest.param(lambda parts: parts[:-1] + [{"part_number": "4", "sha256": ZERO64}], id="number as text"),
    pytest.param(lambda parts: parts[:-1] + [5], id="no object"),
    pytest.param(lambda parts: "all", id="no list"),
])
def test_a_list_that_is_none_is_refused(upload, change):
    upload.put_all()
    reply = upload.complete({"parts": change(listing(upload))})
    assert (reply.status, reply.error) == (400, "invalid_request"), reply
    assert upload.status()["state"] == "open"


@pytest.mark.parametrize("body, error", [({"unheard_of": 1}, "invalid_request"), ({"sha256": 5}, "invalid_request"),
                                         ([], "invalid_json"), (b"{", "invalid_json")])
def test_a_bad_body_is_refused(api, upload, body, error):
    reply = api.post(f"/upload/{upload.id}/complete", body, headers={"Content-Type": "application/json"})
    assert (reply.status, reply.error) == (400, error), reply


# Declared digests of the whole file


def test_a_declared_sha256_is_verified_and_answered(api):
    upload = Upload(api, DATA, sha256=digests.sha256(DATA), md5=digests.md5(DATA))
    answer = upload.finished()
    assert (answer["sha256"], answer["md5"]) == (digests.sha256(DATA), digests.md5(DATA))
    assert upload.download().headers["Repr-Digest"] == f"sha-256=:{digests.base64_of(digests.sha256(DATA))}:"


def test_a_sha256_stated_at_complete_is_verified(upload):
    upload.put_all()
    reply = upload.complete({"sha256": ZERO64})
    assert (reply.status, reply.error) == (422, "checksum_mismatch"), reply
    assert upload.complete({"sha256": digests.sha256(DATA)}).json()["sha256"] == digests.sha256(DATA)


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_a_wrong_declared_digest_leaves_the_upload_open(api, algorithm):
    wrong = "00" * (32 if algorithm == "sha256" else 16)
    upload = Upload(api, DATA, **{algorithm: wrong}).put_all()
    for _ in range(2):
        reply = upload.complete()
        assert (reply.status, reply.error) == (422, "checksum_mismatch"), reply
        problem = reply.json()
        assert (problem["algorithm"], problem["expected"], problem["actual"]) == \
            (algorithm, wrong, getattr(digests, algorithm)(DATA))
    assert upload.status()["state"] == "open"
    assert api.get(f"/files/{upload.id}").error == "file_not_found"
    assert upload.abort().status == 204


# Ends


def test_abort_ends_an_upload_for_good(upload):
    upload.put(1)
    assert [upload.abort().status for _ in range(2)] == [204, 204]
    assert upload.status()["state"] == "aborted"
    for reply in (upload.put(2), upload.put(1), upload.complete()):
        assert (reply.status, reply.error) == (410, "upload_aborted"), reply
    assert upload.client.get(f"/files/{upload.id}").status == 404


def test_a_complete_upload_cannot_be_aborted_or_written(upload):
    upload.finished()
    reply = upload.abort()
    assert (reply.status, reply.error) == (409, "upload_complete"), reply
    reply = upload.put(1, b"\0" * (4 * KIB))
    assert (reply.status, reply.error) == (409, "upload_complete"), reply
    assert upload.download().body == DATA


def test_abort_ends_a_part_on_its_way(api):
    upload = Upload(api, b"a" * (64 * KIB), 64 * KIB)
    with api.raw() as connection:
        connection.send_head("PUT", upload.url(1), content_length=64 * KIB)
        connection.send(b"a" * 1000)
        assert upload.abort().status == 204
        connection.send(b"a" * (64 * KIB - 1000))
        reply = connection.read_reply()
    assert (reply.status, reply.error) == (410, "upload_aborted"), reply
    assert upload.status()["state"] == "aborted"


def test_abort_and_complete_at_once_have_one_winner(api):
    for _ in range(10):
        upload = Upload(api, DATA).put_all()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            completed, aborted = pool.submit(upload.complete), pool.submit(upload.abort)
        outcome = (completed.result().status, aborted.result().status)
        assert outcome in {(200, 409), (410, 204)}, outcome
        state = upload.status()["state"]
        assert state == ("complete" if outcome == (200, 409) else "aborted")
        assert upload.download().status == (200 if state == "complete" else 404)


# Small files


@pytest.mark.parametrize("total_parts", [0, 1])
def test_an_empty_file(api, total_parts):
    upload = Upload(api, b"", total_parts=total_parts)
    answer = upload.finished()
    assert (answer["size"], answer["crc64nvme"]) == (0, digests.crc64nvme(b""))
    assert answer["chain"] == upload.chain
    reply = upload.download()
    assert (reply.status, reply.body, reply.headers["Content-Length"]) == (200, b"", "0")


def test_a_file_of_one_byte(api):
    upload = Upload(api, b"1", sha256=digests.sha256(b"1"))
    assert upload.finished()["size"] == 1
    assert upload.download().body == b"1"


# Inspecting


def test_the_state_of_an_upload(upload):
    upload.put(1)
    status = upload.status()
    assert status["created_at"] <= status["expires_at"]
    expected = {"upload_id": upload.id, "state": "open", "file_name": "sample.bin", "content_type": "text/x-test",
                "file_size": len(DATA), "chunk_size": 4 * KIB, "total_parts": 4, "received_parts": 1,
                "received_bytes": 4 * KIB, "metadata": {"colour": "blue"}}
    assert {name: status[name] for name in expected} == expected
    assert "file" not in status
    head = upload.client.head(f"/upload/{upload.id}")
    assert (head.status, head.body) == (200, b"")


@pytest.mark.parametrize("method, target", [
    ("GET", "/upload/{}"), ("HEAD", "/upload/{}"), ("DELETE", "/upload/{}"), ("POST", "/upload/{}/complete"),
    ("GET", "/upload/{}/part?part_number=1"), ("GET", "/upload/chunks?upload_id={}"),
])
def test_an_unknown_upload_is_not_found(api, method, target):
    for unknown in ("0" * 32, "not-an-id", "0" * 31, "0" * 33, "A" * 32):
        reply = api.request(method, target.format(unknown))
        assert reply.status == 404, (unknown, reply)
        if method != "HEAD":
            assert reply.error == "upload_not_found", (unknown, reply)


def test_chunks_needs_an_id(api):
    assert api.get("/upload/chunks").error == "invalid_request"
