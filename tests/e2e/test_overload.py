"""Time and number limits, set low: what is too slow, too late or too much is refused early, and says so."""

import os
import time

import pytest

from harness.daemon import SCALE, patience
from harness.http import origin_form
from harness.uploads import KIB, MIB, Upload


def test_a_url_expires(start_server):
    server = start_server(["--uploads.url_lifetime", "2s"])
    upload = Upload(server.client, b"late" * KIB)
    time.sleep(3.1)
    reply = upload.put(1)
    assert (reply.status, reply.error) == (403, "url_expired"), reply
    upload.urls.clear()
    assert upload.put(1).status == 200


def test_a_head_that_never_ends_is_given_up(start_server):
    server = start_server(["--server.head_timeout", "300ms"])
    with server.client.raw() as connection:
        connection.send(b"GET /livez HTTP/1.1\r\nHost: a\r\nX: ")
        reply = connection.read_reply()
        assert (reply.status, reply.error) == (408, "request_timeout"), reply
        assert connection.at_end()


def test_an_idle_connection_is_closed(start_server):
    server = start_server(["--server.idle_timeout", "300ms"])
    with server.client.raw() as silent, server.client.raw() as served:
        served.send_head("GET", "/livez")
        assert served.read_reply().status == 200
        for connection in (silent, served):
            started = time.monotonic()
            try:
                assert connection.read_reply().status == 408
            except EOFError:
                pass
            assert time.monotonic() - started < patience(30)


def test_a_body_that_stalls_is_given_up_and_the_part_can_be_sent_again(start_server):
    server = start_server(["--server.stall_timeout", "500ms"])
    upload = Upload(server.client, os.urandom(MIB), MIB)
    with server.client.raw() as connection:
        connection.send_head("PUT", upload.url(1), content_length=MIB)
        connection.send(upload.data[:1000])
        reply = connection.read_reply()
        assert (reply.status, reply.error) == (408, "request_timeout"), reply
        assert connection.at_end()
    assert upload.stored() == {}
    assert upload.put(1).json()["status"] == "stored"


@pytest.mark.parametrize("method, path", [("POST", "/upload/init"), ("POST", "/upload/{id}/complete")])
def test_a_json_body_that_stalls_is_given_up_and_nothing_is_done(start_server, method, path):
    server = start_server(["--server.stall_timeout", "300ms"])
    upload = Upload(server.client, b"x")
    with server.client.raw() as connection:
        connection.send_head(method, path.replace("{id}", upload.id), content_length=100,
                             Authorization=f"Bearer {server.key}")
        connection.send(b'{"file_name": "a"')
        reply = connection.read_reply()
        assert (reply.status, reply.error) == (408, "request_timeout"), reply
        assert connection.at_end()
    assert [entry["upload_id"] for entry in server.client.get("/uploads").json()["uploads"]] == [upload.id]


def test_a_slow_body_that_moves_is_not_given_up(start_server):
    server = start_server(["--server.stall_timeout", "4s" if SCALE >= 1 else "8s"])
    upload = Upload(server.client, os.urandom(20 * KIB), 20 * KIB)
    with server.client.raw() as connection:
        connection.send_head("PUT", upload.url(1), content_length=20 * KIB)
        started = time.monotonic()
        for start in range(0, 20 * KIB, KIB):
            connection.send(upload.data[start:start + KIB])
            time.sleep(0.25 if SCALE >= 1 else 0.5)
        assert time.monotonic() - started > 4.5
        assert connection.read_reply().status == 200


def test_more_parts_than_allowed_are_refused_before_their_body(start_server):
    server = start_server(["--limits.max_parts_in_flight", "1"])
    upload = Upload(server.client, os.urandom(2 * MIB), MIB)
    with server.client.raw() as first, server.client.raw() as second:
        first.send_head("PUT", upload.url(1), content_length=MIB, expect="100-continue")
        assert first.read_head()[0] == 100
        second.send_head("PUT", upload.url(2), content_length=MIB, expect="100-continue")
        reply = second.read_reply()
        assert (reply.status, reply.error) == (503, "busy"), reply
        assert int(reply.headers["Retry-After"]) >= 1
        first.send(upload.part(1))
        assert first.read_reply().status == 200
    assert upload.put(2).status == 200


