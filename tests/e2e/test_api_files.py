"""Files: downloads, ranges, conditions, headers, names, deletion, pages."""

import email.parser
import email.policy
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import pytest

from harness import digests
from harness.uploads import KIB, Upload

DATA = bytes(range(251)) * 100  # 25100 bytes in seven parts
LAST = len(DATA) - 1


@pytest.fixture(scope="module")
def file(shared_server):
    upload = Upload(shared_server.client, DATA, file_name="plain.txt", content_type="text/html")
    upload.answer = upload.finished()
    yield upload
    upload.client.delete(f"/files/{upload.id}")


def test_the_whole_file(file):
    reply = file.download()
    assert (reply.status, reply.body) == (200, DATA)
    fields = reply.headers
    assert fields["Content-Length"] == str(len(DATA))
    assert fields["Content-Type"] == "text/html"
    assert fields["Accept-Ranges"] == "bytes"
    assert fields["ETag"] == file.answer["etag"]
    assert fields["Slipway-Chain"] == file.chain
    assert fields["x-checksum-crc64nvme"] == digests.base64_of(digests.crc64nvme(DATA))
    assert parsedate_to_datetime(fields["Last-Modified"]).year >= 2024
    assert "Repr-Digest" not in fields


def test_what_a_browser_must_not_do_with_it(file):
    fields = file.download().headers
    assert fields["X-Content-Type-Options"] == "nosniff"
    assert fields["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert fields["Content-Disposition"].startswith("attachment")
    assert fields["Cross-Origin-Resource-Policy"] == "same-site"
    assert fields["Cache-Control"] == "private, no-cache"


def test_head_is_get_without_the_bytes(file):
    head, get = file.client.head(f"/files/{file.id}"), file.download()
    assert (head.status, head.body) == (200, b"")
    changing = {"date", "x-request-id", "traceparent", "connection"}
    kept = [[(name.lower(), value) for name, value in reply.headers.items() if name.lower() not in changing]
            for reply in (head, get)]
    assert sorted(kept[0]) == sorted(kept[1])


@pytest.mark.parametrize("spec, first, last", [
    ("0-0", 0, 0), ("0-99", 0, 99), ("4090-8200", 4090, 8200), ("25099-", LAST, LAST), ("100-", 100, LAST),
    ("-1", LAST, LAST), ("-100", LAST - 99, LAST), ("-999999", 0, LAST), ("0-999999", 0, LAST), ("0-", 0, LAST),
])
def test_a_range(file, spec, first, last):
    reply = file.download(Range=f"bytes={spec}")
    assert (reply.status, reply.body) == (206, DATA[first:last + 1])
    assert reply.headers["Content-Range"] == f"bytes {first}-{last}/{len(DATA)}"
    assert reply.headers["Content-Length"] == str(last - first + 1)
    assert reply.headers["ETag"] == file.answer["etag"]


@pytest.mark.parametrize("spec", ["25100-", "25100-25200", "999999-", "-0", "99999999999999999999-", "25100-,-0"])
def test_a_range_beyond_the_end_cannot_be_satisfied(file, spec):
    reply = file.download(Range=f"bytes={spec}")
    assert (reply.status, reply.error) == (416, "range_not_satisfiable"), reply
    assert reply.headers["Content-Range"] == f"bytes */{len(DATA)}"


@pytest.mark.parametrize("value", ["bytes=5-2", "bytes=", "bytes=x-y", "lines=1-2", "bytes 1-2", "bytes=0-1;5-6",
                                   "bytes=0-0,x", "bytes=" + ",".join(f"{at}-{at}" for at in range(0, 34, 2))])
def test_a_range_that_is_none_is_passed_over(file, value):
    reply = file.download(Range=value)
    assert (reply.status, reply.body) == (200, DATA), reply


def byteranges(reply):
    """[(Content-Range, Content-Type, bytes)] of a multipart/byteranges answer, read by another parser than ours."""
    kind = reply.headers["Content-Type"]
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + reply.body)
    assert message.get_content_type() == "multipart/byteranges" and not message.defects
    return [(part["Content-Range"], part["Content-Type"], part.get_payload(decode=True)) for part in message.iter_parts()]


