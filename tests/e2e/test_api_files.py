"""Files: downloads, ranges, conditions, headers, names, deletion, pages."""

from email.utils import parsedate_to_datetime

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


def test_head_is_get_without_the_bytes(file):
    head, get = file.client.head(f"/files/{file.id}"), file.download()
    assert (head.status, head.body) == (200, b"")
    changing = {"date", "x-request-id", "connection"}
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


@pytest.mark.parametrize("spec", ["25100-", "25100-25200", "999999-", "-0"])
def test_a_range_beyond_the_end_cannot_be_satisfied(file, spec):
    reply = file.download(Range=f"bytes={spec}")
    assert (reply.status, reply.error) == (416, "range_not_satisfiable"), reply
    assert reply.headers["Content-Range"] == f"bytes */{len(DATA)}"


@pytest.mark.parametrize("value", ["bytes=5-2", "bytes=", "bytes=x-y", "lines=1-2", "bytes 1-2", "bytes=0-0,5-6",
                                   "bytes=99999999999999999999-"])
def test_a_range_that_is_none_is_passed_over(file, value):
    reply = file.download(Range=value)
    # RFC 9110 lets a server take an invalid or multiple range as no range; beyond any file is not satisfiable either way.
    assert (reply.status == 200 and reply.body == DATA) or reply.status == 416, reply


def test_several_ranges_are_answered_with_the_whole(file):
    reply = file.download(Range="bytes=0-1,5-6")
    assert (reply.status, reply.body) == (200, DATA)


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
