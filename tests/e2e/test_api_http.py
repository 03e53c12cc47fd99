"""What every call has in common: keys, routes, methods, problem documents, health, and HTTP itself."""

import re
import time

import pytest

from harness.http import Client
from harness.uploads import KIB, Upload

ID = "0" * 32
# Every route that needs a key, with a method it serves.
ROUTES = [("POST", "/upload/init"), ("GET", f"/upload/{ID}/part?part_number=1"), ("GET", f"/upload/chunks?upload_id={ID}"),
          ("GET", f"/upload/{ID}"), ("HEAD", f"/upload/{ID}"), ("POST", f"/upload/{ID}/complete"),
          ("DELETE", f"/upload/{ID}"), ("GET", "/uploads"), ("GET", "/files"), ("GET", f"/files/{ID}"),
          ("HEAD", f"/files/{ID}"), ("DELETE", f"/files/{ID}"), ("GET", f"/files/{ID}/parts")]


@pytest.mark.parametrize("method, target", ROUTES)
@pytest.mark.parametrize("value", [None, "Bearer wrong", "Bearer ", "Basic {key}", "{key}", "Bearer {key}x", "bearer"])
def test_no_one_in_without_a_key(shared_server, method, target, value):
    headers = {} if value is None else {"Authorization": value.format(key=shared_server.key)}
    reply = shared_server.client.request(method, target, {} if method == "POST" else None, headers=headers, auth=False)
    assert reply.status == 401, reply
    assert "WWW-Authenticate" in reply.headers
    if method != "HEAD":
        assert reply.error == "unauthorised"


def test_the_scheme_has_no_case(shared_server):
    headers = {"Authorization": f"bearer {shared_server.key}"}
    assert shared_server.client.get("/files", headers=headers).status == 200


@pytest.mark.parametrize("target", ["/livez", "/readyz"])
def test_health_needs_no_key(api, target):
    reply = api.get(target, auth=False)
    assert (reply.status, reply.json()) == (200, {"status": "ok"})


def test_metrics_are_prometheus_text(api, shared_server):
    reply = api.get("/metrics")
    assert reply.status == 200 and reply.headers.get_content_type() == "text/plain"
    assert "slipway_parts_already_stored_total" in shared_server.metrics()
    for line in reply.body.decode().splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) .+|[a-z_]+(\{[^}]*\})? [-+0-9.eEIinfNa]+", line), line


@pytest.mark.parametrize("method, target, allowed", [
    ("PUT", "/upload/init", {"POST"}), ("PUT", f"/upload/{ID}", {"GET", "DELETE"}),
    ("GET", f"/upload/{ID}/complete", {"POST"}), ("POST", f"/upload/{ID}/part?part_number=1", {"GET"}),
    ("GET", f"/upload/{ID}/part/1", {"PUT"}), ("POST", "/uploads", {"GET"}), ("PUT", "/files", {"GET"}),
    ("POST", f"/files/{ID}", {"GET", "DELETE"}), ("DELETE", f"/files/{ID}/parts", {"GET"}), ("POST", "/livez", {"GET"}),
])
def test_a_foreign_method_is_refused_and_told_which_are_not(api, method, target, allowed):
    reply = api.request(method, target)
    assert (reply.status, reply.error) == (405, "method_not_allowed"), reply
    told = {name.strip() for name in reply.headers["Allow"].split(",")}
    assert allowed <= told and method not in told


@pytest.mark.parametrize("target", ["/", "/upload", "/nowhere", "/files/x/y/z", f"/upload/{ID}/parts", "/UPLOADS",
                                    "/files//parts"])
def test_no_such_route(api, target):
    reply = api.get(target)
    assert reply.status in (404, 405) and reply.error in ("not_found", "file_not_found", "method_not_allowed"), reply


def test_a_problem_document_is_complete(api):
    reply = api.get(f"/files/{ID}")
    problem = reply.json()
    assert problem["type"] == "about:blank" and problem["status"] == 404 and problem["error"] == "file_not_found"
    assert problem["title"] and problem["detail"]
    assert problem["request_id"] == reply.headers["X-Request-Id"]


