"""Uploads whose parts go to the store by presigned URLs, past slipwayd: with a plain HTTP client, and with `slipway put`."""

import base64
import random
import signal
import socket
from urllib.parse import urlsplit

import pytest

from gateway import completed, wait_for
from harness.cli import Cli
from harness.digests import sha256
from harness.faulty_proxy import FaultyProxy, Garble
from harness.http import Client, Reply
from harness.uploads import MIB, Upload

PART = 5 * MIB
DATA = random.Random(100).randbytes(3 * PART + 77)


class DirectUpload(Upload):
    """Sends each part where the server says."""

    def __init__(self, client: Client, data: bytes = DATA, chunk_size: int = PART, **members):
        super().__init__(client, data, chunk_size, direct=True, **members)
        assert self.init.json()["direct"] and self.urls == {}

    def asked(self, number: int, data: bytes | None = None) -> dict:
        digest = sha256(self.part(number) if data is None else data)
        reply = self.client.get(f"/upload/{self.id}/part?part_number={number}&sha256={digest}")
        assert reply.status == 200, reply
        return reply.json()

    def put(self, number: int, data: bytes | None = None) -> Reply:
        return send(self.asked(number, data), self.part(number) if data is None else data)


def send(to: dict, data: bytes, **changed: str | None) -> Reply:
    """A PUT with the fields that were told, but for those that are changed or left out."""
    url = urlsplit(to["url"])
    fields = to["headers"] | {name.replace("_", "-"): value for name, value in changed.items()}
    fields = {name: value for name, value in fields.items() if value is not None and name != "Content-Length"}
    return Client(url.hostname, url.port, key=None).put(to["url"], data, headers=fields)


@pytest.fixture
def gateway(store, start_gateway):
    if store.lacks("direct parts"):
        pytest.skip("test_a_store_that_does_not_check_parts_is_refused says what becomes of it here")
    return lambda *args: start_gateway(store, *args)


@pytest.fixture
def cli_of(tmp_path):
    return lambda server, url=None: Cli(tmp_path, url or server.daemon.url, server.daemon.key)


def counted(gateway, what: str) -> float:
    return gateway.daemon.metrics()[f"slipway_{what}_total"]


def test_the_bytes_never_pass_the_server(gateway):
    gateway = gateway()
    upload = DirectUpload(gateway.client, file_name="direct.bin")
    assert upload.status()["received_parts"] == 0
    for number in (4, 2, 3):
        assert upload.put(number).status == 200
    status = upload.status()
    assert (status["direct"], status["received_parts"], status["received_bytes"]) == (True, 3, 2 * PART + 77)
    assert upload.chunks()["missing"] == [[1, 1]] and gateway.keys() == []
    assert upload.stored() == {number: upload.digest(number) for number in (2, 3, 4)}
    reply = upload.complete()
    assert reply.status == 409 and reply.error == "parts_mismatch", reply
    assert [(row["part_number"], row["state"]) for row in reply.json()["parts"]] == [(1, "missing")]
    assert upload.put(1).status == 200
    made = completed(upload)
    assert made["size"] == len(DATA) and made["chain"] == upload.chain and "crc64nvme" not in made
    assert upload.download().body == DATA
    assert upload.download(Range="bytes=5242879-5242881").body == DATA[5242879:5242882]
    assert completed(upload) == made, "the answer is replayed"
    assert gateway.keys() == [f"files/{upload.id}"] and gateway.multipart() == []
    assert counted(gateway, "part_bytes_stored") == 0
    assert counted(gateway, "direct_urls") == 4 and counted(gateway, "direct_uploads_completed") == 1
    parts = gateway.client.get(f"/files/{upload.id}/parts").json()["parts"]
    assert [part["sha256"] for part in parts] == [upload.digest(number) for number in upload.numbers]
    log = gateway.daemon.log_path.read_text()
    assert "X-Amz-Signature" not in log and "X-Amz-Credential" not in log


