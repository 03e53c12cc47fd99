"""Crashes: what was acknowledged is there after kill -9, nothing else appears half, and the end of an upload is final."""

import concurrent.futures
import threading
import time

import pytest

from harness.daemon import patience, scaled
from harness.uploads import KIB, MIB, Upload

PART_SIZE = 256 * KIB


class Sender:
    """Sends the missing parts of an upload over several connections and notes every acknowledgement."""

    def __init__(self, upload: Upload, numbers, connections: int = 4):
        self.upload, self.numbers = upload, iter(list(numbers))
        self.acknowledged: dict[int, str] = {}
        self.repeated: list[int] = []
        self.lock, self.progress = threading.Lock(), threading.Semaphore(0)
        self.threads = [threading.Thread(target=self._run) for _ in range(connections)]

    def _run(self) -> None:
        while True:
            with self.lock:
                number = next(self.numbers, None)
            if number is None:
                return
            try:
                reply = self.upload.put(number)
            except (OSError, EOFError):
                return  # the server is gone
            except Exception as error:  # a torn answer of a dying server is no acknowledgement
                print(f"part {number}: {error!r}")
                return
            if reply.status != 200:
                print(f"part {number}: {reply}")
                return
            with self.lock:
                self.acknowledged[number] = reply.json()["sha256"]
                if reply.json()["status"] != "stored":
                    self.repeated.append(number)
            self.progress.release()

    def start(self) -> "Sender":
        for thread in self.threads:
            thread.start()
        return self

    def wait_for(self, acknowledgements: int) -> None:
        for _ in range(acknowledgements):
            assert self.progress.acquire(timeout=60), "no progress"

    def join(self) -> "Sender":
        for thread in self.threads:
            thread.join()
        return self


def test_every_acknowledged_part_survives_kills(server, rng):
    """Killed at random moments while parts arrive over several connections, until the upload is whole."""
    kills = scaled(6, 3)
    upload = Upload(server.client, rng.randbytes(kills * 16 * PART_SIZE), PART_SIZE)
    acknowledged: dict[int, str] = {}
    for _ in range(kills):
        missing = [number for number in upload.numbers if number not in upload.stored()]
        rng.shuffle(missing)
        sender = Sender(upload, missing).start()
        sender.wait_for(rng.randrange(1, 10))
        time.sleep(rng.random() * 0.01)
        server.kill()
        sender.join()
        assert not sender.repeated, "a part that was not listed as stored was stored"
        acknowledged |= sender.acknowledged
        server.start()
        stored = upload.stored()
        for number, digest in acknowledged.items():
            assert stored.get(number) == digest, f"part {number} was acknowledged and is lost or changed"
        for number, digest in stored.items():
            assert digest == upload.digest(number), f"part {number} is listed with bytes that nobody sent"
    # The kills hit uploads in progress, or nothing was tested.
    assert 0 < len(acknowledged) < upload.total_parts
    rest = Sender(upload, [number for number in upload.numbers if number not in upload.stored()]).start().join()
    assert not rest.repeated
    assert upload.complete().status == 200
    assert upload.download().body == upload.data
    server.kill()
    server.start()
    assert upload.download().body == upload.data


def test_progress_never_goes_back_over_restarts(server):
    upload = Upload(server.client, b"p" * (8 * PART_SIZE), PART_SIZE)
    for number in upload.numbers:
        assert upload.put(number).json()["status"] == "stored"
        if number % 3 == 0:
            server.kill()
            server.start()
        assert upload.chunks()["received"] == [[1, number]]
    assert upload.status()["received_bytes"] == len(upload.data)


def test_a_url_signed_before_a_restart_is_good_after_it(server):
    upload = Upload(server.client, b"u" * (2 * PART_SIZE), PART_SIZE)
    server.restart()
    assert upload.put(1).status == 200
    server.kill()
    server.start()
    assert upload.put(2).status == 200
    assert upload.complete().status == 200


def test_complete_is_all_or_nothing_whenever_the_kill_comes(server, rng):
    """Killed around Complete; asked again, it gives the answer that it gave before, if it gave one."""
    interrupted = 0
    for _ in range(scaled(10, 4)):
        upload = Upload(server.client, rng.randbytes(3 * PART_SIZE + 7), PART_SIZE).put_all()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            asked = pool.submit(upload.complete)
            time.sleep(rng.random() * 0.02)
            server.kill()
            try:
                first = asked.result()
            except Exception as error:  # no answer: the client knows nothing, and may ask again
                print(f"interrupted: {error!r}")
                first = None
        server.start()
        interrupted += first is None
        state = upload.status()["state"]
        assert state == "complete" if first else state in ("open", "completing", "complete"), state
        if state != "complete":
            assert upload.download().status == 404, "a file appeared before its upload was complete"
        again = upload.complete()
        assert again.status == 200, again
        assert first is None or again.json() == first.json()
        assert upload.download().body == upload.data
    print(f"interrupted: {interrupted}")


