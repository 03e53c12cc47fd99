"""PUT of parts: signed URLs, lengths, digests, repetition, concurrency."""

import concurrent.futures
import re

import pytest

from harness import digests
from harness.uploads import KIB, MIB, Upload

DATA = bytes(range(256)) * 48  # three parts of 4 KiB
PART = DATA[:4 * KIB]
OTHER = b"\x5a" * (4 * KIB)


@pytest.fixture
def upload(api):
    upload = Upload(api, DATA)
    yield upload
    upload.abort()


def test_a_part_is_acknowledged_with_its_digests(upload):
    reply = upload.put(2)
    assert reply.status == 200, reply
    assert reply.headers["Slipway-Durability"] == "part"
    answer = reply.json()
    assert answer.pop("status") == "stored"
    assert answer == {"part_number": 2, "size": 4 * KIB, "sha256": upload.digest(2),
                      "crc64nvme": digests.crc64nvme(upload.part(2))}


@pytest.mark.parametrize("kind", ["md5", "crc32c", "crc64nvme", "sha256"])
def test_the_digest_asked_for_at_init_is_computed(api, kind):
    upload = Upload(api, DATA, checksum=kind)
    assert upload.put(1).json()[kind] == getattr(digests, kind)(PART)
    upload.abort()


def test_the_same_part_again_is_not_written_again(upload):
    assert upload.put(1).json()["status"] == "stored"
    again = upload.put(1)
    assert (again.status, again.json()["status"]) == (200, "already_stored")
    assert again.json()["sha256"] == upload.digest(1)


def test_other_bytes_for_a_stored_part_are_refused(upload):
    upload.put(1)
    reply = upload.put(1, OTHER)
    assert (reply.status, reply.error) == (409, "part_conflict"), reply
    assert (reply.json()["expected"], reply.json()["actual"]) == (upload.digest(1), digests.sha256(OTHER))
    assert upload.stored() == {1: upload.digest(1)}
    assert upload.finished()["size"] == len(DATA)
    assert upload.download().body == DATA


# Lengths


@pytest.mark.parametrize("body", [b"", PART[:-1], PART + b"x", PART * 2], ids=["empty", "short", "long", "double"])
def test_a_wrong_length_is_refused(upload, body):
    reply = upload.put(1, body)
    assert (reply.status, reply.error) == (400, "invalid_chunk"), reply
    assert upload.stored() == {}


def test_a_body_without_a_length_is_refused(api, upload):
    reply = api.put(upload.url(1), iter([PART]))
    assert (reply.status, reply.error) == (411, "length_required"), reply
    with api.raw() as connection:
        connection.send_head("PUT", upload.url(1))
        # Neither length nor chunks is an empty body to HTTP, and an empty body is no part.
        assert connection.read_reply().error in ("length_required", "invalid_chunk")
    assert upload.stored() == {}


def test_a_coded_body_is_refused(upload):
    reply = upload.put(1, Content_Encoding="gzip")
    assert (reply.status, reply.error) == (415, "unsupported_media_type"), reply
    assert upload.stored() == {}


def test_a_body_that_breaks_off_stores_nothing(api, upload):
    with api.raw() as connection:
        connection.send_head("PUT", upload.url(1), content_length=len(PART))
        connection.send(PART[:-1])
    assert upload.stored() == {}
    assert upload.put(1).json()["status"] == "stored"


@pytest.mark.parametrize("last", [1, 100, 4 * KIB])
def test_without_a_file_size_the_last_part_may_be_shorter(api, last):
    upload = Upload(api, DATA[:8 * KIB + last], file_size=None)
    assert len(upload.put(3, OTHER + b"x").body) > 0 and upload.stored() == {}
    assert upload.put(1, PART[:-1]).error == "invalid_chunk"
    assert upload.finished()["size"] == 8 * KIB + last
    assert upload.download().body == upload.data


# Stated digests


def stated(data):
    sha256, md5, crc32c, crc64 = (digests.base64_of(kind(data)) for kind in
                                  (digests.sha256, digests.md5, digests.crc32c, digests.crc64nvme))
    return {"Content-MD5": ("Content-MD5", md5), "x-checksum-sha256": ("x-checksum-sha256", sha256),
            "x-checksum-crc32c": ("x-checksum-crc32c", crc32c),
            "x-checksum-crc64nvme": ("x-checksum-crc64nvme", crc64),
            "Content-Digest sha-256": ("Content-Digest", f"sha-256=:{sha256}:"),
            "Content-Digest md5": ("Content-Digest", f"md5=:{md5}:"),
            "Content-Digest crc32c": ("Content-Digest", f"crc32c=:{crc32c}:"),
            "Content-Digest two": ("Content-Digest", f"md5=:{md5}:, sha-256=:{sha256}:"),
            "Repr-Digest sha-256": ("Repr-Digest", f"sha-256=:{sha256}:"),
            "Repr-Digest md5": ("Repr-Digest", f"md5=:{md5}:")}


