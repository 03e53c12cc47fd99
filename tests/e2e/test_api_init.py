"""POST /upload/init, member by member, and how its body is refused."""

import json

import pytest

from harness.uploads import GIB, KIB, MIB, Upload

VALID = {"file_name": "a.bin", "total_parts": 3, "chunk_size": 8 * KIB}
HEX64, HEX32 = "ab" * 32, "ab" * 16


def init(api, **changes):
    """VALID with changes; a member changed to None is left out."""
    return api.post("/upload/init", {name: value for name, value in (VALID | changes).items() if value is not None})


def test_the_answer_has_what_a_client_needs(api):
    reply = init(api, file_size=3 * 8 * KIB - 5)
    assert reply.status == 200, reply
    answer = reply.json()
    assert len(answer["upload_id"]) == 32 and int(answer["upload_id"], 16) >= 0
    assert (answer["chunk_size"], answer["total_parts"]) == (8 * KIB, 3)
    assert answer["expires_at"].endswith("Z") and answer["storage_node"] == "local"
    assert answer["policy"]["parallel"] >= 1
    assert set(answer["policy"]["retry"]) == {"max_attempts", "base_ms", "max_ms"}
    lengths = []
    for number, part in enumerate(answer["part_urls"], 1):
        assert (part["part_number"], part["method"]) == (number, "PUT")
        assert part["url"].startswith(f"http://{api.host}:{api.port}/upload/{answer['upload_id']}/part/{number}?")
        lengths.append(int(part["headers"]["Content-Length"]))
    assert lengths == [8 * KIB, 8 * KIB, 8 * KIB - 5]
    api.delete(f"/upload/{answer['upload_id']}")


def test_a_local_disk_takes_no_direct_uploads_and_says_so(api):
    reply = init(api, file_size=3 * 8 * KIB, direct=True)
    assert (reply.status, reply.error) == (400, "direct_unsupported") and "store" in reply.json()["detail"], reply
    assert init(api, direct=False).json()["direct"] is False


def test_ids_never_repeat(api):
    ids = [init(api).json()["upload_id"] for _ in range(20)]
    assert len(set(ids)) == 20
    for upload_id in ids:
        api.delete(f"/upload/{upload_id}")


def test_only_the_first_100_urls_are_named_and_the_rest_can_be_asked_for(api):
    upload = Upload(api, b"x" * (103 * 4 * KIB))
    assert sorted(upload.urls) == list(range(1, 101))
    assert upload.put(103).status == 200
    assert upload.chunks()["received"] == [[103, 103]]
    upload.abort()


@pytest.mark.parametrize("changes", [
    pytest.param({"chunk_size": 4 * KIB, "total_parts": 10000}, id="most parts"),
    pytest.param({"chunk_size": KIB, "total_parts": 1}, id="smallest chunk"),
    pytest.param({"chunk_size": 1025, "total_parts": 1}, id="one part needs no alignment"),
    pytest.param({"chunk_size": 5 * GIB, "total_parts": 1, "file_size": 10}, id="largest chunk"),
    pytest.param({"total_parts": 0, "file_size": 0}, id="empty, no part"),
    pytest.param({"total_parts": 1, "file_size": 0}, id="empty, one part"),
    pytest.param({"total_parts": 0}, id="empty, size not stated"),
    pytest.param({"content_type": "t/" + "x" * 253}, id="longest content type"),
    pytest.param({"sha256": HEX64, "md5": HEX32, "checksum": "crc32c"}, id="digests"),
    pytest.param({"metadata": {"a": "1", "clé": "é"}}, id="metadata"),
    pytest.param({"metadata": {}}, id="no metadata"),
    pytest.param({"expires_in": 60}, id="shortest life"),
    pytest.param({"expires_in": 60.0, "total_parts": 3.0}, id="whole numbers with a point"),
    pytest.param({"file_name": "x" * 255}, id="longest name"),
    pytest.param({"file_name": "é" * 127}, id="longest name beyond ASCII"),
])
def test_edges_that_are_allowed(api, changes):
    reply = init(api, **changes)
    assert reply.status == 200, reply
    assert api.delete(f"/upload/{reply.json()['upload_id']}").status == 204


