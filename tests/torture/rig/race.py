"""Many clients over the same uploads at once, each call written down with its times and its answer."""

import http.client
import json
import random
import threading
import time
from typing import Any

from harness.daemon import Daemon, patience
from harness.digests import sha256
from harness.http import Client, Reply
from harness.uploads import KIB

from .linearize import NEVER, Call, explains
from .upload_model import UploadState, step

CLIENTS = 8


class RacedUpload:
    """An upload that everybody works on. Each part has two contents that clients send, so that there are conflicts."""

    def __init__(self, client: Client, rng: random.Random):
        self.total, self.size = rng.choice((1, 2, 3)), rng.choice((4, 4, 64, 256)) * KIB
        self.contents = {(number, which): rng.randbytes(16) * (self.size // 16)
                         for number in range(1, self.total + 1) for which in "AB"}
        self.by_digest = {sha256(content): content for content in self.contents.values()}
        # Racing from the start, or over an upload that has all its parts and waits for its end.
        self.filled = rng.random() < 0.5
        reply = client.post("/upload/init", {"file_name": "raced", "total_parts": self.total, "chunk_size": self.size,
                                             "file_size": self.total * self.size, "expires_in": 60})
        assert reply.status == 200, reply
        self.id = reply.json()["upload_id"]
        self.urls = [part["url"] for part in reply.json()["part_urls"]]
        self.calls: list[Call] = []

    def digest(self, number: int, which: str) -> str:
        return sha256(self.contents[number, which])

    def linearizable(self) -> bool:
        return explains(self.calls, UploadState(self.total), step)

    def told(self) -> str:
        return "\n".join(map(str, sorted(self.calls, key=lambda call: call.invoked)))


class Race:
    """One round: `uploads` uploads, CLIENTS clients with `calls` calls each, and whatever the caller does meanwhile."""

    def __init__(self, daemon: Daemon, rng: random.Random, uploads: int = 6, calls: int = 24):
        self.daemon, self.rng, self.calls = daemon, rng, calls
        self.uploads = [RacedUpload(daemon.client, rng) for _ in range(uploads)]
        self.started = time.monotonic()
        self.lock = threading.Lock()
        self.turns, self.turned = 0, threading.Condition()
        self.wrong: list[str] = []
        for upload in self.uploads:
            for number in range(1, upload.total + 1) if upload.filled else ():
                self._put(upload, 0, number, "A", rng)
        barrier = threading.Barrier(CLIENTS)
        seeds = [random.Random(rng.random()) for _ in range(CLIENTS)]
        self.threads = [threading.Thread(target=self._client, args=(who, seeds[who], calls, barrier))
                        for who in range(CLIENTS)]

    def run(self, meanwhile=None) -> None:
        for thread in self.threads:
            thread.start()
        if meanwhile is not None:
            meanwhile()
        for thread in self.threads:
            thread.join()
        assert not self.wrong, "\n".join(self.wrong[:10])

    def wait_for_turn(self) -> None:
        """Until the clients have made some of their calls, so that what comes then meets the others however fast they are."""
        wanted = self.rng.randrange(CLIENTS * self.calls)
        with self.turned:
            if not self.turned.wait_for(lambda: self.turns >= wanted or self.wrong, patience(60)):
                raise AssertionError(f"the clients made {self.turns} calls of {wanted}")

    def time_passes(self, forward) -> None:
        """`forward` moves the clock over the end of every upload."""
        before = self._now()
        forward()
        after = self._now()
        for upload in self.uploads:
            self._note(upload, Call(CLIENTS, "time passes", (), before, after, (200, "")))

    def _now(self) -> float:
        return time.monotonic() - self.started

    def _note(self, upload: RacedUpload, call: Call) -> None:
        with self.lock:
            upload.calls.append(call)

    def _client(self, who: int, rng: random.Random, calls: int, barrier: threading.Barrier) -> None:
        try:
            barrier.wait(30)
            for turn in range(calls):
                # All clients stay close to one another, so that they meet.
                upload = self.uploads[min(len(self.uploads) - 1, turn * len(self.uploads) // calls)]
                self._one(upload, who, rng)
                self._count_turn()
        except Exception as error:
            with self.lock:
                self.wrong.append(f"client {who}: {error!r}")
            self._count_turn()

    def _count_turn(self) -> None:
        with self.turned:
            self.turns += 1
            self.turned.notify()

    def _one(self, upload: RacedUpload, who: int, rng: random.Random) -> None:
        kind = rng.choices(("put", "complete", "abort", "look", "count"),
                           (4, 6, 3, 2, 2) if upload.filled else (12, 3, 1, 2, 2))[0]
        if kind == "put":
            self._put(upload, who, rng.randint(1, upload.total), rng.choice("AAAB"), rng)
        elif kind == "complete":
            self.complete(upload, who, rng)
        else:
            {"abort": self.abort, "look": self.look, "count": self.count}[kind](upload, who)

    def _record(self, upload: RacedUpload, who: int, name: str, arguments: tuple, ask, understand) -> Reply | None:
        """Asks, and notes what was understood of the answer; nothing where none came."""
        invoked = self._now()
        try:
            reply = ask()
        except ConnectionRefusedError:
            return None  # nothing was asked
        except (OSError, EOFError, http.client.HTTPException):
            self._note(upload, Call(who, name, arguments, invoked))
            return None
        returned = self._now()
        self._note(upload, Call(who, name, arguments, invoked, returned, understand(reply)))
        return reply

    def _put(self, upload: RacedUpload, who: int, number: int, which: str, rng: random.Random) -> None:
        content = upload.contents[number, which]
        pause = rng.choice((0, 0, 0.001, 0.005))

        def ask() -> Reply:
            with self.daemon.client.raw() as connection:
                try:
                    connection.send_head("PUT", upload.urls[number - 1], content_length=len(content))
                    connection.send(content[:len(content) // 2])
                    time.sleep(pause)
                    connection.send(content[len(content) // 2:])
                except (BrokenPipeError, ConnectionResetError):
                    pass  # refused before the body was all sent: the answer is there to be read
                return connection.read_reply()

        self._record(upload, who, "put", (number, upload.digest(number, which)), ask, _status_and("status"))

    def complete(self, upload: RacedUpload, who: int, rng: random.Random) -> Reply | None:
        stated = [(number, upload.digest(number, rng.choice("AAAAAB"))) for number in range(1, upload.total + 1)]
        stated = rng.choice(((), tuple(stated)))
        body = {"parts": [{"part_number": number, "sha256": digest} for number, digest in stated]} if stated else None

        def understand(reply: Reply) -> Any:
            if reply.status == 200:
                return 200, json.dumps(reply.json(), sort_keys=True)
            if reply.error == "parts_mismatch":
                return 409, tuple(sorted((part["part_number"], part["state"]) for part in reply.json()["parts"]))
            return reply.status, reply.error

        return self._record(upload, who, "complete", stated,
                            lambda: self.daemon.client.post(f"/upload/{upload.id}/complete", body), understand)

    def abort(self, upload: RacedUpload, who: int) -> None:
        self._record(upload, who, "abort", (), lambda: self.daemon.client.delete(f"/upload/{upload.id}"),
                     _status_and(""))

    def look(self, upload: RacedUpload, who: int) -> Reply | None:
        def understand(reply: Reply) -> Any:
            told = reply.json()
            return reply.status, (told.get("state"), tuple(part["part_number"] for part in told.get("parts", ())))
        return self._record(upload, who, "look", (),
                            lambda: self.daemon.client.get(f"/upload/chunks?upload_id={upload.id}"), understand)

    def count(self, upload: RacedUpload, who: int) -> None:
        def understand(reply: Reply) -> Any:
            told = reply.json()
            return reply.status, (told.get("state"), told.get("received_parts"))
        self._record(upload, who, "count", (), lambda: self.daemon.client.get(f"/upload/{upload.id}"), understand)


def _status_and(member: str):
    """(status, error) of a problem, (status, that member) of anything else."""
    def understand(reply: Reply) -> Any:
        return reply.status, reply.error or (reply.json()[member] if member else "")
    return understand