FORMS = sorted(stated(b""))


@pytest.mark.parametrize("form", FORMS)
def test_a_right_digest_is_accepted(upload, form):
    name, value = stated(PART)[form]
    assert upload.put(1, **{name: value}).status == 200


@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_digest_stores_nothing(upload, form):
    name, value = stated(OTHER)[form]
    reply = upload.put(1, **{name: value})
    assert (reply.status, reply.error) == (422, "checksum_mismatch"), reply
    problem = reply.json()
    assert problem["algorithm"] in {"sha256", "md5", "crc32c", "crc64nvme"}
    of = getattr(digests, problem["algorithm"])
    assert (problem["expected"], problem["actual"]) == (of(OTHER), of(PART))
    assert upload.stored() == {}
    assert upload.put(1).json()["status"] == "stored"


@pytest.mark.parametrize("name, value", [
    ("Content-MD5", "nonsense"), ("Content-MD5", "q80="), ("Content-MD5", ""), ("x-checksum-sha256", "ab" * 32),
    ("x-checksum-crc32c", "AAAAAAA="), ("x-checksum-crc64nvme", "AAAA"), ("Content-Digest", "sha-256=abc"),
    ("Content-Digest", "sha-256=:!!!!:"), ("Content-Digest", "sha-256=:q80=:"), ("Repr-Digest", "sha-256"),
])
def test_a_digest_that_does_not_parse_is_refused(upload, name, value):
    reply = upload.put(1, **{name: value})
    assert (reply.status, reply.error) == (400, "invalid_digest"), reply
    assert reply.json()["detail"] == f"{name} does not parse, or contradicts another"
    assert upload.stored() == {}


def test_a_digest_of_an_unknown_algorithm_is_passed_over(upload):
    assert upload.put(1, Content_Digest="sha-512=:q80=:, unixsum=:AAAA:").status == 200


def test_a_wrong_digest_for_a_stored_part_is_still_wrong(upload):
    upload.put(1)
    name, value = stated(OTHER)["x-checksum-sha256"]
    assert upload.put(1, **{name: value}).status in (409, 422)
    assert upload.stored() == {1: upload.digest(1)}


# Signed URLs


def altered_urls(url):
    """Every field of a signed URL changed, removed, doubled."""
    fields = ("v", "kid", "epoch", "len", "exp", "sig")
    for name in fields:
        value = re.search(rf"[?&]{name}=([^&]*)", url)[1]
        last = "1" if value[-1] != "1" else "2"
        yield f"{name} altered", url.replace(f"{name}={value}", f"{name}={value[:-1]}{last}")
        yield f"{name} longer", url.replace(f"{name}={value}", f"{name}={value}9")
        yield f"{name} empty", url.replace(f"{name}={value}", f"{name}=")
        yield f"{name} removed", re.sub(rf"{name}=[^&]*&?", "", url).rstrip("&")
        yield f"{name} doubled", f"{url}&{name}={value}"
    upload_id = re.search(r"/upload/([0-9a-f]{32})/", url)[1]
    other = ("0" if upload_id[0] != "0" else "1") + upload_id[1:]
    yield "upload altered", url.replace(upload_id, other)
    yield "part altered", url.replace("/part/1?", "/part/2?")
    yield "no query", url.split("?")[0]


def test_an_altered_url_is_refused_whatever_was_altered(api, upload):
    for what, url in altered_urls(upload.url(1)):
        reply = api.put(url, PART)
        assert (reply.status, reply.error) == (403, "invalid_signature"), (what, url, reply)
        # The key of the upload's own creator does not stand in for a signature either.
        assert api.put(url, PART, auth=True).status == 403, what
    assert upload.stored() == {}


def test_a_url_of_one_upload_does_not_open_another(api, upload):
    other = Upload(api, DATA)
    query = upload.url(1).split("?")[1]
    reply = api.put(f"/upload/{other.id}/part/1?{query}", PART)
    assert (reply.status, reply.error) == (403, "invalid_signature"), reply
    other.abort()


def test_a_url_is_good_for_the_host_that_it_names_only(api, upload):
    reply = api.put(upload.url(1), PART, headers={"Host": f"elsewhere.example:{api.port}"})
    assert (reply.status, reply.error) == (403, "invalid_signature"), reply


def test_a_signed_url_needs_no_key_and_serves_no_other_method(api, upload):
    assert upload.put(1).status == 200
    for method in ("GET", "POST", "DELETE"):
        reply = api.request(method, upload.url(1), auth=False)
        assert reply.status in (401, 403, 405), reply


@pytest.mark.parametrize("number", ["0", "4", "-1", "x", "1.0", "", "99999999999999999999"])
def test_a_url_for_a_part_that_cannot_be_is_refused(api, upload, number):
    reply = api.get(f"/upload/{upload.id}/part?part_number={number}")
    assert (reply.status, reply.error) == (400, "invalid_request"), reply
    assert reply.json()["field"] == "part_number"