@pytest.mark.parametrize("specs, parts", [
    ("0-1,5-6", [(0, 1), (5, 6)]), ("-1,0-0", [(LAST, LAST), (0, 0)]), ("5000-12000,999999-,100-100", [(5000, 12000), (100, 100)]),
    ("0-9, 5-14 ,20-20", [(0, 14), (20, 20)]), (",".join(f"{at}-{at + 1}" for at in range(0, 64, 4)), None),
])
def test_several_ranges_are_answered_in_one_body(file, specs, parts):
    parts = parts or [(at, at + 1) for at in range(0, 64, 4)]
    reply = file.download(Range=f"bytes={specs}")
    assert reply.status == 206 and "Content-Range" not in reply.headers
    assert reply.headers["Content-Length"] == str(len(reply.body))
    assert byteranges(reply) == [(f"bytes {first}-{last}/{len(DATA)}", "text/html", DATA[first:last + 1])
                                 for first, last in parts]
    assert reply.headers["ETag"] == file.answer["etag"]


@pytest.mark.parametrize("specs, first, last", [("0-9,10-19", 0, 19), ("0-9,999999-", 0, 9), ("0-,0-,0-", 0, LAST)])
def test_several_ranges_that_are_one_are_answered_as_one(file, specs, first, last):
    reply = file.download(Range=f"bytes={specs}")
    assert (reply.status, reply.body) == (206, DATA[first:last + 1])
    assert reply.headers["Content-Range"] == f"bytes {first}-{last}/{len(DATA)}"


def test_a_range_is_for_get_alone(file):
    for spec in ("0-9", "999999-"):
        head = file.client.head(f"/files/{file.id}", headers={"Range": f"bytes={spec}"})
        assert (head.status, head.headers["Content-Length"]) == (200, str(len(DATA)))


def test_the_boundary_of_several_ranges_is_not_to_be_guessed(file):
    boundaries = {file.download(Range="bytes=0-0,2-2").headers["Content-Type"] for _ in range(3)}
    assert len(boundaries) == 3


def test_dates_as_conditions(file):
    date = file.download().headers["Last-Modified"]
    stamp = parsedate_to_datetime(date)
    before, after = (format_datetime(stamp + timedelta(seconds=by), usegmt=True) for by in (-1, 1))
    assert file.download(If_Modified_Since=date).status == 304
    assert file.download(If_Modified_Since=after).status == 304
    assert file.download(If_Modified_Since=stamp.strftime("%A, %d-%b-%y %H:%M:%S GMT")).status == 304
    assert file.download(If_Modified_Since=before).status == 200
    assert file.download(If_Unmodified_Since=date).status == 200
    assert file.download(If_Unmodified_Since=before).error == "precondition_failed"
    assert file.download(Range="bytes=0-9", If_Range=date).status == 206
    assert file.download(Range="bytes=0-9", If_Range=after).status == 200
    assert file.client.head(f"/files/{file.id}", headers={"If-Modified-Since": date}).status == 304


def test_if_range(file):
    etag = file.answer["etag"]
    assert file.download(Range="bytes=0-9", If_Range=etag).status == 206
    assert file.download(Range="bytes=0-9", If_Range='"other"').status == 200
    assert file.download(Range="bytes=0-9", If_Range=f"W/{etag}").status == 200
    assert file.download(Range="bytes=999999-", If_Range='"other"').status == 200


def test_if_none_match(file):
    etag = file.answer["etag"]
    for value in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        reply = file.download(If_None_Match=value)
        assert (reply.status, reply.body, reply.headers["ETag"]) == (304, b"", etag), value
    assert file.download(If_None_Match='"other"').status == 200


def test_if_match(file):
    etag = file.answer["etag"]
    for value in (etag, f'"other", {etag}', "*"):
        assert file.download(If_Match=value).status == 200, value
    for value in ('"other"', f"W/{etag}"):
        reply = file.download(If_Match=value)
        assert (reply.status, reply.error) == (412, "precondition_failed"), value


def test_the_parts_of_a_file_stay_on_record(file):
    answer = file.client.get(f"/files/{file.id}/parts").json()
    assert (answer["file_id"], answer["size"], answer["chunk_size"]) == (file.id, len(DATA), 4 * KIB)
    assert answer["chain"] == file.chain
    assert [part["sha256"] for part in answer["parts"]] == [file.digest(number) for number in file.numbers]
    assert [part["size"] for part in answer["parts"]] == [len(file.part(number)) for number in file.numbers]


def test_two_requests_on_one_connection(file, shared_server):
    with shared_server.client.raw() as connection:
        for spec, expected in (("0-9", DATA[:10]), ("-10", DATA[-10:])):
            connection.send_head("GET", f"/files/{file.id}", Range=f"bytes={spec}",
                                 Authorization=f"Bearer {shared_server.key}")
            assert connection.read_reply().body == expected