def refusals():
    yield from [("file_name", value) for value in
                (None, 5, True, [], {}, "", "x" * 256, "é" * 128, "a\nb", "a\x00b", "a\x7fb", "a\x1fb", "a\u0085b")]
    yield from [("total_parts", value) for value in (None, "3", 1.5, True, [], -1, 10001, 2**32 + 3, 2**64)]
    yield from [("chunk_size", value) for value in
                (None, "8192", 1.5, False, {}, -1, 0, 1023, 4097, 8193, 5 * GIB + 4096, 2**63, 2**64)]
    yield from [("content_type", value) for value in (5, [], "x" * 256, "text/plain\r\nX-Evil: 1")]
    yield from [("sha256", value) for value in (5, "", "ab" * 31, "AB" * 32, "zz" * 32, HEX32)]
    yield from [("md5", value) for value in (5, "", HEX64, "AB" * 16, "zz" * 16)]
    yield from [("checksum", value) for value in (5, "", "crc16", "SHA256")]
    yield from [("metadata", value) for value in
                (5, "x", [], {"a": 1}, {"a": {"b": "c"}}, {"a": None}, {"a": "x" * (8 * KIB)})]
    yield from [("expires_in", value) for value in ("60", 1.5, True, -1, 0, 59, 10**9, 2**64)]
    yield from [("file_size", value) for value in ("5", 1.5, -1, 2**64)]
    yield "unheard_of", 1


@pytest.mark.parametrize("member, value", [pytest.param(member, value, id=f"{member}={str(value)[:24]!r}")
                                           for member, value in refusals()])
def test_a_bad_member_is_refused_by_name(api, member, value):
    reply = init(api, **{member: value})
    assert (reply.status, reply.error) == (400, "invalid_request"), reply
    problem = reply.json()
    assert problem["field"] == member and member in problem["detail"]


@pytest.mark.parametrize("changes", [
    pytest.param({"file_size": 3 * 8 * KIB + 1}, id="one byte too many"),
    pytest.param({"file_size": 2 * 8 * KIB}, id="last part empty"),
    pytest.param({"file_size": 0}, id="empty file of three parts"),
    pytest.param({"file_size": 1, "total_parts": 0}, id="one byte and no part"),
])
def test_sizes_that_contradict_each_other_are_refused(api, changes):
    reply = init(api, **changes)
    assert (reply.status, reply.error) == (400, "invalid_request"), reply
    assert reply.json()["field"] in {"total_parts", "file_size"}


@pytest.mark.parametrize("body, error", [
    (b"", "invalid_json"), (b"{", "invalid_json"), (b"nonsense", "invalid_json"), (b'{"a":1}}', "invalid_json"),
    (b'{"file_name":"\xff"}', "invalid_json"), (b"[" * 5000 + b"]" * 5000, "invalid_json"),
    (b"[]", "invalid_json"), (b'"text"', "invalid_json"), (b"{}", "invalid_request"),
], ids=lambda value: str(value)[:24])
def test_a_body_that_is_no_json_object_is_refused(api, body, error):
    reply = api.post("/upload/init", body, headers={"Content-Type": "application/json"})
    assert (reply.status, reply.error) == (400, error), reply


def test_the_length_of_a_digest_is_told(api):
    body = {"file_name": "a", "total_parts": 1, "chunk_size": 4096, "sha256": "abc"}
    assert api.post("/upload/init", body).json()["detail"] == "sha256 must be of 64 bytes"
    assert api.post("/upload/init", body | {"file_name": ""}).json()["detail"] == "file_name must be of 1 to 255 bytes"


def test_a_huge_body_is_refused(api):
    body = json.dumps(VALID | {"metadata": {"a": "x" * (2 * MIB)}}).encode()
    reply = api.post("/upload/init", body, headers={"Content-Type": "application/json"})
    assert (reply.status, reply.error) == (413, "body_too_large"), reply


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "text/plain"])
def test_the_media_type_does_not_matter(api, media_type):
    reply = api.post("/upload/init", json.dumps(VALID).encode(), headers={"Content-Type": media_type})
    assert reply.status == 200, reply
    api.delete(f"/upload/{reply.json()['upload_id']}")


def test_a_chunked_body_is_understood(api):
    text = json.dumps(VALID).encode()
    reply = api.post("/upload/init", iter([text[:7], text[7:]]), headers={"Content-Type": "application/json"})
    assert reply.status == 200, reply
    api.delete(f"/upload/{reply.json()['upload_id']}")


def test_no_room_is_told_before_the_first_byte(api):
    reply = init(api, chunk_size=5 * GIB, total_parts=10000, file_size=10000 * 5 * GIB)
    assert (reply.status, reply.error) == (507, "insufficient_storage"), reply
