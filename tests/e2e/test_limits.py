"""What is bounded: memory under many uploads at once, what stalled clients cost others, the time of Complete."""

import os
import socket
import threading
import time

import pytest

from harness.daemon import scaled
from harness.digests import sha256
from harness.uploads import KIB, MIB, Upload

BUFFER_BUDGET = 64 * MIB


def put_in_steps(upload: Upload, number: int, body: bytes, all_started: threading.Barrier) -> int:
    """Sends a part; no sender goes past its first bytes before every one has sent them. The status."""
    with upload.client.raw() as connection:
        connection.send_head("PUT", upload.url(number), content_length=len(body))
        connection.send(body[:64 * KIB])
        all_started.wait(60)
        connection.send(body[64 * KIB:])
        return connection.read_reply().status


@pytest.mark.heavy
def test_200_parts_at_once_stay_within_the_buffer_budget(server):
    count, part = 200, 8 * MIB
    body = os.urandom(part)
    upload = Upload(server.client, b"", part, total_parts=count, file_size=count * part)
    for number in upload.numbers:
        upload.url(number)
    before = server.peak_memory()
    barrier, statuses = threading.Barrier(count), []
    threads = [threading.Thread(target=lambda number=number: statuses.append(
        put_in_steps(upload, number, body, barrier))) for number in upload.numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * count
    assert set(upload.stored().values()) == {sha256(body)}
    peak = server.peak_memory()
    print(f"resident: {before / MIB:.0f} MiB before, {peak / MIB:.0f} MiB at most")
    assert peak <= BUFFER_BUDGET + 64 * MIB


def test_stalled_uploads_do_not_keep_others_out(server):
    """More connections stop in the middle of a part than there are buffers; one more client must not feel it."""
    count = scaled(300, 100)
    slow = Upload(server.client, b"", MIB, total_parts=count, file_size=count * MIB)
    stalled = []
    try:
        for number in slow.numbers:
            connection = server.client.raw()
            connection.send_head("PUT", slow.url(number), content_length=MIB)
            connection.send(b"s" * (16 * KIB))
            stalled.append(connection)
        quick = Upload(server.client, os.urandom(4 * MIB), MIB)
        started = time.monotonic()
        answer = quick.finished()
        assert answer["size"] == 4 * MIB
        # Sooner than the server gives up one of those that stopped.
        assert time.monotonic() - started < 25
    finally:
        for connection in stalled:
            connection.close()
    assert slow.stored() == {}


@pytest.mark.heavy
def test_a_slow_reader_of_a_download_costs_little(server):
    upload = Upload(server.client, os.urandom(16 * MIB), MIB)
    upload.finished()
    before = server.peak_memory()
    readers = []
    for _ in range(50):
        connection = server.client.raw()
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.send_head("GET", f"/files/{upload.id}", Authorization=f"Bearer {server.key}")
        readers.append(connection)
    assert all(connection.read_head()[0] == 200 for connection in readers)
    assert upload.download().body == upload.data
    assert server.peak_memory() - before < 64 * MIB
    for connection in readers:
        connection.close()


@pytest.mark.heavy
def test_complete_copies_nothing(server):
    """Eight times the bytes, and no more is written; what that means in time is told by bench/complete_time.py."""
    for size in (64 * MIB, 512 * MIB):
        part = 8 * MIB
        upload = Upload(server.client, b"", part, total_parts=size // part, file_size=size)
        body = os.urandom(part)
        for number in upload.numbers:
            assert upload.put(number, body).status == 200
        before = bytes_written(server.pid)
        assert upload.complete().status == 200
        assert bytes_written(server.pid) - before < MIB
        assert server.client.delete(f"/files/{upload.id}").status == 204


def bytes_written(pid: int) -> int:
    """What the process handed to write calls so far."""
    with open(f"/proc/{pid}/io", encoding="ascii") as counters:
        return next(int(line.split()[1]) for line in counters if line.startswith("wchar"))