NAMES = ["plain", "two words.txt", 'quo"te\\.txt', "naïve café.txt", "日本語.txt", "😀", "..", ".", "../../etc/passwd",
         "/etc/passwd", "C:\\x\\y", "semi;colon=1.txt", "percent%2F..%2Fx", "a,b", "'", "x" * 255, "é" * 127, "-rf",
         "CON", " leading and trailing "]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_kept_as_it_is_and_harms_no_header(api, name):
    upload = Upload(api, b"name", file_name=name)
    assert upload.finished()["name"] == name
    reply = upload.download()
    assert reply.body == b"name"
    disposition = reply.headers["Content-Disposition"]
    assert disposition.startswith("attachment") and disposition.isascii() and "\n" not in disposition
    assert upload.status()["file_name"] == name
    assert api.delete(f"/files/{upload.id}").status == 204


def test_the_name_beyond_ascii_is_told_as_rfc_6266_has_it(api):
    upload = Upload(api, b"name", file_name="naïve.txt")
    upload.finished()
    assert "filename*=UTF-8''na%C3%AFve.txt" in upload.download().headers["Content-Disposition"]
    api.delete(f"/files/{upload.id}")


def test_a_deleted_file_is_gone(api):
    upload = Upload(api, b"gone")
    upload.finished()
    assert api.delete(f"/files/{upload.id}").status == 204
    for method, target in (("GET", ""), ("GET", "/parts"), ("DELETE", "")):
        reply = api.request(method, f"/files/{upload.id}{target}")
        assert (reply.status, reply.error) == (404, "file_not_found"), reply
    assert api.head(f"/files/{upload.id}").status == 404


@pytest.mark.parametrize("unknown", ["0" * 32, "not-an-id", "..%2f..", "A" * 32])
def test_an_unknown_file_is_not_found(api, unknown):
    reply = api.get(f"/files/{unknown}")
    assert reply.status in ((404, 400) if "%" in unknown else (404,)), reply


@pytest.fixture(scope="module")
def listed(shared_server):
    """Files and open uploads beside whatever else there is."""
    uploads = [Upload(shared_server.client, b"page", file_name=f"page {index}") for index in range(7)]
    for upload in uploads[:4]:
        upload.finished()
    yield {upload.id for upload in uploads[:4]}, {upload.id for upload in uploads[4:]}
    for upload in uploads:
        upload.abort()
        upload.client.delete(f"/files/{upload.id}")


def walk(api, collection, key, limit):
    """Every id of a paged list, and the number of pages."""
    ids, pages, after = [], 0, ""
    while after is not None:
        reply = api.get(f"/{collection}?limit={limit}" + (f"&after={after}" if after else ""))
        assert reply.status == 200, reply
        answer = reply.json()
        assert len(answer[collection]) <= limit
        ids += [item[key] for item in answer[collection]]
        pages, after = pages + 1, answer["next"]
    return ids, pages


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
def test_pages_show_everything_once(api, listed, limit):
    files, uploads = listed
    for collection, key, expected, others in (("files", "file_id", files, uploads),
                                              ("uploads", "upload_id", uploads, files)):
        ids, pages = walk(api, collection, key, limit)
        assert len(ids) == len(set(ids)) and expected <= set(ids) and not others & set(ids)
        assert pages >= -(-len(ids) // limit)


def test_what_a_list_says(api, listed):
    listing = api.get("/files").json()["files"]
    item = next(item for item in listing if item["file_id"] in listed[0])
    assert item["size"] == 4 and item["name"].startswith("page") and "content_type" in item
    listing = api.get("/uploads").json()["uploads"]
    item = next(item for item in listing if item["upload_id"] in listed[1])
    assert item["state"] == "open" and "received_parts" not in item and "file" not in item


@pytest.mark.parametrize("collection", ["files", "uploads"])
@pytest.mark.parametrize("query, field", [("limit=0", "limit"), ("limit=1001", "limit"), ("limit=x", "limit"),
                                          ("limit=-1", "limit"), ("after=x", "after")])
def test_a_bad_page_is_refused(api, collection, query, field):
    reply = api.get(f"/{collection}?{query}")
    assert (reply.status, reply.error) == (400, "invalid_request"), reply
    assert reply.json()["field"] == field
