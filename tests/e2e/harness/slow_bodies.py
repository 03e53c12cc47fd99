"""The attack of clients that send their bodies a few bytes at a time, from a process of its own."""

import multiprocessing
import resource
import selectors
import socket
import time

from .daemon import Daemon, patience
from .http import origin_form
from .uploads import KIB, Upload

PART = 16 * KIB
PARTS_EACH = 100
BYTES_A_SECOND = 50
# Of a second, in which a share of the clients sends.
TURNS = 1000
# What a server needs to hold them all.
ROOM = ["--limits.max_parts_in_flight", "5000", "--limits.max_requests_in_flight", "8000", "--log.level", "warn"]


class SlowBodies:
    """`count` connections that each send a part at 50 bytes a second until they are answered; they stand on entry.

    Each has its own moment of the second, as clients that know nothing of each other, or, in_step, all have the same.
    """

    def __init__(self, server: Daemon, count: int, in_step: bool = True):
        uploads = [Upload(server.client, b"", PART, total_parts=PARTS_EACH, file_size=PARTS_EACH * PART)
                   for _ in range(-(-count // PARTS_EACH))]
        targets = [origin_form(upload.url(number)) for upload in uploads for number in upload.numbers][:count]
        self.started, self.done = multiprocessing.Event(), multiprocessing.Queue()
        self.process = multiprocessing.Process(target=_attack, args=(server.port, targets, 1 if in_step else TURNS,
                                                                         self.started, self.done))

    def __enter__(self) -> "SlowBodies":
        self.process.start()
        assert self.started.wait(patience(60)), "the attackers did not all connect"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.join()

    def runs(self) -> bool:
        """Whether any of them still waits for its answer."""
        return self.done.empty()

    def answers(self) -> dict[str, list[float]]:
        """By status, or "reset" or "none": how many seconds after its head each was answered. Waits for the last."""
        return self.done.get(timeout=patience(90))


def _attack(port: int, targets: list[str], turns: int, started, done) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
    # All connect before the first sends: none is cut before the last is there.
    sockets = [socket.create_connection(("127.0.0.1", port), 60) for _ in targets]
    begun, answers = {}, {}
    watched = selectors.DefaultSelector()
    for connection, target in zip(sockets, targets):
        begun[connection] = time.monotonic()
        connection.sendall(f"PUT {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {PART}\r\n\r\n".encode() +
                           b"a" * BYTES_A_SECOND)
        connection.setblocking(False)
        watched.register(connection, selectors.EVENT_READ)
    started.set()
    end, turn = time.monotonic() + patience(60), 0
    while begun and time.monotonic() < end:
        for connection in sockets[turn::turns]:
            if connection in begun:
                _send_little(connection)
        _note_answers(watched, begun, answers, 1 / turns)
        turn = (turn + 1) % turns
    for connection, since in begun.items():
        answers.setdefault("none", []).append(time.monotonic() - since)
    done.put(answers)


def _send_little(connection: socket.socket) -> None:
    try:
        connection.send(b"a" * BYTES_A_SECOND)
    except OSError:
        pass


def _note_answers(watched: selectors.BaseSelector, begun: dict, answers: dict, seconds: float) -> None:
    """For so long."""
    pause = time.monotonic() + seconds
    while begun and (left := pause - time.monotonic()) > 0:
        for key, _ in watched.select(left):
            try:
                status = key.fileobj.recv(4096)[9:12].decode()
            except OSError:
                status = "reset"
            answers.setdefault(status, []).append(time.monotonic() - begun.pop(key.fileobj))
            watched.unregister(key.fileobj)
            key.fileobj.close()