def told_refusals(server):
    """Of parts that were turned away: how many the log has one by one, and how many by their number only."""
    lines = server.log_lines()
    return (sum(line["event"] == "request" and line["status"] == 503 for line in lines),
            sum(line["count"] for line in lines if line["event"] == "requests_turned_away"))


def test_many_refusals_are_answered_alike_and_all_counted(start_server):
    server = start_server(["--limits.max_parts_in_flight", "1"])
    admitted, held_off = Upload(server.client, b"x"), Upload(server.client, b"y")
    refused = 0
    with server.client.raw() as first, server.client.raw() as second:
        first.send_head("PUT", admitted.url(1), content_length=1, expect="100-continue")
        assert first.read_head()[0] == 100
        request = (f"PUT {origin_form(held_off.url(1))} HTTP/1.1\r\nHost: {second.authority}\r\n"
                   "Content-Length: 1\r\n\r\ny").encode()
        deadline = time.monotonic() + patience(60)
        # Up to a hundred a second are served as any other request is.
        while told_refusals(server)[1] == 0:
            second.send(request * 300)
            for reply in (second.read_reply() for _ in range(300)):
                assert (reply.status, reply.error) == (503, "busy"), reply
                assert reply.json()["request_id"] == reply.headers["X-Request-Id"]
                assert int(reply.headers["Retry-After"]) >= 1 and reply.headers["Connection"] is None
            refused += 300
            assert time.monotonic() < deadline, told_refusals(server)
        first.send(b"x")
        assert first.read_reply().status == 200
        second.send(request)
        assert second.read_reply().status == 200
    metrics = server.metrics()
    assert metrics['slipway_rejections_total{reason="busy"}'] == refused
    assert metrics['slipway_parts_rejected_total{reason="busy"}'] == refused
    while sum(told_refusals(server)) != refused:
        assert time.monotonic() < deadline, (told_refusals(server), refused)
        # The next request tells of those before it.
        assert server.client.get("/livez").status == 200
        time.sleep(0.1)


def test_more_connections_than_allowed_are_refused_with_an_answer(start_server):
    server = start_server(["--server.max_connections", "10"])
    held, refused = [], None
    while refused is None and len(held) < 20:
        connection = server.client.raw()
        connection.send_head("GET", "/livez")
        held.append(connection)
        reply = connection.read_reply()
        refused = reply if reply.status != 200 else None
    # The connection that asked whether the server was ready may still have counted.
    assert 10 <= len(held) <= 11
    assert (refused.status, refused.error) == (503, "busy") and "Retry-After" in refused.headers, refused
    for connection in held:
        connection.close()
    deadline = time.monotonic() + patience(30)
    while server.client.get("/livez").status != 200:
        assert time.monotonic() < deadline


def test_a_public_url_is_what_urls_name_and_are_signed_for(start_server):
    server = start_server(["--server.public_url", "https://files.example"])
    upload = Upload(server.client, b"public" * KIB)
    assert upload.urls[1].startswith("https://files.example/upload/")
    assert upload.put(1).status == 200


@pytest.mark.parametrize("seconds", [60, 86400])
def test_the_longest_life_is_the_servers(start_server, seconds):
    server = start_server(["--uploads.max_expiry", f"{seconds}s", "--uploads.default_expiry", "60s"])
    body = {"file_name": "a", "total_parts": 1, "chunk_size": KIB}
    assert server.client.post("/upload/init", body | {"expires_in": seconds}).status == 200
    reply = server.client.post("/upload/init", body | {"expires_in": seconds + 1})
    assert (reply.status, reply.error, reply.json().get("field")) == (400, "invalid_request", "expires_in"), reply
