"""Clients that create, put, repeat, complete, abort, delete and read at random, and go on over every crash.

A reply that does not fit what the client knows is a violation. No reply, or a 5xx while the disk is broken, leaves a
doubt, which the judge resolves.
"""

import http.client
import random
import threading
import time
from collections.abc import Callable

from harness.digests import base64_of, sha256
from harness.http import Client, Reply

from .book import Book, Known, State, Violation

WORKERS = 6
OPEN_UPLOADS = 10
FILES = 12


class Load:
    """`client` makes a client of the server as it is now. `faulty`: the disk may fail, so a 5xx is an answer, too.
    `may_fill`: a Create may be refused for want of room, and nothing else may be."""

    def __init__(self, book: Book, client: Callable[[], Client], rng: random.Random, faulty: bool = False,
                 may_fill: bool = False):
        self.book, self.client, self.faulty, self.may_fill = book, client, faulty, may_fill
        self.open_uploads, self.files = OPEN_UPLOADS, FILES
        self._going, self._ended = threading.Event(), threading.Event()
        self._gate = threading.Condition()
        self._working = 0
        self.died: BaseException | None = None
        self._threads = [threading.Thread(target=self._run, args=(random.Random(rng.random()),))
                         for _ in range(WORKERS)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._going.set()
        for thread in self._threads:
            thread.join()

    def resume(self) -> None:
        self._going.set()

    def pause(self) -> None:
        """Returns when no request is on its way any more."""
        self._going.clear()
        with self._gate:
            assert self._gate.wait_for(lambda: self._working == 0, timeout=60), "a request never ended"
        if self.died is not None:
            raise self.died

    def for_a_while(self, seconds: float) -> None:
        self.resume()
        time.sleep(seconds)

    def _run(self, rng: random.Random) -> None:
        while not self._ended.is_set():
            self._going.wait()
            with self._gate:
                if not self._going.is_set() or self._ended.is_set():
                    continue
                self._working += 1
            try:
                self._step(rng)
            except BaseException as error:  # told by pause(); a worker that dies in silence would be no load
                self.died = error
                self._ended.set()
            finally:
                with self._gate:
                    self._working -= 1
                    self._gate.notify_all()

    def _step(self, rng: random.Random) -> None:
        with self.book.lock:
            action, known, number = self._choose(rng)
        if action is None:
            time.sleep(0.002)
            return
        try:
            action(known, number, rng)
        except ConnectionRefusedError:
            # Nothing was asked: the server is down, and the crash is being judged soon.
            with self.book.lock:
                if known.doubt == "create":
                    self.book.never_was(known)
                elif known.state is not None:
                    known.doubt = None
            time.sleep(0.002)
        except (OSError, EOFError, http.client.HTTPException):
            with self.book.lock:
                self.book.counts["unanswered"] += 1
        finally:
            with self.book.lock:
                known.busy.discard(number)
                known.held = False

    def _choose(self, rng: random.Random):
        """The next thing to do, with its upload marked as taken. The lock is held."""
        opened, files = self.book.of(State.OPEN), self.book.of(State.COMPLETE)
        pending = sum(known.state is None for known in self.book.live)
        if len(opened) + pending < self.open_uploads and rng.random() < 0.3:
            return self._create, self.book.draw(), 0
        if files and rng.random() < (0.5 if len(files) > self.files else 0.03):
            known = rng.choice(files)
            if known.idle:
                known.held = True
                if len(files) > self.files / 2 and rng.random() < 0.8:
                    known.doubt = State.DELETED
                    return self._delete, known, 0
                return rng.choice((self._read, self._complete_again)), known, 0
        opened = [known for known in opened if not known.held and known.doubt is None]
        if not opened:
            return None, None, 0
        known = rng.choice(opened)
        free = [number for number in range(1, known.total + 1) if number not in known.busy]
        missing = [number for number in free if number not in known.acknowledged]
        if not known.busy and rng.random() < (0.7 if not missing else 0.02):
            known.held = True
            if missing or rng.random() < 0.2:
                known.doubt = State.ABORTED
                return self._abort, known, 0
            known.doubt = State.COMPLETE
            return self._complete, known, 0
        if not free:
            return None, None, 0
        number = rng.choice(missing if missing and rng.random() < 0.9 else free)
        known.busy.add(number)
        return (self._put if rng.random() < 0.93 else self._put_wrong), known, number

    def _unexpected(self, reply: Reply, what: str, known: Known) -> None:
        """A 5xx says nothing of the outcome; where the disk is whole, there is none. That there is no room is no fault
        of the disk."""
        if self.faulty and reply.status >= 500:
            with self.book.lock:
                self.book.counts["refused_for_room" if reply.status == 507 else "failed_answers"] += 1
            return
        self.book.violate(f"{what} of {known}: {reply}")

    def _create(self, known: Known, _: int, rng: random.Random) -> None:
        reply = self.client().post("/upload/init", {"file_name": known.tag, "total_parts": known.total,
                                                    "chunk_size": known.chunk, "file_size": len(known.data)})
        if reply.status == 200:
            told = reply.json()
            self.book.created(known, told["upload_id"],
                              {part["part_number"]: part["url"] for part in told["part_urls"]})
        elif self.may_fill and (reply.status, reply.error) == (507, "insufficient_storage"):
            with self.book.lock:
                self.book.counts["no_room"] += 1
                self.book.never_was(known)
        else:
            self._unexpected(reply, "create", known)

    def _url(self, known: Known, number: int) -> str:
        if number not in known.urls:
            reply = self.client().get(f"/upload/{known.id}/part?part_number={number}")
            if reply.status != 200:
                raise Violation(f"no URL for part {number} of {known}: {reply}")
            known.urls[number] = reply.json()["url"]
        return known.urls[number]

    def _put(self, known: Known, number: int, rng: random.Random) -> None:
        headers = {}
        if rng.random() < 0.5:
            headers["x-checksum-sha256"] = base64_of(known.digest(number))
        repeated, failed_before = number in known.acknowledged, known.failed_in == self.book.life
        reply = self.client().put(self._url(known, number), known.part(number), headers=headers)
        if reply.status != 200:
            if reply.status == 500:
                with self.book.lock:
                    known.failed_in = self.book.life
                    self.book.counts["storage_failures"] += 1
            self._unexpected(reply, f"part {number}", known)
            return
        told = reply.json()
        if failed_before and told["status"] == "stored":
            self.book.violate(f"part {number} of {known} was stored after a write or sync of its blob had failed")
        if told["sha256"] != known.digest(number) or (repeated and told["status"] != "already_stored"):
            self.book.violate(f"part {number} of {known}, repeated {repeated}: {reply}")
            return
        self.book.stored(known, number, told["sha256"])

    def _put_wrong(self, known: Known, number: int, rng: random.Random) -> None:
        """Other bytes than were acknowledged, or bytes that are not what their digest says: nothing changes."""
        other = bytes(byte ^ 0x55 for byte in known.part(number))
        stated = {"x-checksum-sha256": base64_of(known.digest(number))}
        acknowledged = number in known.acknowledged
        if acknowledged and rng.random() < 0.5:
            stated["x-checksum-sha256"] = base64_of(sha256(other))
            expected = 409
        else:
            expected = 422
        if not acknowledged:
            expected = 422
        reply = self.client().put(self._url(known, number), other, headers=stated)
        if reply.status != expected:
            self._unexpected(reply, f"wrong bytes for part {number} (wanted {expected})", known)

    def _complete(self, known: Known, _: int, rng: random.Random) -> None:
        failed_before = known.failed_in == self.book.life
        parts = [{"part_number": number, "sha256": known.digest(number)} for number in range(1, known.total + 1)]
        reply = self.client().post(f"/upload/{known.id}/complete", rng.choice((None, {"parts": parts})))
        if reply.status == 200:
            if failed_before:
                self.book.violate(f"{known} was completed after a write or sync of its blob had failed")
            self.book.ended_as(known, State.COMPLETE, reply.json())
        else:
            self._unexpected(reply, "complete", known)

    def _complete_again(self, known: Known, _: int, rng: random.Random) -> None:
        reply = self.client().post(f"/upload/{known.id}/complete")
        if reply.status != 200:
            self._unexpected(reply, "complete again", known)
        elif known.answer is not None and reply.json() != known.answer:
            self.book.violate(f"complete of {known} was answered {known.answer} and then {reply.json()}")

    def _abort(self, known: Known, _: int, rng: random.Random) -> None:
        reply = self.client().delete(f"/upload/{known.id}")
        if reply.status == 204:
            self.book.ended_as(known, State.ABORTED)
        else:
            self._unexpected(reply, "abort", known)

    def _delete(self, known: Known, _: int, rng: random.Random) -> None:
        reply = self.client().delete(f"/files/{known.id}")
        if reply.status == 204:
            self.book.ended_as(known, State.DELETED)
        else:
            self._unexpected(reply, "delete", known)

    def _read(self, known: Known, _: int, rng: random.Random) -> None:
        reply = self.client().get(f"/files/{known.id}")
        if reply.status != 200:
            self._unexpected(reply, "download", known)
        elif reply.body != known.data:
            self.book.violate(f"download of {known} has wrong bytes")