def test_what_was_ended_stays_ended(server):
    aborted = Upload(server.client, b"a" * PART_SIZE, PART_SIZE).put_all()
    assert aborted.abort().status == 204
    finished = Upload(server.client, b"f" * PART_SIZE, PART_SIZE)
    answer = finished.finished()
    deleted = Upload(server.client, b"d" * PART_SIZE, PART_SIZE)
    deleted.finished()
    assert server.client.delete(f"/files/{deleted.id}").status == 204
    server.kill()
    server.start()
    assert aborted.complete().error == "upload_aborted" and aborted.put(1).error == "upload_aborted"
    assert aborted.abort().status == 204
    assert finished.complete().json() == answer and finished.abort().error == "upload_complete"
    assert deleted.download().status == 404
    assert [file["file_id"] for file in server.client.get("/files").json()["files"]] == [finished.id]


def test_an_upload_that_was_never_acknowledged_leaves_no_bytes_behind(server, rng):
    """Aborted and deleted uploads give their room back, also when the server is killed right after."""
    for _ in range(3):
        upload = Upload(server.client, rng.randbytes(PART_SIZE), PART_SIZE).put_all()
        assert upload.abort().status == 204
        server.kill()
        server.start()
    left = [path for path in server.data_dir.rglob("*") if path.is_file() and path.stat().st_size == PART_SIZE]
    assert left == []


# The end of a process


def test_sigterm_lets_a_part_on_its_way_finish_or_refuses_it_cleanly(server):
    upload = Upload(server.client, b"s" * (2 * MIB), MIB)
    with server.client.raw() as connection:
        connection.send_head("PUT", upload.url(1), content_length=MIB)
        connection.send(upload.part(1)[:MIB // 2])
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            ended = pool.submit(server.terminate)
            time.sleep(0.3)
            try:
                connection.send(upload.part(1)[MIB // 2:])
                status = connection.read_reply().status
            except (OSError, EOFError):
                status = None
            assert ended.result() == 0
    assert status in (200, 503, None)
    server.start()
    assert upload.stored() == ({1: upload.digest(1)} if status == 200 else upload.stored())
    assert set(upload.stored()) <= {1}


def test_sigterm_of_an_idle_server_is_quick(server):
    idle = [server.client.raw() for _ in range(10)]
    assert server.terminate() == 0, "idle connections held the end up until server.drain_timeout"
    for connection in idle:
        connection.close()


def ask_until_not_ready(connection):
    deadline = time.monotonic() + patience(10)
    while True:
        connection.send_head("GET", "/readyz")
        reply = connection.read_reply()
        if reply.status != 200 or time.monotonic() > deadline:
            return reply


def test_a_draining_server_is_not_ready(server):
    upload = Upload(server.client, b"s" * MIB, MIB)
    with server.client.raw() as part, server.client.raw() as health:
        part.send_head("PUT", upload.url(1), content_length=MIB)
        part.send(b"s" * 1000)
        health.send_head("GET", "/livez")
        assert health.read_reply().status == 200
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            ended = pool.submit(server.terminate)
            try:
                reply = ask_until_not_ready(health)
                assert reply.status == 503 and "draining" in reply.json()["reasons"]
            except (OSError, EOFError):
                pass  # an idle connection is closed instead: no traffic comes that way either
            part.close()
            assert ended.result() == 0


def test_a_second_server_on_the_same_data_is_refused(server, start_server):
    second = start_server(data_dir=server.data_dir, wait=False)
    process = second.spawn()
    assert process.wait(patience(30)) != 0
    assert str(server.data_dir) in second.log_tail() or "lock" in second.log_tail().lower()
    assert server.client.get("/readyz").status == 200
    assert (server.data_dir / "slipwayd.addr").read_text().strip() == f"{server.host}:{server.port}"


def test_a_port_in_use_is_told(server, start_server):
    second = start_server(wait=False)
    second.port = server.port
    assert second.spawn().wait(patience(30)) != 0
    assert str(server.port) in second.log_tail() or "in use" in second.log_tail().lower()
