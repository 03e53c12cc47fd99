"""How often one may ask: the burst at once, then the rate, and a word to who is held; and who is not held."""

import concurrent.futures
import http.client
import itertools
import os
import time

import pytest

from harness.cli import Cli
from harness.daemon import patience
from harness.uploads import KIB, Upload


def limited(start_server, rate=100, burst=200, parts=20000, args=()):
    return start_server(["--limits.requests_per_second", str(rate), "--limits.burst", str(burst),
                         "--limits.parts_per_second", str(parts), *args])


def ask_for(server, seconds, target="/uploads", key=True):
    """Asks on one connection as often as it can; when it asked and was answered, and the status."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
    fields = {"Authorization": f"Bearer {server.key}"} if key else {}
    answers, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        asked = time.monotonic()
        connection.request("GET", target, headers=fields)
        answer = connection.getresponse()
        answer.read()
        answers.append((asked, time.monotonic(), answer.status))
    connection.close()
    return answers


def until_held(ask):
    """Asks until it is held, so that a slow machine may have let more through; the replies before, and that one."""
    passed = []
    for _ in range(200):
        reply = ask()
        if reply.status == 429:
            return passed, reply
        passed.append(reply)
    raise AssertionError("it was never held")


def test_a_burst_passes_at_once_and_then_the_rate(start_server):
    server = limited(start_server, rate=20, burst=50)
    answers = ask_for(server, 10)
    statuses = [status for _, _, status in answers]
    assert statuses[:50] == [200] * 50
    assert set(statuses) == {200, 429}
    # The server decides at some time between the two of each.
    least = answers[-1][0] - answers[0][1]
    most = answers[-1][1] - answers[0][0]
    assert 0.95 * (50 + 20 * least) <= statuses.count(200) <= 1.05 * (50 + 20 * most), (statuses.count(200), least, most)


def test_who_is_held_is_told_for_how_long(start_server):
    server = limited(start_server, rate=2, burst=3)
    begun = time.monotonic()
    passed, held = until_held(lambda: server.client.get("/uploads"))
    took = time.monotonic() - begun
    assert {reply.status for reply in passed} == {200} and 3 <= len(passed) <= 4 + 2 * took
    left = [int(reply.headers["RateLimit"].removeprefix('"requests";r=')) for reply in passed]
    assert left[0] == 2 and 0 in left
    if took < 0.5:
        assert left == [2, 1, 0]
    assert held.error == "rate_limited" and held.headers["RateLimit-Policy"] == '"requests";q=3;w=2'
    seconds = int(held.headers["Retry-After"])
    assert seconds == 1 and held.headers["RateLimit"] == f'"requests";r=0;t={seconds}'
    time.sleep(seconds)
    assert server.client.get("/uploads").status == 200


def test_health_is_never_held_and_keys_are_held_apart_from_strangers(start_server):
    server = limited(start_server, rate=1, burst=5)
    strangers, _ = until_held(lambda: server.client.get("/uploads", headers={"Authorization": "Bearer wrong"}))
    assert len(strangers) >= 5 and {reply.status for reply in strangers} == {401}
    until_held(lambda: server.client.get("/nowhere", auth=False))
    assert server.client.get("/uploads").status == 200
    for path in ("/livez", "/readyz", "/metrics"):
        assert {server.client.get(path, auth=False).status for _ in range(30)} == {200}
    held = [line for line in server.log_lines() if line.get("rejected") == "rate_limited"]
    assert len(held) >= 2 and server.metrics()['slipway_rejections_total{reason="rate_limited"}'] >= 2


def test_parts_have_a_limit_of_their_own(start_server):
    server = limited(start_server, rate=1, burst=2, parts=5)
    upload = Upload(server.client, os.urandom(40 * KIB), 4 * KIB)
    numbers = itertools.cycle(upload.numbers)
    passed, held = until_held(lambda: upload.put(next(numbers)))
    assert len(passed) >= 5 and {reply.status for reply in passed} == {200}
    assert held.headers["RateLimit-Policy"] == '"parts";q=5;w=1'


def test_a_forged_url_counts_against_its_address(start_server):
    server = limited(start_server, rate=1, burst=5)
    upload = Upload(server.client, b"x" * KIB)
    forged = upload.urls[1].replace("sig=", "sig=A")
    passed, _ = until_held(lambda: server.client.put(forged, b"x" * KIB))
    assert len(passed) >= 5 and {reply.status for reply in passed} == {403}
    assert upload.put(1).status == 200


def test_a_trusted_proxy_stands_for_its_clients(start_server):
    server = limited(start_server, rate=1, burst=2, args=["--server.trusted_proxies", "127.0.0.1"])

    def ask(client):
        return server.client.get("/uploads", headers={"Authorization": "Bearer wrong", "X-Forwarded-For": client})

    passed, _ = until_held(lambda: ask("192.0.2.1"))
    assert len(passed) >= 2 and {reply.status for reply in passed} == {401}
    assert ask("192.0.2.2").status == 401
    # What the client claims itself stands before the proxy's word.
    until_held(lambda: ask("192.0.2.9, 192.0.2.1"))
    assert [line["peer"] for line in server.log_lines() if line.get("status") == 429][-1] == "192.0.2.1"


def test_nobody_else_is_believed(start_server):
    server = limited(start_server, rate=1, burst=2)
    numbers = itertools.count(1)
    until_held(lambda: server.client.get("/uploads", headers={"Authorization": "Bearer wrong",
                                                              "X-Forwarded-For": f"192.0.2.{next(numbers)}"}))


@pytest.mark.parametrize("files", [60])
def test_the_client_waits_and_sends_everything(start_server, tmp_path, files):
    """More calls than the limit allows, while some succeed: that must not count as failure."""
    server = limited(start_server, rate=20, burst=10)
    paths = []
    for number in range(files):
        path = tmp_path / f"file{number}"
        path.write_bytes(os.urandom(100))
        paths.append(str(path))
    Cli(tmp_path, server.url, server.key).ok("put", *paths)
    assert server.metrics()['slipway_rejections_total{reason="rate_limited"}'] > 0
    assert server.metrics()['slipway_uploads_ended_total{state="complete"}'] == files


def test_one_address_cannot_take_every_connection(start_server):
    server = start_server(["--limits.connections_per_address", "10"])
    held = []
    try:
        statuses = []
        for _ in range(13):
            connection = server.client.raw()
            held.append(connection)
            connection.send_head("GET", "/livez")
            statuses.append(connection.read_reply().status)
        assert statuses.count(200) in (9, 10) and statuses[-1] == 503
    finally:
        for connection in held:
            connection.close()
    deadline = time.monotonic() + patience(30)
    while server.client.get("/livez").status != 200:
        assert time.monotonic() < deadline


def test_requests_over_their_number_are_refused_by_urgency(start_server):
    """With every place but the last taken by parts, no upload begins, but one completes."""
    server = start_server(["--limits.max_requests_in_flight", "8"])
    done = Upload(server.client, os.urandom(KIB))
    assert done.put(1).status == 200
    slow = Upload(server.client, b"", 1024 * KIB, total_parts=7, file_size=7 * 1024 * KIB)
    held = []
    try:
        for number in range(1, 8):
            connection = server.client.raw()
            connection.send_head("PUT", slow.url(number), content_length=1024 * KIB, expect="100-continue")
            assert connection.read_head()[0] == 100
            held.append(connection)
        reply = server.client.post("/upload/init", {"file_name": "a", "total_parts": 1, "chunk_size": KIB})
        assert (reply.status, reply.error) == (503, "busy") and int(reply.headers["Retry-After"]) >= 1, reply
        assert server.client.get("/uploads").status == 503
        assert server.client.get("/readyz").status == 200
        assert done.complete().status == 200
    finally:
        for connection in held:
            connection.close()


def test_many_at_once_are_counted_exactly(start_server):
    server = limited(start_server, rate=1, burst=100)
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _: server.client.get("/uploads").status, range(160)))
    assert 100 <= statuses.count(200) <= 101 + time.monotonic() - begun
