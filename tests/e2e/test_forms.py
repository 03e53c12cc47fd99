"""multipart/form-data uploads: temporary files, claims, signed forms, refusals."""

import concurrent.futures
import hashlib
import os
import socket
import time
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from harness import digests
from harness.cli import Cli
from harness.forms import BOUNDARY, FORM, claim, curl_form, field, file, form, post_form
from harness.uploads import KIB, MIB

UNKNOWN = "0" * 32


def blobs(server, area: str) -> list:
    return sorted((server.data_dir / "blobs" / area).glob("*/*"))


def nothing_left(server) -> bool:
    """No file, and no byte of one, but for the trash."""
    return not blobs(server, "staging") and not blobs(server, "files") and not server.client.get("/files").json()["files"]


def eventually(look, seconds: float = 30.0):
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
    return found


def content(client, answer) -> bytes:
    reply = client.get(answer["url"])
    assert reply.status == 200, reply
    return reply.body


def test_one_file_with_curl(server, tmp_path):
    data = os.urandom(5 * MIB + 1)
    (tmp_path / "photo.raw").write_bytes(data)
    reply = curl_form(server, tmp_path, "-F", "upload=@photo.raw;type=image/x-raw", "-F", "album=2026")
    assert reply.status == 200, reply
    answer = reply.json()
    assert answer["files"] == [{name: value for name, value in answer.items() if name != "files"}]
    assert (answer["file_name"], answer["content_type"], answer["size"]) == ("photo.raw", "image/x-raw", len(data))
    assert answer["sha256"] == hashlib.sha256(data).hexdigest()
    assert answer["crc64nvme"] == digests.crc64nvme(data)
    assert answer["metadata"] == {"album": "2026"} and "md5" not in answer
    life = datetime.fromisoformat(answer["expires_at"].replace("Z", "+00:00")) - datetime.now().astimezone()
    assert timedelta(hours=23, minutes=59) < life <= timedelta(hours=24)
    got = server.client.get(answer["url"])
    assert (got.status, got.body) == (200, data)
    assert got.headers["Slipway-Expires-At"] == answer["expires_at"]
    assert got.headers["Repr-Digest"].startswith("sha-256=:")
    assert server.client.get("/files").json()["files"][0]["expires_at"] == answer["expires_at"]
    assert server.client.get(answer["url"] + "/parts").json()["parts"][0]["sha256"] == answer["sha256"]


def test_several_files_and_chunked_transfer(server, tmp_path):
    contents = {"one": os.urandom(300 * KIB), "two": b"", "three": os.urandom(3 * MIB)}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    files = [argument for name in contents for argument in ("-F", f"upload=@{name}")]
    for more in ([], ["-H", "Transfer-Encoding: chunked"]):
        answer = curl_form(server, tmp_path, *files, *more).json()
        assert "temp_file_id" not in answer
        assert [item["file_name"] for item in answer["files"]] == list(contents)
        assert [content(server.client, item) for item in answer["files"]] == list(contents.values())


