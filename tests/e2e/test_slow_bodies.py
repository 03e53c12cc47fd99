"""Clients that send their bodies a few bytes at a time: they are cut by the minimum rate, and cost others nothing."""

import multiprocessing
import os
import resource
import selectors
import socket
import time

import pytest

from harness.daemon import SCALE, patience
from harness.http import origin_form
from harness.uploads import KIB, MIB, Upload

ATTACKERS = 3000 if SCALE >= 1 else 500
PART = 16 * KIB


def drip(port, targets, started, done):
    """Holds one connection for each target and sends 50 bytes to each every second, until all are answered."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
    connections = {}
    answers = {}
    watched = selectors.DefaultSelector()
    for target in targets:
        connection = socket.create_connection(("127.0.0.1", port), 60)
        connection.sendall(f"PUT {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {PART}\r\n\r\n".encode() +
                           b"a" * 50)
        connection.setblocking(False)
        watched.register(connection, selectors.EVENT_READ)
        connections[connection] = time.monotonic()
    started.set()
    end = time.monotonic() + patience(60)
    while connections and time.monotonic() < end:
        for connection in list(connections):
            try:
                connection.send(b"a" * 50)
            except OSError:
                pass
        pause = time.monotonic() + 1
        while (left := pause - time.monotonic()) > 0:
            for key, _ in watched.select(left):
                try:
                    status = key.fileobj.recv(4096)[9:12].decode()
                except OSError:
                    status = "reset"
                answers.setdefault(status, []).append(time.monotonic() - connections.pop(key.fileobj))
                watched.unregister(key.fileobj)
                key.fileobj.close()
    done.put({status: (len(times), min(times), max(times)) for status, times in answers.items()})


def p99_of_puts(server, count=300):
    times = []
    upload = Upload(server.client, os.urandom(100 * PART), PART)
    for number in range(count):
        if number % 100 == 0 and number:
            upload.abort()
            upload = Upload(server.client, upload.data, PART)
        began = time.perf_counter()
        assert upload.put(number % 100 + 1).status == 200
        times.append(time.perf_counter() - began)
    upload.abort()
    return sorted(times)[int(count * 0.99)]


@pytest.mark.heavy
def test_thousands_of_slow_bodies_cost_nobody_else_anything(start_server):
    server = start_server(["--limits.max_parts_in_flight", "5000", "--limits.max_requests_in_flight", "8000",
                           "--log.level", "warn"])
    quiet = max(p99_of_puts(server) for _ in range(3))
    uploads = [Upload(server.client, b"", PART, total_parts=100, file_size=100 * PART) for _ in range(ATTACKERS // 100)]
    targets = [origin_form(upload.url(number)) for upload in uploads for number in upload.numbers]
    started, done = multiprocessing.Event(), multiprocessing.Queue()
    attack = multiprocessing.Process(target=drip, args=(server.port, targets, started, done))
    attack.start()
    try:
        assert started.wait(patience(30))
        held = server.metrics()["slipway_http_connections"]
        under = min(p99_of_puts(server) for _ in range(3))
        answers = done.get(timeout=patience(90))
    finally:
        attack.kill()
        attack.join()
    peak = server.peak_memory()
    print(f"p99 of a part: {quiet * 1e3:.1f} ms quiet, {under * 1e3:.1f} ms beside {held:.0f} slow bodies; "
          f"at most {peak / MIB:.0f} MiB resident; answers {answers}")
    assert held >= ATTACKERS
    assert set(answers) == {"408"} and answers["408"][0] == ATTACKERS, answers
    assert answers["408"][1] > 9 and answers["408"][2] < patience(30), answers
    assert peak <= 256 * MIB
    assert under <= 1.5 * quiet


def test_the_minimum_rate_is_an_average_after_a_grace(start_server):
    """The rate itself, in lumps with pauses of seconds, is let through; an eighth of it is not."""
    server = start_server(["--limits.min_body_rate", "2KiB"])
    upload = Upload(server.client, os.urandom(80 * KIB), 40 * KIB)
    with server.client.raw() as steady, server.client.raw() as slow:
        for number, connection in ((1, steady), (2, slow)):
            connection.send_head("PUT", upload.url(number), content_length=40 * KIB)
        begun = time.monotonic()
        for second in range(0, 20, 2):
            steady.send(upload.part(1)[second * 2 * KIB:(second + 2) * 2 * KIB])
            if time.monotonic() - begun < 9:
                slow.send(upload.part(2)[second * KIB // 2:(second + 1) * KIB // 2])
            time.sleep(2)
        assert steady.read_reply().status == 200
        reply = slow.read_reply()
        assert (reply.status, reply.error) == (408, "request_timeout"), reply
    assert set(upload.stored()) == {1}


def test_no_minimum_rate_leaves_slow_clients_alone(start_server):
    server = start_server(["--limits.min_body_rate", "0", "--server.stall_timeout", "5s"])
    upload = Upload(server.client, os.urandom(14), KIB)
    with server.client.raw() as connection:
        connection.send_head("PUT", upload.url(1), content_length=14)
        for byte in upload.data:
            connection.send(bytes([byte]))
            time.sleep(1)
        assert connection.read_reply().status == 200


def test_a_short_body_has_a_time_as_a_whole(start_server):
    server = start_server(["--server.body_timeout", "1s"])
    with server.client.raw() as connection:
        connection.send_head("POST", "/upload/init", content_length=100, Authorization=f"Bearer {server.key}")
        begun = time.monotonic()
        for _ in range(8):
            connection.send(b" ")
            time.sleep(0.25)
        reply = connection.read_reply()
        assert (reply.status, reply.error) == (408, "request_timeout"), reply
        assert time.monotonic() - begun < patience(5)


def test_the_most_bytes_of_a_head_can_be_set(start_server):
    server = start_server(["--server.max_head", "4KiB"])
    with server.client.raw() as connection:
        line = f"GET /livez HTTP/1.1\r\nHost: {connection.authority}\r\nX: "
        for size, status in ((4 * KIB, 200), (4 * KIB + 1, 431)):
            connection.send((line + "a" * (size - len(line) - 4) + "\r\n\r\n").encode())
            assert connection.read_reply().status == status