def half_sent(to: dict, data: bytes) -> None:
    """A connection that ends with half of the body; returns when the store has seen it end."""
    url = urlsplit(to["url"])
    head = "".join(f"{name}: {value}\r\n" for name, value in ({"Host": url.netloc} | to["headers"]).items())
    with socket.create_connection((url.hostname, url.port), timeout=60) as connection:
        connection.sendall(f"PUT {url.path}?{url.query} HTTP/1.1\r\n{head}\r\n".encode() + data[:len(data) // 2])
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


def test_the_store_takes_the_bytes_that_were_announced_and_no_others(gateway):
    gateway = gateway()
    upload = DirectUpload(gateway.client)
    to = upload.asked(1)
    assert to["headers"]["Content-Length"] == str(PART)
    assert to["headers"]["x-amz-checksum-sha256"] == base64.b64encode(bytes.fromhex(upload.digest(1))).decode()
    other = bytes([DATA[0] ^ 1]) + upload.part(1)[1:]
    theirs = base64.b64encode(bytes.fromhex(sha256(other))).decode()
    for refused in (send(to, other), send(to, other, x_amz_checksum_sha256=theirs), send(to, other, x_amz_checksum_sha256=None),
                    send(to, upload.part(1) + b"more"), send(to, upload.part(1)[:-1])):
        assert 400 <= refused.status < 500, refused
    half_sent(to, upload.part(1))
    assert upload.stored() == {}
    assert send(to, upload.part(1)).status == 200
    assert upload.stored() == {1: upload.digest(1)}


def test_urls_say_which_part_and_what_it_will_be(gateway):
    gateway = gateway()
    upload = DirectUpload(gateway.client)
    for query, field in (("part_number=1", "sha256"), ("part_number=1&sha256=ab", "sha256"),
                         (f"part_number=5&sha256={upload.digest(1)}", "part_number"),
                         (f"sha256={upload.digest(1)}", "part_number")):
        reply = gateway.client.get(f"/upload/{upload.id}/part?{query}")
        assert (reply.status, reply.error, reply.json().get("field")) == (400, "invalid_request", field), query
    through = Upload(gateway.client, DATA, PART)
    reply = gateway.client.get(f"/upload/{through.id}/part?part_number=1&sha256={upload.digest(1)}")
    assert (reply.status, reply.json()["field"]) == (400, "sha256")
    reply = gateway.client.post(f"/upload/{upload.id}/revoke-urls")
    assert (reply.status, reply.error) == (400, "direct_unsupported")


def test_a_url_that_has_expired_is_refused(gateway):
    gateway = gateway("--uploads.url_lifetime", "1s")
    upload = DirectUpload(gateway.client)
    to = upload.asked(1)
    # 400 is Garage's.
    wait_for(lambda: send(to, upload.part(1)).status in (400, 403))
    gateway.daemon.terminate()
    gateway.daemon.args = [arg for arg in gateway.daemon.args if arg not in ("--uploads.url_lifetime", "1s")]
    gateway.daemon.start()
    upload.put_all()
    completed(upload)
    assert upload.download().body == DATA


def test_the_last_of_two_parts_counts_and_complete_can_say_which_it_has_to_be(gateway):
    gateway = gateway()
    upload = DirectUpload(gateway.client).put_all()
    stated = {"parts": [{"part_number": number, "sha256": upload.digest(number)} for number in upload.numbers]}
    other = bytes([DATA[0] ^ 1]) + upload.part(1)[1:]
    first, second = upload.asked(1), upload.asked(1, other)
    assert send(second, other).status == 200
    reply = upload.complete(stated)
    assert reply.status == 409, reply
    assert reply.json()["parts"] == [{"part_number": 1, "expected": upload.digest(1), "actual": sha256(other), "state": "mismatch"}]
    assert send(first, upload.part(1)).status == 200
    completed(upload, stated)
    assert send(second, other).status >= 400, "it is over"
    assert upload.download().body == DATA


def test_an_aborted_one_takes_no_parts(gateway):
    gateway = gateway()
    upload = DirectUpload(gateway.client)
    to = upload.asked(2)
    assert upload.put(1).status == 200
    assert upload.abort().status == 204
    assert send(to, upload.part(2)).status >= 400
    assert gateway.keys() == [] and gateway.multipart() == []
    assert gateway.client.get(f"/upload/{upload.id}/part?part_number=1&sha256={upload.digest(1)}").status == 410


def test_the_server_is_killed_on_the_way(gateway):
    gateway = gateway("--uploads.complete_wait", "0s")
    upload = DirectUpload(gateway.client)
    to = upload.asked(2)
    assert upload.put(1).status == 200
    gateway.daemon.kill()
    assert send(to, upload.part(2)).status == 200, "the store is there"
    gateway.daemon.start()
    assert upload.stored() == {number: upload.digest(number) for number in (1, 2)}
    for number in (3, 4):
        assert upload.put(number).status == 200
    assert upload.complete().status in (200, 202)
    gateway.daemon.kill()
    gateway.daemon.start()
    completed(upload)
    assert upload.download().body == DATA and gateway.keys() == [f"files/{upload.id}"]


def test_init_says_why_an_upload_cannot_be_direct(gateway):
    client = gateway().client
    asked = {"file_name": "a", "file_size": len(DATA), "chunk_size": PART, "total_parts": 4, "direct": True}
    for members, word in (({"sha256": sha256(DATA)}, "digest of the whole"), ({"checksum": "md5"}, "SHA-256"),
                          ({"complete_when_full": True}, "Complete"), ({"file_size": None}, "file_size"),
                          ({"file_size": None, "total_parts": None, "part_sizes": "free"}, "free sizes"),
                          ({"chunk_size": MIB, "total_parts": 16}, "5242880"),
                          ({"file_size": 0, "total_parts": 0}, "empty")):
        reply = client.post("/upload/init", {name: value for name, value in (asked | members).items() if value is not None})
        assert (reply.status, reply.error) == (400, "direct_unsupported"), (members, reply)
        assert word in reply.json()["detail"], reply
    small = DirectUpload(client, b"one small part", 8 * MIB).put_all()
    completed(small)
    assert small.download().body == b"one small part"


def test_a_store_that_does_not_check_parts_is_refused(store, start_gateway):
    gateway = start_gateway(store)
    reply = gateway.client.post("/upload/init", {"file_name": "a", "file_size": 10, "chunk_size": PART, "total_parts": 1,
                                                 "direct": True})
    if store.lacks("direct parts"):
        assert (reply.status, reply.error) == (400, "direct_unsupported") and "SHA-256" in reply.json()["detail"], reply
        assert gateway.multipart() == []
    else:
        assert reply.status == 200, reply


def write(cli: Cli, data: bytes):
    path = cli.directory / "source.bin"
    path.write_bytes(data)
    return path


def test_put_sends_past_the_server(gateway, cli_of):
    gateway = gateway()
    cli = cli_of(gateway)
    done = cli.put(write(cli, DATA), "--direct", "--chunk-size", PART)
    assert gateway.client.get(f"/files/{done['file_id']}").body == DATA
    assert counted(gateway, "part_bytes_stored") == 0 and counted(gateway, "direct_uploads_completed") == 1
    (cli.directory / "empty").touch()
    assert cli.put(cli.directory / "empty", "--direct")["size"] == 0
    assert cli.run("put", "-", "--direct", input=b"x").code == 2


def test_put_goes_on_after_it_was_killed(gateway, cli_of):
    gateway = gateway()
    cli = cli_of(gateway)
    data = DATA + random.Random(101).randbytes(5 * PART)
    path = write(cli, data)
    cli.put_until(2, signal.SIGKILL, path, "--direct", "--chunk-size", PART)
    gateway.daemon.kill()
    gateway.daemon.start()
    before = counted(gateway, "direct_urls")
    # It goes on as it began, also where that is not asked for again.
    again = cli.ok("put", path)
    there = again.one("resumed")["done_parts"]
    assert there >= 2 and len(again.all("part")) == 9 - there, "what the store had is not sent again"
    assert counted(gateway, "direct_urls") - before == 9 - there and counted(gateway, "part_bytes_stored") == 0
    assert gateway.client.get(f"/files/{again.one('completed')['file_id']}").body == data


def test_put_says_which_store_it_cannot_reach(store, gateway, cli_of):
    gateway = gateway()
    url = urlsplit(gateway.daemon.url)
    # Nobody listens there. An address of the same length, because the proxy tells that of the answer.
    away = urlsplit(store.url).netloc.replace("127.0.0.1", "127.0.0.9")
    with FaultyProxy(url.hostname, url.port) as proxy:
        proxy.add(Garble(r"GET /upload/\w+/part\?", times=1000,
                         answer=lambda data: data.replace(urlsplit(store.url).netloc.encode(), away.encode())))
        cli = cli_of(gateway, proxy.url)
        refused = cli.run("put", write(cli, DATA), "--direct", "--chunk-size", PART, "--max-wait", "1s")
    assert refused.code == 7, refused
    assert f"the store at {away} cannot be reached from here" in refused.err + refused.out.decode(), refused
    assert "X-Amz" not in refused.err + refused.out.decode()


def test_put_sends_again_what_was_overwritten_before_complete(gateway, cli_of):
    gateway = gateway()
    url = urlsplit(gateway.daemon.url)
    other = bytes([DATA[0] ^ 1]) + DATA[1:PART]

    def overwrite(body: bytes) -> bytes:
        upload = gateway.client.get("/uploads").json()["uploads"][0]["upload_id"]
        to = gateway.client.get(f"/upload/{upload}/part?part_number=1&sha256={sha256(other)}").json()
        assert send(to, other).status == 200
        return body

    with FaultyProxy(url.hostname, url.port) as proxy:
        proxy.add(Garble(r"POST /upload/\w+/complete", request=overwrite))
        cli = cli_of(gateway, proxy.url)
        done = cli.put(write(cli, DATA), "--direct", "--chunk-size", PART)
    assert gateway.client.get(f"/files/{done['file_id']}").body == DATA
    assert counted(gateway, "direct_urls") == 6, "four parts, the other one, and the first again"