def test_a_url_needs_a_part_number(api, upload):
    assert api.get(f"/upload/{upload.id}/part").error == "invalid_request"


def test_a_new_url_for_a_part_works_as_the_first_did(api, upload):
    answer = api.get(f"/upload/{upload.id}/part?part_number=2").json()
    assert (answer["part_number"], answer["method"]) == (2, "PUT")
    assert answer["headers"]["Content-Length"] == str(4 * KIB)
    assert api.put(answer["url"], upload.part(2)).status == 200


# Expect: 100-continue


def test_expect_continue_is_answered_before_the_body(api, upload):
    with api.raw() as connection:
        connection.send_head("PUT", upload.url(1), content_length=len(PART), expect="100-continue")
        assert connection.read_head()[0] == 100
        connection.send(PART)
        assert connection.read_reply().status == 200


@pytest.mark.parametrize("alter, length, status", [
    (lambda url: url.replace("sig=", "sig=A"), len(PART), 403), (lambda url: url, len(PART) + 1, 400),
    (lambda url: url, len(PART) - 1, 400),
], ids=["signature", "too long", "too short"])
def test_a_refused_expectation_gets_its_answer_at_once(api, upload, alter, length, status):
    with api.raw() as connection:
        connection.send_head("PUT", alter(upload.url(1)), content_length=length, expect="100-continue")
        assert connection.read_head()[0] == status


# Order and concurrency


def test_parts_may_come_in_any_order(upload):
    for number in (3, 1, 2):
        assert upload.put(number).status == 200
    assert upload.complete().status == 200
    assert upload.download().body == DATA


def test_parts_may_come_at_once(api):
    upload = Upload(api, DATA * 20)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(upload.put, upload.numbers))
    assert [reply.status for reply in replies] == [200] * upload.total_parts
    assert upload.complete().status == 200
    assert upload.download().body == upload.data


def test_one_part_sent_many_times_at_once_is_stored_once(upload):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: upload.put(1), range(8)))
    stored = [reply for reply in replies if reply.status == 200 and reply.json()["status"] == "stored"]
    assert len(stored) == 1
    for reply in replies:
        assert reply.status == 200 or reply.error == "superseded", reply
    assert upload.stored() == {1: upload.digest(1)}


def test_of_other_bytes_for_one_part_at_once_the_first_acknowledged_stay(api):
    """Many clients, each with bytes of its own: one is told that its bytes are stored, nobody else is, and they stay."""
    for _ in range(5):
        upload = Upload(api, b"\0" * (4 * KIB))
        url = upload.url(1)
        bodies = [bytes([number]) * (4 * KIB) for number in range(8)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda body: api.put(url, body), bodies))
        winners = [body for body, reply in zip(bodies, replies) if reply.status == 200]
        assert len(winners) == 1
        assert {reply.error for reply in replies if reply.status != 200} <= {"part_conflict", "superseded"}
        assert upload.stored() == {1: digests.sha256(winners[0])}
        assert upload.complete().status == 200 and upload.download().body == winners[0]


def test_a_newer_request_takes_the_part_over(api):
    upload = Upload(api, b"n" * MIB, MIB)
    with api.raw() as slow:
        slow.send_head("PUT", upload.url(1), content_length=MIB, expect="100-continue")
        # It has the part's slot now, so that the other one is the newer for the server too.
        assert slow.read_head()[0] == 100
        slow.send(b"n" * 1000)
        newer = upload.put(1)
        assert (newer.status, newer.json()["status"]) == (200, "stored")
        reply = slow.read_reply()
        assert (reply.status, reply.error) == (409, "superseded"), reply
    upload.abort()


def test_one_connection_serves_many_parts(api, upload):
    with api.raw() as connection:
        for number in upload.numbers:
            connection.send_head("PUT", upload.url(number), content_length=4 * KIB)
            connection.send(upload.part(number))
            assert connection.read_reply().status == 200
    assert upload.chunks()["missing"] == []


# Ranges


def test_received_and_missing_are_ranges(api):
    upload = Upload(api, b"r" * (12 * 4 * KIB))
    assert upload.chunks()["received"] == [] and upload.chunks()["missing"] == [[1, 12]]
    for number in (6, 1, 2, 4, 3):
        upload.put(number)
    answer = upload.chunks()
    assert answer["received"] == [[1, 4], [6, 6]] and answer["missing"] == [[5, 5], [7, 12]]
    assert [part["part_number"] for part in answer["parts"]] == [1, 2, 3, 4, 6]
    assert (answer["upload_id"], answer["state"], answer["chunk_size"], answer["total_parts"], answer["file_size"]) == \
        (upload.id, "open", 4 * KIB, 12, 48 * KIB)
    assert answer["parts"][0] == {"part_number": 1, "size": 4 * KIB, "sha256": upload.digest(1), "status": "stored",
                                  "expected": upload.digest(1), "actual": upload.digest(1),
                                  "crc64nvme": digests.crc64nvme(upload.part(1)), "storage_node": "local"}
    upload.abort()
