"""Clients that send their bodies a few bytes at a time: they are cut by the minimum rate, and cost others nothing."""

import itertools
import os
import time

import pytest

from harness.daemon import SCALE, patience
from harness.slow_bodies import PART, PARTS_EACH, ROOM, SlowBodies
from harness.uploads import KIB, MIB, Upload

ATTACKERS = 3000 if SCALE >= 1 else 500
LEAST_PUTS = 300


def put_while(server, goes_on) -> int:
    """Puts part after part while that is so, and at least a few hundred; how many there were."""
    data = os.urandom(PARTS_EACH * PART)
    count = 0
    while count < LEAST_PUTS or goes_on():
        upload = Upload(server.client, data, PART)
        for number in itertools.takewhile(lambda _: count < LEAST_PUTS or goes_on(), upload.numbers):
            reply = upload.put(number)
            assert reply.status == 200, reply
            count += 1
        upload.abort()
    return count


@pytest.mark.heavy
def test_thousands_of_slow_bodies_cost_nobody_else_anything(start_server):
    """What it costs others in time is told by bench/slow_bodies.py."""
    server = start_server(ROOM)
    with SlowBodies(server, ATTACKERS) as attack:
        held = server.metrics()["slipway_http_connections"]
        puts = put_while(server, attack.runs)
        answers = attack.answers()
    peak = server.peak_memory()
    times = {status: (len(times), min(times), max(times)) for status, times in answers.items()}
    print(f"{puts} parts stored beside {held:.0f} slow bodies; at most {peak / MIB:.0f} MiB resident; answers {times}")
    assert held >= ATTACKERS
    assert times.keys() == {"408"} and times["408"][0] == ATTACKERS, times
    # Not before the grace of 10 s is over, and within what the attack waits for.
    assert times["408"][1] > 9, times
    assert peak <= 256 * MIB


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
        assert time.monotonic() - begun < patience(30)


def test_the_most_bytes_of_a_head_can_be_set(start_server):
    server = start_server(["--server.max_head", "4KiB"])
    with server.client.raw() as connection:
        line = f"GET /livez HTTP/1.1\r\nHost: {connection.authority}\r\nX: "
        for size, status in ((4 * KIB, 200), (4 * KIB + 1, 431)):
            connection.send((line + "a" * (size - len(line) - 4) + "\r\n\r\n").encode())
            assert connection.read_reply().status == status