NAMES = ["plain.txt", 'quo"te.txt', "back\\slash", "semi;colon=1", "percent%2F..%2Fx", "naïve café", "日本語.txt", "😀.png", "..",
         "'", "a,b", " spaces ", "x" * 255, "é" * 127, "-rf", "$(id)", "C:\\x"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_kept_as_curl_sends_it(shared_server, tmp_path, name):
    (tmp_path / "data").write_bytes(b"name")
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    reply = curl_form(shared_server, tmp_path, "-F", f'upload=@data;filename="{quoted}"')
    assert reply.status == 200, reply
    expected = "x" if name == "C:\\x" else name
    assert reply.json()["file_name"] == expected
    disposition = shared_server.client.get(reply.json()["url"]).headers["Content-Disposition"]
    assert disposition.startswith("attachment") and disposition.isascii()
    shared_server.client.delete(reply.json()["url"])


@pytest.mark.parametrize("sent", ["a%0Ab", "a%0D%0Ab", "tab\there", "x" * 256, "é" * 128, "dir/", "\x7f"])
def test_a_name_that_no_file_may_have_is_refused(server, sent):
    reply = post_form(server.client, form(file("good", b"1"), file(sent, b"x")))
    assert (reply.status, reply.error) == (400, "invalid_form"), reply
    assert nothing_left(server)


def test_browsers_escapes_and_paths(server):
    for sent, name in (("say %22hi%22", 'say "hi"'), ("dir/sub/x.txt", "x.txt"), ("C:\\fakepath\\x.txt", "x.txt"), ("100%", "100%")):
        assert post_form(server.client, form(file(sent, b"x"))).json()["file_name"] == name


def test_digests_that_come_before_a_file_are_checked(server):
    data = os.urandom(100 * KIB)
    sha256, md5 = hashlib.sha256(data).hexdigest(), hashlib.md5(data).hexdigest()
    reply = post_form(server.client, form(field("sha256", sha256), field("md5", md5), file("a", data)))
    assert reply.status == 200 and reply.json()["md5"] == md5
    server.client.delete(reply.json()["url"])
    for name, wrong in (("sha256", "0" * 64), ("md5", "0" * 32)):
        reply = post_form(server.client, form(file("first", b"1"), field(name, wrong), file("a", data)))
        assert (reply.status, reply.error) == (422, "checksum_mismatch"), reply
        assert (reply.json()["algorithm"], reply.json()["expected"]) == (name, wrong)
        assert nothing_left(server)


BROKEN = {
    "no file": form(field("a", "1")),
    "cut short": form(file("a", b"x"))[:-6],
    "text": b"hello",
    "empty": b"",
    "field twice": form(field("a", "1"), field("a", "2"), file("a", b"x")),
    "upload is no file": form(field("upload", "x"), file("a", b"x")),
    "not utf-8": form(field("a", b"\xff"), file("a", b"x")),
    "too many parts": form(*[field(f"f{n}", "") for n in range(101)]),
    "a long field": form(field("a", "x" * (64 * KIB + 1)), file("a", b"x")),
    "much metadata": form(field("a", "x" * 8192), file("a", b"x")),
    "a long head": form(file("a", b"x", content_type="x" * 5000)),
    "digest behind the file": form(file("a", b"x"), field("sha256", "0" * 64)),
    "bare line feeds": form(file("a", b"x")).replace(b"\r\n", b"\n"),
    "coded content": form(file("a", b"x", content_type="a/b\r\nContent-Transfer-Encoding: base64")),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_form_is_refused_and_leaves_nothing(server, kind):
    for body in (BROKEN[kind], iter([BROKEN[kind]])):
        reply = post_form(server.client, body)
        assert (reply.status, reply.error) == (400, "invalid_form"), reply
        assert reply.json()["detail"]
    assert nothing_left(server)
    assert server.metrics()["slipway_buffers_in_use_bytes"] == 0


def test_what_is_no_form_is_refused_by_its_head(server):
    good = form(file("a", b"x"))
    for kind in ("text/plain", "multipart/mixed; boundary=a", "application/x-www-form-urlencoded"):
        assert post_form(server.client, good, headers={"Content-Type": kind}).error == "unsupported_media_type"
    assert post_form(server.client, good, headers={"Content-Encoding": "gzip"}).error == "unsupported_media_type"
    for boundary in ("", "; boundary=", "; boundary=" + "b" * 71, '; boundary="a\\"b"'):
        reply = post_form(server.client, good, headers={"Content-Type": "multipart/form-data" + boundary})
        assert reply.error == "invalid_form", reply
    assert post_form(server.client, good, auth=False).error == "unauthorised"
    assert nothing_left(server)


def expect_continue(server, length: int, target: str = "/upload", key: str | None = None):
    """The first answer to a head that asks before it sends its body."""
    with server.client.raw() as connection:
        connection.send_head("POST", target, Content_Type=FORM, Content_Length=length, Expect="100-continue",
                             Authorization=f"Bearer {key or server.key}")
        status, headers = connection.read_head()
        if status != 100:
            connection.reader.read(int(headers["Content-Length"]))
            assert connection.at_end()
        return status


def test_a_refusal_comes_before_the_body(start_server):
    server = start_server(["--limits.max_form_file", "1MiB"])
    assert expect_continue(server, 1000) == 100
    assert expect_continue(server, 4 * MIB) == 413
    assert expect_continue(server, 1000, key="wrong") == 401
    assert expect_continue(server, 1000, target="/upload?v=1") == 403


def test_the_limit_of_a_form(start_server):
    server = start_server(["--limits.max_form_file", "100KiB"])
    half = bytes(50 * KIB)
    assert post_form(server.client, form(file("a", half), file("b", half))).status == 200
    for body in (form(file("a", half), file("b", half + b"x")), form(file("a", half + half + b"x"))):
        for sent in (body, iter([body])):
            reply = post_form(server.client, sent)
            assert (reply.status, reply.error) == (413, "body_too_large"), reply
    assert len(server.client.get("/files").json()["files"]) == 2 and not blobs(server, "staging")


def test_a_claimed_file_stays(server):
    answer = post_form(server.client, form(field("a", "1"), file("sent.txt", b"data"))).json()
    reply = claim(server.client, answer["temp_file_id"], file_name="kept.txt", metadata={"b": "2"})
    assert reply.status == 200, reply
    kept = reply.json()
    assert (kept["file_id"], kept["name"], kept["metadata"]) == (answer["temp_file_id"], "kept.txt", {"b": "2"})
    assert kept["content_type"] == "text/plain" and "expires_at" not in kept
    again = claim(server.client, answer["temp_file_id"], file_name="kept.txt", metadata={"b": "2"})
    assert (again.status, again.json()) == (200, kept)
    other = claim(server.client, answer["temp_file_id"], file_name="other.txt")
    assert (other.status, other.error) == (409, "file_claimed")
    got = server.client.get(kept["url"])
    assert got.body == b"data" and "Slipway-Expires-At" not in got.headers
    server.kill()
    server.start()
    assert claim(server.client, answer["temp_file_id"], file_name="kept.txt", metadata={"b": "2"}).json() == kept


def test_slipway_ls_tells_which_files_will_go(server, tmp_path):
    cli = Cli(tmp_path, server.url, server.key)
    answer = post_form(server.client, form(file("a.txt", b"1"))).json()
    assert cli.ok("ls").out.decode().endswith(f"  a.txt  (until {answer['expires_at']})\n")
    claim(server.client, answer["temp_file_id"])
    assert cli.ok("ls").out.decode().endswith("  a.txt\n")


def test_what_cannot_be_claimed(api):
    assert claim(api, UNKNOWN).error == "file_not_found"
    for no_id in ("x", "", "0" * 31, "0" * 33, "A" * 32):
        assert claim(api, no_id).json()["field"] == "temp_file_id"
    for members in ({"file_name": ""}, {"file_name": "a\nb"}, {"content_type": "é"}, {"metadata": {"a": 1}}, {"extra": 1},
                    {"metadata": {"a": "x" * 8192}}):
        assert claim(api, UNKNOWN, **members).error == "invalid_request", members
    assert api.post("/files", b"{}").error == "invalid_request"
    assert api.post("/files", b"no json").error == "invalid_json"


def test_what_nobody_claims_is_gone(start_server):
    server = start_server(["--uploads.temporary_ttl", "4s", "--uploads.sweep_interval", "100ms", "--storage.trash_keep", "0s"])
    kept, lost = (post_form(server.client, form(file(name, b"x" * KIB))).json() for name in ("kept", "lost"))
    assert claim(server.client, kept["temp_file_id"]).status == 200
    assert content(server.client, lost)
    eventually(lambda: server.client.get(lost["url"]).status in (404, 410))
    assert claim(server.client, lost["temp_file_id"]).error in ("file_expired", "file_not_found")
    eventually(lambda: server.client.get(lost["url"]).error == "file_not_found")
    eventually(lambda: len(blobs(server, "files")) == 1)
    assert content(server.client, kept) == b"x" * KIB
    eventually(lambda: server.metrics()["slipway_temporary_files_expired_total"] == 1)


def test_an_expired_file_is_told_before_it_is_swept(start_server):
    server = start_server(["--uploads.temporary_ttl", "1s", "--uploads.sweep_interval", "1h"])
    answer = post_form(server.client, form(file("a", b"x"))).json()
    eventually(lambda: server.client.get(answer["url"]).status == 410)
    assert server.client.get(answer["url"]).error == "file_expired"
    assert server.client.get(answer["url"] + "/parts").error == "file_expired"
    assert claim(server.client, answer["temp_file_id"]).error == "file_expired"
    assert server.client.get("/files").json()["files"] == []
    assert server.client.delete(answer["url"]).status == 204


def test_claims_race_with_the_end(start_server, rng):
    """Whoever was answered 200 has the file; nobody else finds it."""
    server = start_server(["--uploads.temporary_ttl", "4s", "--uploads.sweep_interval", "100ms"])

    def send_and_race(number: int, before: float):
        answer = post_form(server.client, form(file(str(number), b"%d" % number))).json()
        end = datetime.fromisoformat(answer["expires_at"].replace("Z", "+00:00")).timestamp()
        time.sleep(max(0.0, end - before - time.time()))
        return answer, claim(server.client, answer["temp_file_id"]).status

    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        raced = list(pool.map(send_and_race, range(40), [3.0, *[rng.uniform(-0.1, 1.0) for _ in range(39)]]))
    sent, statuses = zip(*raced)
    assert set(statuses) <= {200, 404, 410} and 200 in statuses
    time.sleep(1)
    for number, (status, answer) in enumerate(zip(statuses, sent)):
        if status == 200:
            assert content(server.client, answer) == b"%d" % number
        else:
            eventually(lambda: server.client.get(answer["url"]).status == 404)


# Signed forms


def form_url(server, **members) -> dict:
    reply = server.client.post("/upload/form-url", members)
    assert reply.status == 200, reply
    return reply.json()


def test_a_signed_form_needs_no_key_and_works_once(server, tmp_path):
    url = form_url(server, max_size=100, expires_in=60)
    assert (url["method"], url["max_size"]) == ("POST", 100)
    (tmp_path / "a.txt").write_bytes(b"content")
    reply = curl_form(server, tmp_path, "-F", "upload=@a.txt", target=url["url"], auth=False)
    assert reply.status == 200, reply
    assert reply.json()["temp_file_id"] == url["temp_file_id"]
    assert content(server.client, reply.json()) == b"content"
    again = post_form(server.client, form(file("b", b"other")), target=url["url"], auth=False)
    assert (again.status, again.error) == (409, "url_used")
    assert claim(server.client, url["temp_file_id"]).status == 200
    assert post_form(server.client, form(file("b", b"other")), target=url["url"], auth=False).error == "url_used"
    assert content(server.client, reply.json()) == b"content"


def test_a_signed_form_that_failed_may_be_sent_again(server):
    url = form_url(server, max_size=100)["url"]
    assert post_form(server.client, form(file("a", bytes(101))), target=url, auth=False).error == "body_too_large"
    assert post_form(server.client, form(file("a", b"x"))[:-8], target=url, auth=False).error == "invalid_form"
    assert post_form(server.client, form(file("a", bytes(100))), target=url, auth=False).status == 200


def test_a_signed_form_that_is_changed_or_late_is_refused(server):
    url = form_url(server, max_size=100, expires_in=1)["url"]
    body = form(file("a", b"x"))
    for changed in (url.replace("max=100", "max=101"), url.replace("owner=", "owner=x"), url.replace("&sig=", "&sig=A"),
                    url + "&x=1", url.replace("v=1", "v=2"), url.split("&sig")[0]):
        reply = post_form(server.client, body, target=changed, auth=True)
        assert (reply.status, reply.error) == (403, "invalid_signature"), changed
    time.sleep(1.1)
    assert post_form(server.client, body, target=url, auth=False).error == "url_expired"
    for members in ({"max_size": 0}, {"expires_in": 0}, {"expires_in": 3601}, {"max_size": 5 << 40}, {"x": 1}):
        assert server.client.post("/upload/form-url", members).error == "invalid_request", members


# Clients and servers that die


def two_files() -> tuple[bytes, int]:
    """A form, and how much of it has the first file whole and the second begun, however large the server's buffers."""
    body = form(file("first", os.urandom(MIB)), file("second", os.urandom(4 * MIB)))
    return body, 4 * MIB


def begin(server, length: int, sent: bytes) -> socket.socket:
    """A form on its way: its head, and as much of its body."""
    connection = socket.create_connection((server.host, server.port), 30)
    connection.sendall((f"POST /upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n"
                        f"Content-Type: {FORM}\r\nContent-Length: {length}\r\n\r\n").encode() + sent)
    return connection


def test_a_client_that_dies_leaves_nothing(server):
    body, within_second = two_files()
    for cut in (100, 3 * MIB // 2, within_second, len(body) - 1):
        connection = begin(server, len(body), body[:cut])
        if cut > 200:
            eventually(lambda: blobs(server, "staging") or blobs(server, "files"))
        connection.close()
        eventually(lambda: nothing_left(server))


def test_a_client_that_stalls_is_told(start_server):
    server = start_server(["--server.stall_timeout", "300ms"])
    body = form(file("a", os.urandom(MIB)))
    connection = begin(server, len(body), body[:MIB // 2])
    answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408 ") and b"request_timeout" in answer + connection.recv(4096)
    connection.close()
    assert nothing_left(server)


def test_kill_in_the_middle_leaves_nothing_after_the_upkeep(start_server):
    server = start_server(["--storage.orphan_age", "1s", "--storage.upkeep_interval", "200ms", "--storage.trash_keep", "0s"])
    body, cut = two_files()
    connection = begin(server, len(body), body[:cut])
    eventually(lambda: blobs(server, "staging") and blobs(server, "files"))
    server.kill()
    connection.close()
    server.start()
    assert server.client.get("/files").json()["files"] == []
    eventually(lambda: nothing_left(server) and not blobs(server, "trash"))


def test_what_is_being_received_is_no_orphan(start_server):
    server = start_server(["--storage.orphan_age", "1s", "--storage.upkeep_interval", "100ms"])
    body, cut = two_files()
    connection = begin(server, len(body), body[:cut])
    eventually(lambda: blobs(server, "staging") and blobs(server, "files"))
    time.sleep(2.5)
    connection.sendall(body[cut:])
    assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
    connection.close()
    assert server.metrics().get("slipway_orphans_trashed_total", 0) == 0


def test_an_answered_form_survives_a_kill(server, rng):
    kept = {}
    for _ in range(5):
        data = rng.randbytes(rng.randrange(200 * KIB))
        answer = post_form(server.client, form(file("a", data), file("b", data[:10]))).json()
        server.kill()
        for item, expected in zip(answer["files"], (data, data[:10])):
            kept[item["url"]] = expected
        server.start()
    for url, data in kept.items():
        assert server.client.get(url).body == data


def test_many_forms_at_once(server, rng):
    contents = [rng.randbytes(rng.randrange(300 * KIB)) for _ in range(60)]
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda data: post_form(server.client, form(file("a", data))).json(), contents))
    assert [content(server.client, answer) for answer in answers] == contents


def test_an_html_form_of_a_browser_has_this_shape(server):
    """What Chromium sends for a form with a text field, a chosen file and a file input without a choice."""
    body = (b"------WebKitFormBoundarym9Qx\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nHoliday\r\n"
            b"------WebKitFormBoundarym9Qx\r\nContent-Disposition: form-data; name=\"upload\"; filename=\"caf\xc3\xa9.png\"\r\n"
            b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\r\n"
            b"------WebKitFormBoundarym9Qx\r\nContent-Disposition: form-data; name=\"more\"; filename=\"\"\r\n"
            b"Content-Type: application/octet-stream\r\n\r\n\r\n------WebKitFormBoundarym9Qx--\r\n")
    reply = server.client.post(urlsplit(form_url(server)["url"])._replace(scheme="", netloc="").geturl(), body, auth=False,
                               headers={"Content-Type": "multipart/form-data; boundary=----WebKitFormBoundarym9Qx"})
    assert reply.status == 200, reply
    assert (reply.json()["file_name"], reply.json()["metadata"]) == ("café.png", {"title": "Holiday"})
    assert content(server.client, reply.json()) == b"\x89PNG\r\n\x1a\n"
    assert len(BOUNDARY) <= 70


def test_a_form_keeps_to_the_quota_as_a_whole(start_server):
    server = start_server(["--quota.files", "2"])
    refused = post_form(server.client, form(*(file(f"{n}.txt", b"x") for n in range(3))))
    assert (refused.status, refused.error) == (403, "quota_exceeded"), refused
    assert {name: refused.json()[name] for name in ("quota", "limit", "used")} == {"quota": "files", "limit": 2, "used": 0}
    assert nothing_left(server)
    assert post_form(server.client, form(file("1.txt", b"x"), file("2.txt", b"yz"))).status == 200
    assert server.client.get("/usage").json()["usage"] == {"bytes": 3, "files": 2, "open_uploads": 0}
    assert post_form(server.client, form(file("3.txt", b"x"))).error == "quota_exceeded"