def test_every_answer_has_a_request_id_of_its_own(api):
    ids = [api.get("/livez").headers["X-Request-Id"] for _ in range(20)]
    assert len(set(ids)) == 20 and all(re.fullmatch("[0-9a-f]{16}", value) for value in ids)


# HTTP itself


def refused(api, text: bytes, statuses) -> None:
    """The bytes are answered with one of the statuses, and the connection is closed after it."""
    with api.raw() as connection:
        connection.send(text)
        reply = connection.read_reply()
        assert reply.status in statuses, reply
        assert connection.at_end()


@pytest.mark.parametrize("text", [
    pytest.param(b"nonsense\r\n\r\n", id="no request line"),
    pytest.param(b"GET /livez HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n", id="space in a name"),
    pytest.param(b"GET /livez HTTP/1.1\r\nHost: a\r\nName : x\r\n\r\n", id="space before the colon"),
    pytest.param(b"GET /livez HTTP/1.1\r\n\r\n", id="no host"),
    pytest.param(b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", id="two hosts"),
    pytest.param(b"POST /upload/init HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                 id="two lengths"),
    pytest.param(b"POST /upload/init HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                 b"0\r\n\r\n", id="length and chunked"),
    pytest.param(b"POST /upload/init HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", id="negative length"),
    pytest.param(b"POST /upload/init HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
                 id="length past 64 bits"),
    pytest.param(b"POST /upload/init HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
                 id="chunked is not last"),
    pytest.param(b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", id="broken escape"),
    pytest.param(b"GET /files/%00 HTTP/1.1\r\nHost: a\r\n\r\n", id="encoded NUL"),
    pytest.param(b"GET /files/../livez HTTP/1.1\r\nHost: a\r\n\r\n", id="dots in the path"),
])
def test_a_broken_request_is_refused_and_the_connection_closed(api, text):
    with api.raw() as connection:
        connection.send(text)
        reply = connection.read_reply()
        assert reply.status in (400, 401, 411, 413, 501), reply
        # A head that was understood may leave the connection open; a broken one may not.
        if not text.startswith(b"GET /files/") and not text.startswith(b"GET /%"):
            assert connection.at_end()


def test_a_huge_head_is_refused(api):
    refused(api, b"GET /livez HTTP/1.1\r\nHost: a\r\nX: " + b"x" * (100 * KIB), {431})


def test_a_request_hidden_in_a_refused_body_is_not_served(api):
    """Whoever is refused before the body must not have the body taken for a request."""
    hidden = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
    with api.raw() as connection:
        connection.send(b"PUT /upload/init HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(hidden) + hidden)
        assert connection.read_reply().status in (401, 405)
        connection.send(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
        try:
            assert connection.read_reply().status in (401, 404)
        except (EOFError, ConnectionError):
            pass  # closing after a refusal is as good


def test_pipelined_requests_are_answered_in_order(api):
    with api.raw() as connection:
        connection.send(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
                        b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert [connection.read_reply().status for _ in range(3)] in ([200, 404, 200], [200, 401, 200])


def test_connection_close_is_honoured(api):
    with api.raw() as connection:
        connection.send(b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert connection.read_reply().status == 200 and connection.at_end()


def test_http_1_0_is_answered_and_closed(api):
    with api.raw() as connection:
        connection.send(b"GET /livez HTTP/1.0\r\nHost: a\r\n\r\n")
        assert connection.read_reply().status == 200 and connection.at_end()


def test_a_request_may_arrive_byte_by_byte(api):
    with api.raw() as connection:
        for byte in b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n":
            connection.send(bytes([byte]))
            time.sleep(0.001)
        assert connection.read_reply().status == 200


def test_many_idle_connections_do_not_keep_others_out(api):
    idle = [api.raw() for _ in range(200)]
    try:
        assert api.get("/livez").status == 200
    finally:
        for connection in idle:
            connection.close()


def test_another_key_is_no_key(shared_server):
    stranger = Client(shared_server.host, shared_server.port, "another-key")
    upload = Upload(shared_server.client, b"mine")
    assert stranger.get(f"/upload/{upload.id}").status == 401
    upload.abort()
