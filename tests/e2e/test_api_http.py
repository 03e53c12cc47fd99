"""What every call has in common: keys, routes, methods, problem documents, health, and HTTP itself."""

import re
import time

import pytest

from harness.http import Client
from harness.uploads import Upload

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
        assert re.fullmatch(r'# (HELP|TYPE) .+|[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? [-+0-9.eEIinfNa]+', line), line


@pytest.mark.parametrize("method, target, allowed", [
    ("PUT", "/upload/init", {"POST"}), ("PUT", f"/upload/{ID}", {"GET", "DELETE"}),
    ("GET", f"/upload/{ID}/complete", {"POST"}), ("POST", f"/upload/{ID}/part?part_number=1", {"GET"}),
    ("GET", f"/upload/{ID}/part/1", {"PUT"}), ("POST", "/uploads", {"GET"}), ("PUT", "/files", {"GET", "POST"}),
    ("GET", "/upload/init", {"POST"}), ("DELETE", "/upload/chunks", {"GET"}),
    ("POST", f"/files/{ID}", {"GET", "DELETE"}), ("DELETE", f"/files/{ID}/parts", {"GET"}), ("POST", "/livez", {"GET"}),
])
def test_a_foreign_method_is_refused_and_told_which_are_not(api, method, target, allowed):
    reply = api.request(method, target)
    assert (reply.status, reply.error) == (405, "method_not_allowed"), reply
    told = {name.strip() for name in reply.headers["Allow"].split(",")}
    assert allowed == told - {"HEAD"}


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


# HTTP itself; its framing is in test_http_framing.py


def test_pipelined_requests_are_answered_in_order(api):
    with api.raw() as connection:
        connection.send(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
                        b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert [connection.read_reply().status for _ in range(3)] in ([200, 404, 200], [200, 401, 200])


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
